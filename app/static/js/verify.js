/** Works out the digest of a chosen PDF in the browser and says whether it is the report that was issued. Nothing of the
    file is sent. On the form it takes the code out of the file and goes on to that report's page. */
const box = document.getElementById("check");
const drop = box.querySelector("[data-drop]");
const input = box.querySelector("input[type=file]");
const issued = box.dataset.sha256;
const MOST = 30_000_000;
const KEPT = "checked-file";

function say(verdict) {
  for (const one of box.querySelectorAll("[data-verdict]")) one.hidden = one.dataset.verdict !== verdict;
}

/** The codes that a report carries: its square code is a link too, in plain bytes. */
function codesIn(bytes) {
  const text = new TextDecoder("latin1").decode(bytes);
  return [...new Set([...text.matchAll(/\/verify\/([2-9A-HJ-NP-Z]{12})(?![0-9A-Z])/g)].map((found) => found[1]))];
}

async function digestOf(bytes) {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

function judge(digest, codes) {
  if (issued && digest === issued) return say("same");
  if (issued && codes.includes(box.dataset.code)) return say("changed");
  if (!codes.length) return say(issued ? "foreign" : "no-code");
  sessionStorage.setItem(KEPT, JSON.stringify({ digest, codes }));
  const there = box.dataset.verifyUrl + codes[0];
  if (!issued) return location.assign(there);
  box.querySelector("[data-other]").href = there;
  box.querySelector("[data-other-code]").textContent = codes[0].replace(/(.{4})(?=.)/g, "$1-");
  return say("other");
}

async function check(file) {
  if (!file) return;
  say("");
  if (file.size > MOST) return say("large");
  try {
    const bytes = await file.arrayBuffer();
    if (!new TextDecoder("latin1").decode(bytes.slice(0, 1024)).includes("%PDF-")) return say("no-pdf");
    return judge(await digestOf(bytes), codesIn(bytes));
  } catch {
    return say("unreadable");
  }
}

if (window.crypto?.subtle) {
  drop.hidden = false;
  input.addEventListener("change", () => check(input.files[0]));
  for (const kind of ["dragover", "dragleave", "drop"])
    drop.addEventListener(kind, (event) => {
      event.preventDefault();
      drop.classList.toggle("is-over", kind === "dragover");
      if (kind === "drop") check(event.dataTransfer.files[0]);
    });
  const kept = JSON.parse(sessionStorage.getItem(KEPT) ?? "null");
  sessionStorage.removeItem(KEPT);
  if (issued && kept?.codes.includes(box.dataset.code)) judge(kept.digest, kept.codes);
} else if (issued) {
  box.querySelector("[data-insecure]").hidden = false;
  document.querySelector("details:has(#sha256)").open = true;
}
