// Search over the evidence, newest year first; each year is a script that is loaded when the search comes to it.
"use strict";
(() => {
  const PAGE = 50;
  const shards = Object.entries(JSON.parse(document.getElementById("shards").textContent)).sort(([a], [b]) => (a < b ? 1 : -1));
  const [form, box, status, list, more] = ["search", "q", "found", "results", "more"].map((id) => document.getElementById(id));
  const lower = (text) => text.normalize("NFC").toLocaleLowerCase("vi");
  const fold = (text) => lower(text).normalize("NFD").replace(/[\u0300-\u036f]/g, "").replaceAll("đ", "d");
  const loading = new Map();
  let current = 0; // a newer search makes the older ones stop
  let shown = 0;
  let hits = [];

  function load(year) {
    if (!loading.has(year)) loading.set(year, new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.src = `data/search-${year}.js`;
      script.onload = () => resolve(MUCTIEU.search[year].map(([version, title, day, claim, kindVi, kindEn, indicatorVi, indicatorEn, area, asOf, valueVi, valueEn, sentence, evidence, confidence, standardVi, standardEn]) => {
        const words = lower([title, indicatorVi, indicatorEn, area, valueVi, sentence].filter(Boolean).join(" \n "));
        return { version, title, day, claim, kind: [kindVi, kindEn], indicator: [indicatorVi, indicatorEn], area, asOf, value: [valueVi, valueEn], sentence, evidence, confidence, standard: [standardVi, standardEn], words, folded: fold(words) };
      }));
      script.onerror = () => { loading.delete(year); reject(new Error(script.src)); };
      document.head.append(script);
    }));
    return loading.get(year);
  }

  // a word with marks must be found with them; one without finds both
  const matcher = (query) => {
    const words = lower(query).split(/\s+/).filter(Boolean).map((word) => [word, fold(word) !== word]);
    return (entry) => words.every(([word, marked]) => (marked ? entry.words : entry.folded).includes(word));
  };

  async function search() {
    const mine = ++current;
    const query = box.value.trim();
    hits = []; shown = 0; list.replaceChildren(); more.hidden = true; status.textContent = "";
    history.replaceState(null, "", query ? `#${encodeURIComponent(query)}` : "#");
    if (query.length < 2) return;
    const matches = matcher(query);
    for (const [year, count] of shards) {
      if (!count) continue;
      let entries;
      try { entries = await load(year); } catch (error) { status.textContent = MUCTIEU.say(`Không đọc được ${error.message}`, `Cannot read ${error.message}`); return; }
      if (mine !== current) return;
      hits.push(...entries.filter(matches));
      if (shown < PAGE) show();
      status.textContent = MUCTIEU.say(`${MUCTIEU.number(hits.length)} câu (đã tìm đến năm ${year})`, `${MUCTIEU.number(hits.length)} found (searched back to ${year})`);
    }
    status.textContent = MUCTIEU.say(`${MUCTIEU.number(hits.length)} số liệu`, `${MUCTIEU.number(hits.length)} figures`);
  }

  function show() {
    const until = Math.min(hits.length, (Math.floor(shown / PAGE) + 1) * PAGE);
    for (; shown < until; shown++) list.append(item(hits[shown]));
    more.hidden = shown >= hits.length && hits.length % PAGE !== 0 || shown === hits.length;
  }

  function item(hit) {
    const made = document.createElement("li");
    const link = Object.assign(document.createElement("a"), { href: MUCTIEU.evidence(hit.version, hit.claim), textContent: MUCTIEU.say(...hit.value) });
    const strong = document.createElement("strong");
    strong.append(link);
    const about = ` ${MUCTIEU.say(...hit.kind)} · ${MUCTIEU.say(...hit.indicator)} · ${hit.area ?? "–"} · ${MUCTIEU.day(hit.asOf) || "–"}`;
    const quote = document.createElement("div");
    quote.lang = "vi";
    quote.className = "always";
    const at = hit.sentence.indexOf(hit.evidence);
    if (at < 0) quote.append(hit.sentence);
    else quote.append(hit.sentence.slice(0, at), Object.assign(document.createElement("mark"), { textContent: hit.evidence }), hit.sentence.slice(at + hit.evidence.length));
    const small = document.createElement("small");
    const standard = MUCTIEU.say(...hit.standard);
    small.textContent = `${hit.title ?? ""} · ${MUCTIEU.day(hit.day)}${standard ? ` · ${standard}` : ""} · ${MUCTIEU.say("độ tin cậy", "confidence")} ${MUCTIEU.number(hit.confidence)}`;
    made.append(strong, about, quote, small);
    return made;
  }

  let typing;
  box.addEventListener("input", () => { clearTimeout(typing); typing = setTimeout(search, 200); });
  form.addEventListener("submit", (event) => { event.preventDefault(); clearTimeout(typing); search(); });
  more.addEventListener("click", show);
  document.addEventListener("muctieu:changed", search);
  let linked = "";
  try { linked = decodeURIComponent(location.hash.slice(1)); } catch { /* a broken address searches nothing */ }
  if (linked) { box.value = linked; search(); }
})();
