// Block Kit's interactive elements. What is picked is a list of texts, option
// values or ids. A change is told to ctx.set(action, picked), for a form's
// state; outside a form's input it is also an action: ctx.act(element, block,
// picked). ctx.get(action) is what a form held before it was drawn again.

import { h } from "./dom.js";
import { plain } from "./text.js";
import { confirm } from "./confirm.js";

let made = 0;
const idFor = (e) => `${e.action_id || "element"}-${++made}`;

// element returns the node of an element.
export function element(e, b, ctx) {
  const build = builders[e.type];
  if (!build) return h("span", { class: "hint" }, e.type === "image" ? `Image: ${e.alt_text}` : `An element of type ${e.type}`);
  const keep = (picked) => ctx.set?.(e.action_id, picked);
  const tell = async (picked) => {
    if (e.type !== "button" && e.type !== "overflow") keep(picked);
    if (b.type === "input" && !b.dispatch_action) return;
    if (e.confirm && !(await ask(e.confirm))) return;
    ctx.act(e, b, picked);
  };
  // start is what the element holds at first: typed before, or its initial.
  const start = (initial) => {
    const picked = ctx.get?.(e.action_id) || initial.filter(Boolean);
    keep(picked);
    return picked;
  };
  return build(e, { tell, keep, start, ctx });
}

const ask = (c) => confirm({
  title: plain(c.title), text: plain(c.text), yes: plain(c.confirm), no: plain(c.deny), danger: c.style === "danger",
});

const label = (e) => plain(e.placeholder) || e.action_id || "Choice";

function button(e, { tell, ctx }) {
  if (e.url) {
    return h("a", { class: `button ${e.style || ""}`, href: /^https?:/.test(e.url) ? e.url : null, target: "_blank", rel: "noreferrer",
      "data-action-id": e.action_id, onclick: () => { if (e.action_id) tell([]); } }, plain(e.text));
  }
  return h("button", {
    type: "button", class: e.style || "", disabled: ctx.disabled, "aria-label": e.accessibility_label || null,
    "data-action-id": e.action_id, onclick: () => tell([]),
  }, plain(e.text));
}

const inputTypes = { number_input: "number", email_text_input: "email", url_text_input: "url", datepicker: "date", timepicker: "time" };

function text(e, { tell, keep, start }) {
  const field = h(e.multiline ? "textarea" : "input", {
    id: idFor(e), placeholder: plain(e.placeholder), maxlength: e.max_length || null, rows: e.multiline ? 4 : null,
    type: e.multiline ? null : inputTypes[e.type] || "text", "data-action-id": e.action_id,
  });
  field.value = start([e.initial_value || e.initial_date || e.initial_time])[0] || "";
  field.addEventListener("input", () => keep([field.value]));
  field.addEventListener("change", () => tell([field.value]));
  return field;
}

// choices returns [{key, text}] for every kind of select.
function choices(e, ctx) {
  if (e.type.includes("users")) return ctx.users.map((u) => ({ key: u.id, text: u.name }));
  if (e.type.includes("channels") || e.type.includes("conversations")) return ctx.channels.map((c) => ({ key: c.id, text: `#${c.name}` }));
  const list = e.option_groups ? e.option_groups.flatMap((g) => g.options) : e.options || [];
  return list.map((o) => ({ key: o.value, text: mrk(o.text), hint: plain(o.description) }));
}

// mrk is the text of an option without its marks.
const mrk = (t) => (t?.type === "mrkdwn" ? t.text.replace(/[*_`~]/g, "") : plain(t));

function select(e, { tell, start, ctx }) {
  const field = h("select", { id: idFor(e), "aria-label": label(e), disabled: ctx.disabled, "data-action-id": e.action_id },
    h("option", { value: "" }, plain(e.placeholder) || "Choose…"),
    choices(e, ctx).map((o) => h("option", { value: o.key }, o.text)));
  field.value = start([e.initial_option?.value || e.initial_user || e.initial_channel || e.initial_conversation])[0] || "";
  field.addEventListener("change", () => tell(field.value ? [field.value] : []));
  return field;
}

function overflow(e, { tell, ctx }) {
  const field = h("select", { class: "overflow", "aria-label": "More actions", disabled: ctx.disabled, "data-action-id": e.action_id },
    h("option", { value: "" }, "More…"), choices(e, ctx).map((o) => h("option", { value: o.key }, o.text)));
  field.addEventListener("change", () => {
    const picked = field.value;
    field.value = "";
    if (picked) tell([picked]);
  });
  return field;
}

// ticks is checkboxes, radio buttons and the multi selects.
function ticks(e, { tell, start, ctx }) {
  const one = e.type === "radio_buttons";
  const all = choices(e, ctx);
  const initial = (e.initial_options || [e.initial_option]).filter(Boolean).map((o) => o.value);
  const picked = new Set(start(initial.concat(e.initial_users || [], e.initial_channels || [], e.initial_conversations || [])));
  const group = idFor(e);
  const boxes = all.map((o) => h("input", { type: one ? "radio" : "checkbox", name: group, checked: picked.has(o.key), disabled: ctx.disabled }));
  const now = () => all.filter((_, i) => boxes[i].checked).map((o) => o.key);
  return h("div", { class: "ticks", role: one ? "radiogroup" : "group", "aria-label": label(e), "data-action-id": e.action_id, onchange: () => tell(now()) },
    all.map((o, i) => h("label", {}, boxes[i], h("span", {}, o.text, o.hint && h("span", { class: "hint" }, o.hint)))));
}

const builders = {
  button, overflow,
  plain_text_input: text, number_input: text, email_text_input: text, url_text_input: text, datepicker: text, timepicker: text,
  static_select: select, users_select: select, channels_select: select, conversations_select: select, external_select: select,
  checkboxes: ticks, radio_buttons: ticks, multi_static_select: ticks, multi_users_select: ticks,
  multi_channels_select: ticks, multi_conversations_select: ticks,
};
