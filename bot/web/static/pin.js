/* A pin on the map beside the field for a place. It writes its coordinates into that field, where they are looked at and saved as
   if they had been typed: without this file the field alone does it. Words come from the page. */
"use strict";

(() => {
  const part = document.getElementById("pin-part");
  if (!part) return;
  const field = document.getElementById("place");
  const nowhere = field.form.elements.no_place;
  const frame = document.getElementById("pin-map");
  const picture = document.getElementById("pin-picture");
  const marks = { before: document.getElementById("pin-before"), after: document.getElementById("pin-after") };
  const told = document.getElementById("pin-place");
  const undo = part.querySelector("[data-pin=undo]");
  const given = part.dataset;
  const number = (name) => Number(given[name]);
  const point = (text) => { const [lat, lon] = text.split(",").map(Number); return { lat, lon }; };
  const WIDTH = number("width"), HEIGHT = number("height");
  const GRIP = 30; // pixels of the map around the pin within which a finger takes it
  const SLIP = 6; // pixels a finger may move in a tap
  const STEP = 6, STRIDE = 30; // pixels that an arrow moves the pin, and with Shift
  const EDGE = 24; // pixels from the edge within which the map comes along

  // The pin as it stands in the field. `typed`: no pin, but the place that was looked up from words.
  const COORDINATES = /^\s*(-?\d{1,2}\.\d+)\s*[,;\s]\s*(-?\d{1,3}\.\d+)\s*$/;
  const inTheField = () => {
    const found = COORDINATES.exec(field.value);
    return found && Math.abs(found[1]) <= 90 && Math.abs(found[2]) <= 180 ? point(`${found[1]},${found[2]}`) : null;
  };
  const before = given.before ? point(given.before) : null;
  const had = (name) => field.form.elements[`had_${name}`].value;
  let typed = given.after && !inTheField() ? point(given.after) : null;
  let pin = inTheField();
  // What taking the pin away brings back: what was typed before it, else what stands there.
  let kept = pin ? { place: had("place"), nowhere: had("no_place") === "yes", typed: null } : null;

  let view = { lat: number("lat"), lon: number("lon"), zoom: number("zoom") };
  let seen = view; // what the loaded picture shows

  // Web Mercator, as bot/city/map_view.py has it.
  const world = ({ lat, lon }, zoom) => {
    const size = 256 * 2 ** zoom, sine = Math.sin(lat * Math.PI / 180);
    return { x: (lon + 180) / 360 * size, y: (0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI)) * size };
  };
  const placeAt = ({ x, y }, zoom) => {
    const size = 256 * 2 ** zoom;
    const lat = Math.atan(Math.sinh(Math.PI * (1 - 2 * y / size))) * 180 / Math.PI;
    return { lat: Number(lat.toFixed(6)), lon: Number((x / size * 360 - 180).toFixed(6)) };
  };
  const toPixel = (place) => {
    const middle = world(view, view.zoom), there = world(place, view.zoom);
    return { x: there.x - middle.x + WIDTH / 2, y: there.y - middle.y + HEIGHT / 2 };
  };
  const toPlace = ({ x, y }) => {
    const middle = world(view, view.zoom);
    return placeAt({ x: middle.x + x - WIDTH / 2, y: middle.y + y - HEIGHT / 2 }, view.zoom);
  };
  const between = (value, low, high) => Math.min(Math.max(value, low), high);
  const inside = ({ x, y }) => ({ x: between(x, 0, WIDTH), y: between(y, 0, HEIGHT) });

  const show = () => {
    for (const [name, place] of [["before", before], ["after", pin || typed]]) {
      const at = place ? toPixel(place) : { x: -99, y: -99 };
      marks[name].setAttribute("transform", `translate(${at.x.toFixed(1)} ${at.y.toFixed(1)})`);
    }
    document.getElementById("pin-new").hidden = !(pin || typed);
    if (!pin && document.activeElement === undo) frame.focus(); // nobody is left on a button that goes
    undo.hidden = !pin;
    // Until the new picture is there, the old one stands in for it, moved and stretched.
    const there = toPixel(seen), px = frame.clientWidth / WIDTH;
    const move = `translate(${(there.x - WIDTH / 2) * px}px, ${(there.y - HEIGHT / 2) * px}px)`;
    picture.style.transform = seen === view ? "" : `${move} scale(${2 ** (view.zoom - seen.zoom)})`;
  };

  const ask = async (address) => {
    const answer = await fetch(address, { headers: { "HX-Request": "true" } });
    if (answer.status === 401) document.getElementById("logged-out").hidden = false;
    if (!answer.ok) throw new Error(answer.status);
    return answer.text();
  };
  const load = async () => {
    const wanted = view;
    try {
      const drawn = await ask(`/console/pin/map?clat=${wanted.lat}&clon=${wanted.lon}&zoom=${wanted.zoom}`);
      if (wanted !== view) return;
      picture.innerHTML = drawn;
      seen = wanted;
      show();
    } catch { /* the picture before stays, moved along */ }
  };
  const look = (place, zoom = view.zoom) => {
    view = {
      lat: between(place.lat, number("south"), number("north")),
      lon: between(place.lon, number("west"), number("east")),
      zoom: between(zoom, number("widest"), number("closest")),
    };
    show();
  };

  let asked = 0;
  const say = () => {
    const mine = ++asked, place = pin;
    if (!place) { told.replaceChildren(); return; }
    setTimeout(async () => {
      if (mine !== asked) return; // the pin has moved on
      let words = null;
      try { words = await ask(`/console/pin/place?lat=${place.lat}&lon=${place.lon}`); } catch { /* said below */ }
      if (mine !== asked) return;
      if (words === null) told.textContent = given.failed;
      else told.innerHTML = words;
    }, 200);
  };

  const put = (place) => {
    if (!pin) kept = { place: field.value, nowhere: nowhere.checked, typed };
    pin = place;
    typed = null;
    field.value = `${pin.lat.toFixed(6)}, ${pin.lon.toFixed(6)}`;
    nowhere.checked = false;
    show();
    say();
  };
  const takeAway = () => {
    if (!pin) return;
    pin = null;
    ({ place: field.value, typed } = kept);
    nowhere.checked = kept.nowhere;
    kept = null;
    show();
    say();
  };

  // What is typed instead of the pin goes before it; coordinates that are typed are a pin.
  field.addEventListener("input", () => {
    pin = inTheField();
    kept = pin ? kept || { place: had("place"), nowhere: had("no_place") === "yes", typed: null } : null;
    typed = null;
    if (pin) { look(pin); load(); } else show();
    say();
  });
  nowhere.addEventListener("change", () => {
    if (!nowhere.checked) return;
    takeAway();
    nowhere.checked = true;
  });

  // One finger: it drags the pin when it begins there, taps when it stays, and pushes the map otherwise.
  let grip = null;
  const where = (event) => {
    const box = frame.getBoundingClientRect();
    return { x: (event.clientX - box.left) * WIDTH / box.width, y: (event.clientY - box.top) * HEIGHT / box.height };
  };
  // Who takes the pin of what stands there drags a new one away from it.
  const gripped = (at) => [pin || typed, before].find((place) => {
    if (!place) return false;
    const tip = toPixel(place);
    return Math.abs(at.x - tip.x) < GRIP && at.y > tip.y - 43 - GRIP / 2 && at.y < tip.y + GRIP / 2;
  });
  frame.addEventListener("pointerdown", (event) => {
    if (event.button || !event.isPrimary) return;
    frame.setPointerCapture(event.pointerId);
    const from = where(event), taken = gripped(from);
    grip = { from, at: from, tip: taken && toPixel(taken), middle: world(view, view.zoom), moved: false };
  });
  frame.addEventListener("pointermove", (event) => {
    if (!grip) return;
    grip.at = where(event);
    const dx = grip.at.x - grip.from.x, dy = grip.at.y - grip.from.y;
    if (!grip.moved && Math.hypot(dx, dy) < SLIP) return;
    grip.moved = true;
    frame.classList.add("moving");
    if (grip.tip) put(toPlace(inside({ x: grip.tip.x + dx, y: grip.tip.y + dy })));
    else look(placeAt({ x: grip.middle.x - dx, y: grip.middle.y - dy }, view.zoom));
  });
  frame.addEventListener("pointerup", () => {
    if (!grip) return;
    if (!grip.moved && !grip.tip) put(toPlace(inside(grip.at)));
    if (grip.moved && !grip.tip) load();
    grip = null;
    frame.classList.remove("moving");
  });
  frame.addEventListener("pointercancel", () => { grip = null; frame.classList.remove("moving"); load(); });

  const nearer = (steps) => {
    const place = pin || typed, at = place && toPixel(place);
    const isSeen = at && at.x >= 0 && at.y >= 0 && at.x <= WIDTH && at.y <= HEIGHT;
    look(isSeen ? place : view, view.zoom + steps);
    load();
  };
  const ARROWS = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };
  frame.addEventListener("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const way = ARROWS[event.key];
    if (way) {
      const reach = event.shiftKey ? STRIDE : STEP, from = pin || typed || before || view, at = toPixel(from);
      put(toPlace({ x: at.x + way[0] * reach, y: at.y + way[1] * reach }));
      const now = toPixel(pin);
      if (Math.min(now.x, now.y - 45, WIDTH - now.x, HEIGHT - now.y) < EDGE) { look(pin); load(); }
    } else if (event.key === "+" || event.key === "=") nearer(1);
    else if (event.key === "-") nearer(-1);
    else if (event.key === "Escape") takeAway();
    else return;
    event.preventDefault();
  });
  part.addEventListener("click", (event) => {
    const button = event.target.closest("[data-pin]");
    if (!button) return;
    if (button.dataset.pin === "undo") takeAway();
    else nearer(button.dataset.pin === "in" ? 1 : -1);
  });
  addEventListener("resize", show);

  part.hidden = false;
  show();
  load();
  say();
})();
