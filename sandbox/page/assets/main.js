// Starts the page: live updates, panes, tabs and design.

import { get } from "./api.js";
import { $, setText } from "./dom.js";
import { chosen, fromAddress, onState, refresh, state } from "./state.js";
import { startPeople } from "./people.js";
import { startPlatforms } from "./platforms.js";
import { startRecord } from "./record.js";
import { startTeam } from "./team.js";
import { startSales } from "./sales.js";
import { startChannel } from "./channel.js";
import { startComposer } from "./composer.js";
import { startDetails } from "./details.js";
import { startModals } from "./modal.js";
import { startTabs } from "./tabs.js";
import { startTheme } from "./theme.js";

function live(text, kind) {
  setText($("live"), text);
  $("live").dataset.state = kind;
}

let events = null;
let heard = "";

// listen follows the changes of the platform that is chosen.
function listen() {
  if (events && heard === chosen.platform) return;
  events?.close();
  heard = chosen.platform;
  events = new EventSource(`/events?${new URLSearchParams({ platform: heard })}`);
  events.onopen = () => {
    live("Live", "on");
    refresh();
  };
  events.onmessage = () => refresh();
  events.onerror = () => live("Offline, trying again", "off");
}

// The CRM's page learns of a Group that somebody opened in chat, and of what
// became of people, by asking the connector: at once after a change, at most
// every two seconds, and once more when something changed in between.
let resting = false;
let askAgain = false;
function askForGroup() {
  if (!chosen.id || !state?.connector) return;
  if (resting) {
    askAgain = true;
    return;
  }
  resting = true;
  askAgain = false;
  get(`/crm/control/group?${new URLSearchParams({ kind: chosen.kind, id: chosen.id })}`).catch(() => {});
  setTimeout(() => {
    resting = false;
    if (askAgain) askForGroup();
  }, 2000);
}

fromAddress();
for (const start of [startTheme, startTabs, startPlatforms, startPeople, startRecord, startTeam, startSales, startChannel, startComposer, startDetails, startModals]) start();
onState(askForGroup);
onState(listen);
listen();
refresh();
