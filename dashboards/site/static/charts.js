// Targets against results, drawn when they come into view; plotly.js (4.8 MB) is only loaded then. A line joins only results by one
// standard; a dashed line marks a new one. Further figures of one day stand small beside the last word of that day.
"use strict";
(() => {
  const css = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const text = (value) => value.replace(/[&<>]/g, (c) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;" })[c]); // plotly reads some HTML
  const drawn = new Set();
  let library;
  const plotly = () => library ??= new Promise((resolve, reject) => {
    document.head.append(MUCTIEU.make("script", { src: `${MUCTIEU.root}static/plotly.min.js`, onload: resolve, onerror: () => reject(new Error("static/plotly.min.js")) }));
  });

  async function draw(chart) {
    drawn.add(chart);
    await plotly();
    const data = JSON.parse(chart.nextElementSibling.textContent);
    const language = MUCTIEU.language() === "en" ? 1 : 0;
    const trace = (points, more) => ({
      type: "scatter", x: points.map((p) => p[0]), y: points.map((p) => p[1]),
      customdata: points.map(([day, value, standard, evidence, sources, confidence]) => [
        MUCTIEU.number(value), text(data.standards[standard][language]), evidence, MUCTIEU.day(day),
        `${sources ?? "–"} ${MUCTIEU.say("bài", "articles")} · ${MUCTIEU.say("độ tin cậy", "confidence")} ${MUCTIEU.number(confidence)}`]),
      hovertemplate: `%{customdata[3]}: <b>%{customdata[0]}</b> ${text(data.unit[language])}<br>%{customdata[1]}<br>%{customdata[4]}<extra>${text(more.name)}</extra>`, ...more,
    });
    const traces = data.results.map((points, number) => trace(points, {
      mode: "lines+markers", name: MUCTIEU.say("Kết quả", "Result"), legendgroup: "result", showlegend: number === 0,
      line: { color: css("--in_progress"), width: 2, dash: number % 2 ? "dot" : "solid" }, marker: { size: 8, symbol: ["circle", "square", "triangle-up"][number % 3] },
    }));
    if (data.others.length) traces.push(trace(data.others, {
      mode: "markers", name: MUCTIEU.say("Số khác cùng ngày", "Other figures of the day"), marker: { size: 6, symbol: "circle-open", color: css("--soft"), line: { width: 1.5 } },
    }));
    if (data.targets.length) traces.push(trace(data.targets, {
      mode: "markers", name: MUCTIEU.say("Mục tiêu", "Target"), marker: { size: 11, symbol: "diamond-open", color: css("--behind"), line: { width: 2 } },
    }));
    const days = traces.flatMap((t) => t.x).sort();
    const half = 183 * 864e5; // a lone figure needs an axis to stand on
    const layout = {
      height: 260, margin: { l: 55, r: 12, t: 8, b: 32 }, paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)",
      font: { color: css("--ink"), family: "inherit", size: 12 }, hoverlabel: { align: "left" },
      separators: language ? ".," : ",.", legend: { orientation: "h", y: 1.16 },
      xaxis: { type: "date", gridcolor: css("--line"), tick0: "2000-12-31", dtick: "M12", tickformat: "%m/%Y", range: [+new Date(days[0]) - half, +new Date(days.at(-1)) + half] },
      yaxis: { gridcolor: css("--line"), zerolinecolor: css("--line"), title: { text: text(data.unit[language]), font: { size: 11 } }, rangemode: "tozero", automargin: true },
      shapes: data.breaks.map(([day]) => ({ type: "line", x0: day, x1: day, yref: "paper", y0: 0, y1: 1, line: { color: css("--behind"), width: 1.5, dash: "dash" } })),
    };
    const span = (new Date(days.at(-1)) - new Date(days[0])) / 315576e5;
    if (span > 4) layout.xaxis.dtick = span > 12 ? "M60" : "M24"; // figures are of the end of a year, and so are the lines of the grid
    const first = !chart.data;
    await Plotly.react(chart, traces, layout, { displayModeBar: false, responsive: true });
    if (first) chart.on("plotly_click", (event) => { location.href = MUCTIEU.evidence(event.points[0].customdata[2]); });
  }

  const charts = document.querySelectorAll(".chart");
  const seen = new IntersectionObserver((entries) => {
    for (const entry of entries) if (entry.isIntersecting) { seen.unobserve(entry.target); draw(entry.target); }
  }, { rootMargin: "300px" });
  charts.forEach((chart) => seen.observe(chart));
  document.addEventListener("muctieu:changed", () => drawn.forEach(draw));
  addEventListener("beforeprint", () => charts.forEach((chart) => { if (!drawn.has(chart)) draw(chart); }));
})();
