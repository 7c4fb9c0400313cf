package discord

// userAgent names the program and where to ask about it, as Discord wants it of
// every client; it refuses others (docs.discord.com/developers/reference, "User
// Agent"). publicURL is the deployment's; "": a reserved name stands for it.
func userAgent(publicURL string) string {
	if publicURL == "" {
		publicURL = "https://roomkeeper.example"
	}
	return "DiscordBot (" + publicURL + ", 1)"
}
