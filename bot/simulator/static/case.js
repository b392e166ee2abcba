// One case: what it holds, what happened, and what the case worker does with it.

import { element } from "./thread.js";

const MARK = /\n?\[Cityline [a-z]\d+\]\s*$/;
// Which acts a case offers, by where it stands in the work.
const OFFERED = {
  new: ["take", "ask", "photo", "resolve", "close", "delete"],
  working: ["ask", "photo", "resolve", "close", "delete"],
  awaiting: ["take", "photo", "resolve", "close", "delete"],
  resolved: ["photo", "reopen", "close", "delete"],
  closed: ["delete"],
};
const FIELD_NAMES = {
  correlation_id: "Reference",
  assigned_to: "Assigned to",
  category: "Category",
  u_address: "Address",
  resolution_code: "Resolution",
  close_code: "Resolution",
  close_notes: "Close notes",
};

export class CasePage {
  constructor(root, { said, gone }) {
    this.root = root;
    this.said = said;
    this.gone = gone;
    this.one = null;
    this.wireActs();
    this.wirePanels();
    this.wireFacts();
    this.wireWords();
  }

  get path() {
    return `/simulator/servicenow/cases/${this.one.table}/${this.one.sys_id}`;
  }

  // Showing

  async show(table, id) {
    this.closePanels();
    this.root.hidden = !id;
    this.one = id ? { table, sys_id: id } : null;
    if (id) await this.reload();
  }

  async reload() {
    const wanted = this.one;
    const answer = await fetch(this.path);
    if (this.one !== wanted && this.one?.sys_id !== wanted.sys_id) return;
    if (answer.ok) this.draw(await answer.json());
    else {
      this.said((await answer.json()).detail);
      this.gone();
    }
  }

  async happened(told) {
    if (this.one?.sys_id !== told.sys_id) return;
    await this.reload();
  }

  draw(one) {
    const fresh = this.one?.number === undefined;
    this.one = one;
    this.root.querySelector(".number").textContent = one.number;
    this.root.querySelector(".summary").textContent = one.summary;
    const chip = this.root.querySelector(".chip.state");
    chip.textContent = one.state_name;
    this.root.className = `case phase-${one.phase}`;
    this.root.querySelector(".description").textContent = one.description;
    this.drawActs(one);
    this.drawFacts(one);
    this.root.querySelector(".activity").replaceChildren(...one.activity.map(entry).reverse());
    if (fresh) {
      this.root.querySelector(".summary").focus({ preventScroll: true });
      if (window.innerWidth <= 860) window.scrollTo(0, 0);
    }
  }

  drawActs(one) {
    const offered = OFFERED[one.phase];
    for (const button of this.root.querySelectorAll(".acts button")) {
      button.hidden = !offered.includes(button.dataset.act || button.dataset.open);
    }
    for (const panel of this.root.querySelectorAll(".panel")) {
      if (!offered.includes(panel.dataset.panel)) panel.hidden = true;
    }
    const closed = one.phase === "closed";
    const message = this.root.querySelector(".read-only");
    message.hidden = !closed;
    message.textContent = closed ? one.read_only : "";
    this.root.querySelector(".write").hidden = closed;
  }

  drawFacts(one) {
    const closed = one.phase === "closed";
    const group = this.root.querySelector('[name="assignment_group"]');
    const due = this.root.querySelector('[name="due_date"]');
    if (document.activeElement !== group) {
      group.replaceChildren(option("", "None"), ...one.choices.groups.map((name) => option(name, name)));
      group.value = one.group;
    }
    if (document.activeElement !== due) due.value = one.due_date;
    group.disabled = due.disabled = closed;
    const pairs = one.fields.filter((field) => FIELD_NAMES[field.name]);
    this.root.querySelector(".fields").replaceChildren(
      ...pairs.flatMap((field) => [element("dt", "", FIELD_NAMES[field.name]), element("dd", "", field.value)]),
    );
  }

  // Doing

  async send(path, init) {
    const answer = await fetch(path, init);
    if (answer.ok) return true;
    const { detail } = await answer.json().catch(() => ({}));
    this.said(typeof detail === "string" ? detail : "That cannot be done.");
    return false;
  }

