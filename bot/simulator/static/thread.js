// The bubbles of one phone. An album is one bubble made of several messages.

import { snapshot } from "./map.js";

const NOTES = {
  pressed: (text) => `You pressed “${text}”`,
  blocked: () => "You blocked the bot",
  unblocked: () => "You unblocked the bot",
  group: () => "You added the bot to a group",
};
const SPECIALS = { sticker: "👍", voice: "🎤 Voice message", video: "🎬 Video", document: "📄" };

export function element(name, className = "", text = null) {
  const made = document.createElement(name);
  if (className) made.className = className;
  if (text !== null) made.textContent = text;
  return made;
}

function words(text) {
  const holder = element("p", "words");
  for (const part of text.split(/(https?:\/\/[^\s<>"]+[^\s<>".,;:!?)])/)) {
    if (/^https?:\/\//.test(part)) {
      const link = element("a", "", part.replace(/^https?:\/\//, ""));
      link.href = part;
      link.target = "_blank";
      link.rel = "noopener noreferrer";
      holder.append(link);
    } else {
      holder.append(part);
    }
  }
  return holder;
}

export class Thread {
  constructor(list, channel, press) {
    this.list = list;
    this.channel = channel;
    this.press = press;
    this.messages = new Map();
    this.bubbles = new Map();
  }

  clear() {
    this.messages.clear();
    for (const bubble of this.bubbles.values()) bubble.remove();
    this.bubbles.clear();
    this.list.querySelector(".hello").hidden = false;
    this.list.querySelector(".day")?.remove();
  }

  // Returns whether the message is new on this phone.
  put(message) {
    const fresh = !this.messages.has(message.id);
    const known = this.messages.get(message.id);
    // A late answer of a reload must not undo what the stream has already said.
    if (known && known.receipts.length > message.receipts.length) return false;
    this.messages.set(message.id, message);
    const key = message.album ? `album:${message.album}` : message.id;
    const old = this.bubbles.get(key);
    const bubble = this.draw(message, key);
    if (old) {
      if (old.dataset.pending) bubble.dataset.pending = old.dataset.pending;
      bubble.classList.add("settled");
      old.replaceWith(bubble);
    } else {
      this.list.querySelector(".hello").hidden = true;
      this.day(message);
      this.list.append(bubble);
    }
    this.bubbles.set(key, bubble);
    this.lastOnes();
    return fresh;
  }

  day(message) {
    if (this.list.querySelector(".day")) return;
    const when = new Date(message.at).toLocaleDateString([], { weekday: "long", month: "long", day: "numeric" });
    this.list.append(element("p", "day", when));
  }

  draw(message, key) {
    if (message.note) {
      const note = element("p", "note", NOTES[message.note]?.(message.text) ?? message.note);
      note.dataset.id = message.id;
      return note;
    }
    const parts = message.album
      ? [...this.messages.values()].filter((one) => one.album === message.album).sort((a, b) => a.seq - b.seq)
      : [message];
    const row = element("article", `message ${message.from}`);
    row.dataset.id = message.id;
    row.dataset.key = key;
    row.setAttribute("aria-label", message.from === "resident" ? "You" : message.from === "city" ? "City" : "Network");
    const bubble = element("div", "bubble");
    if (message.group) bubble.append(element("small", "in-group", "in the group “Neighbours”"));
    const media = parts.flatMap((one) => one.media);
    if (media.length) bubble.append(this.gallery(media));
    if (message.pin) bubble.append(this.card(message.pin));
    const text = parts.map((one) => one.text).find(Boolean) || "";
    if (text) bubble.append(words(text));
    bubble.append(this.meta(parts));
    row.append(bubble);
    if (parts.at(-1).buttons.length) row.append(this.buttons(parts.at(-1)));
    if (this.channel === "sms") row.append(element("small", "receipt", this.receipt(parts.at(-1))));
    if (parts.at(-1).state === "failed" || parts.at(-1).state === "undelivered") row.classList.add("failed");
    if (media.length && !text && !message.pin) row.classList.add("bare");
    return row;
  }

  gallery(media) {
    const grid = element("div", `gallery n${Math.min(media.length, 4)}`);
    for (const item of media) {
      if (!item.ok) {
        const broken = element("div", "broken", "Photo could not be loaded");
        broken.append(element("small", "", item.problem || ""));
        grid.append(broken);
      } else if (item.content_type?.startsWith("image/") && item.url && item.kind === "photo") {
        const open = element("button", "picture");
        open.type = "button";
        open.setAttribute("aria-label", "Open photo");
        const image = element("img");
        image.src = item.url;
        image.alt = item.name || "photo";
        image.addEventListener("load", () => this.list.dispatchEvent(new CustomEvent("grown")));
        open.append(image);
        open.addEventListener("click", () => {
          const box = document.querySelector("#lightbox");
          box.querySelector("img").src = item.url;
          box.showModal();
        });
        grid.append(open);
      } else if (item.kind === "document" && item.url) {
        const link = element("a", "document", item.name || "file");
        link.href = item.url;
        link.target = "_blank";
        link.append(element("small", "", `${Math.max(1, Math.round(item.size / 1024))} KB`));
        grid.append(link);
      } else {
        grid.append(element("span", `special ${item.kind}`, SPECIALS[item.kind] || item.kind));
      }
    }
    return grid;
  }

  card(pin) {
    const card = element("div", "card");
    const picture = snapshot(pin.lat, pin.lon);
    if (picture) card.append(picture);
    const lines = element("div", "card-words");
    lines.append(element("strong", "", pin.name || "Location"));
    lines.append(element("small", "", pin.address || `${pin.lat.toFixed(5)}, ${pin.lon.toFixed(5)}`));
    card.append(lines);
    return card;
  }

  meta(parts) {
    const last = parts.at(-1);
    const meta = element("span", "meta");
    if (parts.some((one) => one.edited)) meta.append("edited ");
    meta.append(new Date(last.at).toLocaleTimeString([], { hour: "numeric", minute: "2-digit" }));
    if (this.channel === "telegram" && last.from === "resident") {
      const read = parts.every((one) => one.state === "read");
      const tick = element("b", read ? "ticks read" : "ticks", last.state === "failed" ? " !" : read ? " ✓✓" : " ✓");
      tick.setAttribute("aria-label", read ? "read" : "sent");
      meta.append(tick);
    }
    return meta;
  }

  receipt(message) {
    if (message.state === "failed" && message.from === "resident") return "Not delivered: city hall did not answer";
    if (message.from === "resident") return message.state === "delivered" ? "Delivered" : "Sending …";
    if (message.from === "network") return "from the network, not the city";
    const failed = message.receipts.find((one) => one.detail);
    if (failed) return `${failed.state}: ${failed.detail}`;
    return message.receipts.map((one) => one.state).join(" · ");
  }

  buttons(message) {
    const rows = element("div", "buttons");
    for (const row of message.buttons) {
      const line = element("div", "button-row");
      for (const key of row) {
        const button = element("button", "", key.text);
        button.type = "button";
        button.addEventListener("click", () => {
          if (key.url) window.open(key.url, "_blank", "noopener");
          else this.press(key.data, message.id, button);
        });
        line.append(button);
      }
      rows.append(line);
    }
    return rows;
  }

  // Tails and receipts are shown on the last bubble of a run only.
  lastOnes() {
    const rows = [...this.list.querySelectorAll(".message")];
    rows.forEach((row, index) => {
      const next = rows[index + 1];
      const side = (one) => (one?.classList.contains("resident") ? "r" : "c");
      row.classList.toggle("last", !next || side(next) !== side(row));
    });
  }
}
