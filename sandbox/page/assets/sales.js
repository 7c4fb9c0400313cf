// Sales records: the form, and the newest ones.

import { post } from "./api.js";
import { $, drawList, fail, h, setText } from "./dom.js";
import { chosen, me, onState } from "./state.js";

export function startSales() {
  $("sales-form").addEventListener("submit", save);
  $("sales-form").addEventListener("input", () => setText($("sales-note"), ""));
  onState((s) => drawList($("sales-list"), s.crm.activities, (a) => a.id, row));
}

async function save(e) {
  e.preventDefault();
  const subject = $("sales-subject");
  const text = $("sales-text");
  const who = me();
  if (!subject.value.trim()) {
    fail($("sales-error"), "A sales record needs a subject.");
    subject.focus();
    return;
  }
  const button = $("sales-submit");
  if (button.disabled) return;
  button.disabled = true;
  try {
    await post("/crm/control/sales-record", {
      activity: {
        subject: subject.value.trim(), text: text.value,
        author: who?.user_id ? { type: "user", id: who.user_id } : null,
        targets: [{ kind: chosen.kind, record_id: chosen.id }],
      },
    });
    fail($("sales-error"), "");
    $("sales-form").reset();
    setText($("sales-note"), "Saved.");
  } catch (err) {
    fail($("sales-error"), err.message);
  } finally {
    button.disabled = false;
  }
}

function row(a) {
  const when = new Date(a.at);
  return h("li", {},
    h("span", { class: "name" }, a.subject || "Sales record"),
    h("span", { class: "hint" }, [a.author?.name, when.toLocaleDateString(undefined, { day: "numeric", month: "short" })].filter(Boolean).join(" · ")),
    a.text && h("p", {}, a.text));
}
