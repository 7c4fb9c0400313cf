// The chat platform that is shown, where there are several.

import { $, options } from "./dom.js";
import { drawing } from "./drawing.js";
import { choose, chosen, onState } from "./state.js";

export function startPlatforms() {
  const select = $("platform");
  // People and channels of one platform are not those of another.
  select.addEventListener("change", () => choose({ platform: select.value, channel: "", as: "" }));
  onState((s) => {
    $("platforms").hidden = s.chat.platforms.length < 2;
    options(select, [{ items: s.chat.platforms.map((p) => ({ value: p, text: drawing(p).name })) }], chosen.platform || s.chat.platform);
  });
}
