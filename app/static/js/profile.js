/** The page about the firm: troubles picked by tapping, and questions that follow from others. Without it all are shown. */
const form = document.getElementById("profile");
const pains = [...form.querySelectorAll("[data-pain]")];
const MOST = 3;

// ---- troubles, picked in order

const rankOf = (pain) => Number(pain.querySelector("select").value || 0);

function setRank(pain, rank) {
  pain.querySelector("select").value = rank ? String(rank) : "";
}

function tap(pain) {
  const rank = rankOf(pain);
  if (rank) {
    setRank(pain, 0);
    for (const other of pains) if (rankOf(other) > rank) setRank(other, rankOf(other) - 1);
  } else {
    const picked = pains.filter((other) => rankOf(other)).length;
    if (picked < MOST) setRank(pain, picked + 1);
  }
  showPains();
}

function showPains() {
  const full = pains.filter((pain) => rankOf(pain)).length >= MOST;
  for (const pain of pains) {
    const button = pain.querySelector("button");
    const rank = rankOf(pain);
    button.setAttribute("aria-pressed", String(rank > 0));
    button.querySelector(".pain__n").textContent = rank || "";
    button.classList.toggle("is-full", full && !rank);
  }
}

for (const pain of pains) {
  const label = pain.querySelector("label");
  const select = pain.querySelector("select");
  const button = document.createElement("button");
  button.type = "button";
  button.className = "pain__b";
  const mark = document.createElement("span");
  mark.className = "pain__n";
  const text = document.createElement("span");
  text.textContent = label.textContent;
  button.append(mark, text);
  button.addEventListener("click", () => tap(pain));
  select.hidden = true;
  label.hidden = true;
  button.disabled = select.matches(":disabled");
  pain.append(button);
}
for (const element of form.querySelectorAll("[data-with-script]")) element.hidden = false;
for (const element of form.querySelectorAll("[data-without-script]")) element.hidden = true;
showPains();

// ---- facts that follow from others

/** Conditions as content writes them: fact=value, fact!=value, fact>=n, fact<n, any(a;b), all(a;b). True, false or null. */
function test(text) {
  for (const [word, join] of [["any", any], ["all", all]]) {
    if (text.startsWith(`${word}(`) && text.endsWith(")")) return join(split(text.slice(word.length + 1, -1)).map(test));
  }
  const match = /^([A-Za-z][A-Za-z0-9_-]*?)\s*(>=|<|!=|=)\s*([A-Za-z0-9_.-]+)$/.exec(text.trim());
  if (!match) return null;
  const [, name, operator, wanted] = match;
  const has = factValue(name);
  if (has === null) return null;
  if (operator === "=") return has === wanted;
  if (operator === "!=") return has !== wanted;
  return operator === ">=" ? Number(has) >= Number(wanted) : Number(has) < Number(wanted);
}

const any = (results) => (results.includes(true) ? true : results.includes(null) ? null : false);
const all = (results) => (results.includes(false) ? false : results.includes(null) ? null : true);

function split(inner) {
  const parts = [];
  let depth = 0;
  let start = 0;
  [...inner].forEach((char, n) => {
    depth += (char === "(") - (char === ")");
    if (char === ";" && depth === 0) {
      parts.push(inner.slice(start, n));
      start = n + 1;
    }
  });
  parts.push(inner.slice(start));
  return parts;
}

function factValue(name) {
  const value = new FormData(form).get(`fact.${name}`) ?? new FormData(form).get(name);
  return value === null || value === "" || value === "unknown" ? null : value;
}

function showFacts() {
  for (const fact of form.querySelectorAll("[data-if]")) {
    fact.hidden = !fact.dataset.if.split("&").every((condition) => test(condition) === true);
  }
}

form.addEventListener("change", showFacts);
showFacts();
