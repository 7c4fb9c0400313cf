package model_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"

	"roomkeeper/adapters/httpapi"
	"roomkeeper/connector"
	"roomkeeper/connector/assistant"
	"roomkeeper/connector/command"
)

// What `/crm why` and the API say of everybody is checked against the policy and
// against who is in the channel, in truth.

const adminToken = "a-token"

// boss may ask about every channel and is in none.
const boss = "boss"

// apiMember is a person of a Group, as the public contract shows them.
type apiMember struct {
	User   connector.UserID        `json:"user_id"`
	Member connector.MemberID      `json:"member_id"`
	Status connector.MemberStatus  `json:"status"`
	Reason connector.PendingReason `json:"reason"`
	Why    []struct {
		Via  connector.Via `json:"via"`
		ID   string        `json:"id"`
		Name string        `json:"name"`
	} `json:"why"`
}

type apiGroup struct {
	State      connector.GroupState `json:"state"`
	Pending    int                  `json:"pending"`
	Unresolved int                  `json:"unresolved"`
	Members    []apiMember          `json:"members"`
	Held       *struct {
		Reason connector.HoldReason `json:"reason"`
	} `json:"held"`
}

// truth asks about everybody once all has settled.
func (w *world) truth() {
	w.Helper()
	for _, key := range w.keys {
		g, ch := w.group(key), w.channel(key)
		if w.unused || g.Channel.ID == "" || w.past.dropped[key] || w.past.hidden[key] || ch.Botless || ch.Archived || g.State == connector.GroupLost {
			continue // nothing could be read: what is said is as of the last reading
		}
		s := w.now(key)
		w.apiTruth(g, s, ch.Members)
		for _, u := range w.users() {
			w.whyTruth(g, s, u, ch.Members)
		}
	}
}

func (w *world) apiTruth(g connector.Group, s said, in []connector.MemberID) {
	w.Helper()
	shown := w.askAPI(g.ID)
	pending := 0
	for _, m := range shown.Members {
		here := slices.Contains(in, m.Member)
		if present(m.Status) != here && m.Member != "" && !waits(g, m.Member) {
			w.fail("the API says that %s/%s of %s is %s, and in the channel is %t", m.User, m.Member, g.Record, m.Status, here)
		}
		if m.Status == connector.StatusPending {
			pending++
			if m.Reason == "" {
				w.fail("the API gives no reason for %s of %s being pending", m.User, g.Record)
			}
		}
		var said []string
		for _, p := range m.Why {
			said = append(said, spoken(g.Record.Kind, connector.Path{Via: p.Via, ID: p.ID, Name: p.Name}))
		}
		w.samePaths("the API", g, s, m.User, said)
	}
	if shown.Unresolved != s.unresolved() {
		w.fail("the API says that %d entries of %s are not resolved, and %d are not", shown.Unresolved, g.Record, s.unresolved())
	}
	if shown.Pending != pending || shown.State != g.State || (shown.Held == nil) != (g.Held == nil) {
		w.fail("the API says of %s: %+v", g.Record, shown)
	}
	for _, u := range s.named() {
		listed := slices.ContainsFunc(shown.Members, func(m apiMember) bool { return m.User == u })
		if c := s.claim(u); c == wanted && !listed {
			w.fail("the API does not list %s of %s, who is %s", u, g.Record, c)
		}
	}
}

// samePaths compares the paths that were told of a user with those of the policy.
func (w *world) samePaths(who string, g connector.Group, s said, u connector.UserID, told []string) {
	w.Helper()
	var are []string
	if c := s.claim(u); u != "" && (c == wanted || c == unknown && !w.unnoticed(g, u)) {
		for _, p := range s.paths(u) {
			are = append(are, spoken(g.Record.Kind, p))
		}
	}
	slices.Sort(told)
	slices.Sort(are)
	if !slices.Equal(told, are) {
		w.fail("%s tells of %s in %s the paths %q, and true are %q", who, u, g.Record, told, are)
	}
}

