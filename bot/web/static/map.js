// The pin is dragged and the map pushed about; without this the same form does it by tapping, page by page.
// ES5 on purpose: a phone of 2014 may be all that somebody has. Words come from the server, never from here.
(function () {
  "use strict";
  var form = document.getElementById("pin-form");
  var frame = document.getElementById("map");
  var picture = document.getElementById("picture");
  var mark = document.getElementById("pin");
  var label = document.getElementById("place");
  var problem = document.getElementById("problem");
  var root = document.documentElement;
  if (!form || !picture.addEventListener || !window.XMLHttpRequest || !window.JSON) return;

  var SIDE = Number(form.getAttribute("data-side"));
  var STEP = Number(form.getAttribute("data-step"));
  var WIDEST = Number(form.getAttribute("data-widest"));
  var CLOSEST = Number(form.getAttribute("data-closest"));
  var GRIP = 34; // pixels from the pin within which a finger takes it
  var SLIP = 7; // pixels a finger may move in a tap
  var bounds = {};
  ["south", "west", "north", "east"].forEach(function (side) {
    bounds[side] = Number(form.getAttribute("data-" + side));
  });

  var field = function (name) { return form.elements[name]; };
  var view = { lat: Number(field("clat").value), lon: Number(field("clon").value), zoom: Number(field("zoom").value) };
  var seen = { lat: view.lat, lon: view.lon, zoom: view.zoom }; // what the loaded picture shows
  var pin = field("lat").value ? { lat: Number(field("lat").value), lon: Number(field("lon").value) } : null;

  // Web Mercator, as bot/city/map_view.py has it.
  function world(place, zoom) {
    var size = 256 * Math.pow(2, zoom);
    var sine = Math.sin(place.lat * Math.PI / 180);
    return { x: (place.lon + 180) / 360 * size, y: (0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI)) * size };
  }
  function placeAt(point, zoom) {
    var size = 256 * Math.pow(2, zoom);
    var turn = Math.PI * (1 - 2 * point.y / size);
    var lat = Math.atan((Math.exp(turn) - Math.exp(-turn)) / 2) * 180 / Math.PI;
    return { lat: Math.round(lat * 1e6) / 1e6, lon: Math.round((point.x / size * 360 - 180) * 1e6) / 1e6 };
  }
  function toPixel(place) {
    var middle = world(view, view.zoom), there = world(place, view.zoom);
    return { x: there.x - middle.x + SIDE / 2, y: there.y - middle.y + SIDE / 2 };
  }
  function toPlace(pixel) {
    var middle = world(view, view.zoom);
    return placeAt({ x: middle.x + pixel.x - SIDE / 2, y: middle.y + pixel.y - SIDE / 2 }, view.zoom);
  }
  function between(value, low, high) { return Math.min(Math.max(value, low), high); }

  // Until the new picture is there, the old one stands in for it, moved and stretched.
  function showPicture() {
    var there = toPixel(seen), stretch = Math.pow(2, view.zoom - seen.zoom), px = frame.offsetWidth / SIDE;
    var move = "translate(" + (there.x - SIDE / 2) * px + "px," + (there.y - SIDE / 2) * px + "px) scale(" + stretch + ")";
    picture.style.webkitTransform = picture.style.transform = move;
  }
  function showPin() {
    var at = pin ? toPixel(pin) : { x: -99, y: -99 };
    mark.setAttribute("transform", "translate(" + at.x.toFixed(1) + " " + at.y.toFixed(1) + ")");
  }
  function loadPicture() {
    var wanted = { lat: view.lat, lon: view.lon, zoom: view.zoom };
    picture.onload = function () { seen = wanted; showPicture(); };
    picture.src = form.getAttribute("action") + "/map.png?clat=" + view.lat + "&clon=" + view.lon + "&zoom=" + view.zoom;
  }
  function look(place, zoom) {
    view = {
      lat: between(place.lat, bounds.south, bounds.north),
      lon: between(place.lon, bounds.west, bounds.east),
      zoom: between(Math.round(zoom * 100) / 100, WIDEST, CLOSEST)
    };
    field("clat").value = view.lat;
    field("clon").value = view.lon;
    field("zoom").value = view.zoom;
    showPicture();
    showPin();
  }

  var asked = 0, timer = null;
  function askForWords() {
    var number = ++asked;
    clearTimeout(timer);
    timer = setTimeout(function () {
      var request = new XMLHttpRequest();
      request.open("GET", form.getAttribute("action") + "/place?lat=" + pin.lat + "&lon=" + pin.lon);
      request.onload = function () {
        if (number !== asked || request.status !== 200) return;
        var answer = JSON.parse(request.responseText);
        label.textContent = answer.words;
        label.className = answer.inside ? "place" : "place outside";
      };
      request.send();
    }, 150);
  }
  function putPin(place) {
    pin = place;
    field("lat").value = pin.lat;
    field("lon").value = pin.lon;
    if (problem) problem.style.display = "none"; // it spoke of the place before
    showPin();
    askForWords();
  }

  // One finger: it drags the pin when it begins there, taps when it stays, and pushes the map otherwise.
  var grip = null;
  function where(event) {
    var box = frame.getBoundingClientRect(), px = SIDE / box.width;
    return { x: (event.clientX - box.left) * px, y: (event.clientY - box.top) * px };
  }
  function begin(event) {
    var at = where(event), tip = pin && toPixel(pin);
    var onPin = tip && Math.abs(at.x - tip.x) < GRIP && at.y > tip.y - 43 - GRIP / 2 && at.y < tip.y + GRIP / 2;
    grip = { from: at, at: at, onPin: onPin, tip: tip, middle: world(view, view.zoom), moved: false };
  }
  function follow(event) {
    if (!grip) return;
    grip.at = where(event);
    var dx = grip.at.x - grip.from.x, dy = grip.at.y - grip.from.y;
    if (!grip.moved && Math.abs(dx) < SLIP && Math.abs(dy) < SLIP) return;
    grip.moved = true;
    root.className = grip.onPin ? "moving lifted" : "moving panned";
    if (grip.onPin) {
      pin = toPlace({ x: between(grip.tip.x + dx, 0, SIDE), y: between(grip.tip.y + dy, 0, SIDE) });
      showPin();
    } else {
      look(placeAt({ x: grip.middle.x - dx, y: grip.middle.y - dy }, view.zoom), view.zoom);
    }
  }
  function end() {
    if (!grip) return;
    var done = grip;
    grip = null;
    root.className = "moving";
    if (done.moved && !done.onPin) loadPicture();
    else if (done.moved) putPin(pin);
    else if (!done.onPin) putPin(toPlace(done.at));
  }
  function lose() {
    if (grip && grip.moved && grip.onPin) putPin(pin);
    grip = null;
    root.className = "moving";
  }

  function on(element, name, act) { element.addEventListener(name, act, false); }
  function held(act) {
    return function (event) {
      if (event.button) return;
      event.preventDefault();
      act(event.changedTouches ? event.changedTouches[0] : event);
    };
  }
  if (window.PointerEvent) {
    on(frame, "pointerdown", function (event) {
      if (event.button || event.isPrimary === false) return;
      if (frame.setPointerCapture) frame.setPointerCapture(event.pointerId);
      begin(event);
    });
    on(frame, "pointermove", follow);
    on(frame, "pointerup", end);
    on(frame, "pointercancel", lose);
  } else {
    on(frame, "touchstart", held(begin));
    on(frame, "touchmove", held(follow));
    on(frame, "touchend", held(end));
    on(frame, "touchcancel", lose);
    on(frame, "mousedown", held(begin));
    on(document, "mousemove", follow);
    on(document, "mouseup", end);
  }
  on(frame, "dragstart", function (event) { event.preventDefault(); });
  on(picture, "click", function (event) { event.preventDefault(); }); // the tap was already counted above

  // The keyboard: arrows move the pin, and the map when the pin comes near its edge.
  var ARROWS = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0], Up: [0, -1], Down: [0, 1], Left: [-1, 0], Right: [1, 0] };
  on(picture, "keydown", function (event) {
    var way = ARROWS[event.key];
    if (!way || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    var reach = event.shiftKey ? 24 : 6;
    var at = pin ? toPixel(pin) : { x: SIDE / 2, y: SIDE / 2 };
    putPin(toPlace({ x: at.x + way[0] * reach, y: at.y + way[1] * reach }));
    var now = toPixel(pin);
    if (Math.min(now.x, now.y - 30, SIDE - now.x, SIDE - now.y) < 10) {
      look(pin, view.zoom);
      loadPicture();
    }
  });

  function visible(place) {
    var at = toPixel(place);
    return at.x >= 0 && at.y >= 0 && at.x <= SIDE && at.y <= SIDE;
  }
  var MOVES = { north: [0, -1], south: [0, 1], west: [-1, 0], east: [1, 0] };
  on(form, "click", function (event) {
    var button = event.target;
    while (button && button !== form && button.nodeName !== "BUTTON") button = button.parentNode;
    var action = button && button.nodeName === "BUTTON" ? button.value : "";
    if (!action || action === "send") return;
    event.preventDefault();
    if (action === "middle") {
      putPin({ lat: view.lat, lon: view.lon });
      return;
    }
    if (action === "in" || action === "out") {
      look(pin && visible(pin) ? pin : view, view.zoom + (action === "in" ? 1 : -1));
    } else {
      look(toPlace({ x: SIDE * (0.5 + STEP * MOVES[action][0]), y: SIDE * (0.5 + STEP * MOVES[action][1]) }), view.zoom);
    }
    loadPicture();
  });
  on(window, "resize", showPicture);
  root.className = "moving";
})();