  async work(changes) {
    return this.send(this.path, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(changes),
    });
  }

  wireActs() {
    for (const button of this.root.querySelectorAll("[data-act]")) {
      button.addEventListener("click", () => this.work({ state: this.one.choices.working, take: true }));
    }
    for (const button of this.root.querySelectorAll("[data-open]")) {
      button.addEventListener("click", () => this.openPanel(button.dataset.open));
    }
  }

  openPanel(name) {
    const panel = this.root.querySelector(`[data-panel="${name}"]`);
    const opens = panel.hidden;
    this.closePanels();
    panel.hidden = !opens;
    if (opens) this.prefill(panel);
    if (opens) panel.querySelector("textarea, select, button")?.focus();
  }

  // How it ended so far, to be kept or changed.
  prefill(panel) {
    const [codes, notes] = [panel.elements.resolution, panel.elements.close_notes];
    if (!codes) return;
    codes.replaceChildren(option("", "Choose …"), ...this.one.choices.codes.map((code) => option(code.value, code.label)));
    codes.value = this.one.resolution;
    notes.value = this.one.close_notes;
  }

  closePanels() {
    for (const panel of this.root.querySelectorAll(".panel")) {
      panel.hidden = true;
      panel.reset();
    }
  }

  wirePanels() {
    for (const cancel of this.root.querySelectorAll(".panel .cancel")) {
      cancel.addEventListener("click", () => this.closePanels());
    }
    this.root.addEventListener("keydown", (event) => event.key === "Escape" && this.closePanels());
    this.onSubmit("ask", (form) => this.work({ state: this.one.choices.awaiting, comments: form.get("comments") }));
    this.onSubmit("resolve", (form) => this.end(form, this.one.choices.resolved));
    this.onSubmit("close", (form) => this.end(form, this.one.choices.closed));
    this.onSubmit("delete", () => this.send(this.path, { method: "DELETE" }));
    for (const button of this.root.querySelectorAll("[data-picture]")) {
      button.addEventListener("click", () => this.attach(JSON.stringify({ sample: button.dataset.picture })));
    }
    const upload = this.root.querySelector('[type="file"]');
    upload.addEventListener("change", () => {
      const [file] = upload.files;
      if (!file) return;
      const form = new FormData();
      form.append("file", file);
      this.attach(form);
    });
  }

  onSubmit(name, act) {
    const panel = this.root.querySelector(`[data-panel="${name}"]`);
    panel.addEventListener("submit", async (event) => {
      event.preventDefault();
      if (await act(new FormData(panel))) this.closePanels();
    });
  }

  end(form, state) {
    return this.work({ state, resolution: form.get("resolution"), close_notes: form.get("close_notes") });
  }

  async attach(body) {
    const headers = typeof body === "string" ? { "Content-Type": "application/json" } : {};
    if (await this.send(`${this.path}/files`, { method: "POST", headers, body })) this.closePanels();
  }

  wireFacts() {
    for (const name of ["assignment_group", "due_date"]) {
      const field = this.root.querySelector(`[name="${name}"]`);
      field.addEventListener("change", async () => {
        field.blur();
        if (name === "due_date" && !field.value) return;
        if (!(await this.work({ [name]: field.value }))) await this.reload();
      });
    }
  }

  wireWords() {
    const form = this.root.querySelector(".write");
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const given = new FormData(form);
      if (await this.work({ [given.get("journal")]: given.get("words") })) form.querySelector("textarea").value = "";
    });
  }
}

function option(value, label) {
  const made = element("option", "", label);
  made.value = value;
  return made;
}

function entry(one) {
  const item = element("li", `entry ${one.kind}${one.cityline ? " from-cityline" : ""}`);
  const head = element("p", "by");
  head.append(element("strong", "", one.who));
  if (one.cityline) head.append(element("span", "chip", "the integration"));
  const when = element("time", "", new Date(one.at).toLocaleTimeString([], { hour: "numeric", minute: "2-digit" }));
  when.dateTime = one.at;
  head.append(element("span", "kind", KINDS[one.kind]), when);
  item.append(head, ...SHOWN[one.kind](one));
  return item;
}

const KINDS = { made: "opened it", comment: "comment", internal: "work note", change: "", file: "file" };
const SHOWN = {
  made: () => [],
  comment: words,
  internal: words,
  change: (one) => {
    const line = element("p", "changed", `${one.field}: `);
    if (one.before) line.append(element("s", "", one.before), " → ");
    line.append(element("b", "", one.after || "none"));
    return [line];
  },
  file: (one) => (one.picture ? picture(one) : [file(one)]),
};

function words(one) {
  const parts = [element("p", "text", one.text.replace(MARK, ""))];
  const mark = one.text.match(MARK);
  if (mark) parts.push(element("small", "of-ours", mark[0].trim()));
  return parts;
}

function picture(one) {
  const open = element("button", "picture");
  open.type = "button";
  open.setAttribute("aria-label", `Open ${one.name}`);
  const image = element("img");
  image.src = `/simulator/servicenow/files/${one.file}`;
  image.alt = ""; // the button says what opens
  image.loading = "lazy";
  open.append(image);
  open.addEventListener("click", () => {
    const box = document.querySelector("#lightbox");
    box.querySelector("img").src = image.src;
    box.showModal();
  });
  return [open, element("small", "name", one.name)];
}

function file(one) {
  const link = element("a", "document", one.name);
  link.href = `/simulator/servicenow/files/${one.file}`;
  link.target = "_blank";
  link.append(element("small", "", `${Math.max(1, Math.round(one.size / 1024))} KB`));
  return link;
}