func (w *world) whyTruth(g connector.Group, s said, u connector.UserID, in []connector.MemberID) {
	w.Helper()
	row := w.rowOf(g, u)
	if row.User != "" && row.Name == "" {
		return // the CRM never said what they are called
	}
	if row.User == "" && slices.ContainsFunc(g.Memberships, func(m connector.Membership) bool { return m.Name == "Name "+string(u) }) {
		return // only an account that was theirs is listed, and told of
	}
	text := w.ask(`why "@Name ` + string(u) + `" ` + string(g.Record.Kind) + " " + g.Record.ID)
	if strings.Contains(text, "may be several people") {
		return // an account that was theirs is listed beside them
	}
	var told []string
	for line := range strings.Lines(text) {
		if path, ok := strings.CutPrefix(strings.TrimSpace(line), "• "); ok && !strings.HasPrefix(path, "no path leads") {
			told = append(told, path)
		}
	}
	w.samePaths("why", g, s, u, told)
	// Of whom the CRM does not know it may be told by what is remembered of them, or not.
	_, known := s.users[u]
	if shut := s.shutOut(u); known && !g.SelfEnrol && !w.sharesWithOutsider(s, u, row.Member) && shut != strings.Contains(text, "never invited") {
		w.fail("why says of %s in %s: %q, and that the team names them and nobody invites them is %t", u, g.Record, text, shut)
	}
	w.mentionTruth(g, s, u, row)
	says := strings.Contains(text, " is in the channel since ") || strings.Contains(text, " is in the channel and ") || strings.Contains(text, " is in the channel: ")
	if here := slices.Contains(in, row.Member); row.User != "" && row.Member != "" && says != here && !waits(g, row.Member) {
		w.fail("why says of %s in %s: %q, and in the channel is %t", u, g.Record, text, here)
	}
}

// mentionTruth asks about the account that a user has, or would have: whoever is wanted is
// told of with all paths, also while they are pending. By an account that others are in
// by, those are told of.
func (w *world) mentionTruth(g connector.Group, s said, u connector.UserID, row connector.Membership) {
	w.Helper()
	account := w.address(s.users[u])
	if s.claim(u) != wanted || g.SelfEnrol || account == "" || row.User != u || row.Member != "" && row.Member != account {
		return
	}
	if slices.ContainsFunc(g.Memberships, func(m connector.Membership) bool { return m.Member == account && m.User != u }) {
		return
	}
	text := w.ask(`why <@` + string(account) + "> " + string(g.Record.Kind) + " " + g.Record.ID)
	for _, p := range s.paths(u) {
		if path := spoken(g.Record.Kind, p); !strings.Contains(text, path) {
			w.fail("why says of %s, the account of %s in %s, nothing of %q: %q", account, u, g.Record, path, text)
		}
	}
}

// sharesWithOutsider reports whether somebody else is the same Member whom the team names
// and nobody invites: of them is told as well.
func (w *world) sharesWithOutsider(s said, u connector.UserID, m connector.MemberID) bool {
	return m != "" && slices.ContainsFunc(w.users(), func(v connector.UserID) bool {
		return v != u && s.shutOut(v) && (w.address(w.past.users[v]) == m || w.past.linked[v][m])
	})
}

func (w *world) ask(text string) string {
	resolver, platforms := w.resolver(), w.platforms()
	if chat := platforms[w.id]; chat.Directory != nil {
		chat.Profiles = profiles{}
		platforms[w.id] = chat
	}
	h := command.New(command.Options{
		Command: "/crm", CRM: "crm", Policies: w.policies(), Engine: w.raw, Platforms: platforms,
		Planner: w.planner(), Resolver: resolver, Clock: w.clock.Now,
	})
	return h.Run(w.ctx(), command.Request{Platform: w.id, Channel: "D1", Actor: connector.MemberID("U:" + email(boss)), Text: text}).Text
}

func (w *world) askAPI(id connector.GroupID) apiGroup {
	w.Helper()
	h := httpapi.New(httpapi.Options{
		CRM: "crm", Policies: w.policies(), Platforms: []connector.PlatformID{w.id}, Engine: w.raw,
		Subscriber: &assistant.Subscriber{Engine: w.raw, Policies: w.policies(), Clock: w.clock.Now},
		Metrics:    httpapi.NewMetrics(httpapi.MetricsOptions{}), Tokens: []httpapi.Token{{Name: "test", Token: adminToken}}, Clock: w.clock.Now,
	})
	r := httptest.NewRequestWithContext(w.ctx(), http.MethodGet, "/api/v1/groups/"+string(id), http.NoBody)
	r.Header.Set("Authorization", "Bearer "+adminToken)
	answer := httptest.NewRecorder()
	h.ServeHTTP(answer, r)
	var g apiGroup
	if answer.Code != http.StatusOK {
		w.fail("the API answers %d: %s", answer.Code, answer.Body)
	}
	w.ok(json.Unmarshal(answer.Body.Bytes(), &g))
	return g
}
