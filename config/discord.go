package config

import (
	"crypto/ed25519"
	"encoding/hex"
	"errors"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Discord is the Discord application. BotToken is unset when Discord is not in use, and then nothing else matters.
type Discord struct {
	BotToken Secret
	// PublicKey verifies interactions; ed25519.PublicKeySize bytes.
	PublicKey     []byte
	ApplicationID string
	GuildID       string
	// ClientSecret is for sign-in; may be unset.
	ClientSecret Secret
	// Category is the name of the categories of channels.
	Category string
	// Gateway: changes are heard of over a websocket too.
	Gateway bool
	// APIURL ends with a slash, and no version follows.
	APIURL string
	// URL is the base of the authorize pages and deep links, without a trailing slash.
	URL string
}

func discord(v discordVariables, bad mistakes) Discord {
	d := Discord{
		BotToken:      takeSecret(bad, "DISCORD_BOT_TOKEN", v.BotToken),
		PublicKey:     take(bad, "DISCORD_PUBLIC_KEY", v.PublicKey, publicKey),
		ApplicationID: take(bad, "DISCORD_APPLICATION_ID", v.ApplicationID, snowflake),
		GuildID:       take(bad, "DISCORD_GUILD_ID", v.GuildID, snowflake),
		ClientSecret:  takeSecret(bad, "DISCORD_CLIENT_SECRET", v.ClientSecret),
		Category:      take(bad, "DISCORD_CATEGORY", v.Category, category),
		Gateway:       take(bad, "DISCORD_GATEWAY", v.Gateway, boolean),
		APIURL:        take(bad, "DISCORD_API_URL", v.API.URL, slashURL),
		URL:           take(bad, "DISCORD_URL", v.URL, baseURL),
	}
	if !v.BotToken.IsSet() {
		return d
	}
	for name, needed := range map[string]struct{ value, from string }{
		"DISCORD_PUBLIC_KEY":     {v.PublicKey, "copy the public key from the application's page General Information"},
		"DISCORD_APPLICATION_ID": {v.ApplicationID, "copy the application id from the application's page General Information"},
		"DISCORD_GUILD_ID":       {v.GuildID, "switch on Discord's developer mode and copy the server's id from its menu"},
	} {
		if needed.value == "" {
			bad.add(name, missing(name)+"; "+needed.from)
		}
	}
	return d
}

// snowflake parses an id of Discord's.
func snowflake(text string) (string, error) {
	if n, err := strconv.ParseUint(text, 10, 64); err != nil || strconv.FormatUint(n, 10) != text || n == 0 {
		return "", errors.New("not an id of Discord's; write its digits alone, such as 80351110224678912")
	}
	return text, nil
}

func publicKey(text string) ([]byte, error) {
	key, err := hex.DecodeString(text)
	if err != nil || len(key) != ed25519.PublicKeySize {
		return nil, errors.New("not a public key; write its 64 hexadecimal digits")
	}
	return key, nil
}

// maxCategory leaves room for a number or the word archive in the 100 characters of a category's name
// (docs.discord.com/developers/resources/channel).
const maxCategory = 80

func category(text string) (string, error) {
	unprintable := strings.ContainsFunc(text, func(r rune) bool { return !unicode.IsPrint(r) })
	if utf8.RuneCountInString(text) > maxCategory || !utf8.ValidString(text) || unprintable {
		return "", errors.New("not the name of a category; write at most " + strconv.Itoa(maxCategory) + " printable characters")
	}
	return text, nil
}
