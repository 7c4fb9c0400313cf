// The Related Team: who is on it, and what became of them in the channel.

import { post } from "./api.js";
import { $, drawList, fail, h, options, setText } from "./dom.js";
import { drawing } from "./drawing.js";
import { chosen, me, onState, state } from "./state.js";
import { avatar } from "./people.js";

const reasons = {
  no_account: "no chat account", ambiguous_account: "more than one chat account", guest: "a guest in chat",
  other_workspace: "in another workspace", invitation_refused: "invitation refused", unknown_user: "unknown to the CRM",
  removal_not_allowed: "removal not allowed", rate_wait: "waiting for the rate limit",
};
export const reasonText = (reason) => drawing(state?.chat.platform).reasons?.[reason] || reasons[reason] || reason;

const typeNames = { department: "Department", role: "Role", user_group: "User group", queue: "Queue", territory: "Territory", external: "Partner" };

export function startTeam() {
  $("team-form").addEventListener("submit", add);
  onState(render);
}

const here = () => ({ kind: chosen.kind, id: chosen.id, actor: me()?.user_id || "" });

async function add(e) {
  e.preventDefault();
  const [type, ...id] = $("team-add-select").value.split("/");
  if (!id.length) {
    fail($("team-error"), "Choose a person to add.");
    return;
  }
  const name = $("team-add-select").selectedOptions[0].text;
  try {
    await post("/crm/control/team-add", { ...here(), entry: { principal: { type, id: id.join("/"), name }, role: $("team-add-role").value } });
    fail($("team-error"), "");
    $("team-add-select").value = "";
  } catch (err) {
    fail($("team-error"), err.message);
  }
}

async function remove(principal) {
  try {
    await post("/crm/control/team-remove", { ...here(), principal });
    fail($("team-error"), "");
  } catch (err) {
    fail($("team-error"), err.message);
  }
}

function render(s) {
  const team = s.crm.team;
  setText($("team-count"), team.length ? String(team.length) : "");
  $("team-empty").hidden = team.length > 0;
  const found = new Map((s.crm.group.members || []).map((m) => [m.user_id, m]));
  drawList($("team-list"), team.map((e) => ({ ...e, found: found.get(e.principal.id) })), (e) => `${e.principal.type}-${e.principal.id}`, row);
  const taken = new Set(team.map((e) => `${e.principal.type}/${e.principal.id}`));
  const free = (items) => items.filter((i) => !taken.has(i.value));
  options($("team-add-select"), [
    { items: [{ value: "", text: "Add a person…" }] },
    { label: "Employees", items: free(s.crm.users.filter((u) => !u.external).map((u) => ({ value: `user/${u.id}`, text: u.name }))) },
    { label: "Partners", items: free(s.crm.users.filter((u) => u.external).map((u) => ({ value: `external/${u.id}`, text: u.name }))) },
    { label: "Departments, roles, groups", items: free(s.crm.units.map((u) => ({ value: `${u.type}/${u.id}`, text: u.name }))) },
  ].filter((g) => g.items.length));
}

function row(e) {
  const p = e.principal;
  const name = p.name || p.id;
  const facts = [e.role, typeNames[p.type]].filter(Boolean).join(" · ");
  return h("li", { class: "person" },
    avatar(name),
    h("span", { class: "who" }, h("span", { class: "name" }, name), h("span", { class: "standing" }, h("span", { class: "hint" }, facts), standing(e.found))),
    h("button", {
      type: "button", class: "quiet icon", title: "Take off the team", "aria-label": `Take ${name} off the team`,
      dataset: { testid: `team-remove-${p.id}` }, id: `team-remove-${p.id}`, onclick: () => remove({ type: p.type, id: p.id }),
    }, "×"));
}

// standing is a chip for what the connector says about a person.
function standing(m) {
  if (!m || !state?.crm.group.channel_url) return null;
  const inside = ["member", "hand_added", "joined", "service"].includes(m.status);
  const text = inside ? "in channel" : m.status === "pending" ? reasonText(m.reason) || "pending" : m.status.replaceAll("_", " ");
  return h("span", { class: "chip", dataset: { tone: inside ? "good" : "warn" } }, text);
}
