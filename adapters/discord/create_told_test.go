package discord

import (
	"net/http"
	"slices"
	"testing"

	"roomkeeper/connector"
)

// The answer to a creation tells who is in, as of when it was sent, where it has the
// overwrites; another one is no reading.
func TestCreationTellsWhoIsIn(t *testing.T) {
	overwrites := `[{"id":"` + testGuild + `","type":0,"allow":"0","deny":"1024"},{"id":"42","type":1,"allow":"3072","deny":"0"},` +
		`{"id":"7","type":1,"allow":"1024","deny":"0"},{"id":"8","type":1,"allow":"0","deny":"1024"},{"id":"9","type":0,"allow":"1024","deny":"0"}]`
	for name, c := range map[string]struct {
		body string
		in   []connector.MemberID
	}{
		"told":              {body: `,"permission_overwrites":` + overwrites, in: []connector.MemberID{"7"}},
		"no overwrites":     {},
		"empty overwrites":  {body: `,"permission_overwrites":[]`},
		"without our bot's": {body: `,"permission_overwrites":[{"id":"7","type":1,"allow":"1024","deny":"0"}]`},
	} {
		t.Run(name, func(t *testing.T) {
			d := &doorkeeper{in: map[string]bool{}}
			s := newStand(t, nil)
			s.wants = func(r *http.Request) answer {
				switch {
				case r.URL.Path != "/api/"+apiVersion+"/guilds/"+testGuild+"/channels":
					return d.answer(r)
				case r.Method == http.MethodGet:
					return answer{body: `[{"id":"55","type":4,"name":"CRM"}]`}
				}
				s.pass(1)
				return answer{status: http.StatusCreated, body: `{"id":"` + testID + `","type":0,"name":"acme"` + c.body + `}`}
			}
			begun := s.clock()
			made, err := s.Create(t.Context(), connector.ChannelSpec{Kind: "deal", Name: "acme", Private: true, Members: []connector.MemberID{"7", "8"}})
			if err != nil || !made.Members {
				t.Fatalf("made %+v, %v", made, err)
			}
			if made.Whole == nil {
				if c.in != nil {
					t.Error("it does not tell")
				}
				return
			}
			if told := made.Whole; c.in == nil || !slices.Equal(told.Members, c.in) || !told.At.Equal(begun) || told.Name != "acme" {
				t.Errorf("told %+v, want %v", told, c.in)
			}
		})
	}
}
