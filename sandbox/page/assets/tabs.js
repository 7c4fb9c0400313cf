// On a narrow screen one pane shows at a time.

import { $ } from "./dom.js";

const names = ["record", "chat", "details"];

export function showTab(name) {
  $("panes").dataset.tab = name;
  for (const n of names) {
    $(`tab-${n}`).setAttribute("aria-selected", String(n === name));
    $(`tab-${n}`).tabIndex = n === name ? 0 : -1;
  }
}

export function startTabs() {
  names.forEach((name, i) => {
    $(`tab-${name}`).addEventListener("click", () => showTab(name));
    $(`tab-${name}`).addEventListener("keydown", (e) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[e.key];
      if (!step) return;
      const next = names[(i + step + names.length) % names.length];
      showTab(next);
      $(`tab-${next}`).focus();
    });
  });
}
