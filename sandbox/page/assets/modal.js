// The open modal of the person one acts as. What is typed stays when the view
// is drawn again, and when a submission is refused.

import { $, fail, h } from "./dom.js";
import { act, me, onState, state } from "./state.js";
import { context } from "./channel.js";
import { drawing } from "./drawing.js";

let current = null;
let shown = "";
let typed = {}; // action_id → picked
let errors = {}; // block_id → text

export function startModals() {
  $("modal").addEventListener("cancel", (e) => {
    e.preventDefault();
    close();
  });
  onState((s) => {
    if (s.chat.view?.id !== current?.id) {
      typed = {};
      errors = {};
    }
    current = s.chat.view;
    render(s);
  });
}

function render(s) {
  const dialog = $("modal");
  const look = current ? JSON.stringify([current.id, current.view.blocks, current.view.components, current.view.hash, errors, me()?.key]) : "";
  if (look === shown) return;
  shown = look;
  if (!current) {
    dialog.close();
    return;
  }
  dialog.replaceChildren(form(s, current));
  if (!dialog.open) dialog.showModal();
  dialog.querySelector(".modal-body :is(input, select, textarea, button)")?.focus();
}

function form(s, v) {
  const view = drawing(s.chat.platform).modal(v.view);
  const error = h("p", { class: "error", role: "alert", hidden: true });
  const send = async (path, body) => {
    try {
      const answer = await act(path, { view_id: v.id, ...body });
      errors = answer.errors || {};
      fail(error, "");
      if (current?.id === v.id) render(state);
    } catch (err) {
      fail(error, err.message);
    }
  };
  const ctx = {
    ...context(s, {}), disabled: false, errors,
    get: (action) => typed[action],
    set: (action, picked) => { typed[action] = picked; },
    act: (e, b, picked) => send("/act", { block_id: b.block_id, action_id: e.action_id, picked }),
  };
  return h("form", { class: "modal-form", novalidate: true, onsubmit: (e) => { e.preventDefault(); send("/view/submit", { values: typed }); } },
    h("header", {}, h("h2", { id: "modal-title" }, view.title),
      h("button", { type: "button", class: "quiet icon", "aria-label": "Close", onclick: close }, "×")),
    h("div", { class: "modal-body" }, view.body(ctx)), error,
    h("div", { class: "row end" },
      h("button", { type: "button", class: "quiet", onclick: close }, view.close),
      view.submit && h("button", { type: "submit", class: "primary", "data-testid": "modal-submit" }, view.submit)));
}

async function close() {
  if (!current) return;
  await act("/view/close", { view_id: current.id }).catch(() => $("modal").close());
}
