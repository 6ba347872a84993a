// Language, theme and the line at the end; runs before the body so that no page flashes in the wrong language or colours.
"use strict";
const MUCTIEU = { root: document.currentScript.dataset.root };
(() => {
  const html = document.documentElement;
  const remember = {
    get(key) { try { return localStorage.getItem(key); } catch { return null; } },
    set(key, value) { try { localStorage.setItem(key, value); } catch { /* private window: the choice lasts for this page */ } },
  };
  MUCTIEU.language = () => html.dataset.language;
  MUCTIEU.say = (vi, en) => (MUCTIEU.language() === "en" ? en : vi);
  MUCTIEU.number = (value) => (value === null || value === undefined ? "–"
    : value.toLocaleString(MUCTIEU.language() === "en" ? "en-US" : "vi-VN", { maximumFractionDigits: 2 }));
  MUCTIEU.day = (iso) => (!iso ? "–" : MUCTIEU.language() === "en" ? iso : iso.split("-").reverse().join("/"));
  MUCTIEU.evidence = (evidence) => `${MUCTIEU.root}bai/xem.html?a=${evidence}`;
  MUCTIEU.dark = () => (html.dataset.theme ? html.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches);
  const changed = () => document.dispatchEvent(new Event("muctieu:changed"));

  // made of nodes, so that words of a page of a portal are never read as HTML
  MUCTIEU.make = (tag, attributes = {}, ...content) => {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (value === null || value === undefined || value === false) continue;
      if (name in made && name !== "lang") made[name] = value; else made.setAttribute(name, value === true ? "" : value);
    }
    made.append(...content.filter((each) => each !== null && each !== undefined));
    return made;
  };

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

  function release() {
    const told = MUCTIEU.release;
    if (!told) return;
    document.getElementById("release").textContent = MUCTIEU.say(
      `Công bố ${MUCTIEU.day(told.day)} · bài mới nhất ${MUCTIEU.day(told.newest)} · ${MUCTIEU.number(told.articles)} bài của ${told.portals} cổng. Mọi con số đều dẫn về câu văn và trang gốc.`,
      `Published ${MUCTIEU.day(told.day)} · newest article ${MUCTIEU.day(told.newest)} · ${MUCTIEU.number(told.articles)} articles of ${told.portals} portals. Every number leads to its sentence and its page.`);
  }

  document.addEventListener("DOMContentLoaded", () => {
    setLanguage(MUCTIEU.language());
    release();
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
    document.addEventListener("muctieu:changed", release);
  });

  // files of data: gzip in base64 inside a script that calls this back, because a page opened from file:// may not fetch
  const waiting = new Map();
  const loaded = new Map();
  MUCTIEU.packed = (name, data) => { waiting.get(name)?.(data); waiting.delete(name); };
  MUCTIEU.load = (name) => {
    if (!loaded.has(name)) loaded.set(name, new Promise((resolve, reject) => {
      waiting.set(name, resolve);
      const failed = () => { loaded.delete(name); reject(new Error(`data/${name}.js`)); };
      document.head.append(MUCTIEU.make("script", { src: `${MUCTIEU.root}data/${name}.js`, onerror: failed }));
    }).then((data) => {
      const bytes = Uint8Array.from(atob(data), (c) => c.charCodeAt(0));
      return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"))).json();
    }));
    return loaded.get(name);
  };
  MUCTIEU.cannotRead = (error) => MUCTIEU.say(
    `Không đọc được ${error.message}. Có thể trang vừa được làm mới: hãy tải lại.`, `Cannot read ${error.message}. The site may have been renewed: reload.`);
})();
