// Starts the page: two phones for this browser, one event stream for both.

import { openFaults } from "./faults.js";
import { loadMap } from "./map.js";
import { Phone } from "./phone.js";

const STORED = "cityline.phones";
const TITLE = document.title;

const phones = {};
let stream = null;
let unseen = 0;

async function post(path, body) {
  const answer = await fetch(path, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`HTTP ${answer.status}`);
  return answer.json();
}

function remembered() {
  const query = new URLSearchParams(location.search);
  let kept = {};
  try {
    kept = JSON.parse(localStorage.getItem(STORED) || "{}");
  } catch {
    kept = {};
  }
  const language = document.querySelector("#language").value;
  return {
    sms: query.get("sms")?.replace(/^ /, "+") || kept.sms || null,
    telegram: query.get("telegram") || kept.telegram || null,
    language: query.get("language") || kept.language || language,
  };
}

async function begin(session) {
  const given = await post("/simulator/sessions", session);
  localStorage.setItem(
    STORED,
    JSON.stringify({ sms: given.sms.address, telegram: given.telegram.address, language: session.language }),
  );
  document.querySelector("#language").value = session.language;
  // What is said there is read aloud in its language.
  for (const thread of document.querySelectorAll(".thread")) thread.lang = session.language;
  phones.sms.use(given.sms);
  phones.telegram.use(given.telegram);
  listen(given.sms.address, given.telegram.address);
}

function listen(sms, telegram) {
  stream?.close();
  const query = new URLSearchParams({ sms, telegram });
  stream = new EventSource(`/simulator/events?${query}`);
  const offline = document.querySelector("#offline");
  let lost = false;
  stream.addEventListener("ready", async () => {
    offline.hidden = true;
    if (lost) {
      // A simulator started anew knows nobody: take up the same numbers again.
      lost = false;
      await begin(remembered()).catch(() => {});
      return;
    }
    await Promise.all([phones.sms.reload(), phones.telegram.reload()]);
  });
  stream.onerror = () => {
    lost = true;
    offline.hidden = false;
  };
  const forPhone = (event) => {
    const data = JSON.parse(event.data);
    const phone = phones[data.phone.split(":")[0]];
    return [phone, data];
  };
  stream.addEventListener("message", (event) => {
    if (!event.data) return;
    const [phone, data] = forPhone(event);
    phone.receive(data.message);
  });
  for (const kind of ["phone", "typing", "callback_answered"]) {
    stream.addEventListener(kind, (event) => {
      const [phone, data] = forPhone(event);
      phone.signal(kind, data);
    });
  }
}

// What arrives while nobody looks is counted in the title.
function arrived(channel) {
  if (document.hidden) {
    unseen += 1;
    document.title = `(${unseen}) New message · Cityline`;
  }
  const tab = document.querySelector(`[data-show="${channel}"]`);
  if (!phones[channel].visible) {
    const badge = tab.querySelector(".badge");
    badge.textContent = String(Number(badge.textContent || 0) + 1);
    badge.hidden = false;
  }
}

function seen() {
  if (document.hidden) return;
  unseen = 0;
  document.title = TITLE;
}

function show(channel) {
  for (const tab of document.querySelectorAll("[data-show]")) {
    const chosen = tab.dataset.show === channel;
    tab.setAttribute("aria-selected", String(chosen));
    if (chosen) {
      const badge = tab.querySelector(".badge");
      badge.textContent = "";
      badge.hidden = true;
    }
  }
  document.body.dataset.showing = channel;
  phones[channel].toEnd();
}

function tick() {
  const now = new Date().toLocaleTimeString([], { hour: "numeric", minute: "2-digit" });
  for (const clock of document.querySelectorAll(".clock")) clock.textContent = now.replace(/\s?[AP]M/i, "");
}

async function start() {
  document.body.dataset.showing = "sms";
  tick();
  setInterval(tick, 10_000);
  await loadMap();
  for (const element of document.querySelectorAll(".phone")) {
    const channel = element.dataset.channel;
    phones[channel] = new Phone(element, { arrived: () => arrived(channel) });
  }
  for (const tab of document.querySelectorAll("[data-show]")) {
    tab.addEventListener("click", () => show(tab.dataset.show));
    tab.addEventListener("keydown", (event) => {
      if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
      const other = tab.dataset.show === "sms" ? "telegram" : "sms";
      show(other);
      document.querySelector(`[data-show="${other}"]`).focus();
    });
  }
  document.addEventListener("visibilitychange", seen);
  window.addEventListener("focus", seen);
  document.querySelector("#fresh").addEventListener("click", async () => {
    if (location.search) history.replaceState(null, "", location.pathname);
    await begin({ sms: null, telegram: null, language: document.querySelector("#language").value });
  });
  document.querySelector("#language").addEventListener("change", (event) => {
    begin({ ...remembered(), language: event.target.value });
  });
  const lightbox = document.querySelector("#lightbox");
  lightbox.addEventListener("click", () => lightbox.close());
  openFaults();
  await begin(remembered());
  document.documentElement.dataset.ready = "yes";
}

start();
