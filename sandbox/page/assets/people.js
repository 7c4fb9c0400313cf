// The person one acts as, and how people look.

import { $, h, options } from "./dom.js";
import { choose, chosen, me, onState } from "./state.js";

export function startPeople() {
  const select = $("acting-as");
  select.addEventListener("change", () => choose({ as: select.value }));
  onState((s) => {
    options(select, [{ items: s.people.map((p) => ({ value: p.key, text: p.note ? `${p.name} (${p.note})` : p.name })) }], chosen.as || me()?.key);
  });
}

// avatar shows initials on a colour that is always the same for a name.
export function avatar(name, bot) {
  const words = name.replace(/[^\p{L}\p{N} ]/gu, "").split(/\s+/).filter(Boolean);
  const first = [...(words[0] || "?")][0];
  const last = words.length > 1 ? [...words[words.length - 1]][0] : "";
  const hue = [...name].reduce((n, c) => (n * 31 + c.codePointAt(0)) % 8, 7);
  return h("span", { class: `avatar ${bot ? "bot" : `hue${hue}`}`, "aria-hidden": "true" }, bot ? "RK" : (first + last).toUpperCase());
}
