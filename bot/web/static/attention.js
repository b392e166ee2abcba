/* What must not be overlooked: the number in the title, sounds, and notifications where somebody allowed them.
   What the page says is drawn by the server; this only makes it heard. */
"use strict";

(() => {
  const attention = document.getElementById("attention");
  if (!attention) return;
  const root = document.documentElement;
  const sounds = attention.dataset.sounds.split(" ");

  // --- sounds ------------------------------------------------------------------------------------

  // Browsers allow them once somebody has pressed something on the page; until then a button asks for it.
  let audio = null;
  const ready = () => audio !== null && audio.state === "running";
  const wake = async () => {
    audio = audio || new AudioContext();
    if (audio.state !== "running") await audio.resume();
    offer();
  };
  ["pointerdown", "keydown"].forEach((kind) => addEventListener(kind, wake, { passive: true, once: true }));

  const tone = (frequency, at, seconds, loudness) => {
    const wave = audio.createOscillator();
    const gain = audio.createGain();
    const begin = audio.currentTime + at;
    wave.frequency.value = frequency;
    gain.gain.setValueAtTime(0, begin);
    gain.gain.linearRampToValueAtTime(loudness, begin + .02); // soft at both ends: no click
    gain.gain.setValueAtTime(loudness, begin + seconds - .05);
    gain.gain.linearRampToValueAtTime(0, begin + seconds);
    wave.connect(gain).connect(audio.destination);
    wave.start(begin);
    wave.stop(begin + seconds);
  };
  const SCORE = {
    waiting: [[660, 0, .15, .12], [880, .18, .2, .12]],
    danger: [[880, 0, .25, .3], [660, .3, .25, .3], [880, .6, .25, .3]],
    loud: [[988, 0, .2, .5], [740, .25, .2, .5], [988, .5, .2, .5], [740, .75, .2, .5], [988, 1, .3, .5]],
  };
  // One of the tabs of a browser is heard, not all.
  const play = (name) => {
    if (!ready()) return;
    const sing = () => {
      SCORE[name].forEach((note) => tone(...note));
      root.dataset.heard = name;
      return new Promise((done) => { setTimeout(done, 1500); });
    };
    if (navigator.locks) navigator.locks.request("cityline-sound", { ifAvailable: true }, (lock) => (lock ? sing() : null));
    else sing();
  };

  // --- what there is -----------------------------------------------------------------------------

  const band = () => document.querySelector("#danger [data-alarms]");
  const waiting = () => Number((document.getElementById("waiting") || { dataset: { count: 0 } }).dataset.count);
  const offer = () => {
    const button = document.getElementById("sound-on");
    if (button) button.hidden = ready() || !sounds.includes("danger");
  };
  document.addEventListener("click", (event) => { if (event.target.id === "sound-on") wake(); });

  const title = document.title.replace(/^\(\d+\) /, "");
  const draw = () => {
    const count = waiting();
    document.title = `${count ? `(${count}) ` : ""}${band() ? "⚠ " : ""}${title.replace(/^⚠ /, "")}`;
    offer();
  };

  const AGAIN = 15_000; // ms between two sounds of danger that nobody has seen to; LOUD once everybody was told
  const LOUD = 5_000;
  let timer = 0;
  const alarm = () => {
    clearTimeout(timer);
    const now = band();
    if (!now) return;
    const loud = now.classList.contains("loud");
    if (sounds.includes("danger")) play(loud ? "loud" : "danger");
    timer = setTimeout(alarm, loud ? LOUD : AGAIN);
  };

  // --- notifications -----------------------------------------------------------------------------

  // By the tab that asks for all, and only while nobody looks at it. They say that there is something, and nothing of it.
  const notify = (words, tag) => {
    if (!document.hidden || !("Notification" in window) || Notification.permission !== "granted") return;
    try {
      const shown = new Notification(words, { tag, icon: document.querySelector("link[rel=icon]").href });
      shown.onclick = () => { focus(); location.href = "/console/conversations"; };
    } catch { /* phones show them by a service worker only, which there is none of */ }
  };
  const button = document.getElementById("notify");
  if (button && "Notification" in window) {
    const state = document.getElementById("notify-state");
    const say = () => {
      button.hidden = Notification.permission !== "default";
      state.textContent = { granted: inWords("notified"), denied: inWords("not_notified"), default: "" }[Notification.permission];
    };
    button.addEventListener("click", () => Notification.requestPermission().then(say));
    say();
  }

  // --- news --------------------------------------------------------------------------------------

  let known = { alarms: band() ? band().dataset.alarms : "", loud: false, waiting: waiting() };
  const look = () => {
    const now = band();
    const alarms = now ? now.dataset.alarms : "";
    const loud = !!now && now.classList.contains("loud");
    const fresh = alarms.split(" ").some((id) => id && !known.alarms.split(" ").includes(id));
    if (fresh || (loud && !known.loud)) {
      alarm();
      notify(inWords(loud ? "danger_loud" : "danger"), "danger");
    }
    const more = waiting() > known.waiting;
    known = { alarms, loud, waiting: waiting() };
    if (more && !alarms) {
      if (sounds.includes("waiting")) play("waiting");
      notify(inWords("waiting"), "waiting");
    }
    draw();
  };
  document.addEventListener("htmx:oobAfterSwap", (event) => { if (event.detail.target.id === "danger") look(); });
  if (navigator.userActivation && navigator.userActivation.hasBeenActive) wake(); // the page before was worked with
  draw();
  alarm();
})();
