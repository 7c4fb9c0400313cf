// A rich_text block: sections, lists, quotes and preformatted text.

import { h } from "./dom.js";
import { chip, link } from "./mrkdwn.js";
import { emoji } from "./emoji.js";

export function richText(block, names) {
  return h("div", { class: "rich" }, (block.elements || []).map((e) => part(e, names)));
}

function part(e, names) {
  const inner = () => (e.elements || []).map((x) => leaf(x, names));
  switch (e.type) {
    case "rich_text_list":
      return h(e.style === "ordered" ? "ol" : "ul", { class: `indent${Math.min(e.indent || 0, 5)}` },
        (e.elements || []).map((item) => h("li", {}, part(item, names))));
    case "rich_text_quote":
      return h("blockquote", {}, inner());
    case "rich_text_preformatted":
      return h("pre", {}, inner());
    default:
      return h("span", {}, inner());
  }
}

function leaf(x, names) {
  const text = {
    text: () => lines(x.text || ""),
    link: () => link(x.url || "", x.text || x.url || ""),
    user: () => chip(`@${names(x.user_id)}`),
    channel: () => chip(`#${names(x.channel_id)}`),
    usergroup: () => chip(`@${x.usergroup_id}`),
    broadcast: () => chip(`@${x.range}`),
    emoji: () => emoji(x.name),
    date: () => x.fallback || "",
  }[x.type];
  let node = text ? text() : "";
  for (const [style, tag] of [["bold", "strong"], ["italic", "em"], ["strike", "s"], ["code", "code"]]) {
    if (x.style?.[style]) node = h(tag, {}, node);
  }
  return node;
}

const lines = (s) => s.split("\n").flatMap((line, i) => (i ? [h("br"), line] : [line]));
