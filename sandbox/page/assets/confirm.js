// A question with two answers, as Slack's confirmation objects ask it.

import { $, h } from "./dom.js";

// confirm resolves to true when the person agrees.
export function confirm({ title, text, yes = "Yes", no = "Cancel", danger = false }) {
  const dialog = $("confirm");
  return new Promise((resolve) => {
    const form = h("form", { method: "dialog" },
      h("h2", { id: "confirm-title" }, title),
      h("p", {}, text),
      h("div", { class: "row end" },
        h("button", { value: "no", class: "quiet" }, no),
        h("button", { value: "yes", class: danger ? "danger" : "primary", dataset: { testid: "confirm-yes" } }, yes)));
    dialog.replaceChildren(form);
    dialog.returnValue = "no";
    dialog.onclose = () => resolve(dialog.returnValue === "yes");
    dialog.showModal();
  });
}
