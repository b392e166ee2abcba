/* A box is drawn with the mouse, a pen or a finger; without this file its sides are typed. */
"use strict";

(() => {
  const picture = document.getElementById("cover-picture");
  const drawn = document.getElementById("drawn");
  const form = document.getElementById("cover-form");
  const field = (name) => form.elements[name];
  let from = null;

  const place = (event) => {
    const box = picture.getBoundingClientRect();
    const part = (value, size) => Math.min(100, Math.max(0, (value / size) * 100));
    return { x: part(event.clientX - box.left, box.width), y: part(event.clientY - box.top, box.height) };
  };
  const show = (left, top, width, height) => {
    Object.entries({ x: left, y: top, width, height }).forEach(([name, value]) => drawn.setAttribute(name, value || 0));
  };
  const fill = (left, top, width, height) => {
    Object.entries({ left, top, width, height }).forEach(([name, value]) => { field(name).value = value.toFixed(1); });
  };

  picture.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    event.preventDefault();
    from = place(event);
    picture.setPointerCapture(event.pointerId);
  });
  picture.addEventListener("pointermove", (event) => {
    if (!from) return;
    const to = place(event);
    const box = [Math.min(from.x, to.x), Math.min(from.y, to.y), Math.abs(from.x - to.x), Math.abs(from.y - to.y)];
    show(...box);
    fill(...box);
  });
  const end = () => {
    if (!from) return;
    from = null;
    if (Number(field("width").value) >= 0.5 && Number(field("height").value) >= 0.5) form.querySelector("button").focus();
  };
  picture.addEventListener("pointerup", end);
  picture.addEventListener("pointercancel", end);
  form.addEventListener("input", () => show(...["left", "top", "width", "height"].map((name) => Number(field(name).value))));
})();
