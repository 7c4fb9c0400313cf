// Slack's messages and modals.

import { h } from "./dom.js";
import { blocks } from "./blocks.js";
import { mrkdwn } from "./mrkdwn.js";
import { plain } from "./text.js";

export const slack = {
  name: "Slack",
  text: (s, ctx) => mrkdwn(s, ctx.names),
  show: (m, ctx) => (m.blocks?.length || m.attachments?.length ? cards(m, ctx) : h("div", { class: "text" }, mrkdwn(m.text || "", ctx.names))),
  pinned: (m, ctx) => blocks(m.blocks, ctx),
  modal: (view) => ({
    title: plain(view.title), close: plain(view.close) || "Close", submit: view.submit && plain(view.submit),
    body: (ctx) => blocks(view.blocks, ctx),
  }),
};

function cards(m, ctx) {
  const out = [];
  if (m.blocks?.length) out.push(h("div", { class: m.bot ? "card" : "text" }, blocks(m.blocks, ctx)));
  for (const a of m.attachments || []) {
    const body = a.blocks?.length ? blocks(a.blocks, ctx) : h("div", {}, mrkdwn(a.text || a.fallback || "", ctx.names));
    out.push(h("div", { class: "card attachment" }, body));
  }
  return out;
}
