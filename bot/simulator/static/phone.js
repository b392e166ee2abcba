// One phone: what its owner does, and what it shows.

import { hasMap, PinMap, places } from "./map.js";
import { element, Thread } from "./thread.js";

const SEEN_AS_TYPING = 4_000;

export class Phone {
  constructor(root, { arrived }) {
    this.root = root;
    this.channel = root.dataset.channel;
    this.arrived = arrived;
    this.state = null;
    this.attached = [];
    this.editing = null;
    this.field = root.querySelector("textarea");
    this.list = root.querySelector(".thread");
    root.addEventListener("animationend", (event) => event.animationName === "buzz" && root.classList.remove("buzz"));
    this.thread = new Thread(this.list, this.channel, (data, id, button) => this.press(data, id, button));
    this.list.addEventListener("grown", () => this.toEnd());
    new ResizeObserver(() => this.toEnd()).observe(this.list);
    this.wireComposer();
    this.wireSheets();
    this.wireMenu();
  }

  // Numbers and loading

  use(state) {
    if (this.state?.address !== state.address) {
      this.thread.clear();
      this.detach();
      this.field.value = "";
    }
    this.signal("phone", { state });
    this.root.querySelector(".address").textContent =
      this.channel === "sms" ? state.address.replace(/^\+1(\d{3})(\d{3})(\d{4})$/, "+1 $1-$2-$3") : state.address;
  }

  get path() {
    return `/simulator/phones/${this.channel}/${encodeURIComponent(this.state.address)}`;
  }

  async reload() {
    const { messages, phone } = await (await fetch(`${this.path}/messages`)).json();
    if (phone.address !== this.state.address) return;
    for (const message of messages) this.thread.put(message);
    this.toEnd();
  }

  receive(message) {
    if (!this.thread.put(message)) return;
    this.toEnd();
    if (message.from === "resident") return;
    this.typing(false);
    this.buzz();
    this.arrived();
  }

  signal(kind, data) {
    if (kind === "typing") this.typing(true);
    if (kind === "callback_answered") this.answered(data);
    if (kind !== "phone") return;
    this.state = data.state;
    this.drawKeyboard();
    this.root.classList.toggle("unreachable", data.state.unreachable);
    this.root.classList.toggle("opted-out", data.state.opted_out);
    const block = this.root.querySelector('[data-do="block"]');
    block.dataset.title ??= block.textContent;
    block.textContent = data.state.unreachable ? block.dataset.else : block.dataset.title;
  }

  // On a narrow screen only one phone is.
  get visible() {
    return this.root.offsetParent !== null;
  }

  buzz() {
    this.root.classList.remove("buzz");
    if (!this.visible) return;
    void this.root.offsetWidth; // restarts the animation
    this.root.classList.add("buzz");
    navigator.vibrate?.(120);
  }

  typing(on) {
    clearTimeout(this.typingEnds);
    this.root.querySelector(".typing").hidden = !on;
    if (on) this.typingEnds = setTimeout(() => this.typing(false), SEEN_AS_TYPING);
  }

  toEnd() {
    this.list.scrollTop = this.list.scrollHeight;
  }

  toast(text) {
    const toast = this.root.querySelector(".toast");
    toast.textContent = text;
    toast.hidden = false;
    clearTimeout(this.toastEnds);
    this.toastEnds = setTimeout(() => (toast.hidden = true), 3_200);
  }

  // Saying things

  async say(what, files = []) {
    const form = new FormData();
    form.append("say", JSON.stringify(what));
    for (const file of files) form.append("files", file, file.name);
    const answer = await fetch(`${this.path}/say`, { method: "POST", body: form }).catch(() => null);
    if (!answer) {
      this.toast("The simulator does not answer.");
      return false;
    }
    const body = await answer.json();
    if (!answer.ok) {
      this.toast(String(body.detail ?? "That did not work."));
      return false;
    }
    for (const message of body.messages) this.thread.put(message);
    this.signal("phone", { state: body.phone });
    this.toEnd();
    return true;
  }

  async send() {
    const text = this.field.value.trim();
    if (this.editing) {
      const id = this.editing;
      this.endEditing();
      if (text) await this.say({ edit: { id, text } });
      return;
    }
    if (!text && !this.attached.length) return;
    const samples = this.attached.filter((one) => one.sample).map((one) => ({ sample: one.sample }));
    const files = this.attached.filter((one) => one.file).map((one) => one.file);
    const asDocument = this.root.querySelector(".as-file")?.checked ?? false;
    this.field.value = "";
    this.detach();
    this.grow();
    if (!(await this.say({ text, files: samples, as_document: asDocument }, files))) this.field.value = text;
  }

