package config

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

const webhookSecretPrefix = "whsec_"

// The Standard Webhooks specification asks for keys of 24 to 64 bytes; AES-256 takes 32.
const (
	minWebhookKey = 24
	maxWebhookKey = 64
	encryptionKey = 32
)

// WebhookKey decodes "whsec_" and base64 to the key of 24 to 64 bytes.
func WebhookKey(text string) ([]byte, error) {
	encoded, ok := strings.CutPrefix(text, webhookSecretPrefix)
	if !ok {
		return nil, errors.New("does not begin with " + webhookSecretPrefix + "; write " + webhookSecretPrefix + " and the key in base64")
	}
	key, ok := decodeBase64(encoded)
	if !ok {
		return nil, errors.New("is not base64 after " + webhookSecretPrefix + "; copy it again")
	}
	if len(key) < minWebhookKey || len(key) > maxWebhookKey {
		return nil, fmt.Errorf("is not %d to %d bytes long; make a new one", minWebhookKey, maxWebhookKey)
	}
	return key, nil
}

// EncryptionKey decodes base64 to the key of 32 bytes.
func EncryptionKey(text string) ([]byte, error) {
	key, ok := decodeBase64(text)
	if !ok || len(key) != encryptionKey {
		return nil, fmt.Errorf("is not %d bytes in base64; make one with: openssl rand -base64 %d", encryptionKey, encryptionKey)
	}
	return key, nil
}

// keys parses keys separated by spaces or commas. Each is kept as text; decode checks it.
func keys(decode func(string) ([]byte, error)) func(string) ([]Secret, error) {
	return func(text string) ([]Secret, error) {
		var list []Secret
		for i, item := range strings.FieldsFunc(text, func(r rune) bool { return r == ',' || unicode.IsSpace(r) }) {
			if _, err := decode(item); err != nil {
				return nil, fmt.Errorf("key %d %w", i+1, err)
			}
			list = append(list, NewSecret(item))
		}
		if list == nil {
			return nil, errors.New("has no key in it; write one or unset it")
		}
		return list, nil
	}
}

const (
	// minToken is the number of characters below which anybody guesses a token at once.
	minToken = 4
	// shortToken is the number below which the operator is warned.
	shortToken = 16
)

// apiTokens parses name=token items separated by commas.
func apiTokens(text string) ([]APIToken, error) {
	var list []APIToken
	names, tokens := map[string]bool{}, map[string]bool{}
	for i, item := range items(text) {
		name, token, ok := strings.Cut(item, "=")
		name, token = strings.TrimSpace(name), strings.TrimSpace(token)
		switch {
		case !ok || name == "" || token == "" || !isWord(name) || !isWord(token):
			return nil, fmt.Errorf("item %d is not name=token; write it so, without spaces", i+1)
		case utf8.RuneCountInString(token) < minToken:
			return nil, fmt.Errorf("item %d has a token that anybody guesses; make one with: openssl rand -hex 24", i+1)
		case names[name]:
			return nil, fmt.Errorf("item %d has the name of an earlier one; give it another", i+1)
		case tokens[token]:
			return nil, fmt.Errorf("item %d has the token of an earlier one; give it another", i+1)
		}
		names[name], tokens[token] = true, true
		list = append(list, APIToken{Name: name, Token: NewSecret(token)})
	}
	if list == nil {
		return nil, errors.New("has no token in it; write name=token or unset it")
	}
	return list, nil
}
