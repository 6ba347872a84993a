// Tables: sorting, filtering, all rows of a table that the page shows only the beginning of, and CSV.
"use strict";
(() => {
  const FILTER_FROM = 12; // rows
  const PAGE = 200; // rows drawn at a time
  const { make } = MUCTIEU;
  const fold = (text) => text.toLowerCase().normalize("NFD").replace(/[\u0300-\u036f]/g, "").replaceAll("đ", "d");
  const both = (vi, en) => [make("span", { lang: "vi" }, vi), make("span", { lang: "en" }, en)];

  const raw = (cell) => (cell.dataset.v !== undefined ? cell.dataset.v : shown(cell));
  // only the language that is shown; textContent would run both together
  function shown(node) {
    if (node.nodeType === Node.TEXT_NODE) return node.data;
    if (node.nodeType !== Node.ELEMENT_NODE || node.tagName === "NOSCRIPT") return "";
    const other = node.lang && node.lang !== MUCTIEU.language() && !node.classList.contains("always");
    return other ? "" : [...node.childNodes].map(shown).join(node.tagName === "TD" ? " " : "").replace(/\s+/g, " ");
  }

  // --- what a cell of each kind looks like (tables.py draws the same), and what sorting and CSV read of it ---
  const link = (address, text) => (address ? make("a", { href: MUCTIEU.root + address }, text) : document.createTextNode(text));
  const draw = {
    text: (v) => v ?? "–",
    num: (v) => MUCTIEU.number(v),
    words: (v) => MUCTIEU.say(v[0] || "–", v[1] || "–"),
    day: (v) => make("time", { dateTime: v || "" }, MUCTIEU.day(v)),
    figure: ([v, evidence]) => (v === null || !evidence ? MUCTIEU.number(v) : make("a", { className: "figure", href: MUCTIEU.evidence(evidence) }, MUCTIEU.number(v))),
    badge: ([code, vi, en]) => make("span", { className: `badge ${code}` }, MUCTIEU.say(vi, en)),
    link: ([vi, en, address]) => link(address, MUCTIEU.say(vi, en)),
    pair: ([a, b]) => `${MUCTIEU.number(a)} / ${MUCTIEU.number(b)}`,
  };
  const plain = {
    text: (v) => v ?? "", num: (v) => v ?? "", day: (v) => v ?? "", url: (v) => v ?? "", figure: (v) => v[0] ?? "",
    words: (v) => MUCTIEU.say(v[0], v[1]) ?? "", badge: (v) => MUCTIEU.say(v[1], v[2]), link: (v) => MUCTIEU.say(v[0], v[1]), pair: (v) => draw.pair(v),
  };
  const isNumeric = (kind) => ["num", "figure"].includes(kind);

  function compare(a, b, numeric, up) {
    if (numeric) {
      const [x, y] = [parseFloat(a), parseFloat(b)];
      if (isNaN(x) || isNaN(y)) return isNaN(x) - isNaN(y); // what has no figure stays at the end
      return up ? x - y : y - x;
    }
    return (up ? 1 : -1) * String(a).localeCompare(String(b), "vi");
  }

  class Rows { // the rows of the page, moved and hidden
    constructor(table) { this.table = table; this.body = table.tBodies[0]; this.all = [...this.body.rows]; this.total = this.all.length; }
    sort(column, numeric, up) {
      const keyed = this.all.map((row) => [raw(row.cells[column]).trim(), row]).sort(([a], [b]) => compare(a, b, numeric, up));
      this.all = keyed.map(([, row]) => row);
      this.body.append(...this.all);
    }
    filter(words) {
      let found = 0;
      for (const row of this.all) {
        const text = fold(shown(row));
        row.hidden = !words.every((word) => text.includes(word));
        found += !row.hidden;
      }
      return found;
    }
    csv() {
      const head = [...this.table.tHead.rows[0].cells].map((cell) => shown(cell));
      return [head, ...this.all.filter((row) => !row.hidden).map((row) => [...row.cells].map(raw))];
    }
  }

  class Data { // all rows of a file of data, of which as many are drawn as asked for
    constructor(table, content) {
      this.table = table; this.body = table.tBodies[0]; this.columns = content.columns; this.rows = content.rows; this.total = this.rows.length;
      this.shown = this.columns.map((c, i) => i).filter((i) => this.columns[i][3] !== "file");
      this.chosen = this.rows; this.count = PAGE;
      document.addEventListener("muctieu:changed", () => this.draw());
    }
    sort(column, numeric, up) {
      const index = this.shown[column];
      const value = plain[this.columns[index][2]];
      this.rows = this.rows.map((row) => [value(row[index]), row]).sort(([a], [b]) => compare(a, b, numeric, up)).map(([, row]) => row);
      this.filter(this.words ?? []);
    }
    filter(words) {
      this.words = words;
      this.chosen = words.length ? this.rows.filter((row) => {
        this.folded ??= new Map();
        if (!this.folded.has(row)) this.folded.set(row, fold(this.columns.map(([, , kind], i) => (kind === "url" ? "" : kind === "words" || kind === "link" ? row[i].slice(0, 2).join(" ") : String(plain[kind](row[i])))).join(" ")));
        return words.every((word) => this.folded.get(row).includes(word));
      }) : this.rows;
      this.count = PAGE;
      this.draw();
      return this.chosen.length;
    }
    more() { this.count += PAGE; this.draw(); }
    draw() {
      this.body.replaceChildren(...this.chosen.slice(0, this.count).map((row) => {
        const made = make("tr");
        for (const index of this.shown) {
          const [, , kind, , head, small] = this.columns[index];
          const content = draw[kind](row[index]);
          const cell = make(head ? "th" : "td", head ? { scope: "row" } : { className: isNumeric(kind) || kind === "pair" ? "n" : "" }, small ? make("small", {}, content) : content);
          if (isNumeric(kind) || kind === "day") cell.dataset.v = plain[kind](row[index]);
          made.append(cell);
        }
        return made;
      }));
      this.drawn?.();
    }
    csv() {
      const wanted = this.columns.map((c, i) => i).filter((i) => this.columns[i][3] !== "page");
      return [wanted.map((i) => MUCTIEU.say(this.columns[i][0], this.columns[i][1])), ...this.chosen.map((row) => wanted.map((i) => String(plain[this.columns[i][2]](row[i]))))];
    }
  }

  // --- the tools of a table ---
  MUCTIEU.enhance = (table) => {
    let rows = new Rows(table);
    const total = Number(table.dataset.rows ?? rows.total);
    const file = table.dataset.table;
    const heads = [...table.tHead.rows[0].cells];
    const status = make("span", { className: "none", role: "status" });
    const more = make("button", { type: "button", hidden: true }, ...both("Xem thêm dòng", "More rows"));
    const say = (found) => {
      const drawn = rows instanceof Data ? Math.min(rows.count, found) : file ? rows.total : found;
      more.hidden = drawn >= found;
      status.textContent = found > drawn ? MUCTIEU.say(`${MUCTIEU.number(drawn)} trong ${MUCTIEU.number(found)} dòng`, `${MUCTIEU.number(drawn)} of ${MUCTIEU.number(found)} rows`)
        : found < total ? MUCTIEU.say(`${MUCTIEU.number(found)} dòng`, `${MUCTIEU.number(found)} rows`) : "";
    };
    // the first question to a table of which the page has only the beginning fetches all of it
    const whole = async () => {
      if (!file || rows instanceof Data) return rows;
      try {
        rows = new Data(table, await MUCTIEU.load(`bang/${file}`));
        rows.drawn = () => say(rows.chosen.length);
      } catch (error) { status.textContent = MUCTIEU.cannotRead(error); }
      return rows;
    };

    if (table.hasAttribute("data-sortable")) heads.forEach((head, column) => {
      const button = make("button", { type: "button" }, ...head.childNodes);
      head.append(button);
      button.addEventListener("click", async () => {
        const up = head.getAttribute("aria-sort") !== "ascending";
        heads.forEach((other) => other.removeAttribute("aria-sort"));
        head.setAttribute("aria-sort", up ? "ascending" : "descending");
        (await whole()).sort(column, head.classList.contains("n"), up);
      });
    });

    const tools = make("p", { className: "tools" });
    if (total > FILTER_FROM) {
      const box = make("input", { type: "search", autocomplete: "off" });
      let typing;
      box.addEventListener("input", () => {
        clearTimeout(typing);
        typing = setTimeout(async () => say((await whole()).filter(fold(box.value).split(/\s+/).filter(Boolean))), 200);
      });
      tools.append(make("label", {}, ...both("Lọc ", "Filter "), box));
    }
    const csv = make("button", { type: "button", className: "csv" }, ...both("Tải CSV", "Download CSV"));
    csv.addEventListener("click", async () => save((await whole()).csv(), table.dataset.name ?? "bang"));
    more.addEventListener("click", async () => { const all = await whole(); if (all instanceof Data) { if (all.body.rows.length === all.count) all.more(); else all.draw(); } });
    tools.append(csv, more, status);
    table.closest(".table").after(tools);
    say(total);
    document.addEventListener("muctieu:changed", () => say(rows instanceof Data ? rows.chosen.length : total));
  };

  const number = /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/;
  function field(text) {
    const value = text.trim();
    // a spreadsheet would run what begins like a formula
    const safe = /^[=+\-@\t\r]/.test(value) && !number.test(value) ? "'" + value : value;
    return /[",\n\r]/.test(safe) ? '"' + safe.replaceAll('"', '""') + '"' : safe;
  }
  MUCTIEU.csv = (lines) => lines.map((cells) => cells.map((cell) => field(String(cell))).join(",")).join("\r\n");

  function save(lines, name) {
    // Excel reads UTF-8 only after a byte order mark
    const url = URL.createObjectURL(new Blob(["\ufeff" + MUCTIEU.csv(lines)], { type: "text/csv;charset=utf-8" }));
    make("a", { href: url, download: `${name}.csv` }).click();
    setTimeout(() => URL.revokeObjectURL(url), 1000);
  }

  document.querySelectorAll("main .table > table").forEach((table) => MUCTIEU.enhance(table));
})();
