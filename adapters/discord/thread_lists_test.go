package discord

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"roomkeeper/connector"
)

// Threads of our bot below the channel 5.
const (
	anOldThread   = `{"id":"1100000000000000001","type":12,"name":"old","owner_id":"42","parent_id":"5"}`
	aYoungThread  = `{"id":"1100000000000009001","type":12,"name":"young","owner_id":"42","parent_id":"5"}`
	aStrangers    = `{"id":"1100000000000000002","type":12,"name":"other","owner_id":"43","parent_id":"5"}`
	elsewhereOurs = `{"id":"1100000000000000003","type":12,"name":"else","owner_id":"42","parent_id":"6"}`
)

// threadStand is a stand whose kind "account" has threads; active are the answers
// to the lists of active threads, in order, the last of them for good.
func threadStand(t *testing.T, rested *[]string, active ...string) *stand {
	t.Helper()
	s := newStand(t, func(r *http.Request) answer {
		path := strings.TrimPrefix(r.URL.Path, "/api/"+apiVersion)
		switch {
		case path == "/users/@me":
			return answer{body: `{"id":"42"}`}
		case path == "/guilds/"+testGuild:
			return answer{body: `{"id":"` + testGuild + `"}`}
		case path == "/channels/5":
			return answer{body: `{"id":"5","type":0}`}
		case strings.HasSuffix(path, "/threads/active"):
			list := active[0]
			active = active[min(1, len(active)-1):]
			return answer{body: `{"threads":[` + list + `]}`}
		case r.Method == http.MethodPatch:
			*rested = append(*rested, path)
			return answer{body: `{}`}
		}
		return answer{body: `{"threads":[],"has_more":false}`}
	})
	s.threads = map[connector.Kind]string{"account": "5"}
	return s
}

// One that woke while the archived ones were read is listed all the same; threads
// of others and elsewhere are not.
func TestThreadThatWokeMeanwhile(t *testing.T) {
	s := threadStand(t, nil, aStrangers, strings.Join([]string{anOldThread, aStrangers, elsewhereOurs}, ","))
	list, err := s.listThreads(t.Context(), connector.Self{Bot: "42"})
	if err != nil || len(list) != 1 || list[0].Name != "old" {
		t.Errorf("%d threads, %v", len(list), err)
	}
}

// Room is made by threads of ours, and not by the one that needs it.
func TestRestIdle(t *testing.T) {
	var rested []string
	s := threadStand(t, &rested, strings.Join([]string{aYoungThread, anOldThread, aStrangers, elsewhereOurs}, ","))
	if err := s.restIdle(t.Context(), "1100000000000000001"); err != nil {
		t.Fatal(err)
	}
	if want := []string{"/channels/1100000000000009001"}; !slices.Equal(rested, want) {
		t.Errorf("rested %v, want %v", rested, want)
	}
}
