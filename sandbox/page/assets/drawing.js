// How each chat platform's messages and modals are drawn: {name, text, show,
// pinned, modal}.

import { discord } from "./discord.js";
import { slack } from "./slack.js";

const drawings = { slack, discord };

export const drawing = (platform) => drawings[platform] || slack;
