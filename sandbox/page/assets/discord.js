// Discord's messages and modals: markdown, embeds, rows of buttons and menus.

import { h } from "./dom.js";
import { markdown } from "./markdown.js";

export const discord = {
  name: "Discord",
  reasons: { no_account: "account not linked" },
  tries: ["link"],
  text: (s, ctx) => markdown(s, ctx.names),
  show: (m, ctx) => [
    m.thinking && h("p", { class: "hint thinking" }, h("span", { class: "spinner", "aria-hidden": "true" }), "The app is thinking…"),
    m.text && h("div", { class: "text" }, markdown(m.text, ctx.names)),
    (m.embeds || []).map((e) => embed(e, ctx)),
    components(m.components, ctx),
  ],
  pinned: (m, ctx) => h("div", { class: "blocks" }, discord.show(m, ctx)),
  modal: (view) => ({
    title: view.title, close: "Cancel", submit: "Submit",
    body: (ctx) => h("div", { class: "blocks" }, (view.components || []).map((c) => modalRow(c, ctx))),
  }),
};

const http = (url) => (/^https?:/.test(url || "") ? url : null);

function embed(e, ctx) {
  const text = (s) => markdown(s, ctx.names);
  const titled = (s, url, cls) => h("div", { class: cls }, http(url) ? h("a", { href: url, target: "_blank", rel: "noreferrer" }, text(s)) : text(s));
  const when = e.timestamp && new Date(e.timestamp).toLocaleString();
  const foot = [e.footer?.text, when].filter(Boolean).join(" · ");
  const node = h("article", { class: "card embed" },
    e.author && titled(e.author.name, e.author.url, "e-author"),
    e.title && titled(e.title, e.url, "e-title"),
    e.description && h("div", { class: "e-text" }, text(e.description)),
    e.fields?.length && h("dl", { class: "e-fields" }, e.fields.map((f) =>
      h("div", { class: f.inline ? "" : "wide" }, h("dt", {}, text(f.name)), h("dd", {}, text(f.value))))),
    foot && h("div", { class: "e-foot" }, foot));
  if (e.color) node.style.borderLeftColor = `#${e.color.toString(16).padStart(6, "0")}`;
  return node;
}

function components(list, ctx) {
  return (list || []).map((c) => component(c, ctx));
}

const styles = { 1: "primary", 3: "success", 4: "danger" };

function component(c, ctx) {
  switch (c.type) {
    case 1:
      return h("div", { class: "b-actions" }, components(c.components, ctx));
    case 2:
      return button(c, ctx);
    case 9:
      return h("div", { class: "b-section" }, h("div", { class: "b-text" }, components(c.components, ctx)), c.accessory && component(c.accessory, ctx));
    case 10:
      return h("div", { class: "text" }, markdown(c.content || "", ctx.names));
    case 14:
      return h("hr");
    case 17:
      return h("div", { class: "card" }, components(c.components, ctx));
    default:
      return choices(c, ctx) ? menu(c, ctx) : h("span", { class: "hint" }, `A component of type ${c.type}`);
  }
}

function button(c, ctx) {
  const text = [c.emoji?.name, c.label].filter(Boolean).join(" ");
  if (c.url) return h("a", { class: "button", href: http(c.url), target: "_blank", rel: "noreferrer" }, text);
  return h("button", {
    type: "button", class: styles[c.style] || "", disabled: ctx.disabled || c.disabled, "data-action-id": c.custom_id,
    onclick: () => ctx.act({ action_id: c.custom_id }, {}, []),
  }, text);
}

// choices are what a menu offers, [{value, text, hint, chosen}]; null: c is no menu.
function choices(c, ctx) {
  switch (c.type) {
    case 3:
      return (c.options || []).map((o) => ({ value: o.value, text: o.label, hint: o.description, chosen: o.default }));
    case 5: case 7:
      return ctx.users.map((u) => ({ value: u.id, text: u.name }));
    case 8:
      return ctx.channels.map((x) => ({ value: x.id, text: `#${x.name}` }));
    default:
      return null;
  }
}

function menu(c, ctx) {
  const name = c.placeholder || "Choose…";
  if ((c.max_values || 1) > 1) return several(c, ctx, name);
  const field = h("select", { "aria-label": name, disabled: ctx.disabled || c.disabled, "data-action-id": c.custom_id },
    h("option", { value: "" }, name), choices(c, ctx).map((o) => h("option", { value: o.value }, o.text)));
  field.value = choices(c, ctx).find((o) => o.chosen)?.value || "";
  field.addEventListener("change", () => field.value && ctx.act({ action_id: c.custom_id }, {}, [field.value]));
  return field;
}

// several is a menu of more than one value: it is sent when its list is closed,
// here by a button.
function several(c, ctx, name) {
  const boxes = ticks(c, ctx, name, choices(c, ctx).filter((o) => o.chosen).map((o) => o.value));
  return h("details", { class: "menu", "data-action-id": c.custom_id }, h("summary", {}, name), boxes.node,
    h("button", { type: "button", disabled: ctx.disabled || c.disabled, onclick: () => ctx.act({ action_id: c.custom_id }, {}, boxes.now()) }, "Apply"));
}

let made = 0;

function ticks(c, ctx, name, picked, tell = () => {}) {
  const all = choices(c, ctx);
  const one = (c.max_values || 1) === 1;
  const group = `${c.custom_id}-${++made}`;
  const boxes = all.map((o) => h("input", { type: one ? "radio" : "checkbox", name: group, checked: picked.includes(o.value), disabled: ctx.disabled || c.disabled }));
  const now = () => all.filter((_, i) => boxes[i].checked).map((o) => o.value);
  const node = h("div", { class: "ticks", role: one ? "radiogroup" : "group", "aria-label": name, onchange: () => tell(now()) },
    all.map((o, i) => h("label", {}, boxes[i], h("span", {}, o.text, o.hint && h("span", { class: "hint" }, o.hint)))));
  return { node, now };
}

// modalRow is a text input in its row, a labelled input, or text.
function modalRow(row, ctx) {
  if (row.type === 10) return h("div", { class: "text" }, markdown(row.content || "", ctx.names));
  const c = row.component || row.components?.[0];
  if (!c) return null;
  const label = row.label || c.label || c.custom_id;
  const note = row.description && h("p", { class: "hint" }, row.description);
  if (c.type !== 4) {
    const picked = ctx.get(c.custom_id) || choices(c, ctx).filter((o) => o.chosen).map((o) => o.value);
    ctx.set(c.custom_id, picked);
    return h("fieldset", { class: "b-input" }, h("legend", {}, label), note, ticks(c, ctx, label, picked, (now) => ctx.set(c.custom_id, now)).node);
  }
  const field = h(c.style === 2 ? "textarea" : "input", {
    id: `${c.custom_id}-${++made}`, placeholder: c.placeholder, maxlength: c.max_length || null, rows: c.style === 2 ? 4 : null,
    required: c.required !== false, "data-action-id": c.custom_id,
  });
  field.value = (ctx.get(c.custom_id) || [c.value || ""])[0] || "";
  ctx.set(c.custom_id, [field.value]);
  field.addEventListener("input", () => ctx.set(c.custom_id, [field.value]));
  return h("div", { class: "b-input" }, h("label", { for: field.id }, label), note, field);
}
