/**
 * Photos of a visit: made small before they are sent, and kept in this browser (IndexedDB) where they cannot be sent.
 * The server keeps the same file once, so sending twice does no harm. Without IndexedDB a photo waits in the page.
 */
const LONGEST = 2000;
const QUALITY = 0.85;
const RETRY = 15000;

/** A photo as JPEG of at most 2000 pixels, without what the phone wrote into it; any other file as it is. */
export async function shrink(file) {
  const picture = file.type.startsWith("image/") || /\.(heic|heif)$/i.test(file.name);
  if (!picture || !window.createImageBitmap) return file;
  try {
    const bitmap = await createImageBitmap(file, { imageOrientation: "from-image" });
    const scale = Math.min(1, LONGEST / Math.max(bitmap.width, bitmap.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.max(1, Math.round(bitmap.width * scale));
    canvas.height = Math.max(1, Math.round(bitmap.height * scale));
    const pen = canvas.getContext("2d");
    pen.fillStyle = "#fff";
    pen.fillRect(0, 0, canvas.width, canvas.height);
    pen.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
    bitmap.close();
    const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", QUALITY));
    return blob ? new File([blob], `${file.name.replace(/\.[^.]*$/, "")}.jpg`, { type: "image/jpeg" }) : file;
  } catch {
    return file; // no picture that this browser reads: the server says what is wrong with it
  }
}

function open() {
  return new Promise((done, fail) => {
    const request = indexedDB.open("photos", 1);
    request.onupgradeneeded = () => request.result.createObjectStore("waiting", { keyPath: "id", autoIncrement: true });
    request.onsuccess = () => done(request.result);
    request.onerror = () => fail(request.error);
  });
}

async function inStore(mode, act) {
  const database = await open();
  try {
    return await new Promise((done, fail) => {
      const deal = database.transaction("waiting", mode);
      const request = act(deal.objectStore("waiting"));
      deal.oncomplete = () => done(request.result);
      deal.onerror = deal.onabort = () => fail(deal.error);
    });
  } finally {
    database.close();
  }
}

/** Keeps and sends the photos of one sheet. `saving` is what `startSaving` gives. */
export function startPhotos(store, words, saving) {
  const memory = [];
  let sending = false;
  let timer = 0;

  async function waiting() {
    try {
      const all = await inStore("readonly", (photos) => photos.getAll());
      return [...all.filter((photo) => photo.store === store), ...memory];
    } catch {
      return [...memory];
    }
  }

  async function drop(photo) {
    const place = memory.indexOf(photo);
    if (place >= 0) memory.splice(place, 1);
    else await inStore("readwrite", (photos) => photos.delete(photo.id));
  }

  function show(photo) {
    const card = document.getElementById(photo.item);
    if (!card || card.querySelector(`[data-photo="${CSS.escape(photo.mark)}"]`)) return;
    const line = document.getElementById("t-photo").content.firstElementChild.cloneNode(true);
    line.dataset.photo = photo.mark;
    line.querySelector("[data-name]").textContent = photo.name;
    line.querySelector("small").textContent = memory.includes(photo) ? words.open : words.kept;
    line.querySelector("[data-discard]").addEventListener("click", async () => {
      await drop(photo);
      line.remove();
    });
    card.querySelector("[data-files]").append(line);
    line.closest("details")?.setAttribute("open", "");
  }

  const hide = (photo) => document.querySelector(`[data-photo="${CSS.escape(photo.mark)}"]`)?.remove();

  async function keep(card, url, file) {
    const photo = { store, item: card.id, url, name: file.name, type: file.type, blob: file, mark: `${Date.now()}-${Math.random()}` };
    try {
      await inStore("readwrite", (photos) => photos.add(photo));
    } catch {
      memory.push(photo);
    }
    show(photo);
    again();
  }

  function again() {
    clearTimeout(timer);
    timer = setTimeout(send, RETRY);
  }

  async function send() {
    if (sending) return;
    sending = true;
    try {
      for (const photo of await waiting()) {
        const card = document.getElementById(photo.item);
        const answer = await saving.sendFile(photo.url, new File([photo.blob], photo.name, { type: photo.type }));
        if (!answer.ok && (answer.status === 401 || answer.status === 429 || answer.status >= 500)) return again();
        await drop(photo);
        hide(photo);
        if (card && answer.ok) saving.showFile(card, answer.data);
        else if (card) saving.complain(card, answer.data.message || "");
      }
    } catch {
      again(); // still no connection
    } finally {
      sending = false;
    }
  }

  window.addEventListener("online", send);
  document.querySelector("#offline [data-retry]").addEventListener("click", send);
  window.addEventListener("beforeunload", (event) => {
    if (memory.length) event.preventDefault();
  });
  waiting().then((photos) => {
    for (const photo of photos) show(photo);
    if (photos.length) send();
  });
  return { keep };
}
