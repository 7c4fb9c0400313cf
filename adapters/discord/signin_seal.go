package discord

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
)

// sealer makes values unreadable and unchangeable for whoever carries them. The
// keys of two purposes are two keys: neither opens what the other sealed.
type sealer struct{ aead cipher.AEAD }

// newSealer derives the key from the client's secret, which all replicas have.
func newSealer(secret, purpose string) (sealer, error) {
	if secret == "" {
		return sealer{}, errors.New("discord sign-in: no client secret")
	}
	key, err := hkdf.Key(sha256.New, []byte(secret), nil, "roomkeeper discord sign-in "+purpose, 32)
	if err != nil {
		return sealer{}, fmt.Errorf("discord sign-in: %w", err)
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return sealer{}, fmt.Errorf("discord sign-in: %w", err)
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		return sealer{}, fmt.Errorf("discord sign-in: %w", err)
	}
	return sealer{aead}, nil
}

// seal returns text that can stand in a URL or cookie.
func (s sealer) seal(value any) (string, error) {
	plain, err := json.Marshal(value)
	if err != nil {
		return "", fmt.Errorf("discord sign-in: %w", err)
	}
	return base64.RawURLEncoding.EncodeToString(s.aead.Seal(nil, nil, plain, nil)), nil
}

// open reports whether text was sealed for this purpose, and reads it.
func (s sealer) open(text string, into any) bool {
	sealed, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil {
		return false
	}
	plain, err := s.aead.Open(nil, nil, sealed, nil)
	return err == nil && json.Unmarshal(plain, into) == nil
}
