// Who is in the channel, and what people do with it by hand: join, leave,
// remove somebody, rename.

import { $, fail, h } from "./dom.js";
import { avatar } from "./people.js";
import { act, me } from "./state.js";

const move = (c, what, more) => act("/move", { channel: c.id, text: what, ...more }).then(() => true, (err) => {
  fail($("command-error"), err.message);
  return false;
});

// membership is the list that opens at the members' faces.
export function membership(s, c, people, watchers) {
  const who = me();
  const inside = c.members.includes(who?.member_id);
  const acts = who?.member_id && !c.direct && inside;
  const row = (u, tag, removable) => h("li", { class: "person", dataset: { member: u.id } },
    avatar(u.name, u.bot), h("span", { class: "name" }, u.name), u.bot && h("span", { class: "tag" }, "App"), u.guest && h("span", { class: "tag" }, "Guest"),
    tag && h("span", { class: "tag" }, tag),
    removable && h("button", { type: "button", class: "quiet icon end", title: "Remove from the channel", "aria-label": `Remove ${u.name} from the channel`,
      dataset: { testid: `kick-${u.id}` }, onclick: () => move(c, "kick", { user: u.id }) }, "×"));
  return h("ul", { class: "people pop" },
    people.map((u) => row(u, "", acts && c.private && u.id !== who.member_id && !u.bot)),
    watchers.map((u) => row(u, "Sees it by role or as owner", false)),
    standing(c, who, inside),
    acts && rename(c));
}

// standing lets the person one acts as leave the channel, or join an open one.
function standing(c, who, inside) {
  const what = inside ? "leave" : "join";
  if (!who?.member_id || (inside ? !c.leave : !c.open)) return null;
  return h("li", { class: "row end" },
    h("button", { type: "button", class: "quiet", onclick: () => move(c, what) }, inside ? c.leave : "Join the channel"));
}

function rename(c) {
  const field = h("input", { "aria-label": "Name of the channel", value: c.name, autocomplete: "off", dataset: { testid: "rename" } });
  const send = async (e) => {
    e.preventDefault();
    if (!(await move(c, "rename", { name: field.value }))) field.value = c.name;
  };
  return h("li", {}, h("form", { class: "row", onsubmit: send }, field, h("button", { type: "submit" }, "Rename")));
}