  async press(data, id, button) {
    button.classList.add("waiting");
    button.setAttribute("aria-busy", "true");
    const done = await this.say({ button: data, message_id: id });
    if (!done) button.classList.remove("waiting");
  }

  answered({ text, alert }) {
    for (const button of this.root.querySelectorAll(".waiting")) {
      button.classList.remove("waiting");
      button.removeAttribute("aria-busy");
    }
    if (text) this.toast(text);
    if (alert) this.buzz();
  }

  wireComposer() {
    const form = this.root.querySelector(".composer");
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.send();
    });
    this.field.addEventListener("input", () => this.grow());
    this.field.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
        event.preventDefault();
        this.send();
      }
      if (event.key === "Escape") this.endEditing();
      if (event.key === "ArrowUp" && !this.field.value && this.channel === "telegram") this.editLast();
    });
    this.field.addEventListener("paste", (event) => this.attachFiles(event.clipboardData.files));
    this.root.addEventListener("dragover", (event) => event.preventDefault());
    this.root.addEventListener("drop", (event) => {
      event.preventDefault();
      this.attachFiles(event.dataTransfer.files);
    });
    for (const button of this.root.querySelectorAll("[data-say]")) {
      button.addEventListener("click", () => {
        const files = button.dataset.sample ? [{ sample: button.dataset.sample }] : [];
        this.say({ text: button.dataset.say, files });
      });
    }
  }

  grow() {
    this.field.style.height = "auto";
    this.field.style.height = `${Math.min(this.field.scrollHeight, 112)}px`;
    this.root.classList.toggle("writing", Boolean(this.field.value || this.attached.length));
  }

  // Photos

  attachFiles(files) {
    for (const file of files) this.attach({ file, url: URL.createObjectURL(file), title: file.name });
  }

  attach(one) {
    if (this.attached.length >= 10) {
      this.toast("Ten at most.");
      return;
    }
    this.attached.push(one);
    this.drawTray();
    this.closeSheets();
    this.field.focus();
  }

  detach() {
    this.attached = [];
    this.drawTray();
  }

  drawTray() {
    const tray = this.root.querySelector(".tray");
    tray.hidden = !this.attached.length;
    tray.replaceChildren(
      ...this.attached.map((one, index) => {
        const button = element("button");
        button.type = "button";
        button.setAttribute("aria-label", `Remove ${one.title}`);
        const image = element("img");
        image.src = one.url;
        image.alt = one.title;
        button.append(image);
        button.addEventListener("click", () => {
          this.attached.splice(index, 1);
          this.drawTray();
        });
        return button;
      }),
    );
    this.grow();
    this.toEnd();
  }

  // Sheets

  wireSheets() {
    const attach = this.root.querySelector(".attach");
    attach.addEventListener("click", () => this.sheet(".photos"));
    for (const close of this.root.querySelectorAll(".sheet .close")) close.addEventListener("click", () => this.closeSheets());
    this.root.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || !this.root.querySelector(".sheet:not([hidden])")) return;
      this.closeSheets();
      attach.focus();
    });
    for (const button of this.root.querySelectorAll(".samples [data-sample]")) {
      const sample = button.dataset.sample;
      button.addEventListener("click", () =>
        this.attach({ sample, url: `/simulator/samples/${sample}.jpg`, title: sample }),
      );
    }
    const input = this.root.querySelector('input[type="file"]');
    input.addEventListener("change", () => {
      this.attachFiles(input.files);
      input.value = "";
    });
    this.root.querySelector(".open-map").addEventListener("click", () => this.openMap());
    this.root.querySelector(".send-pin").addEventListener("click", () => this.sendPin());
    for (const name of [".lat", ".lon"]) this.root.querySelector(name).addEventListener("change", () => this.typedPosition());
  }

  sheet(name) {
    this.closeSheets();
    const sheet = this.root.querySelector(`.sheet${name}`);
    sheet.hidden = false;
    this.root.querySelector(".attach").setAttribute("aria-expanded", "true");
    sheet.querySelector("button, input, [tabindex]").focus();
  }

  closeSheets() {
    for (const sheet of this.root.querySelectorAll(".sheet")) sheet.hidden = true;
    this.root.querySelector(".attach").setAttribute("aria-expanded", "false");
  }

  openMap() {
    this.sheet(".place");
    const holder = this.root.querySelector(".map");
    const show = (lat, lon) => {
      this.root.querySelector(".lat").value = lat.toFixed(5);
      this.root.querySelector(".lon").value = lon.toFixed(5);
      for (const button of this.root.querySelectorAll(".places button")) button.classList.remove("chosen");
    };
    holder.hidden = !hasMap();
    if (hasMap()) this.map ??= new PinMap(holder, show);
    const chips = this.root.querySelector(".places");
    chips.replaceChildren(
      ...places().map((place) => {
        const chip = element("button", "", place.name);
        chip.type = "button";
        chip.addEventListener("click", () => {
          this.map?.set(place.lat, place.lon);
          show(place.lat, place.lon);
          chip.classList.add("chosen");
        });
        return chip;
      }),
    );
    chips.querySelector("button")?.click();
    (hasMap() ? holder : this.root.querySelector(".lat")).focus();
  }

  position() {
    const lat = Number.parseFloat(this.root.querySelector(".lat").value);
    const lon = Number.parseFloat(this.root.querySelector(".lon").value);
    return Number.isFinite(lat) && Number.isFinite(lon) && Math.abs(lat) <= 90 && Math.abs(lon) <= 180 ? { lat, lon } : null;
  }

  typedPosition() {
    const at = this.position();
    if (at) this.map?.set(at.lat, at.lon, true);
  }

  async sendPin() {
    const pin = this.position();
    if (!pin) {
      this.toast("That is no position: degrees, as 34.009621 and -118.487274.");
      return;
    }
    this.closeSheets();
    await this.say({ pin });
    this.field.focus();
  }

  // Telegram's keyboard below the text field

  drawKeyboard() {
    const box = this.root.querySelector(".keyboard");
    const rows = this.state.keyboard?.rows ?? [];
    box.hidden = rows.length === 0;
    box.replaceChildren(
      ...rows.map((row) => {
        const line = element("div", "button-row");
        for (const key of row) {
          const button = element("button", "", key.text);
          button.type = "button";
          button.addEventListener("click", () => (key.request_location ? this.openMap() : this.say({ button: key.text })));
          line.append(button);
        }
        return line;
      }),
    );
    this.toEnd();
  }

  // The menu

  wireMenu() {
    const button = this.root.querySelector(".more");
    const menu = this.root.querySelector(".menu");
    const open = (on) => {
      menu.hidden = !on;
      button.setAttribute("aria-expanded", String(on));
      if (on) menu.querySelector("button").focus();
    };
    button.addEventListener("click", () => open(menu.hidden));
    document.addEventListener("click", (event) => {
      if (!menu.hidden && !menu.contains(event.target) && !button.contains(event.target)) open(false);
    });
    menu.addEventListener("keydown", (event) => {
      const items = [...menu.querySelectorAll("button")];
      const at = items.indexOf(document.activeElement);
      if (event.key === "ArrowDown") items[(at + 1) % items.length].focus();
      if (event.key === "ArrowUp") items.at(at - 1).focus();
      if (event.key === "Escape") {
        open(false);
        button.focus();
      }
    });
    for (const item of menu.querySelectorAll("button")) {
      item.addEventListener("click", () => {
        open(false);
        this.act(item.dataset.do);
      });
    }
  }

  act(what) {
    const [verb, ...rest] = what.split(":");
    const words = rest.join(":");
    if (verb === "text") this.say({ text: words });
    if (verb === "special") this.say({ special: words });
    if (verb === "group") this.say({ group: true, text: this.field.value.trim() || "Hello bot" });
    if (verb === "block") this.say({ block: !this.state.unreachable });
    if (verb === "edit") this.editLast();
  }

  editLast() {
    const own = [...this.thread.messages.values()].filter((one) => one.from === "resident" && one.text && !one.note);
    const last = own.at(-1);
    if (!last) {
      this.toast("There is nothing to edit yet.");
      return;
    }
    this.editing = last.id;
    this.field.value = last.text;
    this.root.classList.add("editing");
    this.grow();
    this.field.focus();
  }

  endEditing() {
    if (!this.editing) return;
    this.editing = null;
    this.field.value = "";
    this.root.classList.remove("editing");
    this.grow();
  }
}
