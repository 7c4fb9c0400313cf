// Package discord is the chat adapter for one Discord guild.
package discord

import "roomkeeper/connector"

// Platform is the id of this adapter's platform.
const Platform connector.PlatformID = "discord"
