// Language, theme, sorting and CSV; runs before the body so that no page flashes in the wrong language or colours.
"use strict";
const MUCTIEU = { search: {}, root: document.currentScript.dataset.root };
(() => {
  const html = document.documentElement;
  const remember = {
    get(key) { try { return localStorage.getItem(key); } catch { return null; } },
    set(key, value) { try { localStorage.setItem(key, value); } catch { /* private window: the choice lasts for this page */ } },
  };
  MUCTIEU.language = () => html.dataset.language;
  MUCTIEU.say = (vi, en) => (MUCTIEU.language() === "en" ? en : vi);
  MUCTIEU.number = (value) => value.toLocaleString(MUCTIEU.language() === "en" ? "en-US" : "vi-VN", { maximumFractionDigits: 2 });
  MUCTIEU.day = (iso) => (MUCTIEU.language() === "en" ? iso : iso.split("-").reverse().join("/"));
  MUCTIEU.evidence = (version, claim) => `${MUCTIEU.root}bai/${encodeURIComponent(version)}.html#c-${encodeURIComponent(claim)}`;
  MUCTIEU.dark = () => (html.dataset.theme ? html.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches);
  const changed = () => document.dispatchEvent(new Event("muctieu:changed"));

  function setLanguage(language) {
    html.lang = html.dataset.language = language;
    const button = document.getElementById("language");
    if (button) {
      button.textContent = language === "vi" ? "EN" : "VI";
      button.setAttribute("aria-label", language === "vi" ? "Switch to English" : "Chuyển sang tiếng Việt");
    }
    for (const option of document.querySelectorAll("option[data-vi]")) option.textContent = option.dataset[language];
  }
  if (remember.get("theme")) html.dataset.theme = remember.get("theme");
  setLanguage(remember.get("language") === "en" ? "en" : "vi");

  document.addEventListener("DOMContentLoaded", () => {
    setLanguage(MUCTIEU.language());
    document.getElementById("language").addEventListener("click", () => {
      const language = MUCTIEU.language() === "vi" ? "en" : "vi";
      remember.set("language", language);
      setLanguage(language);
      changed();
    });
    document.getElementById("theme").addEventListener("click", () => {
      html.dataset.theme = MUCTIEU.dark() ? "light" : "dark";
      remember.set("theme", html.dataset.theme);
      changed();
    });
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", changed);
    document.querySelectorAll("table[data-sortable]").forEach(MUCTIEU.sortable);
    for (const button of document.querySelectorAll("button.csv")) button.addEventListener("click", () => download(button));
  });

  const raw = (cell) => (cell.dataset.v !== undefined ? cell.dataset.v : shown(cell));
  // only the language that is shown; textContent would run both together
  function shown(node) {
    if (node.nodeType === Node.TEXT_NODE) return node.data;
    if (node.nodeType !== Node.ELEMENT_NODE) return "";
    const other = node.lang && node.lang !== MUCTIEU.language() && !node.classList.contains("always");
    return other ? "" : [...node.childNodes].map(shown).join(node.tagName === "TD" ? " " : "").replace(/\s+/g, " ");
  }

  MUCTIEU.sortable = (table) => {
    const heads = [...table.tHead.rows[0].cells];
    heads.forEach((head, column) => {
      const button = document.createElement("button");
      button.type = "button";
      button.append(...head.childNodes);
      head.append(button);
      button.addEventListener("click", () => {
        const up = head.getAttribute("aria-sort") !== "ascending";
        heads.forEach((other) => other.removeAttribute("aria-sort"));
        head.setAttribute("aria-sort", up ? "ascending" : "descending");
        const numeric = head.classList.contains("n");
        const keyed = [...table.tBodies[0].rows].map((row) => [raw(row.cells[column]).trim(), row]);
        keyed.sort(([a], [b]) => {
          if (numeric) {
            const [x, y] = [parseFloat(a), parseFloat(b)];
            if (isNaN(x) || isNaN(y)) return isNaN(x) - isNaN(y); // what has no figure stays at the end
            return up ? x - y : y - x;
          }
          return (up ? 1 : -1) * a.localeCompare(b, "vi");
        });
        table.tBodies[0].append(...keyed.map(([, row]) => row));
      });
    });
  };

  const number = /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/;
  function field(text) {
    const value = text.trim();
    // a spreadsheet would run what begins like a formula
    const safe = /^[=+\-@\t\r]/.test(value) && !number.test(value) ? "'" + value : value;
    return /[",\n\r]/.test(safe) ? '"' + safe.replaceAll('"', '""') + '"' : safe;
  }
  MUCTIEU.csv = (table) => [...table.rows].filter((row) => !row.hidden).map((row) => [...row.cells].map((cell) => field(raw(cell))).join(",")).join("\r\n");

  function download(button) {
    const near = button.closest(".tools").previousElementSibling;
    const table = (button.dataset.for ? document.querySelector(button.dataset.for) : near).querySelector("table");
    // Excel reads UTF-8 only after a byte order mark
    const url = URL.createObjectURL(new Blob(["\ufeff" + MUCTIEU.csv(table)], { type: "text/csv;charset=utf-8" }));
    const link = Object.assign(document.createElement("a"), { href: url, download: `${button.dataset.name}.csv` });
    link.click();
    setTimeout(() => URL.revokeObjectURL(url), 1000);
  }
})();
