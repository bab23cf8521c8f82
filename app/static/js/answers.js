/** The questionnaire: each answer is saved as it is given. Without this script the page is one form. */
import { readValue, showShare, showValue } from "./cards.js";
import { field, startSaving } from "./saving.js";

function read(card) {
  const counts = card.querySelector("[data-counts]");
  if (counts && !showShare(counts)) return undefined;
  const value = readValue(card);
  return value === undefined ? undefined : { value, evidence: field(card, "evidence").value, note: field(card, "note").value };
}

function fill(card, shown) {
  showValue(card, shown.value);
  field(card, "evidence").value = shown.evidence || "";
  field(card, "note").value = shown.note || "";
}

function progress(data) {
  const set = (selector, text) => {
    for (const element of document.querySelectorAll(selector)) element.textContent = text;
  };
  if (!data.segments) return;
  set("[data-answered]", data.answered);
  set("[data-minutes]", data.minutes);
  set("[data-range]", data.range);
  set("[data-range-now]", data.range_now);
  set(".is-now [data-count], [data-count-now]", data.count);
  for (const bar of document.querySelectorAll("[data-segments] svg")) {
    const done = bar.querySelectorAll("rect.f-data");
    data.segments.forEach((width, n) => done[n]?.setAttribute("width", width));
  }
  const [low, high] = data.levels;
  const now = document.querySelector(".narrow .now");
  if (now) {
    now.setAttribute("x", 100 + low * 46 - 15);
    now.setAttribute("width", (high - low) * 46 + 30);
  }
}

const { words } = startSaving({ read, fill, progress });

for (const button of document.querySelectorAll("[data-copy]")) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    const input = document.getElementById(button.dataset.copy);
    input.select();
    try {
      await navigator.clipboard.writeText(input.value);
      button.textContent = words.copied;
    } catch {
      document.execCommand("copy");
    }
  });
}
