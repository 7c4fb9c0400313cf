// One message of the channel: text, cards, notices, private answers.

import { h } from "./dom.js";
import { avatar } from "./people.js";

// message returns the node of a message m; ctx is that of its cards.
export function message(m, ctx) {
  if (m.notice) {
    return h("div", { class: "msg notice-line", dataset: { id: m.id } }, h("p", {}, ctx.drawing.text(m.text, ctx)), time(m.at));
  }
  return h("article", { class: `msg${m.private ? " private" : ""}`, dataset: { id: m.id } },
    avatar(m.name, m.bot),
    h("div", { class: "msg-body" },
      h("header", {},
        h("span", { class: "name" }, m.name), m.bot && h("span", { class: "tag" }, "App"), time(m.at),
        m.pinned && h("span", { class: "tag pin" }, "📌 Pinned"),
        m.edited && h("span", { class: "hint" }, "(edited)")),
      m.private && h("p", { class: "only-you" }, "Only visible to you"),
      ctx.drawing.show(m, ctx)));
}

function time(ms) {
  const at = new Date(ms);
  const today = at.toDateString() === new Date().toDateString();
  const clock = at.toLocaleTimeString(undefined, { hour: "2-digit", minute: "2-digit" });
  const day = at.toLocaleDateString(undefined, { day: "numeric", month: "short" });
  return h("time", { datetime: at.toISOString(), title: at.toLocaleString() }, today ? clock : `${day}, ${clock}`);
}
