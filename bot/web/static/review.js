/* Keys of reviewers: j and k go through a list or the queue, e marks what is open as read. Every page works without. */
"use strict";

(() => {
  const step = (by) => {
    const rows = [...document.querySelectorAll(".to-review .conversation")];
    if (!rows.length) return;
    const at = rows.indexOf(document.activeElement);
    const wanted = rows[Math.min(Math.max(at + by, 0), rows.length - 1)];
    wanted.focus();
    wanted.scrollIntoView({ block: "nearest" });
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
    if (event.target.closest("input, textarea, select, dialog")) return;
    const pressed = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
    if (pressed) {
      event.preventDefault();
      pressed.click();
    } else if (event.key === "j" || event.key === "k") {
      event.preventDefault();
      step(event.key === "j" ? 1 : -1);
    }
  });
})();
