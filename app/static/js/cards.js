/** Question cards: the live share of two counts, and choices that stand alone. The server checks all of it again. */

/** The fieldset of a card, as an answer value of the API; undefined where the fields cannot be read yet. */
export function readValue(card) {
  const picked = [...card.querySelectorAll('.opts input:checked')].map((input) => input.value);
  switch (card.dataset.kind) {
    case "level":
      return picked.length ? (/^\d$/.test(picked[0]) ? Number(picked[0]) : picked[0]) : null;
    case "multiple":
      if (picked.includes("none")) return [];
      if (picked.includes("unknown")) return "unknown";
      if (picked.includes("na")) return "na";
      return picked.length ? picked : null;
    case "rate":
      return picked.length ? picked[0] : readCounts(card);
    default:
      return picked.length ? picked[0] : null;
  }
}

export function readCounts(card) {
  const [whole, part] = card.querySelectorAll("[data-counts] input[type=number]");
  if (whole.validity.badInput || part.validity.badInput) return undefined;
  if (whole.value === "" && part.value === "") return null;
  if (Number(whole.value) === 0 && whole.value !== "" && Number(part.value) === 0) return { rate: 0 };
  if (whole.value === "" || part.value === "") return undefined;
  return { part: Number(part.value), whole: Number(whole.value) };
}

/** Put an answer value into the fields of a card. */
export function showValue(card, value) {
  const picked = new Set(
    value === null || value === undefined ? [] : Array.isArray(value) ? (value.length ? value : ["none"]) : typeof value === "object" ? [] : [String(value)],
  );
  for (const input of card.querySelectorAll(".opts input")) input.checked = picked.has(input.value);
  const counts = card.querySelector("[data-counts]");
  if (!counts) return;
  const [whole, part] = counts.querySelectorAll("input[type=number]");
  if (value && typeof value === "object") {
    whole.value = "whole" in value ? value.whole : value.rate === 0 ? 0 : 100;
    part.value = "whole" in value ? value.part : value.rate * 100;
  } else if (picked.size || value === null) {
    part.value = "";
    if (picked.size) whole.value = "";
  }
  showShare(counts);
}

/** The share of two counts under their fields, or what is wrong with them. */
export function showShare(counts) {
  const [whole, part] = counts.querySelectorAll("input[type=number]");
  const output = counts.querySelector("output");
  const [figure, words] = output.children;
  const all = Number(whole.value);
  const some = Number(part.value);
  const filled = whole.value !== "" && part.value !== "";
  const wrong = filled && some > all;
  output.hidden = !filled;
  output.classList.toggle("err", wrong);
  whole.setAttribute("aria-invalid", String(wrong));
  part.setAttribute("aria-invalid", String(wrong));
  if (wrong) {
    figure.textContent = "";
    words.textContent = output.dataset.impossible;
  } else if (filled) {
    figure.textContent = all ? `${Math.round((some / all) * 1000) / 10}%` : "0%";
    words.textContent = all ? output.dataset.working.replace("{part}", part.value).replace("{whole}", whole.value) : "";
  }
  return !wrong;
}

/** A choice that stands alone clears the others, and any other clears it. */
function keepAlone(card, changed) {
  if (changed.type === "checkbox" && changed.checked) {
    for (const input of card.querySelectorAll('.opts input[type="checkbox"]')) {
      if (input !== changed && (changed.hasAttribute("data-alone") || input.hasAttribute("data-alone"))) input.checked = false;
    }
    const counts = card.querySelector("[data-counts]");
    if (counts) {
      for (const input of counts.querySelectorAll("input[type=number]")) input.value = "";
      showShare(counts);
    }
  } else if (changed.closest("[data-counts]") && changed.value !== "") {
    for (const input of card.querySelectorAll(".opts input")) input.checked = false;
  }
}

document.addEventListener("input", (event) => {
  const counts = event.target.closest("[data-counts]");
  if (counts) showShare(counts);
});

document.addEventListener("change", (event) => {
  const card = event.target.closest("fieldset.q[data-kind]");
  if (card) keepAlone(card, event.target);
});
