/* A crew works where the network is poor: what is sent is first kept in the phone, then sent, and told until it has arrived.
   Every form has a key of its own, so that one that is sent twice counts once. Without this file forms are sent as ever. */
"use strict";

(() => {
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const AGAIN = 20000; // milliseconds until what could not be sent is tried again
  const LONGEST_SIDE = 2560; // pixels: larger ones are shrunk on arrival anyway
  const PATIENCE = 60000; // milliseconds for one form: a phone that waits for ever sends nothing else

  // --- what is kept in the phone -------------------------------------------------------------------

  const opened = new Promise((resolve, reject) => {
    const asked = indexedDB.open("cityline-today", 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore("forms", { keyPath: "key" });
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
  const store = async (mode, act) => {
    const database = await opened;
    return new Promise((resolve, reject) => {
      const transaction = database.transaction("forms", mode);
      const asked = act(transaction.objectStore("forms"));
      transaction.oncomplete = () => resolve(asked.result);
      transaction.onerror = transaction.onabort = () => reject(transaction.error);
    });
  };
  const kept = async () => (await store("readonly", (forms) => forms.getAll())).sort((one, other) => one.at - other.at);
  const keep = (form) => store("readwrite", (forms) => forms.put(form));
  const forget = (key) => store("readwrite", (forms) => forms.delete(key));

  const newKey = () => {
    const bytes = crypto.getRandomValues(new Uint8Array(18));
    return btoa(String.fromCharCode(...bytes)).replace(/\+/g, "-").replace(/\//g, "_");
  };

  // A photo of twelve megapixels takes minutes where there is hardly a signal. What cannot be shrunk goes as it is.
  const smaller = async (file) => {
    try {
      const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
      const scale = Math.min(1, LONGEST_SIDE / Math.max(picture.width, picture.height));
      if (scale === 1 && file.size < 1500000) return file;
      const canvas = document.createElement("canvas");
      canvas.width = Math.round(picture.width * scale);
      canvas.height = Math.round(picture.height * scale);
      canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
      const blob = await new Promise((resolve) => { canvas.toBlob(resolve, "image/jpeg", 0.85); });
      return blob && blob.size < file.size ? blob : file;
    } catch { return file; }
  };

  // --- sending -------------------------------------------------------------------------------------

  let csrf = document.querySelector("[name=csrf_token]")?.value || "";
  let sending = false;
  let wanted = false; // while it was sending, something made it worth another try

  const signal = () => AbortSignal.timeout(PATIENCE);
  // A login may have ended since the form was filled in: its token is asked for anew, and whoever is logged out is told.
  const renewed = async () => {
    const answer = await fetch("/console/today", { signal: signal() });
    if (answer.redirected && answer.url.includes("/login")) return false;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    csrf = page.querySelector("[name=csrf_token]")?.value || csrf;
    return true;
  };
  const post = (form) => {
    const body = new FormData();
    form.fields.forEach(([name, value]) => body.append(name, value));
    body.append("csrf_token", csrf);
    body.append("key", form.key);
    form.files.forEach(({ name, file, called }) => body.append(name, file, called));
    return fetch(form.address, { method: "POST", body, headers: { "X-Sent-Later": "1" }, redirect: "manual", signal: signal() });
  };
  const send = async (form) => {
    let answer = await post(form);
    if (answer.status === 403 || answer.type === "opaqueredirect" || answer.status === 401) {
      if (!(await renewed())) return "login";
      answer = await post(form);
    }
    if (answer.ok) { await forget(form.key); return "sent"; }
    if (answer.status >= 500 || answer.status === 429) return "later";
    const why = new DOMParser().parseFromString(await answer.text(), "text/html").body.textContent.trim();
    await keep({ ...form, refused: why.slice(0, 200) || inWords("not_saved") });
    return "refused";
  };
  const sendAll = async () => {
    if (sending) { wanted = true; return; }
    sending = true;
    wanted = false;
    let login = false;
    try {
      for (const form of await kept()) {
        if (form.refused) continue;
        const outcome = await send(form);
        if (outcome === "sent") await redraw(form.reference);
        mark(form.reference, outcome === "sent" ? inWords("saved") : "", outcome === "sent");
        if (outcome === "login") { login = true; break; }
        if (outcome === "later") break;
      }
    } catch { /* no network: what is kept is sent the next time */ }
    sending = false;
    await tell(login);
    if (wanted && !login) await sendAll();
  };

  // A card as it stands after what was sent; what is not to be done here any more keeps its place without its buttons.
  const redraw = async (reference) => {
    const old = document.getElementById(`stop-${reference}`);
    if (!old) return;
    const answer = await fetch(location.href, { signal: signal() });
    if (!answer.ok || answer.redirected) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.getElementById(`stop-${reference}`);
    old.classList.toggle("over", !fresh);
    if (!fresh) { old.querySelectorAll(".steps").forEach((steps) => steps.remove()); return; }
    fresh.querySelector(".number").textContent = old.querySelector(".number").textContent;
    old.replaceChildren(...fresh.childNodes);
    ways(old);
  };
  // iPhones open no geo: link; theirs opens their own map.
  const isApple = /iPhone|iPad|iPod/.test(navigator.userAgent);
  const ways = (part) => {
    if (isApple) all("a[href^='geo:']", part).forEach((link) => { link.href = `maps:?daddr=${link.getAttribute("href").slice(4).split("?")[0]}`; });
  };
  ways(document);

  // --- telling -------------------------------------------------------------------------------------

  const mark = (reference, words, sent) => {
    const place = document.querySelector(`[data-reference="${CSS.escape(reference)}"] [data-waits]`);
    if (!place) return;
    place.hidden = !words;
    place.textContent = words;
    place.classList.toggle("sent", Boolean(sent));
  };
  const box = document.getElementById("unsent");
  const tell = async (login = false) => {
    const forms = await kept();
    box.hidden = forms.length === 0;
    box.querySelector("[data-count]").textContent = forms.length === 1 ? inWords("one_unsent") : inWords("unsent", forms.length);
    box.querySelector("[data-words]").textContent = login
      ? inWords("logged_out")
      : forms.every((form) => form.refused) ? "" : inWords("kept");
    box.querySelector("ul").replaceChildren(...forms.map((form) => {
      const line = document.createElement("li");
      const words = document.createElement("span");
      words.textContent = form.refused ? `${form.label}: ${form.refused}` : form.label;
      line.append(words);
      if (form.refused) {
        const link = Object.assign(document.createElement("a"), { href: `/console/requests/${form.reference}`, textContent: inWords("open") });
        const drop = Object.assign(document.createElement("button"), { type: "button", textContent: inWords("drop") });
        drop.addEventListener("click", async () => { await forget(form.key); mark(form.reference, ""); await tell(); });
        line.append(link, drop);
      }
      return line;
    }));
    forms.forEach((form) => mark(form.reference, form.refused ? inWords("not_saved_why", form.refused) : inWords("to_send")));
  };

  document.addEventListener("submit", async (event) => {
    const form = event.target.closest("form[data-later]");
    if (!form) return;
    event.preventDefault();
    // The common script's "one press, one post" is for forms that leave the page.
    event.stopImmediatePropagation();
    const data = [...new FormData(form)];
    const waiting = {
      key: newKey(),
      at: Date.now(),
      label: form.dataset.later,
      address: form.getAttribute("action"),
      reference: form.closest("[data-reference]").dataset.reference,
      fields: data.filter(([name, value]) => typeof value === "string" && !["csrf_token", "key"].includes(name)),
      files: [],
    };
    const buttons = all("button", form);
    buttons.forEach((button) => { button.disabled = true; });
    for (const [name, value] of data) {
      if (value instanceof File && value.name) waiting.files.push({ name, called: value.name, file: await smaller(value) });
    }
    try {
      await keep(waiting);
    } catch {
      // A phone without room, or a private window: then it is sent as ever.
      buttons.forEach((button) => { button.disabled = false; });
      form.submit();
      return;
    }
    form.reset();
    const part = form.closest("details");
    if (part) { part.open = false; part.closest(".stop").scrollIntoView({ block: "nearest" }); }
    buttons.forEach((button) => { button.disabled = false; });
    await tell();
    await sendAll();
  }, true);

  // What folds out is seen.
  document.addEventListener("toggle", (event) => {
    if (event.target.matches("details.step") && event.target.open) event.target.scrollIntoView({ block: "nearest", behavior: "smooth" });
  }, true);

  addEventListener("online", sendAll);
  document.addEventListener("visibilitychange", () => { if (!document.hidden) sendAll(); });
  setInterval(async () => { if (!document.hidden && (await kept()).some((form) => !form.refused)) sendAll(); }, AGAIN);
  tell().then(sendAll).catch(() => {});

  // --- whose work, and from where ------------------------------------------------------------------

  const whose = document.querySelector("[data-goes]");
  whose?.addEventListener("change", () => {
    const { value, selectedOptions } = whose;
    const crew = selectedOptions[0].dataset.crew;
    location.href = `/console/today?whose=${value}${crew ? `&crew=${encodeURIComponent(crew)}` : ""}`;
  });

  // Always the nearest that is left, from where the phone is: its position does not leave the phone.
  const METRES = 111320;
  const far = (from, to) => METRES * Math.hypot(to.lat - from.lat, (to.lon - from.lon) * Math.cos(from.lat * Math.PI / 180));
  const said = (metres) => inWords("on", metres < 402 ? inWords("feet", Math.max(1, Math.round(metres * 3.28084))) : inWords("miles", (metres / 1609.344).toFixed(1)));
  const order = (here) => {
    const list = document.getElementById("stops");
    const left = all(".stop[data-lat]", list).map((stop) => ({ stop, lat: Number(stop.dataset.lat), lon: Number(stop.dataset.lon) }));
    const nowhere = all(".stop:not([data-lat])", list);
    let from = here;
    const stops = [];
    while (left.length) {
      const next = left.reduce((nearest, one) => far(from, one) < far(from, nearest) ? one : nearest);
      left.splice(left.indexOf(next), 1);
      next.stop.querySelector("[data-far]").textContent = said(far(from, next));
      stops.push(next.stop);
      from = next;
    }
    [...stops, ...nowhere].forEach((stop, index) => {
      list.append(stop);
      stop.querySelector(".number").textContent = index + 1;
      const label = document.querySelector(`.map [data-of="${CSS.escape(stop.dataset.reference)}"] .pin-label`);
      if (label) label.textContent = index + 1;
    });
  };
  const button = document.getElementById("from-here");
  if (button && navigator.geolocation && window.isSecureContext) {
    button.hidden = false;
    button.addEventListener("click", () => {
      button.disabled = true;
      navigator.geolocation.getCurrentPosition(
        ({ coords }) => { order({ lat: coords.latitude, lon: coords.longitude }); button.disabled = false; },
        () => { button.disabled = false; button.textContent = inWords("no_position"); },
        { maximumAge: 60000, timeout: 15000 },
      );
    });
  }
})();
