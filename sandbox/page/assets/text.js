// Plain text objects, with emoji unless they are switched off.

import { emoji } from "./emoji.js";

export function plain(t) {
  const text = t?.text || "";
  return t?.emoji === false ? text : text.replace(/:([a-z0-9_+-]+):/g, (_, name) => emoji(name));
}
