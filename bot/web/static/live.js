/* Open pages hear of changes. One tab of a browser holds the stream and tells the others; without it they look now and then.

   What wants to hear says so: data-live="r12 c34 d", or "c*" for all that begin so; htmx then does the rest (hx-trigger="live").
   The topics are those of bot/db/changes.py. */
"use strict";

(() => {
  const root = document.documentElement;
  let version = root.dataset.version;
  if (!version) return; // nobody is logged in here

  const SILENCE = 50_000; // ms without a sign of life after which a stream counts as dead: it beats every 20 s
  const LOOK = 20_000; // between two looks, where there is no stream
  const TRY_AGAIN = 60_000; // until the next try to have one
  const LONG_AWAY = 10 * 60_000; // after which a page is drawn anew, whatever was heard: days end, and promises with them

  // --- what changed, on this page ----------------------------------------------------------------

  const wants = (element, topics) => element.dataset.live.split(" ").some((wanted) => topics.some((topic) => topic === "*"
    || (wanted.endsWith("*") ? topic.startsWith(wanted.slice(0, -1)) && /\d/.test(topic[wanted.length - 1] || "") : topic === wanted)));

  // By the id of the element, since it is exchanged each time: whether it is asked for now, or has to be once more.
  const asked = new Map();
  const PAUSE = 1000; // ms between two rounds of one element
  const LOST = 15_000; // ms after which a round counts as lost
  const ask = (id) => {
    const element = document.getElementById(id);
    if (!element) return;
    // A tab that nobody looks at asks when somebody does; but for what one tab asks in the place of all.
    if (document.hidden && !(leading && "liveAlways" in element.dataset)) { asked.set(id, { again: true }); return; }
    const state = asked.get(id);
    if (state && state.busy && Date.now() - state.since < LOST) { state.again = true; return; }
    asked.set(id, { busy: true, again: false, since: Date.now() });
    htmx.trigger(element, "live");
  };
  document.addEventListener("htmx:afterRequest", (event) => {
    const { elt, triggeringEvent } = event.detail.requestConfig; // the element itself may be exchanged already
    const id = elt.id;
    const state = asked.get(id);
    if (!state || !state.busy || triggeringEvent?.type !== "live") return;
    setTimeout(() => {
      asked.delete(id);
      if (state.again) ask(id);
    }, PAUSE);
  });
  const dispatch = (topics) => {
    if (!topics.length) return;
    document.querySelectorAll("[data-live]").forEach((element) => { if (wants(element, topics)) ask(element.id); });
  };

  // --- between the tabs of one browser -----------------------------------------------------------

  const tab = Math.random().toString(36).slice(2);
  const channel = "BroadcastChannel" in window ? new BroadcastChannel("cityline-live") : null;
  const say = (words) => { if (channel) channel.postMessage({ ...words, from: tab }); };
  const subject = () => (document.getElementById("here") || { dataset: {} }).dataset.subject || "";
  const open = new Map(); // what the others have open, by tab; the one that leads keeps it
  let leading = false;
  let heard = Date.now();
  let out = false; // logged out

  const hear = (topics, newer) => {
    heard = Date.now();
    if (newer) version = newer;
    dispatch(topics);
  };
  if (channel) {
    channel.addEventListener("message", ({ data }) => {
      if (data.kind === "changed") hear(data.topics, data.version);
      else if (data.kind === "beat") heard = Date.now();
      else if (data.kind === "out") loggedOut();
      else if (data.kind === "who") say({ kind: "here", subject: subject() });
      else if (data.kind === "here") {
        open.set(data.from, data.subject);
        if (data.opened) back();
        if (leading) reopenSoon();
      }
      else if (data.kind === "gone" && open.delete(data.from) && leading) reopenSoon();
    });
  }

  // --- the stream --------------------------------------------------------------------------------

  let stream = null;
  let streamOf = "";
  let refused = false;
  const subjects = () => [...new Set([subject(), ...open.values()])].filter(Boolean).sort().slice(0, 20).join(",");

  const openStream = () => {
    const before = stream;
    streamOf = subjects();
    const mine = new EventSource(`/console/live?since=${version}&here=${streamOf}`);
    stream = mine;
    mine.addEventListener("open", () => { refused = false; heard = Date.now(); if (before) before.close(); });
    mine.addEventListener("changed", (event) => {
      const topics = event.data ? event.data.split(" ") : [];
      hear(topics, event.lastEventId);
      say({ kind: "changed", topics, version });
    });
    mine.addEventListener("beat", () => { heard = Date.now(); say({ kind: "beat" }); });
    mine.addEventListener("ended", () => { closeStream(); loggedOut(); });
    mine.addEventListener("error", () => {
      if (mine !== stream || mine.readyState !== EventSource.CLOSED) return; // else the browser comes back by itself
      if (before) before.close();
      refused = true;
      closeStream();
      look();
      setTimeout(() => { if (leading && !stream && !out) openStream(); }, TRY_AGAIN);
    });
  };
  const closeStream = () => { if (stream) stream.close(); stream = null; };
  let soon = 0;
  const reopenSoon = () => {
    clearTimeout(soon);
    soon = setTimeout(() => { if (leading && stream && subjects() !== streamOf) openStream(); }, 300);
  };

  // Whoever has the lock leads. A browser without locks (no https) has a stream for each tab that is looked at.
  const lead = () => {
    leading = true;
    open.clear();
    say({ kind: "who" });
    setTimeout(() => { if (leading && !stream && !out) openStream(); }, channel ? 60 : 0);
  };
  let stopLeading = () => {};
  const follow = (options = {}) => {
    navigator.locks.request("cityline-live", options, () => {
      lead();
      return new Promise((done) => { stopLeading = done; });
    }).catch(() => { // another tab took the lock: ours was asleep
      leading = false;
      closeStream();
      follow();
    });
  };
  if (navigator.locks && channel) follow();
  else if (!document.hidden) lead();

  // --- without a stream, and after a while away --------------------------------------------------

  let looked = 0;
  const look = async () => {
    looked = Date.now();
    try {
      const answer = await fetch(`/console/live/changed?since=${version}`, { headers: { "HX-Request": "true" } });
      if (answer.status === 401) { loggedOut(); return; }
      if (!answer.ok) return;
      back();
      const news = await answer.json();
      version = news.version;
      dispatch(news.topics);
      if (refused) say({ kind: "changed", topics: news.topics, version });
    } catch { /* no network: the next look is another try */ }
  };
  setInterval(() => {
    if (document.hidden) return;
    if (out || (leading && !stream && Date.now() - looked > LOOK)) look();
    else if (Date.now() - heard > SILENCE) {
      heard = Date.now();
      look();
      if (leading && stream) openStream();
      else if (navigator.locks && channel) follow({ steal: true });
    }
  }, 5000);

  let away = 0;
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) {
      away = Date.now();
      if (!navigator.locks || !channel) { leading = false; closeStream(); }
      return;
    }
    if (!navigator.locks || !channel) lead();
    const missed = [...asked].filter(([, state]) => state.again && !state.busy).map(([id]) => id);
    missed.forEach((id) => asked.delete(id));
    if (Date.now() - away > LONG_AWAY) dispatch(["*"]);
    else missed.forEach(ask);
    if (out || Date.now() - heard > SILENCE) look();
    drawAges();
  });
  addEventListener("pagehide", () => { say({ kind: "gone" }); closeStream(); });
  addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });

  say({ kind: "here", subject: subject(), opened: true });
  // Who joins another tab's stream asks once what happened while the page was on its way.
  setTimeout(() => { if (!leading) look(); }, 400);

  // --- logged out meanwhile ----------------------------------------------------------------------

  // Leaving the page would lose what is being typed: it says so, and stops asking.
  const notice = document.getElementById("logged-out");
  const loggedOut = () => {
    if (!out) say({ kind: "out" });
    out = true;
    notice.hidden = false;
    closeStream();
  };
  // Logged in again: this page's forms belong to the login that ended. What was typed is kept.
  const back = () => { if (out) location.reload(); };
  document.addEventListener("htmx:responseError", (event) => { if (event.detail.xhr.status === 401) loggedOut(); });

  // --- ages move on by themselves ----------------------------------------------------------------

  // As bot/web/templating.py says them.
  const age = (minutes) => {
    if (minutes < 1) return inWords("now");
    if (minutes < 60) return inWords("minutes", minutes);
    if (minutes < 48 * 60) return inWords("hours", Math.floor(minutes / 60));
    const days = Math.floor(minutes / (24 * 60));
    return days < 21 ? inWords("days", days) : inWords("weeks", Math.floor(days / 7));
  };
  const drawAges = () => {
    document.querySelectorAll("time[data-age]").forEach((element) => {
      const words = age(Math.floor((Date.now() - Date.parse(element.dateTime)) / 60_000));
      if (element.textContent !== words) element.textContent = words;
    });
  };
  setInterval(() => { if (!document.hidden) drawAges(); }, 60_000);
})();
