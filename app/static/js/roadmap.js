/**
 * Recalculates the route while conditions change: one GET of the page's own address, of which the route is taken over.
 * Conditions that cannot be meant show their sentence at the field and leave the route as it is. Without this file the
 * buttons do the same.
 */
const form = document.querySelector("[data-wish]");
const places = () => [...document.querySelectorAll("[data-live]")];
const WAIT = 150;
let timer = 0;
let asked = null;

for (const range of form.querySelectorAll("input[type=range]")) {
  const field = document.getElementById(range.dataset.for);
  range.hidden = false;
  range.addEventListener("input", () => {
    field.value = range.value;
    later();
  });
  field.addEventListener("input", () => {
    range.value = field.value || range.max;
  });
}

/** The address of the present conditions, without what is empty. */
function address() {
  const values = [...new FormData(form)].filter(([name, value]) => value !== "" && name !== "last");
  return `${form.getAttribute("action")}?${new URLSearchParams(values)}`;
}

function later() {
  clearTimeout(timer);
  timer = setTimeout(recalculate, WAIT);
}

async function recalculate() {
  clearTimeout(timer);
  asked?.abort();
  const mine = (asked = new AbortController());
  const url = address();
  for (const place of places()) place.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(url, { headers: { Accept: "text/html" }, signal: mine.signal });
    if (answer.status !== 200 && answer.status !== 422) {
      location.assign(url);
      return;
    }
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (!page.getElementById("route")) {
      location.assign(url);
      return;
    }
    showErrors(page);
    if (answer.status === 200) {
      takeOver(page);
      history.replaceState(null, "", url);
    }
  } catch (error) {
    if (error.name === "AbortError") return;
    // The line is down: the buttons still work once it is back.
  } finally {
    if (asked === mine) for (const place of places()) place.removeAttribute("aria-busy");
  }
}

function showErrors(page) {
  for (const place of form.querySelectorAll(".err")) {
    place.replaceChildren(...page.getElementById(place.id).childNodes);
    const field = document.getElementById(place.id.replace("-error", ""));
    if (field && field !== form) field.toggleAttribute("aria-invalid", place.textContent.trim() !== "");
    if (field?.hasAttribute("aria-invalid")) field.setAttribute("aria-invalid", "true");
  }
}

/** The new route in place of the old one; folds stay open, and who stood on a tick stands on it again. */
function takeOver(page) {
  const focus = document.activeElement.closest("[data-live]") ? document.activeElement.id : "";
  const open = [...document.querySelectorAll("[data-live] details[open][id]")].map((fold) => fold.id);
  for (const place of places()) place.replaceChildren(...page.getElementById(place.id).childNodes);
  for (const id of open) document.getElementById(id)?.setAttribute("open", "");
  if (focus) document.getElementById(focus)?.focus({ preventScroll: true });
  prepare();
}

/** What only the page with this file needs: no button for the ticks, other ways fetched when they are unfolded. */
function prepare() {
  for (const button of document.querySelectorAll("[data-plain]")) button.hidden = true;
  const ways = document.getElementById("ways");
  if (!ways) return;
  ways.addEventListener("toggle", () => loadWays(ways));
  if (ways.open) loadWays(ways);
}

async function loadWays(ways) {
  if (!ways.open || ways.dataset.loaded === ways.dataset.ways) return;
  ways.dataset.loaded = ways.dataset.ways;
  const into = ways.querySelector("[data-into]");
  into.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(ways.dataset.ways, { headers: { Accept: "text/html" } });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const found = page.querySelector("[data-ways-content]");
    if (answer.ok && found) into.replaceChildren(...found.childNodes);
  } catch {
    delete ways.dataset.loaded; // the link is still there
  } finally {
    into.removeAttribute("aria-busy");
  }
}

form.addEventListener("input", (event) => {
  if (event.target.type !== "range") later();
});
form.addEventListener("submit", (event) => {
  event.preventDefault();
  recalculate();
});
document.addEventListener("change", (event) => {
  if (event.target.form === form && event.target.type === "checkbox") recalculate();
});
prepare();
