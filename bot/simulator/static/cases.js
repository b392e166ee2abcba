// Starts the case worker's page: the list of cases, the one that is open, and what happens meanwhile.

import { CasePage } from "./case.js";
import { element } from "./thread.js";

const MINUTE = 60_000;
const list = document.querySelector(".list ul");
const page = new CasePage(document.querySelector(".case"), { said, gone: () => (location.hash = "") });
let saidFor = 0;

function said(text) {
  const box = document.querySelector(".said");
  box.textContent = text;
  box.hidden = !text;
  clearTimeout(saidFor);
  saidFor = setTimeout(() => (box.hidden = true), 9_000);
}

export function age(at) {
  const minutes = Math.max(0, Math.floor((Date.now() - new Date(at)) / MINUTE));
  if (minutes < 1) return "now";
  if (minutes < 60) return `${minutes} min`;
  if (minutes < 48 * 60) return `${Math.floor(minutes / 60)} h`;
  return `${Math.floor(minutes / 60 / 24)} days`;
}

function line(one) {
  const link = element("a", `phase-${one.phase}`);
  link.href = `#${one.table}/${one.sys_id}`;
  const first = element("span", "line");
  first.append(element("span", "number", one.number), element("span", "chip", one.state_name));
  const when = element("time", "age", age(one.opened_at));
  when.dateTime = one.opened_at;
  first.append(when);
  link.append(first, element("strong", "", one.summary || "No summary"), element("small", "", one.group || "No group"));
  const item = element("li");
  item.append(link);
  return item;
}

async function reload() {
  const cases = await (await fetch("/simulator/servicenow/cases")).json();
  list.replaceChildren(...cases.map(line));
  document.querySelector(".count").textContent = String(cases.length);
  document.querySelector(".none").hidden = cases.length > 0;
  mark();
}

function mark() {
  for (const link of list.querySelectorAll("a")) {
    if (link.getAttribute("href") === location.hash) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
}

async function open() {
  const [table, id] = location.hash.slice(1).split("/");
  document.body.classList.toggle("one-open", Boolean(id));
  mark();
  await page.show(table, id);
  document.querySelector(".choose").hidden = Boolean(id);
}

function called(call) {
  const box = document.querySelector(".calls");
  const taken = call.status >= 200 && call.status < 300;
  box.textContent = taken
    ? `Cityline was called, and took it after ${call.milliseconds} ms`
    : `Cityline did not take the call (${call.status || "no answer"}): it finds the change when it looks next`;
  box.classList.toggle("failed", !taken);
  box.hidden = false;
}

function listen() {
  const stream = new EventSource("/simulator/servicenow/events");
  const offline = document.querySelector("#offline");
  stream.addEventListener("ready", async () => {
    offline.hidden = true;
    await Promise.all([reload(), open()]);
    document.documentElement.dataset.ready = "yes";
  });
  stream.onerror = () => (offline.hidden = false);
  stream.addEventListener("case", async (event) => {
    const told = JSON.parse(event.data);
    await Promise.all([reload(), page.happened(told)]);
  });
  stream.addEventListener("called", (event) => called(JSON.parse(event.data)));
}

window.addEventListener("hashchange", open);
setInterval(() => {
  for (const when of document.querySelectorAll("time.age")) when.textContent = age(when.dateTime);
}, MINUTE / 2);
const lightbox = document.querySelector("#lightbox");
lightbox.addEventListener("click", () => lightbox.close());
listen();
