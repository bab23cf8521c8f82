/** The visit sheet: each finding is saved as it is made, photos too. Without this script every part is one form. */
import { readCounts, showShare } from "./cards.js";
import { shrink, startPhotos } from "./photos.js";
import { field, startSaving } from "./saving.js";

const root = document.getElementById("sec");
const words = document.getElementById("visit-words").dataset;
const picked = (card) => card.querySelector(`input[type=radio]:checked`);
const ticks = (card) => [...card.querySelectorAll('input[type=checkbox]:checked')].map((box) => box.value);

/** The finding in the fields of a card as the API takes it; undefined while it cannot be read. */
function read(card) {
  const choice = picked(card)?.value ?? "";
  const note = field(card, "note").value;
  if (!picked(card)) {
    if (note) saving.problem(card, words.choose);
    return undefined;
  }
  if (choice === "" || choice === "agreed" || choice === "not_seen") return { verdict: choice, note: choice ? note : "" };
  const value = choice === "other" ? readOther(card) : choice.slice(1);
  if (value === undefined || value === null) return undefined;
  return { verdict: "corrected", value: card.dataset.answer === "level" && /^\d$/.test(value) ? Number(value) : value, note };
}

function readOther(card) {
  const counts = card.querySelector("[data-counts]");
  if (!counts) return ticks(card);
  return showShare(counts) ? readCounts(card) : undefined;
}

function fill(card, shown) {
  const { verdict, value } = shown;
  const plain = verdict === "" || verdict === "agreed" || verdict === "not_seen";
  const other = value !== "na" && (Array.isArray(value) || (value && typeof value === "object"));
  const choice = plain ? verdict : other ? "other" : `=${value}`;
  for (const input of card.querySelectorAll("input[type=radio]")) input.checked = input.value === choice;
  if (!plain && Array.isArray(value)) {
    for (const box of card.querySelectorAll("input[type=checkbox]")) box.checked = value.includes(box.value);
  } else if (!plain && other) {
    field(card, "whole").value = "whole" in value ? value.whole : value.rate === 0 ? 0 : 100;
    field(card, "part").value = "whole" in value ? value.part : value.rate * 100;
    showShare(card.querySelector("[data-counts]"));
  }
  field(card, "note").value = shown.note || "";
}

function progress(data) {
  const set = (name, text) => {
    for (const element of document.querySelectorAll(`[data-${name}]`)) element.textContent = text;
  };
  set("looked-at", data.looked_at);
  set("verified", data.verified);
  set("verified-away", data.verified_away);
  document.querySelector("[data-done]").value = data.done;
  for (const count of root.querySelectorAll("[data-count]")) {
    const done = count.closest(".group").querySelectorAll('fieldset.q:not([data-version="0"])').length;
    count.textContent = count.dataset.count.replace("{done}", done);
  }
}

let photos;
const saving = startSaving({ read, fill, progress, prepare: shrink, keep: (...photo) => photos.keep(...photo) });
photos = startPhotos(root.dataset.store, words, saving);

/** Whoever ticks or counts something else means "something else". */
root.addEventListener(
  "change",
  (event) => {
    const other = event.target.closest("[data-other]")?.closest("fieldset.q").querySelector('input[value="other"]');
    if (other) other.checked = true;
  },
  true,
);
