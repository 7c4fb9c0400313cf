// The channel in the middle: name, topic, members, messages.

import { $, draw, drawList, fail, h, options, setText } from "./dom.js";
import { act as doInChat, choose, me, onState, state } from "./state.js";
import { avatar } from "./people.js";
import { message } from "./message.js";
import { kindName } from "./record.js";
import { drawing } from "./drawing.js";
import { membership } from "./membership.js";

const membersShown = 7;

// acting returns what sends a click on message m, and where its error shows.
export function acting(c, m) {
  const error = h("p", { class: "error", role: "alert", hidden: true });
  const act = async (e, b, picked) => {
    try {
      await doInChat("/act", { channel: c.id, message: m.id, block_id: b.block_id, action_id: e.action_id, picked });
      fail(error, "");
    } catch (err) {
      fail(error, err.message);
    }
  };
  return { act, error };
}

export function startChannel() {
  $("channel-picker").addEventListener("change", (e) => {
    const record = state.chat.channels.find((c) => c.id === e.target.value)?.record;
    choose({ channel: e.target.value, ...(record && e.target.value ? record : {}) });
  });
  const box = $("messages");
  $("to-newest").addEventListener("click", toNewest);
  box.addEventListener("scroll", () => {
    if (!box.clientHeight) return;
    stuck = atEnd();
    if (stuck) $("to-newest").hidden = true;
  });
  document.addEventListener("click", (e) => closeMembers(!e.target.closest(".members-list")));
  document.addEventListener("keydown", (e) => closeMembers(e.key === "Escape"));
  // A pane that was hidden or has another size keeps to the newest message.
  new ResizeObserver(() => { if (stuck) toNewest(); }).observe(box);
  onState(render);
}

// context is what the cards of channel c need.
export function context(s, c) {
  const names = (id) => s.chat.users.find((u) => u.id === id)?.name || s.chat.channels.find((x) => x.id === id)?.name || id;
  const people = s.chat.users.filter((u) => !u.bot && !u.deleted);
  return {
    names, users: people, channels: s.chat.channels, drawing: drawing(s.chat.platform),
    act: () => {},
    disabled: !me()?.member_id || !c,
  };
}

function closeMembers(close) {
  const list = document.querySelector(".members-list[open]");
  if (close && list) list.open = false;
}

const atEnd = () => $("messages").scrollHeight - $("messages").scrollTop - $("messages").clientHeight < 60;

function toNewest() {
  $("messages").scrollTop = $("messages").scrollHeight;
  $("to-newest").hidden = true;
}

let shownChannel = "";
let stuck = true; // at the newest message

function render(s) {
  const c = s.chat.channel;
  renderPicker(s, c);
  setText($("channel-name"), c ? (c.direct ? c.name : `${c.private ? "🔒 " : "# "}${c.name}`) : "Chat");
  setText($("channel-topic"), c?.topic || "");
  renderMembers(s, c);
  renderNote(s, c);
  const before = $("messages").childElementCount;
  renderMessages(s, c);
  const fresh = c && shownChannel !== c.id;
  shownChannel = c?.id || "";
  if (fresh) stuck = true;
  if (stuck) toNewest();
  else if ($("messages").childElementCount > before) $("to-newest").hidden = false;
}

function renderPicker(s, c) {
  const item = (x) => ({ value: x.id, text: (x.direct ? x.name : `#${x.name}`) + (x.archived ? " (archived)" : "") });
  options($("channel-picker"), [
    { items: [{ value: "", text: "The record's channel" }] },
    ...[...new Set(s.chat.channels.map((x) => x.group))].map((label) => ({ label, items: s.chat.channels.filter((x) => x.group === label).map(item) })),
  ], c?.id || "");
  $("channel-picker").parentElement.hidden = s.chat.channels.length < 2 && Boolean(c);
}

function renderMembers(s, c) {
  const all = (ids) => (ids || []).map((id) => s.chat.users.find((u) => u.id === id)).filter(Boolean);
  const people = all(c?.members);
  const watchers = all(c?.watchers);
  draw($("members"), [people, watchers, me()?.key, c?.id, c?.name], () => c && (people.length || watchers.length) ? [
    h("details", { class: "members-list" },
      h("summary", { "aria-label": `${people.length} members` },
        h("span", { class: "faces" }, people.slice(0, membersShown).map((u) => avatar(u.name, u.bot))),
        h("span", { class: "count" }, String(people.length))),
      membership(s, c, people, watchers)),
  ] : []);
}

function renderNote(s, c) {
  const who = me();
  let text = "";
  if (c?.archived) text = "This channel is archived.";
  else if (who && !who.member_id) text = `${who.name} has no chat account. Choose another person under "Acting as" to write.`;
  else if (c && who && !c.members.includes(who.member_id)) text = `${who.name} is not in this channel; you see it because this is a sandbox.`;
  setText($("channel-note"), text);
  $("channel-note").hidden = !text;
}

function renderMessages(s, c) {
  const box = $("messages");
  if (!c) {
    drawList(box, [["empty", s.crm.record?.kind, s.crm.group.state]], () => "empty", () => empty(s));
    return;
  }
  const ctx = context(s, c);
  const list = c.messages.length ? c.messages : [{ id: "none" }];
  drawList(box, list, (m) => c.id + m.id, (m) => {
    if (m.id === "none") return h("div", { class: "empty" }, h("strong", {}, "No messages yet"), h("p", {}, "Write the first one below, or type /crm help."));
    const { act, error } = acting(c, m);
    const node = message(m, { ...ctx, act });
    node.append(error);
    return node;
  }, (m) => [m, ctx.disabled]);
}

function empty(s) {
  const name = s.crm.record ? `${kindName(s.crm.record.kind)} Group` : "Account Group";
  return h("div", { class: "empty" },
    h("span", { class: "empty-mark", "aria-hidden": "true" }, "#"),
    h("strong", {}, "No channel yet"),
    h("p", {}, `Press `, h("b", {}, name), ` on the record. The connector creates a channel for it and invites the Related Team.`),
    h("p", { class: "hint" }, "Or write a command below, for example /crm help."));
}
