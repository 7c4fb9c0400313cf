// Discord's markdown as DOM nodes: **bold** *italic* __underline__ ~~strike~~
// `code` ```block``` > quote, # headings, - lists, [links](url), <@mentions>,
// <#channels>, <t:times> and \escapes.

import { h } from "./dom.js";
import { chip, link } from "./mrkdwn.js";

// markdown returns nodes for text; names turns a user or channel id into a name.
export function markdown(text, names) {
  const out = [];
  text.split("```").forEach((part, i, all) => {
    if (i % 2 && i < all.length - 1) out.push(h("pre", {}, part.replace(/^[a-z0-9+-]*\n/, "").replace(/\n$/, "")));
    else out.push(...lines(i % 2 ? "```" + part : part, names));
  });
  return out;
}

const starts = [
  { kind: "quote", mark: /^>(?:>>)? (.*)$/ },
  { kind: "item", mark: /^\s*[-*] (.*)$/ },
  { kind: "head", mark: /^#{1,3} (.+)$/ },
  { kind: "small", mark: /^-# (.+)$/ },
];

// lines groups lines of one kind.
function lines(text, names) {
  const groups = [];
  for (const line of text.split("\n")) {
    const start = starts.find((s) => s.mark.test(line));
    const kind = start?.kind || "text";
    const body = start ? line.match(start.mark)[1] : line;
    const last = groups.at(-1);
    if (last?.kind === kind && kind !== "head") last.body.push(body);
    else groups.push({ kind, body: [body] });
  }
  return groups.flatMap((g) => group(g, names));
}

function group({ kind, body }, names) {
  const text = () => inline(body.join("\n"), names);
  switch (kind) {
    case "quote":
      return [h("blockquote", {}, text())];
    case "item":
      return [h("div", { class: "rich" }, h("ul", {}, body.map((b) => h("li", {}, inline(b, names)))))];
    case "head":
      return [h("strong", { class: "md-head" }, text())];
    case "small":
      return [h("div", { class: "hint" }, text())];
    default:
      return [h("span", {}, text())];
  }
}

const token = new RegExp([
  /\\([^\sA-Za-z0-9])/, /`([^`\n]+)`/, /\*\*(?=\S)([\s\S]+?)\*\*/, /__(?=\S)([\s\S]+?)__/, /~~(?=\S)([\s\S]+?)~~/,
  /\*(?=\S)([^*\n]*?\S)\*/, /(?<![\p{L}\p{N}_])_(?=\S)([^_\n]*?\S)_(?![\p{L}\p{N}_])/, /\[([^\]\n]+)\]\((https?:[^\s)]+)\)/,
  /<(@!?|@&|#)(\d+)>/, /<t:(-?\d+)(?::[tTdDfFR])?>/, /<(https?:[^>\s]+)>/, /(https?:\/\/[^\s<>)]+)/, /\n/,
].map((r) => r.source).join("|"), "gu");

function inline(text, names) {
  const out = [];
  let from = 0;
  for (const m of text.matchAll(token)) {
    if (m.index > from) out.push(text.slice(from, m.index));
    from = m.index + m[0].length;
    out.push(leaf(m, names));
  }
  if (from < text.length) out.push(text.slice(from));
  return out;
}

function leaf(m, names) {
  const [, escaped, code, bold, under, strike, star, dash, label, url, sign, id, at, angle, bare] = m;
  const wrap = (tag, body) => h(tag, {}, inline(body, names));
  if (escaped) return escaped;
  if (code) return h("code", {}, code);
  if (bold) return wrap("strong", bold);
  if (under) return wrap("u", under);
  if (strike) return wrap("s", strike);
  if (star || dash) return wrap("em", star || dash);
  if (label) return link(url, label.replace(/\\([^\sA-Za-z0-9])/g, "$1"));
  if (sign) return chip((sign === "#" ? "#" : "@") + names(id));
  if (at) return h("time", {}, new Date(Number(at) * 1000).toLocaleString());
  if (angle || bare) return link(angle || bare, angle || bare);
  return h("br");
}
