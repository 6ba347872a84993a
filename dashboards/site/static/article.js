// One article: its sentences with the words of each figure marked, what was read of them, and the way to the page of the portal.
"use strict";
(() => {
  const { make, say } = MUCTIEU;
  const place = document.getElementById("article");
  let article = null;
  let problem = () => "";

  function claim(c) {
    const standard = MUCTIEU.standardOf(c.standard);
    const rule = make("code", {}, c.rule);
    return make("li", { id: `c-${c.id}`, tabIndex: -1 },
      make("strong", {}, say(...c.value)), " ", MUCTIEU.kindBadge(c.kind), " ", MUCTIEU.indicatorLink(c.indicator),
      ` · ${c.area ?? "–"} · ${say("thời điểm", "as of")} ${MUCTIEU.day(c.asOf)}${standard ? ` · ${standard}` : ""}`,
      make("br"), make("small", {}, `${MUCTIEU.aboutClaim(c)} · ${say("quy tắc", "rule")} `, rule));
  }

  function draw() {
    if (!article) {
      place.replaceChildren(make("h1", {}, say("Bài viết", "Article")), make("p", { className: "none" }, problem()));
      return;
    }
    const a = article;
    document.title = `${a.title ?? a.version} · Mục tiêu quốc gia`;
    const content = [
      make("h1", { lang: "vi", className: "always" }, a.title ?? a.version),
      make("p", {}, [MUCTIEU.moment(a.moment), a.portal, a.author].filter(Boolean).join(" · "),
        a.latest ? null : make("strong", {}, " · ", say("Bản cũ: bài đã được sửa sau bản này.", "Older version: the article was edited later.")),
        a.withdrawn ? make("strong", {}, " · ", say("Cổng đã gỡ bài này.", "The portal took this article down.")) : null),
    ];
    if (a.address) content.push(make("p", {}, make("a", { className: "portal", rel: "noopener noreferrer", href: a.address }, `${say("Mở trang gốc", "Open the page of the portal")} ↗`)));
    for (const sentence of a.sentences) content.push(make("section", { className: "quote" },
      make("blockquote", { lang: "vi", className: "always" }, ...MUCTIEU.marked(sentence.text, sentence.claims.map((c) => c.evidence))),
      make("ul", { className: "claims" }, ...sentence.claims.map(claim))));
    if (a.milestones.length) content.push(make("h2", {}, say("Các mốc", "Milestones")), ...a.milestones.map((m) => make("section", { className: "quote" },
      make("blockquote", { lang: "vi", className: "always" }, m.text),
      make("ul", { className: "claims" }, make("li", {}, make("strong", {}, m.area ?? "–"), ` ${say(...m.kind)} · `, MUCTIEU.indicatorLink(m.indicator), ` · ${MUCTIEU.day(m.asOf)}`)))));
    place.replaceChildren(...content);
  }

  function target() {
    const found = location.hash.startsWith("#c-") && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    place.querySelectorAll(".target").forEach((old) => old.classList.remove("target"));
    if (!found) return;
    found.classList.add("target"); // :target does not see what came after the page
    found.closest("section").scrollIntoView({ block: "center" });
    found.focus({ preventScroll: true });
  }

  async function show() {
    const [month, version] = (new URLSearchParams(location.search).get("a") ?? "").split(".");
    if (!version) problem = () => say("Địa chỉ này không chỉ bài nào.", "This address names no article.");
    else try {
      article = await MUCTIEU.findArticle(month, version);
      problem = () => say("Không tìm thấy bài này trong bản công bố hiện nay.", "This article is not in the current release.");
    } catch (error) { problem = () => MUCTIEU.cannotRead(error); }
    draw();
    target();
  }
  document.addEventListener("muctieu:changed", () => { draw(); target(); });
  addEventListener("hashchange", target);
  show();
})();
