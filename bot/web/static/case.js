/* The page of a request. Without this file its forms work all the same; it shows what goes out while it is typed. */
"use strict";

(() => {
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];

  // What was refused is read first, wherever the page was.
  const problem = document.getElementById("problem");
  // The browser goes to the address's fragment after us, and lets go of what had the focus.
  if (problem) addEventListener("load", () => setTimeout(() => problem.focus()));

  // The act in which something was left unsaved is the one that is shown.
  const shown = document.querySelector("[name=act-shown]:checked");
  const hasWords = (form) => all("textarea", form).some((field) => field.value);
  if (shown && !problem && !hasWords(document.getElementById(`change-${shown.value}`))) {
    const left = all("form.act").find(hasWords);
    if (left) document.getElementById(`act-${left.dataset.act}`).checked = true;
  }

  // Ready words come behind what is written already.
  all("select[data-fills]").forEach((select) => {
    select.addEventListener("change", () => {
      const chosen = select.selectedOptions[0].dataset;
      const fields = select.dataset.fills.split(" ").map((id) => document.getElementById(id)).filter(Boolean);
      if (!chosen.text) return;
      // The second field is for those who read Spanish.
      [chosen.text, chosen.textEs].slice(0, fields.length).forEach((text, number) => {
        fields[number].value = fields[number].value ? `${fields[number].value.trimEnd()} ${text}` : text;
        fields[number].dispatchEvent(new Event("input", { bubbles: true }));
      });
      select.value = "";
      fields[0].focus();
    });
  });
  // Of an act with a status, those of the status that is chosen.
  all("form.act").forEach((form) => {
    const fitting = () => {
      const status = form.querySelector("[name=status]:checked");
      all("option[data-of]", form).forEach((option) => {
        option.hidden = option.disabled = Boolean(status) && option.dataset.of !== status.value;
      });
    };
    form.addEventListener("change", fitting);
    fitting();
  });

  // How many pictures go along is part of what is sent.
  all("input[data-counts]").forEach((input) => {
    input.addEventListener("change", () => {
      input.form.querySelector("[name=photo_count]").value = input.files.length;
    }, true);
  });
})();
