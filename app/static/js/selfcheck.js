/** Saves each answer of a self-check as soon as it is chosen. Without it the buttons save the page. */
const form = document.getElementById("check");
const saved = document.querySelector("[data-saved]");
const answered = document.querySelector("[data-answered]");
let busy = false;
let waiting = false;
let leaving = false;

/** What the page now shows as stored: the server compares it with what it has. */
function settle(sent, look) {
  for (const was of form.querySelectorAll("input[name^='was.']")) {
    const name = was.name.slice(4);
    if (sent.has(name) && !look.includes(name) && !look.includes(name.replace(/^fact\./, ""))) was.value = sent.get(name);
  }
}

async function save() {
  if (busy) {
    waiting = true;
    return;
  }
  busy = true;
  waiting = false;
  const sent = new FormData(form);
  try {
    const answer = await fetch(form.action, { method: "POST", body: sent, headers: { Accept: "application/json" } });
    if (!(answer.headers.get("Content-Type") || "").includes("json")) throw new Error("not saved");
    const said = await answer.json();
    if (!("saved" in said)) throw new Error("not saved");
    settle(sent, said.look);
    answered.textContent = said.answered;
    saved.textContent = said.look.length ? form.dataset.look : said.saved;
  } catch {
    // No network, or signed out: the answers stay in the page; the next choice or the line coming back tries again.
    if (!leaving) saved.textContent = form.dataset.offline;
  }
  busy = false;
  if (waiting && !leaving) save();
}

form.addEventListener("change", save);
form.addEventListener("submit", () => {
  leaving = true;
});
addEventListener("online", save);
addEventListener("pageshow", () => {
  leaving = false;
});
// Chosen while the page was still loading, on a slow line. The form keeps nothing of an earlier visit.
if ([...form.elements].some((field) => field.type === "radio" && field.checked !== field.defaultChecked)) save();
