// Block Kit JSON as DOM nodes. ctx: {names(id), act(element, block, value), inputs}.

import { h } from "./dom.js";
import { element } from "./elements.js";
import { mrkdwn } from "./mrkdwn.js";
import { plain } from "./text.js";
import { richText } from "./richtext.js";

// textOf renders a text object: plain_text as it is, mrkdwn as nodes.
export const textOf = (t, names) => (!t ? [] : t.type === "mrkdwn" ? mrkdwn(t.text, names) : h("span", { class: "verbatim" }, plain(t)));

export function blocks(list, ctx) {
  return h("div", { class: "blocks" }, (list || []).map((b) => block(b, ctx)));
}

function block(b, ctx) {
  switch (b.type) {
    case "header":
      return h("h3", { class: "b-header" }, plain(b.text));
    case "section":
      return section(b, ctx);
    case "context":
      return h("div", { class: "b-context" }, (b.elements || []).map((e) =>
        e.type === "image" ? h("span", { class: "hint" }, `[${e.alt_text}]`) : h("span", {}, textOf(e, ctx.names))));
    case "divider":
      return h("hr");
    case "actions":
      return h("div", { class: "b-actions" }, (b.elements || []).map((e) => element(e, b, ctx)));
    case "image":
      return h("figure", { class: "b-image" }, b.title && h("figcaption", {}, plain(b.title)), h("span", { class: "hint" }, `Image: ${b.alt_text}`));
    case "rich_text":
      return richText(b, ctx.names);
    case "markdown":
      return h("div", {}, mrkdwn(b.text.replaceAll("**", "*"), ctx.names));
    case "input":
      return input(b, ctx);
    default:
      return h("p", { class: "hint" }, `A block of type ${b.type}`);
  }
}

function section(b, ctx) {
  return h("div", { class: "b-section" },
    h("div", { class: "b-text" },
      b.text && h("div", {}, textOf(b.text, ctx.names)),
      b.fields && h("div", { class: "b-fields" }, b.fields.map((f) => h("div", {}, textOf(f, ctx.names))))),
    b.accessory && element(b.accessory, b, ctx));
}

function input(b, ctx) {
  const control = element(b.element, b, ctx);
  const field = control.matches("input,select,textarea") ? control : null;
  const label = [plain(b.label), b.optional && h("span", { class: "hint" }, " (optional)")];
  const error = ctx.errors?.[b.block_id];
  const box = field ? h("div", { class: "b-input stack" }) : h("fieldset", { class: "b-input" });
  box.append(field ? h("label", { for: field.id }, label) : h("legend", {}, label), control);
  if (b.hint) box.append(h("p", { class: "hint" }, plain(b.hint)));
  if (error) box.append(h("p", { class: "error", role: "alert" }, error));
  return box;
}
