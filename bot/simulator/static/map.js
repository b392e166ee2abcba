// The small map: the city's main streets as simple lines, drawn as SVG.

const SVG = "http://www.w3.org/2000/svg";
let city = { lines: [], places: [], bounds: null };

export async function loadMap() {
  try {
    city = await (await fetch("/simulator/map")).json();
  } catch {
    city = { lines: [], places: [], bounds: null };
  }
}

export function hasMap() {
  return Boolean(city.bounds);
}

export function places() {
  return city.places;
}

function node(name, attributes = {}, parent = null) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  parent?.append(element);
  return element;
}

// Flat enough for one city: degrees of longitude shrink with the cosine of the latitude.
function projection(bounds, width) {
  const shrink = Math.cos((((bounds.north + bounds.south) / 2) * Math.PI) / 180);
  const scale = width / ((bounds.east - bounds.west) * shrink);
  return {
    height: (bounds.north - bounds.south) * scale,
    x: (lon) => (lon - bounds.west) * shrink * scale,
    y: (lat) => (bounds.north - lat) * scale,
    lon: (x) => bounds.west + x / (shrink * scale),
    lat: (y) => bounds.north - y / scale,
  };
}

function draw(bounds, width, { names = true } = {}) {
  const at = projection(bounds, width);
  const svg = node("svg", { viewBox: `0 0 ${width} ${at.height.toFixed(1)}`, class: "streets" });
  const points = (path) => path.map(([lat, lon]) => `${at.x(lon).toFixed(1)},${at.y(lat).toFixed(1)}`).join(" ");
  node("rect", { width, height: at.height, class: "sea" }, svg);
  if (city.outline) {
    if (city.land) node("polygon", { points: points(city.land), class: "land" }, svg);
    node("polygon", { points: points(city.outline), class: "city" }, svg);
  }
  for (const line of city.lines) {
    for (const path of line.paths) {
      node("polyline", { points: points(path), class: line.major ? "major" : "minor" }, svg);
    }
  }
  if (names) {
    for (const line of city.lines.filter((one) => one.major)) label(svg, at, line);
  }
  return { svg, at };
}

function label(svg, at, line) {
  const path = line.paths[0];
  const middle = Math.floor((path.length - 1) / 2);
  const [a, b] = [path[middle], path[middle + 1]];
  let [x1, y1, x2, y2] = [at.x(a[1]), at.y(a[0]), at.x(b[1]), at.y(b[0])];
  if (x1 > x2) [x1, y1, x2, y2] = [x2, y2, x1, y1];
  if (Math.hypot(x2 - x1, y2 - y1) < 60) return;
  const angle = (Math.atan2(y2 - y1, x2 - x1) * 180) / Math.PI;
  const place = `translate(${((x1 + x2) / 2).toFixed(1)} ${((y1 + y2) / 2).toFixed(1)}) rotate(${angle.toFixed(1)})`;
  const text = node("text", { transform: place, dy: "-2.5", class: "street-name" }, svg);
  text.textContent = line.name.replace(/ (Blvd|Ave|St)$/, "");
}

function pinShape(svg) {
  const pin = node("g", { class: "pin" }, svg);
  node("ellipse", { cx: 0, cy: 0, rx: 5, ry: 2, class: "shadow" }, pin);
  node("path", { d: "M0 0C-3.4-6.4-8-9.6-8-15a8 8 0 0 1 16 0C8-9.6 3.4-6.4 0 0Z" }, pin);
  node("circle", { cx: 0, cy: -15, r: 3, class: "eye" }, pin);
  return pin;
}

// A map with a pin that follows the pointer and the arrow keys.
export class PinMap {
  constructor(element, changed) {
    this.element = element;
    this.changed = changed;
    const { svg, at } = draw(city.bounds, 340);
    this.svg = svg;
    this.at = at;
    this.pin = pinShape(svg);
    element.replaceChildren(svg);
    svg.addEventListener("pointerdown", (event) => this.follow(event));
    svg.addEventListener("pointermove", (event) => event.buttons && this.follow(event));
    element.addEventListener("keydown", (event) => this.nudge(event));
  }

  follow(event) {
    const box = this.svg.getBoundingClientRect();
    const unit = 340 / box.width;
    this.set(this.at.lat((event.clientY - box.top) * unit), this.at.lon((event.clientX - box.left) * unit));
  }

  nudge(event) {
    const step = event.shiftKey ? 0.002 : 0.0004;
    const moves = { ArrowUp: [step, 0], ArrowDown: [-step, 0], ArrowLeft: [0, -step], ArrowRight: [0, step] };
    const move = moves[event.key];
    if (!move) return;
    event.preventDefault();
    this.set(this.lat + move[0], this.lon + move[1]);
  }

  set(lat, lon, silent = false) {
    this.lat = lat;
    this.lon = lon;
    this.pin.setAttribute("transform", `translate(${this.at.x(lon).toFixed(1)} ${this.at.y(lat).toFixed(1)})`);
    if (!silent) this.changed(lat, lon);
  }
}

// A still picture of the surroundings of one point, for location bubbles.
export function snapshot(lat, lon) {
  if (!city.bounds) return null;
  const span = 0.0055;
  const bounds = { south: lat - span * 0.48, north: lat + span * 0.62, west: lon - span, east: lon + span };
  const { svg, at } = draw(bounds, 240, { names: false });
  svg.classList.add("snapshot");
  const pin = pinShape(svg);
  pin.setAttribute("transform", `translate(${at.x(lon).toFixed(1)} ${at.y(lat).toFixed(1)}) scale(1.25)`);
  return svg;
}
