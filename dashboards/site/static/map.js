// The tile map: which borders, which indicator; the same values as a table beside it.
"use strict";
(() => {
  const select = document.getElementById("metric");
  const note = document.getElementById("map-note");
  const chosen = document.getElementById("chosen");
  const general = document.getElementById("general");
  const tiles = [...document.querySelectorAll(".tile a")];
  const metrics = new Map(MUCTIEU.overview.map((metric) => [metric.id, metric]));
  for (const metric of metrics.values()) {
    const option = document.createElement("option");
    option.value = metric.id;
    option.dataset.vi = `${metric.name[0]} (${metric.unit[0]})`;
    option.dataset.en = `${metric.name[1]} (${metric.unit[1]})`;
    option.textContent = MUCTIEU.say(option.dataset.vi, option.dataset.en);
    select.append(option);
  }
  const map = () => document.querySelector("input[name=map]:checked").value;

  function paint(tile, bin, text, title) {
    if (bin) tile.dataset.bin = bin; else delete tile.dataset.bin;
    tile.querySelector(".value").textContent = text;
    tile.title = title;
  }

  function draw() {
    for (const which of ["today", "before"]) document.getElementById(`map-${which}`).hidden = which !== map();
    for (const row of general.querySelectorAll("tbody tr")) row.hidden = row.dataset[map()] !== "1";
    const metric = metrics.get(select.value);
    general.hidden = Boolean(metric);
    chosen.hidden = !metric;
    if (metric) drawMetric(metric); else drawGeneral();
  }

  function drawGeneral() {
    for (const tile of tiles) {
      const share = tile.dataset.share === "" ? null : Number(tile.dataset.share);
      const text = share === null ? "–" : `${MUCTIEU.number(Math.round(share))}%`;
      paint(tile, share === null ? 0 : Math.min(5, 1 + Math.floor(share / 20)), text, `${tile.dataset.name}: ${text}`);
    }
    note.textContent = MUCTIEU.say(
      "Màu theo tỷ lệ mục tiêu đã đạt hoặc đúng tiến độ trong các mục tiêu đánh giá được.",
      "Coloured by the share of judged targets that are met or on track.");
  }

  function drawMetric(metric) {
    const here = tiles.filter((tile) => tile.closest(".tiles").id === `map-${map()}`);
    const known = here.filter((tile) => metric.values[tile.dataset.page]);
    const values = known.map((tile) => metric.values[tile.dataset.page].value);
    const [low, high] = [Math.min(...values), Math.max(...values)];
    for (const tile of here) {
      const found = metric.values[tile.dataset.page];
      if (!found) { paint(tile, 0, "–", tile.dataset.name); continue; }
      const place = high > low ? (found.value - low) / (high - low) : 0.5;
      const good = metric.better === "down" ? 1 - place : place;
      paint(tile, Math.min(5, 1 + Math.floor(good * 5)), MUCTIEU.number(found.value),
        `${tile.dataset.name}: ${MUCTIEU.number(found.value)} ${MUCTIEU.say(...metric.unit)}, ${MUCTIEU.day(found.day)}, ${MUCTIEU.say(...found.standard)}`);
    }
    const standards = new Set(known.map((tile) => metric.values[tile.dataset.page].standard_code));
    note.textContent = known.length === 0
      ? MUCTIEU.say("Chưa tỉnh nào có số theo địa giới này.", "No province has a figure by these borders.")
      : MUCTIEU.say(`Kết quả mới nhất của ${known.length} tỉnh, thành phố.`, `Latest result of ${known.length} provinces.`) + (standards.size > 1
        ? " " + MUCTIEU.say("Các tỉnh tính theo chuẩn khác nhau: xem cột chuẩn trước khi so sánh.", "They are measured by different standards: see the column before comparing.") : "");
    table(metric, known);
  }

  function cell(row, tag, content, attributes = {}) {
    const made = row.appendChild(document.createElement(tag));
    Object.assign(made, attributes);
    made.append(content);
    return made;
  }
  function link(href, text) {
    return Object.assign(document.createElement("a"), { href, textContent: text });
  }

  function table(metric, known) {
    const made = document.createElement("table");
    const head = made.createTHead().insertRow();
    const heads = [["Tỉnh, thành phố", "Province"], metric.unit, ["Thời điểm", "As of"], ["Bộ tiêu chí, chuẩn", "Standard"], ["Số bài", "Articles"], ["Độ tin cậy", "Confidence"]];
    heads.forEach((names, number) => cell(head, "th", MUCTIEU.say(...names), { scope: "col", className: [1, 4, 5].includes(number) ? "n" : "" }));
    const body = made.createTBody();
    const better = (a, b) => (metric.better === "down" ? a.value - b.value : b.value - a.value);
    const rows = known.map((tile) => ({ name: tile.dataset.name, href: tile.getAttribute("href"), ...metric.values[tile.dataset.page] })).sort(better);
    for (const found of rows) {
      const row = body.insertRow();
      cell(row, "th", link(found.href, found.name), { scope: "row" });
      cell(row, "td", link(MUCTIEU.evidence(found.version, found.claim), MUCTIEU.number(found.value)), { className: "n" }).dataset.v = found.value;
      cell(row, "td", MUCTIEU.day(found.day), { className: "day" }).dataset.v = found.day;
      cell(row, "td", MUCTIEU.say(...found.standard));
      cell(row, "td", String(found.sources), { className: "n" });
      cell(row, "td", MUCTIEU.number(found.confidence), { className: "n" }).dataset.v = found.confidence;
    }
    chosen.replaceChildren(made);
    MUCTIEU.sortable(made);
  }

  // what is shown is part of the address, so that it can be sent to somebody
  const asked = new URLSearchParams(location.hash.slice(1));
  if (metrics.has(asked.get("metric"))) select.value = asked.get("metric");
  for (const input of document.querySelectorAll("input[name=map]")) if (input.value === asked.get("map")) input.checked = true;
  const address = () => history.replaceState(null, "", `#${new URLSearchParams({ map: map(), metric: select.value })}`);

  select.addEventListener("change", () => { address(); draw(); });
  document.querySelectorAll("input[name=map]").forEach((input) => input.addEventListener("change", () => { address(); draw(); }));
  document.addEventListener("muctieu:changed", draw);
  draw();
})();
