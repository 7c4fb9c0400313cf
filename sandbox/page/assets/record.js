// The CRM record: picker, name, owner, state, fields and the Group's button.

import { post } from "./api.js";
import { $, draw, drawList, fail, h, options, setText, setValue } from "./dom.js";
import { choose, chosen, me, onState } from "./state.js";
import { confirm } from "./confirm.js";
import { showTab } from "./tabs.js";

const kindNames = {
  account: "Account", opportunity: "Opportunity", account_pool: "Account Pool",
  lead_pool: "Lead Pool", department: "Department",
};
export const kindName = (kind) => kindNames[kind] || kind;

const here = () => ({ kind: chosen.kind, id: chosen.id, actor: me()?.user_id || "" });

// edit sends a change; true: it was taken. When it is refused the typed value
// stays and the error shows at the top of the record.
async function edit(change) {
  try {
    await post("/crm/control/edit", { ...here(), edit: change });
    fail($("record-error"), "");
    return true;
  } catch (err) {
    fail($("record-error"), err.message);
    return false;
  }
}

export function startRecord() {
  $("record-picker").addEventListener("change", (e) => {
    const [kind, ...id] = e.target.value.split("/");
    $("record-name").dataset.unsaved = "";
    fail($("record-error"), "");
    choose({ kind, id: id.join("/"), channel: "" });
  });
  commit($("record-name"), (value) => edit({ name: value }));
  $("record-owner").addEventListener("change", (e) => edit({ owner: { type: "user", id: e.target.value } }));
  $("record-state").addEventListener("change", (e) => edit({ state: e.target.value }));
  $("account-group").addEventListener("click", press);
  $("group-link").addEventListener("click", (e) => {
    if (e.ctrlKey || e.metaKey || e.shiftKey) return;
    e.preventDefault();
    choose({ channel: "" });
    showTab("chat");
  });
  $("record-delete").addEventListener("click", remove);
  onState(render);
}

// commit calls save when a field is left or Enter is pressed with a new value.
function commit(field, save) {
  field.addEventListener("change", async () => {
    field.dataset.unsaved = (await save(field.value)) ? "" : "yes";
  });
  field.addEventListener("keydown", (e) => {
    if (e.key === "Enter") field.blur();
  });
}

async function press() {
  try {
    await post("/crm/control/button", here());
    choose({ channel: "" });
    fail($("record-error"), "");
  } catch (err) {
    const who = me();
    fail($("record-error"), who?.user_id ? err.message : `${who?.name} is not in the CRM. Choose another person under "Acting as".`);
  }
}

async function remove() {
  const sure = await confirm({ title: "Delete this record?", text: "Its channel stays: what becomes of it is not part of this version.", yes: "Delete", danger: true });
  if (!sure) return;
  try {
    await post("/crm/control/delete", here());
    choose({ kind: "", id: "", channel: "" });
  } catch (err) {
    fail($("record-error"), err.message);
  }
}

function render(s) {
  renderPicker(s);
  const r = s.crm.record;
  $("record").hidden = !r;
  $("record-empty").hidden = Boolean(r);
  if (!r) return;
  setText($("record-kind"), kindName(r.kind));
  setText($("record-state-pill"), r.state);
  $("record-state-pill").dataset.state = r.state;
  setValue($("record-name"), r.name);
  const people = s.crm.users.filter((u) => !u.external).map((u) => ({ value: u.id, text: u.active ? u.name : `${u.name} (inactive)` }));
  options($("record-owner"), [{ items: [{ value: "", text: "Nobody" }, ...people] }], r.owner?.id || "");
  setValue($("record-state"), r.state);
  drawList($("fields"), r.fields || [], (f) => `${r.id}-${f.key}`, fieldRow, (f) => [f.key, f.label]);
  for (const f of r.fields || []) setValue($(`field-${f.key}`), f.value);
  renderGroup(r, s.crm.group);
}

function renderPicker(s) {
  const kinds = [...new Set([...s.crm.kinds, ...s.crm.records.map((r) => r.kind)])];
  const groups = kinds.map((kind) => ({
    label: kindName(kind),
    items: s.crm.records.filter((r) => r.kind === kind).map((r) => ({
      value: `${r.kind}/${r.id}`, text: r.state === "deleted" ? `${r.name} (deleted)` : r.name, disabled: r.state === "deleted",
    })),
  })).filter((g) => g.items.length);
  options($("record-picker"), groups, `${chosen.kind}/${chosen.id}`);
}

function fieldRow(f) {
  const input = h("input", { id: `field-${f.key}`, class: "plain", autocomplete: "off", value: f.value, dataset: { testid: `field-${f.key}` } });
  commit(input, (value) => edit({ fields: [{ key: f.key, value }] }));
  return h("div", { class: "fact" }, h("label", { for: input.id }, f.label), input);
}

const progress = {
  requested: "Asking the connector for a channel…", creating: "Creating the channel…",
  held: "Held: removals wait for a decision", frozen: "Frozen: the record is back in a pool", closing: "Closing soon",
  archived: "The channel is archived", unreachable: "The bot is not in the channel", lost: "The channel was deleted by hand",
  failed: "The channel could not be created", unmanaged: "This kind is no longer in use", moved: "Moved to another record",
  tombstone: "The record was deleted",
};

function renderGroup(r, g) {
  const button = $("account-group");
  setText(button, `${kindName(r.kind)} Group`);
  button.setAttribute("aria-busy", String(g.waiting));
  button.classList.toggle("primary", !g.channel_url);
  draw($("group-status"), [g.state, g.waiting, g.message, g.failure, g.channel_url, g.held], () => {
    const text = g.message || (g.failure && `The channel was not created: ${g.failure}.`) || (g.channel_url && g.state === "active" ? "" : progress[g.state] || "");
    return text && h("p", { class: g.message ? "error" : "hint" }, g.waiting && h("span", { class: "spinner", "aria-hidden": "true" }), text);
  });
  const link = $("group-link");
  link.hidden = !g.channel_url;
  if (!g.channel_url) return;
  link.href = g.channel_url;
  link.title = g.channel_url;
  setText(link, `Open #${g.channel_name || "channel"}`);
}
