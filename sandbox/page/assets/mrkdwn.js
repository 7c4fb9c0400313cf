// Slack's mrkdwn as DOM nodes: *bold* _italic_ ~strike~ `code` ```block```
// > quote, <links|text>, <@mentions>, :emoji: and the three entities.

import { h } from "./dom.js";
import { emoji } from "./emoji.js";

const entities = { "&amp;": "&", "&lt;": "<", "&gt;": ">" };
export const unescape = (s) => s.replace(/&(amp|lt|gt);/g, (e) => entities[e]);

const styles = { "*": "strong", _: "em", "~": "s" };

// mrkdwn returns nodes for text; names turns a user or channel id into a name.
export function mrkdwn(text, names) {
  return blocks(text).flatMap(({ kind, body }) => {
    if (kind === "pre") return [h("pre", {}, unescape(body.replace(/^\n|\n$/g, "")))];
    if (kind === "quote") return [h("blockquote", {}, inline(body, names))];
    return inline(body, names);
  });
}

function blocks(text) {
  const out = [];
  text.split(/```/).forEach((part, i, all) => {
    if (i % 2 && i < all.length - 1) return out.push({ kind: "pre", body: part });
    let plain = [];
    let quote = [];
    const flush = () => {
      if (quote.length) out.push({ kind: "quote", body: quote.join("\n") });
      if (plain.length) out.push({ kind: "text", body: plain.join("\n") });
      plain = [];
      quote = [];
    };
    for (const line of (i % 2 ? "```" + part : part).split("\n")) {
      const m = line.match(/^(?:&gt;|>) ?(.*)$/);
      if (m ? plain.length : quote.length) flush();
      (m ? quote : plain).push(m ? m[1] : line);
    }
    flush();
  });
  return out;
}

const token = /<([^<>\n]+)>|`([^`\n]+)`|(?<![\p{L}\p{N}])([*_~])(?=\S)([^\n]*?\S)\3(?![\p{L}\p{N}])|:([a-z0-9_+-]+):|\n/gu;

function inline(text, names) {
  const out = [];
  let from = 0;
  for (const m of text.matchAll(token)) {
    if (m.index > from) out.push(unescape(text.slice(from, m.index)));
    from = m.index + m[0].length;
    if (m[1]) out.push(angle(m[1], names));
    else if (m[2]) out.push(h("code", {}, unescape(m[2])));
    else if (m[3]) out.push(h(styles[m[3]], {}, inline(m[4], names)));
    else if (m[5]) out.push(emoji(m[5]));
    else out.push(h("br"));
  }
  if (from < text.length) out.push(unescape(text.slice(from)));
  return out;
}

// angle renders what stands in <…>: a mention, a date or a link.
function angle(body, names) {
  const [target, label] = body.split("|");
  if (target.startsWith("@") || target.startsWith("#")) return chip(target[0] + (label || names(target.slice(1))));
  if (target.startsWith("!date")) return unescape(label || "");
  if (target.startsWith("!")) return chip(`@${label?.replace(/^@/, "") || target.slice(1).split("^")[0]}`);
  return link(unescape(target), unescape(label || target));
}

export const chip = (text) => h("span", { class: "mention" }, unescape(text));

// link makes a link out of http, https and mailto addresses only.
export function link(url, text) {
  if (!/^(https?:|mailto:)/i.test(url)) return text;
  const local = url.startsWith(location.origin);
  return h("a", { href: url, rel: "noreferrer", target: local ? null : "_blank" }, text);
}
