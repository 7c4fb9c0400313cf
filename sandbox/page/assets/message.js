// One message of the channel: text, cards, notices, private answers.

import { h } from "./dom.js";
import { avatar } from "./people.js";
import { blocks } from "./blocks.js";
import { mrkdwn } from "./mrkdwn.js";

// message returns the node of a message m; ctx is that of its blocks.
export function message(m, ctx) {
  if (m.notice) {
    return h("div", { class: "msg notice-line", dataset: { ts: m.ts } }, h("p", {}, mrkdwn(m.text, ctx.names)), time(m.ts));
  }
  const card = m.blocks?.length || m.attachments?.length;
  return h("article", { class: `msg${m.private ? " private" : ""}`, dataset: { ts: m.ts } },
    avatar(m.name, m.bot),
    h("div", { class: "msg-body" },
      h("header", {},
        h("span", { class: "name" }, m.name), m.bot && h("span", { class: "tag" }, "App"), time(m.ts),
        m.pinned && h("span", { class: "tag pin" }, "📌 Pinned"),
        m.edited && h("span", { class: "hint" }, "(edited)")),
      m.private && h("p", { class: "only-you" }, "Only visible to you"),
      card ? cards(m, ctx) : h("div", { class: "text" }, mrkdwn(m.text || "", ctx.names))));
}

function cards(m, ctx) {
  const out = [];
  if (m.blocks?.length) out.push(h("div", { class: m.bot ? "card" : "text" }, blocks(m.blocks, ctx)));
  for (const a of m.attachments || []) {
    const body = a.blocks?.length ? blocks(a.blocks, ctx) : h("div", {}, mrkdwn(a.text || a.fallback || "", ctx.names));
    out.push(h("div", { class: "card attachment" }, body));
  }
  return out;
}

function time(ts) {
  const at = new Date(Number(ts.split(".")[0]) * 1000);
  const today = at.toDateString() === new Date().toDateString();
  const clock = at.toLocaleTimeString(undefined, { hour: "2-digit", minute: "2-digit" });
  const day = at.toLocaleDateString(undefined, { day: "numeric", month: "short" });
  return h("time", { datetime: at.toISOString(), title: at.toLocaleString() }, today ? clock : `${day}, ${clock}`);
}
