// Search over the evidence, newest month first. An index by year says which articles have all the words; their files are then read until
// a page of figures is found. A word with marks must be found with them; one without finds both.
"use strict";
(() => {
  const PAGE = 50;
  const { make, say } = MUCTIEU;
  const [form, box, status, list, more] = ["search", "q", "found", "results", "more"].map((id) => document.getElementById(id));
  const lower = (text) => text.normalize("NFC").toLocaleLowerCase("vi");
  const fold = (text) => lower(text).normalize("NFD").replace(/[\u0300-\u036f]/g, "").replaceAll("đ", "d");
  const wordsOf = (text) => lower(text).match(/[\p{L}\p{N}]+(?:[.,]\p{N}+)*/gu) ?? [];
  const years = Object.entries(MUCTIEU.index.years).sort(([a], [b]) => (a < b ? 1 : -1));
  let current = null; // the running search; a newer one takes its place

  // the numbers of a year's articles, as the index counts them: months downwards, files upwards
  const places = new Map();
  function placesOf(year) {
    if (!places.has(year)) {
      const found = [];
      let from = 0;
      for (const month of Object.keys(MUCTIEU.index.months).filter((m) => m.startsWith(year)).sort().reverse())
        MUCTIEU.index.months[month].forEach((count, number) => { if (count) found.push({ month, number, from, to: (from += count) }); });
      places.set(year, found);
    }
    return places.get(year);
  }

  // numbers of the articles of a year that have the word
  async function having(year, bits, word) {
    const folded = fold(word);
    const tokens = await MUCTIEU.load(`tim/${year}-${MUCTIEU.checksum(folded) & ((1 << bits) - 1)}`);
    const marked = folded !== word;
    const found = new Set();
    for (const [token, steps] of Object.entries(tokens)) if (marked ? token === word : fold(token) === folded) {
      let at = 0;
      for (const step of steps) found.add(at += step);
    }
    return found;
  }

  async function articlesOf(year, bits, words) {
    const sets = await Promise.all(words.map((word) => having(year, bits, word)));
    sets.sort((a, b) => a.size - b.size);
    return [...sets[0]].filter((number) => sets.every((set) => set.has(number))).sort((a, b) => a - b);
  }

  // figures of one article whose sentence, title, indicator or area have all the words
  function hitsOf(article, month, words) {
    const found = [];
    for (const sentence of article.sentences) for (const claim of sentence.claims) {
      const text = lower([article.title, sentence.text, claim.area, claim.value[0], ...(MUCTIEU.words.indicator[claim.indicator] ?? [])].filter(Boolean).join(" \n "));
      const folded = fold(text);
      if (words.every((word) => (fold(word) !== word ? text : folded).includes(word))) found.push({ article, month, sentence, claim });
    }
    return found;
  }

  async function* find(words) {
    for (const [year, bits] of years) {
      const numbers = await articlesOf(year, bits, words);
      let at = 0;
      for (const { month, number, from, to } of placesOf(year)) {
        const inside = [];
        for (; at < numbers.length && numbers[at] < to; at++) inside.push(numbers[at] - from);
        if (!inside.length) continue;
        const articles = await MUCTIEU.articles(MUCTIEU.file(month, number));
        yield { until: month, hits: inside.flatMap((i) => hitsOf(articles[i], month, words)) };
      }
    }
  }

  async function search() {
    const query = box.value.trim();
    const words = wordsOf(query);
    const mine = current = { found: find(words), hits: [], shown: 0, until: "", done: false, busy: false };
    list.replaceChildren(); more.hidden = true; status.textContent = "";
    history.replaceState(null, "", query ? `#${encodeURIComponent(query)}` : "#");
    if (query.length >= 2 && words.length) await next(mine);
  }

  async function next(mine) {
    if (mine.busy) return;
    mine.busy = true;
    const wanted = mine.shown + PAGE;
    try {
      while (mine === current && !mine.done && mine.hits.length < wanted) {
        const { value, done } = await mine.found.next();
        if (done) mine.done = true; else { mine.hits.push(...value.hits); mine.until = value.until; }
      }
    } catch (error) { status.textContent = MUCTIEU.cannotRead(error); return; } finally { mine.busy = false; }
    if (mine !== current) return;
    list.append(...mine.hits.slice(mine.shown, wanted).map(item));
    mine.shown = Math.min(wanted, mine.hits.length);
    more.hidden = mine.done && mine.shown >= mine.hits.length;
    tell(mine);
  }

  function tell(mine) {
    const until = mine.until === "000000" ? "" : `${mine.until.slice(4)}/${mine.until.slice(0, 4)}`;
    status.textContent = mine.done ? say(`${MUCTIEU.number(mine.hits.length)} số liệu`, `${MUCTIEU.number(mine.hits.length)} figures`)
      : say(`${MUCTIEU.number(mine.shown)} số liệu mới nhất (đã tìm đến ${until})`, `the newest ${MUCTIEU.number(mine.shown)} figures (searched back to ${until})`);
  }

  function item({ article, month, sentence, claim }) {
    const standard = MUCTIEU.standardOf(claim.standard);
    const address = MUCTIEU.evidence(`${month}.${article.version}#c-${claim.id}`);
    return make("li", {},
      make("strong", {}, make("a", { href: address }, say(...claim.value))), " ", MUCTIEU.kindBadge(claim.kind), " ", MUCTIEU.indicatorLink(claim.indicator), ` · ${claim.area ?? "–"} · ${MUCTIEU.day(claim.asOf)}`,
      make("div", { lang: "vi", className: "always" }, ...MUCTIEU.marked(sentence.text, [claim.evidence])),
      make("small", {}, `${article.title ?? ""} · ${MUCTIEU.moment(article.moment)}${standard ? ` · ${standard}` : ""} · ${MUCTIEU.aboutClaim(claim)}`));
  }

  let typing;
  box.addEventListener("input", () => { clearTimeout(typing); typing = setTimeout(search, 250); });
  form.addEventListener("submit", (event) => { event.preventDefault(); clearTimeout(typing); search(); });
  more.addEventListener("click", () => next(current));
  document.addEventListener("muctieu:changed", () => { if (current?.shown) { list.replaceChildren(...current.hits.slice(0, current.shown).map(item)); tell(current); } });
  let linked = "";
  try { linked = decodeURIComponent(location.hash.slice(1)); } catch { /* a broken address searches nothing */ }
  if (linked) { box.value = linked; search(); }
})();
