// The map: two days, outlines or tiles, coloured by the standing of the targets or by the newest figure of one indicator and standard.
"use strict";
(async () => {
  const { make, say } = MUCTIEU;
  const places = [...document.querySelectorAll(".maps [data-page]")];
  const [select, note, chosen, tip] = ["metric", "map-note", "chosen", "map-tip"].map((id) => document.getElementById(id));
  let all = [];
  try { all = await MUCTIEU.load("ban-do"); } catch (error) { note.textContent = MUCTIEU.cannotRead(error); }
  const metrics = new Map(all.map((metric) => [metric.id, metric]));
  const radio = (name) => document.querySelector(`input[name=${name}]:checked`).value;
  const nameOf = (metric) => {
    const standard = say(...metric.standard);
    return `${say(...metric.name)} (${say(...metric.unit)})${standard ? ` – ${standard}` : ""}`;
  };

  function options() {
    const value = select.value;
    select.replaceChildren(select.options[0], ...all.map((metric) => make("option", { value: metric.id }, nameOf(metric))));
    select.value = value;
  }

  function paint(place, bin, text, label) {
    place.dataset.bin = bin;
    place.dataset.tip = label;
    place.setAttribute("aria-label", label);
    const value = place.querySelector(".value");
    if (value) value.textContent = text;
  }

  function draw() {
    const [map, view] = [radio("map"), radio("view")];
    for (const day of ["today", "before"]) {
      document.getElementById(`outline-${day}`).toggleAttribute("hidden", day !== map || view !== "outline");
      document.getElementById(`tiles-${day}`).hidden = day !== map || view !== "tiles";
      document.getElementById(`general-${day}`).hidden = day !== map || select.value !== "";
    }
    const metric = metrics.get(select.value);
    chosen.hidden = !metric;
    if (metric) drawMetric(metric, map); else drawGeneral();
  }

  function drawGeneral() {
    for (const place of places) {
      const share = place.dataset.share === "" ? null : Number(place.dataset.share);
      const text = share === null ? "–" : `${MUCTIEU.number(Math.round(share))}%`;
      const { name, judged, targets } = place.dataset;
      paint(place, share === null ? 0 : Math.min(5, 1 + Math.floor(share / 20)), text, share === null
        ? say(`${name}: chưa có mục tiêu đánh giá được`, `${name}: no target could be judged yet`)
        : say(`${name}: ${text} đạt hoặc đúng tiến độ trong ${judged} mục tiêu đánh giá được (${targets} mục tiêu)`, `${name}: ${text} met or on track of ${judged} judged targets (${targets} in all)`));
    }
    note.textContent = say(
      "Màu theo tỷ lệ mục tiêu đã đạt hoặc đúng tiến độ trong các mục tiêu đánh giá được.",
      "Coloured by the share of judged targets that are met or on track.");
  }

  function drawMetric(metric, map) {
    const here = places.filter((place) => place.closest(`#outline-${map}, #tiles-${map}`));
    const known = here.filter((place) => metric.values[place.dataset.page]);
    const values = known.map((place) => metric.values[place.dataset.page].value);
    const [low, high] = [Math.min(...values), Math.max(...values)];
    for (const place of here) {
      const found = metric.values[place.dataset.page];
      if (!found) { paint(place, 0, "–", `${place.dataset.name}: –`); continue; }
      const way = high > low ? (found.value - low) / (high - low) : 0.5;
      const good = metric.better === "down" ? 1 - way : way;
      paint(place, Math.min(5, 1 + Math.floor(good * 5)), MUCTIEU.number(found.value), `${place.dataset.name}: ${MUCTIEU.number(found.value)} ${say(...metric.unit)} · ${MUCTIEU.day(found.day)} · ${say(...metric.standard)} · ${found.sources} ${say("bài", "articles")} · ${say("độ tin cậy", "confidence")} ${MUCTIEU.number(found.confidence)}`);
    }
    const pages = new Set(known.map((place) => place.dataset.page));
    note.textContent = pages.size === 0
      ? say("Chưa tỉnh nào có số theo địa giới này.", "No province has a figure by these borders.")
      : say(`Kết quả mới nhất của ${pages.size} tỉnh, thành phố, tính theo cùng một chuẩn: ${metric.standard[0]}.`, `Latest result of ${pages.size} provinces, all by one standard: ${metric.standard[1]}.`);
    table(metric, known);
  }

  function cell(row, tag, attributes, ...content) {
    return row.appendChild(make(tag, attributes, ...content));
  }
  const figure = (value, evidence) => (evidence ? make("a", { className: "figure", href: MUCTIEU.evidence(evidence) }, MUCTIEU.number(value)) : MUCTIEU.number(value));

  function table(metric, known) {
    const made = make("table", { "data-sortable": true, "data-name": metric.id.replaceAll("/", "-") });
    const head = made.createTHead().insertRow();
    const heads = [["Tỉnh, thành phố", "Province"], metric.unit, ["Thời điểm", "As of"], ["Mục tiêu", "Target"], ["Năm mục tiêu", "Target year"], ["Số bài", "Articles"], ["Độ tin cậy", "Confidence"]];
    heads.forEach((names, number) => cell(head, "th", { scope: "col", className: [1, 3, 4, 5, 6].includes(number) ? "n" : "" }, say(...names)));
    const body = made.createTBody();
    const worst = (a, b) => (metric.better === "down" ? b.value - a.value : a.value - b.value); // who has the longest way to go is read first
    const unique = new Map(known.map((place) => [place.dataset.page, place]));
    const rows = [...unique.values()].map((place) => ({ name: place.dataset.name, href: place.getAttribute("href"), ...metric.values[place.dataset.page] })).sort(worst);
    for (const found of rows) {
      const row = body.insertRow();
      cell(row, "th", { scope: "row" }, make("a", { href: found.href }, found.name));
      cell(row, "td", { className: "n" }, figure(found.value, found.evidence)).dataset.v = found.value;
      cell(row, "td", { className: "day" }, MUCTIEU.day(found.day)).dataset.v = found.day;
      const [target, year, evidence, confidence] = found.target ?? [null, null, null, null];
      cell(row, "td", { className: "n", title: target === null ? null : `${say("độ tin cậy", "confidence")} ${MUCTIEU.number(confidence)}` }, figure(target, evidence)).dataset.v = target ?? "";
      cell(row, "td", { className: "n" }, year === null ? "–" : String(year));
      cell(row, "td", { className: "n" }, String(found.sources));
      cell(row, "td", { className: "n" }, MUCTIEU.number(found.confidence)).dataset.v = found.confidence;
    }
    chosen.replaceChildren(make("p", { className: "caption" }, nameOf(metric)), make("div", { className: "table", tabIndex: 0, role: "region", "aria-label": nameOf(metric) }, made));
    MUCTIEU.enhance(made);
  }

  const point = (event) => { const place = event.target.closest("[data-tip]"); if (place) tip.textContent = place.dataset.tip; };
  document.querySelector(".maps").addEventListener("pointerover", point);
  document.querySelector(".maps").addEventListener("focusin", point);

  // what is shown is part of the address, so that it can be sent to somebody
  options();
  const asked = new URLSearchParams(location.hash.slice(1));
  if (metrics.has(asked.get("metric"))) select.value = asked.get("metric");
  for (const name of ["map", "view"]) for (const input of document.querySelectorAll(`input[name=${name}]`)) if (input.value === asked.get(name)) input.checked = true;
  const address = () => history.replaceState(null, "", `#${new URLSearchParams({ map: radio("map"), view: radio("view"), metric: select.value })}`);
  const again = () => { address(); draw(); };
  select.addEventListener("change", again);
  document.querySelectorAll("input[name=map], input[name=view]").forEach((input) => input.addEventListener("change", again));
  document.addEventListener("muctieu:changed", () => { options(); draw(); });
  draw();
})();
