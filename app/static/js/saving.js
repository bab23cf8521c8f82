/**
 * Saves each card of a page as it is filled in. A save goes into a queue in this browser first and leaves it when the
 * server has it, so nothing is lost offline, in a crash or when the session ends. The queue belongs to one account and
 * one round; it is sent in order, and every entry has a key, so that sending twice does no harm.
 *
 * The page holds `#sec` (data-store, data-states) with cards `fieldset.q[data-save]`, and the words of
 * assessments/_saving.html. It gives: `read(card)`, the body of a save without its version, or undefined while the
 * fields cannot be read; `fill(card, shown)`; `progress(data)` of an answer to a save; for files `prepare(file)` before
 * they are sent and `keep(card, url, file)` where they could not be.
 */
const RETRY = 15000;
export const MOST_BYTES = 10 * 1024 * 1024;

export function startSaving({ read, fill, progress = () => {}, prepare = (file) => file, keep: keepFile = null }) {
  const root = document.getElementById("sec");
  const words = document.getElementById("words").dataset;
  const store = root.dataset.store;
  let token = root.querySelector("input[name=csrf_token]").value;
  let sending = false;
  let timer = 0;

  function renew(fresh) {
    token = fresh;
    for (const input of root.querySelectorAll("input[name=csrf_token]")) input.value = fresh;
  }

  // ---- the queue

  function load() {
    try {
      return JSON.parse(localStorage.getItem(store)) || [];
    } catch {
      return [];
    }
  }

  function keep(queue) {
    try {
      if (queue.length) localStorage.setItem(store, JSON.stringify(queue));
      else localStorage.removeItem(store);
      return true;
    } catch {
      return false; // no storage in this browser: what is on the page is still sent, and the form still works
    }
  }

  let memory = load();

  function queue() {
    const stored = load();
    if (stored.length) memory = stored;
    return memory;
  }

  function setQueue(next) {
    memory = next;
    keep(next);
    showWaiting();
  }

  const newKey = () => [...crypto.getRandomValues(new Uint8Array(12))].map((n) => n.toString(16).padStart(2, "0")).join("");

  /** Put the present state of a card into the queue. An entry that was never sent is replaced, one that may have arrived stays. */
  function enqueue(card) {
    const body = read(card);
    if (body === undefined) return;
    const waiting = queue().filter((entry) => !(entry.item === card.id && !entry.tried));
    const mine = waiting.filter((entry) => entry.item === card.id);
    waiting.push({
      item: card.id,
      url: card.dataset.save,
      key: newKey(),
      follows: mine.length > 0,
      tried: false,
      body: { ...body, version: Number(card.dataset.version) },
    });
    setQueue(waiting);
    state(card, "busy");
    flush();
  }

  async function flush() {
    if (sending) return;
    sending = true;
    clearTimeout(timer);
    try {
      if (navigator.locks) await navigator.locks.request(store, { ifAvailable: true }, (lock) => lock && sendAll());
      else await sendAll();
    } finally {
      sending = false;
      showWaiting();
    }
  }

  async function sendAll() {
    while (queue().length) {
      const [entry] = queue();
      entry.tried = true;
      setQueue(queue().map((other) => (other.key === entry.key ? { ...other, tried: true } : other)));
      let answer;
      try {
        answer = await fetch(entry.url, {
          method: "PUT",
          headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": token },
          body: JSON.stringify({ ...entry.body, key: entry.key }),
          redirect: "error",
          keepalive: true,
        });
      } catch {
        return later(entry);
      }
      let data = {};
      try {
        data = await answer.json();
      } catch {
        if (answer.ok) return later(entry);
      }
      if (answer.ok) accept(entry, data);
      else if (answer.status === 409 && data.error === "stale_answer") clash(entry, data);
      else if (answer.status === 409) return lock();
      else if (answer.status === 401) return signedOut();
      else if (answer.status === 400 && data.error === "stale_page" && !entry.renewed) {
        renew(data.csrf_token);
        setQueue(queue().map((other) => (other.key === entry.key ? { ...other, renewed: true } : other)));
      } else if (answer.status === 429 || answer.status >= 500) return later(entry);
      else refuse(entry, data);
    }
  }

  function drop(entry) {
    setQueue(queue().filter((other) => other.key !== entry.key));
  }

  /** The server has it: later entries for the same card continue from its version. */
  function accept(entry, data) {
    setQueue(
      queue()
        .filter((other) => other.key !== entry.key)
        .map((other) =>
          other.item === entry.item && other.follows ? { ...other, body: { ...other.body, version: data.version } } : other,
        ),
    );
    const card = document.getElementById(entry.item);
    if (card) {
      setVersion(card, data.version);
      if (!queue().some((other) => other.item === entry.item)) {
        state(card, "ok", data.saved);
        problem(card, "");
      }
    }
    progress(data);
  }

  /** What the server refuses stays in its fields, with the reason beside it. */
  function refuse(entry, data) {
    drop(entry);
    const card = document.getElementById(entry.item);
    if (!card) return;
    state(card, "none");
    problem(card, data.message || words.refused);
  }

  function later(entry) {
    const card = document.getElementById(entry.item);
    if (card) state(card, "wait");
    for (const other of queue()) {
      const waiting = document.getElementById(other.item);
      if (waiting) state(waiting, "wait");
    }
    timer = setTimeout(flush, RETRY);
  }

  function signedOut() {
    document.getElementById("signed-out").hidden = false;
    for (const entry of queue()) {
      const card = document.getElementById(entry.item);
      if (card) state(card, "wait");
    }
  }

  function lock() {
    setQueue([]);
    document.getElementById("locked").hidden = false;
    for (const card of cards()) {
      card.disabled = true;
      state(card, "none");
    }
  }

  // ---- two people, one card

  function clash(entry, data) {
    drop(entry);
    const card = document.getElementById(entry.item);
    if (!card) return;
    state(card, "clash");
    card.querySelector("[data-clash]")?.remove();
    const box = document.getElementById("t-two").content.firstElementChild.cloneNode(true);
    box.querySelector("[data-who]").textContent = data.message;
    box.querySelector("[data-mine-says]").textContent = data.mine.says;
    box.querySelector("[data-mine]").textContent = data.mine.text;
    box.querySelector("[data-theirs-says]").textContent = data.theirs.says;
    box.querySelector("[data-theirs]").textContent = data.theirs.text;
    const theirs = box.querySelector('[data-keep="theirs"]');
    theirs.textContent = data.theirs.keep;
    theirs.addEventListener("click", () => settle(card, data, data.theirs));
    box.querySelector('[data-keep="mine"]').addEventListener("click", () => {
      setVersion(card, data.version);
      unclash(card);
      enqueue(card);
    });
    card.querySelector(".count, .opts").before(box);
  }

  function settle(card, data, shown) {
    setVersion(card, data.version);
    fill(card, shown);
    unclash(card);
    state(card, "ok", shown.saved);
  }

  function unclash(card) {
    card.querySelector("[data-clash]")?.remove();
    card.classList.remove("is-clash");
  }

  // ---- what a card shows

  const cards = () => root.querySelectorAll("fieldset.q[data-save]");

  function setVersion(card, version) {
    card.dataset.version = version;
    field(card, "version").value = version;
  }

  function state(card, name, text) {
    const line = card.querySelector(".save");
    const template = document.getElementById(`t-${name}`);
    line.className = `save${name === "ok" || name === "wait" || name === "clash" ? ` save--${name}` : ""}`;
    line.replaceChildren(...(template ? [template.content.cloneNode(true)] : []));
    if (name === "ok") line.querySelector("span").textContent = text || "";
    card.classList.toggle("is-wait", name === "wait");
    card.classList.toggle("is-clash", name === "clash");
  }

  function problem(card, text) {
    let line = document.getElementById(`${card.id}-err`);
    if (!text) {
      line?.remove();
      return;
    }
    if (!line) {
      line = document.createElement("p");
      line.className = "err";
      line.id = `${card.id}-err`;
      line.setAttribute("role", "alert");
      card.querySelector(".count, .opts").before(line);
    }
    line.textContent = text;
  }

  function showWaiting() {
    const count = queue().some((entry) => entry.tried) ? new Set(queue().map((entry) => entry.item)).size : 0;
    const box = document.getElementById("offline");
    const hide = count === 0 || sending || !document.getElementById("signed-out").hidden;
    if (!hide) {
      const line = box.querySelector("[data-waiting]");
      line.textContent = count === 1 ? line.dataset.one : line.dataset.many.replace("{count}", count);
    }
    box.hidden = hide;
  }

  /** A page that comes back from the browser's memory may be old: take over what others changed, keep what is unsent. */
  async function refresh() {
    if (!root.dataset.states) return; // the overview and the review only send what is waiting
    try {
      const answer = await fetch(root.dataset.states, { headers: { Accept: "application/json" }, cache: "no-store" });
      if (answer.status === 401) return signedOut();
      if (!answer.ok) return;
      const data = await answer.json();
      renew(data.csrf_token);
      if (data.locked) return lock();
      const unsent = new Set(queue().map((entry) => entry.item));
      for (const card of cards()) {
        const now = data.answers[card.id];
        if (!now || unsent.has(card.id) || Number(card.dataset.version) === now.version) continue;
        setVersion(card, now.version);
        fill(card, now);
        unclash(card);
        state(card, now.saved ? "ok" : "none", now.saved);
      }
    } catch {
      // Offline: the page stays as it is.
    }
  }

  // ---- files

  /** Send one file: {ok, status, data}. Throws without a connection. */
  async function sendFile(url, file, renewed = false) {
    const body = new FormData();
    body.append("file", file, file.name);
    const answer = await fetch(url, { method: "POST", headers: { Accept: "application/json", "X-CSRFToken": token }, body });
    const data = await answer.json();
    if (answer.status === 400 && data.error === "stale_page" && !renewed) {
      renew(data.csrf_token);
      return sendFile(url, file, true);
    }
    return { ok: answer.ok, status: answer.status, data };
  }

  function complain(card, text) {
    const complaint = card.querySelector("[data-file-error]");
    complaint.textContent = text;
    complaint.hidden = !text;
  }

  async function upload(input) {
    const card = input.closest("fieldset.q");
    const url = input.dataset.upload;
    const files = [...input.files];
    input.value = "";
    for (const chosen of files) {
      complain(card, words.sending);
      const file = await prepare(chosen);
      if (file.size > MOST_BYTES) return complain(card, words.fileLarge);
      try {
        const { ok, status, data } = await sendFile(url, file);
        if (ok) showFile(card, data);
        else if (keepFile && (status === 401 || status === 429 || status >= 500)) await keepFile(card, url, file, data.message);
        else return complain(card, data.message || words.refused);
      } catch {
        if (!keepFile) return complain(card, words.fileOffline);
        await keepFile(card, url, file);
      }
      complain(card, "");
    }
  }

  function showFile(card, data) {
    if (card.querySelector(`[data-remove="${CSS.escape(data.remove_url)}"]`)) return;
    const line = document.getElementById("t-file").content.firstElementChild.cloneNode(true);
    const link = line.querySelector("a");
    link.textContent = data.name;
    if (data.url) link.href = data.url;
    line.querySelector("small").textContent = data.size;
    line.querySelector("button").dataset.remove = data.remove_url;
    card.querySelector("[data-files]").append(line);
  }

  async function removeFile(button) {
    try {
      const answer = await fetch(button.dataset.remove, { method: "POST", headers: { Accept: "application/json", "X-CSRFToken": token } });
      if (answer.ok) button.closest("li").remove();
    } catch {
      // Offline: it stays in the list.
    }
  }

  // ---- listening

  root.addEventListener("change", (event) => {
    const card = event.target.closest("fieldset.q[data-save]");
    if (!card) return;
    if (event.target.type === "file") upload(event.target);
    else if (event.target.name) setTimeout(() => enqueue(card));
  });

  root.addEventListener("click", (event) => {
    const button = event.target.closest("button[data-remove]");
    if (!button) return;
    event.preventDefault();
    removeFile(button);
  });

  root.addEventListener("submit", (event) => {
    const once = event.submitter?.closest("[data-once]");
    if (once) setTimeout(() => (once.disabled = true));
    for (const entry of queue()) {
      const card = document.getElementById(entry.item);
      if (card && event.target.contains(card) && !entry.tried) drop(entry); // the form carries it
    }
  });

  document.querySelector("#offline [data-retry]").addEventListener("click", flush);
  window.addEventListener("online", flush);
  window.addEventListener("pageshow", async (event) => {
    if (event.persisted) await refresh();
    flush();
  });

  // Chosen while the page was still loading, on a slow line. The form keeps nothing of an earlier visit.
  for (const card of cards()) {
    const choices = [...card.querySelectorAll("[type=radio], [type=checkbox]")];
    if (choices.some((choice) => choice.checked !== choice.defaultChecked)) setTimeout(() => enqueue(card));
  }
  for (const entry of queue()) {
    const card = document.getElementById(entry.item);
    if (!card || !card.dataset.save) continue;
    fill(card, entry.body);
    state(card, "wait");
  }
  showWaiting();
  return { words, problem, sendFile, showFile, complain };
}

/** A field of a card by the end of its name. */
export const field = (card, name) => card.querySelector(`[name="${CSS.escape(`${card.id}.${name}`)}"]`);
