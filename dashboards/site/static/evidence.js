// The files of evidence: which file an article is in, its parts by name, and how a claim is written.
"use strict";
(() => {
  const { make, say } = MUCTIEU;
  const table = Uint32Array.from({ length: 256 }, (_, n) => { let c = n; for (let k = 0; k < 8; k++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1; return c; });
  MUCTIEU.checksum = (text) => { // CRC-32, as zlib's
    let c = 0xffffffff;
    for (const byte of new TextEncoder().encode(text)) c = table[(c ^ byte) & 255] ^ (c >>> 8);
    return (c ^ 0xffffffff) >>> 0;
  };
  MUCTIEU.file = (month, number) => `bai/${month}-${number}`;

  const named = (kind, code) => MUCTIEU.words?.[kind]?.[code] ?? [code, code];
  const claim = ([id, kind, fate, indicator, area, asOf, valueVi, valueEn, evidence, measure, standard, confidence, review, mentions, rule]) =>
    ({ id, kind, fate, indicator, area, asOf, value: [valueVi, valueEn], evidence, measure, standard, confidence, review, mentions, rule });
  MUCTIEU.articles = async (file) => (await MUCTIEU.load(file)).map(([version, title, author, address, moment, portal, latest, withdrawn, sentences, milestones]) => ({
    version, title, author, address, moment, portal, latest, withdrawn,
    sentences: sentences.map(([text, claims]) => ({ text, claims: claims.map(claim) })),
    milestones: milestones.map(([text, kindVi, kindEn, indicator, area, asOf]) => ({ text, kind: [kindVi, kindEn], indicator, area, asOf })),
  }));
  MUCTIEU.findArticle = async (month, version) => {
    const counts = MUCTIEU.index.months[month];
    if (!counts) return undefined;
    const found = await MUCTIEU.articles(MUCTIEU.file(month, MUCTIEU.checksum(version) & (counts.length - 1)));
    return found.find((article) => article.version === version);
  };

  // the sentence with every phrase marked; phrases that overlap share one mark
  MUCTIEU.marked = (text, phrases) => {
    const spans = [];
    for (const phrase of new Set(phrases)) for (let at = phrase ? text.indexOf(phrase) : -1; at >= 0; at = text.indexOf(phrase, at + phrase.length)) spans.push([at, at + phrase.length]);
    spans.sort((a, b) => a[0] - b[0] || a[1] - b[1]);
    const merged = [];
    for (const [start, end] of spans) if (merged.length && start <= merged.at(-1)[1]) merged.at(-1)[1] = Math.max(merged.at(-1)[1], end); else merged.push([start, end]);
    const parts = [];
    let position = 0;
    for (const [start, end] of merged) { parts.push(text.slice(position, start), make("mark", {}, text.slice(start, end))); position = end; }
    return [...parts, text.slice(position)];
  };
  const fileName = (code) => code.replace(/[^A-Za-z0-9._-]/g, "-");
  MUCTIEU.indicatorLink = (code) => make("a", { href: `${MUCTIEU.root}chi-tieu/${fileName(code)}.html` }, say(...named("indicator", code)));
  MUCTIEU.kindBadge = (kind) => make("span", { className: `badge ${kind}` }, say(...named("kind", kind)));
  MUCTIEU.standardOf = (code) => (code ? say(...named("standard", code)) : "");
  MUCTIEU.aboutClaim = (c) => {
    const parts = [say(...named("measure", c.measure)), say(...named("fate", c.fate)), `${say("độ tin cậy", "confidence")} ${MUCTIEU.number(c.confidence)}`];
    if (c.review) parts.push(say("cần người xem lại", "needs review"));
    if (c.mentions) parts.push(say(`được nhắc ${c.mentions} lần`, `mentioned ${c.mentions} times`));
    return parts.join(" · ");
  };
  MUCTIEU.moment = (iso) => (iso ? MUCTIEU.day(iso.slice(0, 10)) : "–");
})();
