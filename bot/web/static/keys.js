/* Keys of a page: a list is walked, chosen from and opened without a mouse. Nothing needs this file. */
"use strict";

(() => {
  // "Back" leads to the list as it was: with its search, its filters and its place.
  document.querySelectorAll("a.back").forEach((link) => {
    const from = document.referrer && new URL(document.referrer);
    const lists = ["/console/requests", "/console/conversations", "/console/review", "/console/review/find", "/console/review/sample", "/console/today"];
    if (!from || from.origin !== location.origin || !lists.includes(from.pathname) || !lists.includes(new URL(link.href).pathname)) return;
    if (from.pathname !== new URL(link.href).pathname) link.textContent = inWords("back");
    link.href = from.href;
  });

  const all = (selector) => [...document.querySelectorAll(selector)];
  const dialog = document.getElementById("keys");

  // --- walking a list: the mark is the focus itself, so that Enter opens and a screen reader reads --------

  const rows = () => all(".requests a.request, .conversations a.conversation");
  const walk = (step) => {
    const each = rows();
    if (!each.length) return;
    const at = each.findIndex((row) => row.parentElement.contains(document.activeElement));
    const next = each[Math.min(each.length - 1, Math.max(0, at < 0 ? 0 : at + step))];
    next.focus({ preventScroll: true });
    next.scrollIntoView({ block: "nearest" });
  };

  // --- choosing: what is ticked stays ticked when the list refreshes itself --------------------------------

  const chosen = new Set();
  const boxes = () => all(".choose input");
  const bar = () => document.getElementById("many");
  const tell = () => {
    if (!bar()) return;
    const count = chosen.size;
    bar().classList.toggle("chosen", count > 0);
    bar().querySelector("button").disabled = !count;
    document.getElementById("many-count").textContent = count ? inWords("chosen", count) : inWords("none_chosen");
  };
  const tickAgain = () => {
    const shown = new Set(boxes().map((box) => box.value));
    // What the list no longer shows is chosen no longer: nobody sees it.
    [...chosen].filter((value) => !shown.has(value)).forEach((value) => chosen.delete(value));
    boxes().forEach((box) => { box.checked = chosen.has(box.value); });
    tell();
  };
  let last = null;
  document.addEventListener("click", (event) => {
    const box = event.target.closest(".choose input");
    if (!box) return;
    const each = boxes();
    const [from, to] = [each.indexOf(last), each.indexOf(box)].sort((one, other) => one - other);
    // From the last one to this one, as in any list.
    const range = event.shiftKey && from >= 0 ? each.slice(from, to + 1) : [box];
    range.forEach((one) => {
      one.checked = box.checked;
      if (one.checked) chosen.add(one.value); else chosen.delete(one.value);
    });
    last = box;
    tell();
  });
  ["htmx:afterSettle", "htmx:oobAfterSwap", "pageshow"].forEach((name) => addEventListener(name, tickAgain));
  tickAgain();

  // --- the keys ---------------------------------------------------------------------------------------------

  const press = (selector) => {
    const element = document.querySelector(selector);
    if (!element) return false;
    for (let part = element.closest("details"); part; part = part.parentElement.closest("details")) part.open = true;
    if (element.matches("input[type=radio], input[type=checkbox], summary, button, a")) element.click();
    // What opens a form is there to write in it.
    const form = element.dataset.opens && document.getElementById(element.dataset.opens);
    const field = form && [...form.querySelectorAll("textarea, select, input:not([type=hidden])")].find((one) => one.offsetParent);
    (field || element).focus();
    return true;
  };
  const own = { j: () => walk(1), k: () => walk(-1), "?": () => dialog && !dialog.open && dialog.showModal() };
  own.x = () => {
    const row = document.activeElement.closest("li");
    const box = row && row.querySelector(".choose input");
    if (box) box.click();
  };
  // From what is searched for to what is found.
  document.addEventListener("keydown", (event) => {
    if (!event.target.matches("input[type=search]") || !["ArrowDown", "Escape"].includes(event.key)) return;
    if (event.key === "Escape") event.target.blur();
    else if (rows().length) { event.preventDefault(); walk(0); }
  });
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.target.matches("input:not([type=checkbox]):not([type=radio]), textarea, select") || document.querySelector("dialog[open]")) return;
    const named = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
    if (named && press(`[data-key="${CSS.escape(event.key)}"]`)) event.preventDefault();
    else if (own[event.key]) { event.preventDefault(); own[event.key](); }
  });
})();
