package world

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"testing"
)

// Health is what /livez and /readyz say.
type Health struct {
	Live, ready int
	Status      string
	Checks      map[string]struct {
		OK    bool
		Error string
	}
}

// Health asks for both, and wants an answer from either.
func (c *Service) Health(t testing.TB) Health {
	t.Helper()
	var h Health
	var err error
	plain := NewClient(c.URL, "")
	if h.Live, err = plain.Do(t.Context(), "GET", "/livez", nil, nil); err != nil {
		t.Fatal(err)
	}
	h.ready, err = plain.Do(t.Context(), "GET", "/readyz", nil, &h)
	var refused *StatusError
	if errors.As(err, &refused) {
		err = json.Unmarshal([]byte(refused.Body), &h)
	}
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// Away waits until /readyz names exactly these components as away, and wants
// it to stay ready all the same.
func (c *Service) Away(t testing.TB, away ...string) {
	t.Helper()
	Eventually(t, Patience, fmt.Sprintf("away: %v", away), func() error {
		h := c.Health(t)
		if h.Live != http.StatusOK || h.ready != http.StatusOK {
			t.Fatalf("/livez %d, /readyz %d: %+v", h.Live, h.ready, h)
		}
		var named []string
		for name, check := range h.Checks {
			if !check.OK {
				named = append(named, name)
			}
		}
		if slices.Sort(named); !slices.Equal(named, away) {
			return fmt.Errorf("%+v", h)
		}
		return nil
	})
}
