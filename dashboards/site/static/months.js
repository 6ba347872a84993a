// All articles of a month, from the files of evidence.
"use strict";
(() => {
  const { make } = MUCTIEU;
  const select = document.getElementById("month");
  const place = document.getElementById("of-month");
  for (const [month, counts] of Object.entries(MUCTIEU.index.months).sort(([a], [b]) => (a < b ? 1 : -1)))
    select.append(make("option", { value: month }, `${month === "000000" ? "?" : `${month.slice(4)}/${month.slice(0, 4)}`} (${counts.reduce((a, b) => a + b, 0)})`));

  async function show() {
    const month = select.value;
    place.replaceChildren();
    if (!month) return;
    try {
      const files = await Promise.all(MUCTIEU.index.months[month].map((count, number) => (count ? MUCTIEU.articles(MUCTIEU.file(month, number)) : [])));
      const found = files.flat().sort((a, b) => (a.moment < b.moment ? 1 : -1));
      place.replaceChildren(make("ul", {}, ...found.map((a) => make("li", {}, `${MUCTIEU.moment(a.moment)} `,
        make("a", { href: MUCTIEU.evidence(`${month}.${a.version}`) }, a.title ?? a.version), make("small", {}, ` ${a.portal ?? ""}`)))));
    } catch (error) { place.replaceChildren(make("p", {}, MUCTIEU.cannotRead(error))); }
  }
  select.addEventListener("change", show);
  document.addEventListener("muctieu:changed", show);
})();
