/* What htmx does not do. Every page works without this file; it only makes it kinder. */
"use strict";

// What scripts say, in the language of the page: _words.html lists it, `n` takes the place of {n}.
const said = JSON.parse(document.body.dataset.words || "{}");
window.inWords = (name, n = "") => said[name].replace("{n}", () => n);

(() => {
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];

  // --- pages that refresh themselves: live.js ----------------------------------------------------

  // A transcript that shows its end stays at its end when something is added; otherwise it stays put.
  const toTheEnd = (element) => { element.scrollTop = element.scrollHeight; };
  const isAtEnd = (element) => element.scrollHeight - element.scrollTop - element.clientHeight < 60;
  all("[data-stay-down]").forEach((element) => {
    const named = document.getElementById(location.hash.slice(1));
    let atEnd = !element.contains(named);
    let position = 0;
    if (atEnd) toTheEnd(element);
    else named.scrollIntoView({ block: "center" });
    addEventListener("load", () => { if (atEnd) toTheEnd(element); });
    element.addEventListener("load", () => { if (atEnd) toTheEnd(element); }, true);
    element.addEventListener("scroll", () => { atEnd = isAtEnd(element); position = element.scrollTop; });
    document.addEventListener("htmx:oobAfterSwap", (event) => {
      if (event.detail.target !== element) return;
      if (atEnd) toTheEnd(element);
      else element.scrollTop = position;
    });
  });

  // --- what is typed is kept ---------------------------------------------------------------------

  // In this tab only, until it is saved or the tab is closed: an error, a crash or a log-out loses nothing.
  const done = new URLSearchParams(location.search);
  all("form[data-draft]").forEach((form) => {
    const key = `draft:${form.dataset.draft}`;
    const fields = all("textarea, input[type=radio][name=status]", form);
    // Of several forms on a page only what was sent is done with.
    const sentIt = !done.has("act") || !form.dataset.act || done.get("act") === form.dataset.act;
    const justSaved = (done.has("saved") || done.has("sent") || done.has("filed")) && sentIt && !form.querySelector(".problem");
    const kept = justSaved ? null : JSON.parse(sessionStorage.getItem(key) || "null");
    if (justSaved) sessionStorage.removeItem(key);
    if (kept && !form.querySelector(".problem")) {
      fields.forEach((field) => {
        if (!(field.name in kept)) return;
        if (field.type === "radio") field.checked = field.checked || field.value === kept[field.name];
        else if (!field.value) field.value = kept[field.name];
      });
      all("details", form).forEach((part) => {
        part.open = part.open || all("textarea", part).some((field) => field.value);
      });
    }
    form.addEventListener("input", () => {
      const now = {};
      fields.forEach((field) => { if (field.type !== "radio" || field.checked) now[field.name] = field.value; });
      sessionStorage.setItem(key, JSON.stringify(now));
    });
  });
  const said = ["saved", "sent", "joined", "undone", "corrected", "filed", "done", "act"].filter((name) => done.has(name));
  if (said.length) {
    // Reloading or bookmarking the page should not say "Saved" again; what it shows stays in its address.
    said.forEach((name) => done.delete(name));
    history.replaceState(null, "", location.pathname + (done.size ? `?${done}` : "") + location.hash);
  }

  // A pencil leads to a field: it is ready to be typed in. Browsers themselves only scroll there.
  const toTheField = () => {
    const field = location.hash && document.getElementById(location.hash.slice(1));
    if (!field || !field.matches("input, select, textarea")) return;
    for (let part = field.closest("details"); part; part = part.parentElement.closest("details")) part.open = true;
    field.focus();
  };
  addEventListener("hashchange", toTheField);
  toTheField();

  // What can be undone for some seconds is not offered any longer. Who stands on the button is not thrown to the top.
  all("[data-lasts]").forEach((element) => {
    setTimeout(() => {
      if (element.contains(document.activeElement)) document.getElementById("main").focus({ preventScroll: true });
      element.hidden = true;
    }, Number(element.dataset.lasts) * 1000);
  });

  // One press, one post.
  document.addEventListener("submit", (event) => {
    const button = event.submitter;
    if (!button || !event.target.dataset.busy || event.defaultPrevented) return;
    const words = button.textContent;
    // After this turn: a disabled button's own values would not be sent.
    setTimeout(() => {
      all("button", event.target).forEach((each) => { each.disabled = true; });
      button.textContent = event.target.dataset.busy;
    });
    addEventListener("pageshow", () => {
      all("button", event.target).forEach((each) => { each.disabled = false; });
      button.textContent = words;
    }, { once: true });
  });

  document.addEventListener("keydown", (event) => {
    const typing = event.target.matches("input, textarea, select");
    if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey) {
      const search = document.querySelector("[data-shortcut='/']");
      if (search) { event.preventDefault(); search.focus(); search.select(); }
    }
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && event.target.form && event.target.form.method === "post") {
      event.target.form.requestSubmit();
    }
  });

  // --- photos ------------------------------------------------------------------------------------

  all("input[data-preview]").forEach((input) => {
    const place = document.getElementById(input.dataset.preview);
    input.addEventListener("change", () => {
      all("img", place).forEach((image) => URL.revokeObjectURL(image.src));
      place.replaceChildren(...[...input.files].slice(0, 10).map((file) => {
        const image = new Image();
        image.alt = file.name;
        image.src = URL.createObjectURL(file);
        return image;
      }));
    });
  });

  const dialog = document.getElementById("enlarged");
  const shown = dialog.querySelector("img");
  let gallery = [];
  let index = 0;
  const show = (wanted) => {
    index = (wanted + gallery.length) % gallery.length;
    shown.src = gallery[index].href;
    shown.alt = gallery[index].querySelector("img").alt;
    all(".step", dialog).forEach((button) => { button.hidden = gallery.length < 2; });
  };
  document.addEventListener("click", (event) => {
    const picture = event.target.closest("a[data-enlarge]");
    if (!picture || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    gallery = all("a[data-enlarge]", picture.closest("section, .talk") || document);
    show(gallery.indexOf(picture));
    dialog.showModal();
  });
  dialog.querySelector(".back").addEventListener("click", () => show(index - 1));
  dialog.querySelector(".on").addEventListener("click", () => show(index + 1));
  dialog.addEventListener("click", (event) => { if (event.target === dialog || event.target === shown) dialog.close(); });
  dialog.addEventListener("close", () => { shown.removeAttribute("src"); });
  dialog.addEventListener("keydown", (event) => {
    if (event.key === "ArrowLeft") show(index - 1);
    if (event.key === "ArrowRight") show(index + 1);
  });

  // The menu of the account closes when something else is pressed.
  document.addEventListener("click", (event) => {
    all("details.account[open]").forEach((menu) => { if (!menu.contains(event.target)) menu.open = false; });
  });
})();
