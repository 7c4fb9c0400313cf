// Writing messages and slash commands.

import { $, draw, fail, h } from "./dom.js";
import { drawing } from "./drawing.js";
import { act, choose, me, onState, state } from "./state.js";

const past = [];
let at = 0;

export function startComposer() {
  const input = $("command-input");
  $("command-form").addEventListener("submit", send);
  input.addEventListener("input", grow);
  input.addEventListener("keydown", (e) => {
    if (e.isComposing) return;
    if (e.key === "Enter" && !e.shiftKey) {
      e.preventDefault();
      $("command-form").requestSubmit();
    } else if ((e.key === "ArrowUp" || e.key === "ArrowDown") && !input.value.includes("\n") && past.length) {
      at = Math.max(0, Math.min(past.length, at + (e.key === "ArrowUp" ? -1 : 1)));
      input.value = past[at] || "";
      e.preventDefault();
    }
  });
  onState(render);
}

function grow() {
  const input = $("command-input");
  input.rows = Math.min(6, input.value.split("\n").length);
}

async function send(e) {
  e.preventDefault();
  const input = $("command-input");
  const text = input.value.trim();
  if (!text) return;
  const button = $("command-send");
  button.disabled = true;
  try {
    const answer = await act("/say", { channel: state.chat.channel?.id || "", text });
    if (input.value.trim() === text) input.value = "";
    if (answer.channel !== (state.chat.channel?.id || "")) choose({ channel: answer.channel });
    past.push(text);
    at = past.length;
    fail($("command-error"), "");
    grow();
  } catch (err) {
    fail($("command-error"), err.message);
  } finally {
    button.disabled = false;
    input.focus();
  }
}

let shown = "";

function render(s) {
  const place = [s.chosen?.kind, s.chosen?.id, s.chat.channel?.id, me()?.key].join("/");
  if (place !== shown) fail($("command-error"), "");
  shown = place;
  const c = s.chat.channel;
  const command = s.chat.command;
  $("command-input").placeholder = c ? `Message ${c.direct ? c.name : `#${c.name}`}, or ${command} help` : `${command} help`;
  const tries = c ? ["help", "details", "members", "status", "subscriptions", ...(drawing(s.chat.platform).tries || [])] : ["help", `open ${s.chosen?.kind || "account"} ${s.chosen?.id || "1"}`];
  draw($("suggestions"), [tries, command], () => tries.map((t) => h("button", {
    type: "button", class: "chip", onclick: () => {
      $("command-input").value = `${command} ${t}`;
      $("command-input").focus();
    },
  }, `${command} ${t}`)));
}
