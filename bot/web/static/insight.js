// Draws the tables of insight. The table stays, and is what is true: without this script nothing is missing but the picture.
"use strict";

(() => {
  const charts = [];

  const ink = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

  function dataOf(section) {
    const rows = [...section.querySelectorAll("tbody tr")];
    const heads = [...section.querySelectorAll("thead th")].map((head) => head.textContent);
    const columns = section.dataset.series.split(",").map(Number);
    return {
      labels: rows.map((row) => row.querySelector("th").textContent.replace(/^within /, "≤ ")),
      datasets: columns.map((column) => ({
        label: heads[column + 1],
        data: rows.map((row) => Number(row.querySelectorAll("td")[column].dataset.value ?? NaN)),
      })),
    };
  }

  function paint(datasets, kind) {
    datasets.forEach((set, place) => {
      const colour = ink(place ? "--chart-2" : "--chart-1");
      set.borderColor = colour;
      // The second one is told apart by more than its colour: a dashed line, a hollow bar.
      set.backgroundColor = kind === "line" || !place ? colour : "transparent";
      set.borderWidth = kind === "line" ? 2 : 1.5;
      set.borderDash = kind === "line" && place ? [6, 4] : [];
      set.pointStyle = place ? "rectRot" : "circle";
      set.pointRadius = set.data.length > 60 ? 0 : 3;
      set.tension = 0;
      set.borderRadius = 2;
    });
  }

  function options(kind, still) {
    const count = { beginAtZero: true, ticks: { color: ink("--muted"), precision: 0 }, grid: { color: ink("--grid") }, border: { display: false } };
    const label = { ticks: { color: ink("--muted"), autoSkip: kind !== "bars", maxRotation: 0, autoSkipPadding: 12 }, grid: { display: false }, border: { color: ink("--grid") } };
    const lying = kind === "bars";
    if (lying) label.ticks.callback = function (value) { return shortened(this.getLabelForValue(value), this.chart.width); };
    return {
      indexAxis: lying ? "y" : "x",
      scales: lying ? { x: count, y: label } : { x: label, y: count },
      maintainAspectRatio: false,
      animation: still ? false : { duration: 250 },
      interaction: { mode: "index", intersect: false, axis: lying ? "y" : "x" },
      plugins: { legend: { labels: { color: ink("--ink"), boxWidth: 14, usePointStyle: kind === "line" }, align: "start" } },
    };
  }

  const shortened = (words, width) => {
    const most = width < 480 ? 18 : 30;
    return words.length > most ? `${words.slice(0, most - 1)}…` : words;
  };

  const MOST_BARS = 15; // what comes behind is in the table

  function draw(section) {
    const kind = section.dataset.chart;
    const data = dataOf(section);
    if (kind === "bars") {
      data.labels = data.labels.slice(0, MOST_BARS);
      for (const set of data.datasets) set.data = set.data.slice(0, MOST_BARS);
    }
    const frame = document.createElement("div");
    frame.className = "canvas";
    if (kind === "bars") frame.style.height = `${Math.max(9, 3.5 + data.labels.length * 2)}rem`;
    const canvas = document.createElement("canvas");
    canvas.setAttribute("role", "img");
    canvas.setAttribute("aria-label", inWords("chart", section.querySelector("h2").textContent));
    frame.append(canvas);
    section.querySelector(".figures").before(frame);
    section.dataset.drawn = "yes";
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    paint(data.datasets, kind);
    const chart = new Chart(canvas, { type: kind === "line" ? "line" : "bar", data, options: options(kind, still) });
    charts.push([chart, kind]);
  }

  function repaint() {
    for (const [chart, kind] of charts) {
      paint(chart.data.datasets, kind);
      chart.options = options(kind, true);
      chart.update("none");
    }
  }

  if (window.Chart) {
    Chart.defaults.font.family = getComputedStyle(document.body).fontFamily;
    document.querySelectorAll("[data-chart]").forEach(draw);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", repaint);
    // Paper is white, whatever the screen is, and not as wide.
    window.addEventListener("beforeprint", () => { repaint(); for (const [chart] of charts) chart.resize(); });
    window.addEventListener("afterprint", () => { repaint(); for (const [chart] of charts) chart.resize(); });
  }
  for (const button of document.querySelectorAll("[data-print]")) {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  }
})();
