/** Watches a report that is being built and shows the finished page as soon as it is there. Without it the page has a link. */
const box = document.getElementById("report");
const text = box.querySelector("[data-text]");
const bar = box.querySelector("[data-bar]");

async function look() {
  try {
    const answer = await fetch(box.dataset.stateUrl, { headers: { Accept: "application/json" }, cache: "no-store" });
    if (!answer.ok) {
      location.reload();
      return;
    }
    const { state, percent, text: said } = await answer.json();
    if (state !== "pending") {
      location.reload();
      return;
    }
    text.textContent = said;
    if (percent !== null) bar.value = percent;
  } catch {
    // The line is down for a moment: look again.
  }
  setTimeout(look, 1200);
}

setTimeout(look, 800);
