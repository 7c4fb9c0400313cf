// What is chosen on the page, and the newest state from the server.

import { get, post } from "./api.js";

const saved = (key) => sessionStorage.getItem(key) || "";

export const chosen = {
  platform: saved("platform"), // empty: the first
  kind: "", id: "",
  channel: saved("channel"), // empty: the record's own
  as: saved("as"),
};

export let state = null;

const listeners = [];
export const onState = (fn) => listeners.push(fn);

// choose changes the choice and loads what belongs to it.
export function choose(change) {
  Object.assign(chosen, change);
  sessionStorage.setItem("platform", chosen.platform);
  sessionStorage.setItem("channel", chosen.channel);
  sessionStorage.setItem("as", chosen.as);
  const path = chosen.id ? `/records/${encodeURIComponent(chosen.kind)}/${encodeURIComponent(chosen.id)}` : "/";
  if (location.pathname !== path) history.replaceState(null, "", path);
  return refresh();
}

// fromAddress takes the record out of the page's address.
export function fromAddress() {
  const m = location.pathname.match(/^\/records\/([^/]+)\/([^/]+)$/);
  if (m) Object.assign(chosen, { kind: decodeURIComponent(m[1]), id: decodeURIComponent(m[2]) });
}

let running = null;
let again = false;

// refresh loads the state; calls during a load make one more load after it.
export function refresh() {
  if (running) {
    again = true;
    return running;
  }
  running = load().finally(() => {
    running = null;
    if (again) {
      again = false;
      refresh();
    }
  });
  return running;
}

async function load() {
  const asked = JSON.stringify(chosen);
  try {
    const fresh = await get(`/state?${new URLSearchParams(chosen)}`);
    if (asked !== JSON.stringify(chosen)) {
      again = true;
      return;
    }
    state = fresh;
    if (!chosen.id && fresh.chosen) Object.assign(chosen, fresh.chosen);
    for (const fn of listeners) fn(state);
  } catch (err) {
    console.warn("state not loaded:", err.message);
  }
}

// me is the person one acts as: {key, name, user_id, member_id}; or undefined.
export const me = () => state?.people.find((p) => p.key === chosen.as) || state?.people[0];

// act does something in chat as the person one acts as.
export const act = (path, body) => post(path, { platform: state.chat.platform, as: me()?.key || "", ...body });

// userOf finds the CRM's person for an id.
export const userOf = (id) => state?.crm.users.find((u) => u.id === id);
