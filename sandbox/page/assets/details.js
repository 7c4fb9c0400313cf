// The details pane: the pinned card, the Group's state, the Assistant.

import { $, draw, h, setText } from "./dom.js";
import { choose, me, onState, userOf } from "./state.js";
import { acting, context } from "./channel.js";
import { kindName } from "./record.js";
import { reasonText } from "./team.js";
import { showTab } from "./tabs.js";

export function startDetails() {
  onState(render);
}

function render(s) {
  const r = s.crm.record;
  const c = s.chat.channel;
  setText($("details-title"), r ? `${kindName(r.kind)} details` : "Details");
  const pinned = (c?.messages || []).filter((m) => m.pinned);
  const g = s.crm.group;
  const users = s.crm.users.map((u) => [u.id, u.name]);
  draw($("details"), [pinned, g, c?.bookmarks, r?.name, r?.url, c?.id, me()?.key, users], () => [
    pinned.length ? pinned.map((m) => pin(s, c, m)) : nothing(c),
    r && h("a", { class: "link-out", href: r.url, onclick: (e) => toRecord(e, r) }, "Open the record in the CRM"),
    (c?.bookmarks || []).length > 0 && part("Bookmarks", h("ul", { class: "plain-list" },
      c.bookmarks.map((b) => h("li", {}, h("a", { href: /^https?:/.test(b.link) ? b.link : null, rel: "noreferrer" }, b.title))))),
    g.channel_url && groupFacts(g),
    g.channel_url && missing(g),
    assistant(g),
  ]);
}

function toRecord(e, r) {
  if (e.ctrlKey || e.metaKey || e.shiftKey) return;
  e.preventDefault();
  choose({ kind: r.kind, id: r.id });
  showTab("record");
  $("record-name").focus();
}

const part = (title, ...body) => h("section", { class: "block" }, h("h3", {}, title), body);

function pin(s, c, m) {
  const { act, error } = acting(c, m);
  return h("article", { class: "card pinned" }, context(s, c).drawing.pinned(m, { ...context(s, c), act }), error);
}

function nothing(c) {
  return h("div", { class: "empty small" },
    h("p", {}, c ? "No details card is pinned in this channel yet." : "The details of the record show up here as soon as it has a channel."));
}

function groupFacts(g) {
  const when = (t) => (t && !t.startsWith("0001") ? new Date(t).toLocaleTimeString() : "not yet");
  const facts = [["State", g.state], ["CRM read at", when(g.crm_read_at)], ["Chat read at", when(g.chat_read_at)]];
  if (g.held) facts.push(["Held", g.held.reason.replaceAll("_", " ")]);
  if (g.unresolved) facts.push(["Entries not resolved", String(g.unresolved)]);
  return part("Channel", h("dl", { class: "facts" }, facts.map(([k, v]) => h("div", { class: "fact" }, h("dt", {}, k), h("dd", {}, v)))));
}

function missing(g) {
  const out = (g.members || []).filter((m) => m.status === "pending" || m.status === "to_remove" || m.status === "left");
  if (!out.length) return null;
  return part("Not in the channel", h("ul", { class: "plain-list" }, out.map((m) =>
    h("li", {}, userOf(m.user_id)?.name || m.user_id, h("span", { class: "hint" }, ` ${m.status === "left" ? "left by themselves" : reasonText(m.reason) || m.status}`)))));
}

function assistant(g) {
  const topics = (g.subscriptions || []).map((t) => (typeof t === "string" ? { topic: t, on: true } : { topic: t.topic || t.name || "", on: t.on !== false && t.enabled !== false }));
  if (!topics.length) return null;
  return part("Group Assistant", h("ul", { class: "topics" }, topics.map((t) =>
    h("li", { class: "chip", dataset: { tone: t.on ? "good" : "off" } }, t.topic.replaceAll("_", " "), h("span", { class: "visually-hidden" }, t.on ? " on" : " off")))));
}
