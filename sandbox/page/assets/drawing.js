// How each chat platform's messages and modals are drawn: {name, text, show,
// pinned, modal}, and where there are any, reasons: words of its own for why
// somebody is not in a channel, and tries: further commands to try.

import { discord } from "./discord.js";
import { slack } from "./slack.js";

const drawings = { slack, discord };

export const drawing = (platform) => drawings[platform] || slack;
