// Targets against results, drawn when they come into view. A line joins only results by one standard; a dashed line marks a new one.
"use strict";
(() => {
  const css = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const text = (value) => value.replace(/[&<>]/g, (c) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;" })[c]); // plotly reads some HTML
  const drawn = new Set();

  function draw(chart) {
    const data = JSON.parse(chart.nextElementSibling.textContent);
    const language = MUCTIEU.language() === "en" ? 1 : 0;
    const trace = (points, more) => ({
      type: "scatter", x: points.map((p) => p[0]), y: points.map((p) => p[1]),
      customdata: points.map((p) => [MUCTIEU.number(p[1]), text(p[2 + language]), p[4], p[5]]),
      hovertemplate: `%{x|%d/%m/%Y}: <b>%{customdata[0]}</b> ${text(data.unit[language])}<br>%{customdata[1]}<extra></extra>`, ...more,
    });
    const traces = data.results.map((points, number) => trace(points, {
      mode: "lines+markers", name: MUCTIEU.say("Kết quả", "Result"), legendgroup: "result", showlegend: number === 0,
      line: { color: css("--in_progress"), width: 2, dash: number % 2 ? "dot" : "solid" }, marker: { size: 8, symbol: ["circle", "square", "triangle-up"][number % 3] },
    }));
    if (data.targets.length) traces.push(trace(data.targets, {
      mode: "markers", name: MUCTIEU.say("Mục tiêu", "Target"), marker: { size: 11, symbol: "diamond-open", color: css("--behind"), line: { width: 2 } },
    }));
    const days = traces.flatMap((t) => t.x).sort();
    const half = 183 * 864e5; // a lone figure needs an axis to stand on
    const layout = {
      height: 260, margin: { l: 55, r: 12, t: 8, b: 32 }, paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)",
      font: { color: css("--ink"), family: "inherit", size: 12 }, hoverlabel: { align: "left" },
      separators: language ? ".," : ",.", legend: { orientation: "h", y: 1.12 },
      xaxis: { type: "date", gridcolor: css("--line"), tick0: "2000-12-31", dtick: "M12", tickformat: "%m/%Y", range: [+new Date(days[0]) - half, +new Date(days.at(-1)) + half] },
      yaxis: { gridcolor: css("--line"), zerolinecolor: css("--line"), title: { text: text(data.unit[language]), font: { size: 11 } }, rangemode: "tozero", automargin: true },
      shapes: data.breaks.map(([day]) => ({ type: "line", x0: day, x1: day, yref: "paper", y0: 0, y1: 1, line: { color: css("--behind"), width: 1.5, dash: "dash" } })),
    };
    const span = (new Date(days.at(-1)) - new Date(days[0])) / 315576e5;
    if (span > 5) layout.xaxis.dtick = span > 12 ? "M60" : "M24"; // figures are of the end of a year, and so are the lines of the grid
    Plotly.react(chart, traces, layout, { displayModeBar: false, responsive: true });
    if (!drawn.has(chart)) chart.on("plotly_click", (event) => {
      const [, , version, claim] = event.points[0].customdata;
      location.href = MUCTIEU.evidence(version, claim);
    });
    drawn.add(chart);
  }

  const charts = document.querySelectorAll(".chart");
  const seen = new IntersectionObserver((entries) => {
    for (const entry of entries) if (entry.isIntersecting) { seen.unobserve(entry.target); draw(entry.target); }
  }, { rootMargin: "300px" });
  charts.forEach((chart) => seen.observe(chart));
  document.addEventListener("muctieu:changed", () => drawn.forEach(draw));
  addEventListener("beforeprint", () => charts.forEach((chart) => { if (!drawn.has(chart)) draw(chart); }));
})();
