package neutral_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"roomkeeper/connector"
	"roomkeeper/crm/neutral"
)

const token = "pull-t0ken"

// question is one call of the pull API with an answer that is whole.
type question struct {
	name  string
	whole string
	// broken are answers that are JSON and not of the right shape.
	broken []string
	// ask returns what came back, in words, to be empty when there is an error.
	ask func(context.Context, connector.CRM) (string, error)
}

func questions() []question {
	return []question{recordQuestion(), teamQuestion(), usersQuestion(), findQuestion(), changesQuestion(), principalQuestion()}
}

func recordQuestion() question {
	return question{
		name: "record", whole: `{"kind":"AccountObj","id":4,"name":"Northwind","owner":null,"merged_into":null,"x":1}`,
		broken: []string{
			`{"id":"4","name":"N"}`, `{"kind":"account","name":"N"}`, `{"kind":"account","id":"4"}`,
			`{"kind":"account","id":"4","name":null}`, `{"kind":"account","id":"5","name":"N"}`,
			`{"kind":"opportunity","id":"4","name":"N"}`, `{"kind":"account","id":"4","name":"N","fields":{}}`,
			`{"kind":"account","id":"4","name":"N","owner":"1"}`, `{"kind":"account","id":"4","name":"N","state":7}`,
			`{"record":{"kind":"account","id":"4","name":"N"}}`,
		},
		ask: func(ctx context.Context, ports connector.CRM) (string, error) {
			r, err := ports.Records.Record(ctx, account("4"))
			return r.Name, err
		},
	}
}

func teamQuestion() question {
	entry := `{"principal":{"type":"user","id":"1"},"role":"owner"}`
	return question{
		name: "team", whole: `{"team_version":3,"team":[` + entry + `]}`,
		broken: []string{
			`{"team_version":3}`, `{"team":null}`, `{"team":{}}`, `{"team":"none"}`, `{"team":[` + entry + `,{}]}`,
			`{"team":[` + entry + `,null]}`, `{"team":[` + entry + `,{"principal":{"type":"user"}}]}`,
			`{"team":[` + entry + `,{"principal":{"id":"1"}}]}`, `{"team":[` + entry + `],"team_version":"x"}`,
		},
		ask: func(ctx context.Context, ports connector.CRM) (string, error) {
			team, err := ports.Teams.Team(ctx, account("4"))
			return words(team.Entries), err
		},
	}
}

const ann = `{"id":"1","name":"Ann","email":"Ann@example.com "}`

func brokenUsers() []string {
	return []string{
		`{"users":null}`, `{"users":{}}`, `{"users":[` + ann + `,{}]}`, `{"users":[` + ann + `,{"id":""}]}`,
		`{"users":[` + ann + `,{"id":"2","active":"no"}]}`, `{"users":[` + ann + `,{"id":"2","external":0}]}`,
		`{"users":[` + ann + `,{"id":"2","links":[]}]}`, `{"users":[` + ann + `,7]}`, `{"items":[` + ann + `]}`,
	}
}

func usersQuestion() question {
	return question{
		name: "users", whole: `{"users":[` + ann + `]}`, broken: brokenUsers(),
		ask: func(ctx context.Context, ports connector.CRM) (string, error) {
			users, err := ports.Users.UsersByID(ctx, []connector.UserID{"1", "2"})
			return words(users), err
		},
	}
}

func findQuestion() question {
	return question{
		name: "users_by_email", whole: `{"users":[` + ann + `]}`, broken: brokenUsers(),
		ask: func(ctx context.Context, ports connector.CRM) (string, error) {
			users, err := ports.Finder.UsersByEmail(ctx, "ann@example.com")
			return words(users), err
		},
	}
}

func changesQuestion() question {
	item := `{"kind":"account","id":"4","name":"N","team":[],"team_version":3}`
	return question{
		name: "records", whole: `{"records":[` + item + `],"next_cursor":"c2"}`,
		broken: []string{
			`{"next_cursor":""}`, `{"records":null,"next_cursor":""}`, `{"records":{},"next_cursor":""}`,
			`{"records":[` + item + `]}`, `{"records":[` + item + `],"next_cursor":2}`, `{"records":[` + item + `],"next_cursor":"c1"}`,
			`{"records":[` + item + `,{}],"next_cursor":""}`, `{"records":[` + item + `,null],"next_cursor":""}`,
			`{"records":[{"kind":"account","id":"4","name":"N"}],"next_cursor":""}`,
			`{"records":[{"kind":"account","id":"4","name":"N","team":null}],"next_cursor":""}`,
			`{"records":[{"kind":"account","id":"4","team":[]}],"next_cursor":""}`,
			`{"records":[{"kind":"opportunity","id":"4","name":"N","team":[]}],"next_cursor":""}`,
		},
		ask: func(ctx context.Context, ports connector.CRM) (string, error) {
			page, err := ports.Changes.Page(ctx, connector.KindAccount, time.Time{}, "c1")
			return words(page.Items) + page.Next, err
		},
	}
}

// words is "" for a nil or empty list or map only.
func words(list any) string {
	text := fmt.Sprint(list)
	if text == "[]" || text == "map[]" {
		return ""
	}
	return text
}

// failure is one way in which a call goes wrong and the Reason it must become.
type failure struct {
	name string
	fail http.HandlerFunc
	want connector.Reason
}

func failures(q question) []failure {
	list := []failure{
		{"cut before the answer", cut(nil), connector.ReasonTemporary},
		{"cut after the headers", cut([]byte("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n")), connector.ReasonTemporary},
		{"half a header", cut([]byte("HTTP/1.1 200 OK\r\nContent-Le")), connector.ReasonTemporary},
		{"part of the body", cut([]byte("HTTP/1.1 200 OK\r\nContent-Length: 4000\r\n\r\n" + q.whole)), connector.ReasonTemporary},
		{"part of the chunks", cut([]byte(fmt.Sprintf(
			"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n", len(q.whole), q.whole))), connector.ReasonTemporary},
		{"not HTTP", cut([]byte("hello\r\n\r\n")), connector.ReasonTemporary},
		{"slow", func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, connector.ReasonTemporary},
		{"redirected away", func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "http://127.0.0.2:1/", http.StatusFound)
		}, connector.ReasonTemporary},
		{"half of it", says(http.StatusOK, q.whole[:len(q.whole)/2]), connector.ReasonTemporary},
		{"twice", says(http.StatusOK, q.whole+q.whole), connector.ReasonTemporary},
	}
	for _, body := range append(q.broken, "", "null", "[]", "{}", "7", `"x"`, "<html>", "{\"x\":\"\xff\"}", strings.Repeat("[", 20000)) {
		list = append(list, failure{"200 " + body[:min(len(body), 90)], says(http.StatusOK, body), connector.ReasonTemporary})
	}
	for status := 201; status < 600; status++ {
		if want := meaning(q.name, status); want != "" {
			list = append(list, failure{fmt.Sprint("status ", status), says(status, q.whole), want})
		}
	}
	return list
}

// meaning is what a status must become; "" for those that are not tried.
func meaning(call string, status int) connector.Reason {
	record := call == "record" || call == "team" || call == "principal"
	switch status {
	case 202, 204, 206, 301, 304, 408, 425, 500, 502, 503, 504, 507, 599:
		return connector.ReasonTemporary
	case 401:
		return connector.ReasonUnauthorized
	case 403:
		return connector.ReasonForbidden
	case 400, 406, 418, 422:
		return connector.ReasonInvalid
	case 404:
		if record {
			return connector.ReasonNotFound
		}
		return connector.ReasonUnsupported
	case 405, 501:
		return connector.ReasonUnsupported
	case 410:
		if call == "principal" {
			return "" // begins again, tested on its own
		}
		if call == "records" {
			return connector.ReasonOther // ErrCursorLost, tested on its own
		}
		return connector.ReasonTemporary
	case 429:
		return connector.ReasonWait
	}
	return ""
}

func says(status int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		_, _ = w.Write([]byte(body))
	}
}

// cut writes raw bytes and closes the connection.
func cut(raw []byte) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		conn, out, err := http.NewResponseController(w).Hijack()
		if err != nil {
			panic(err)
		}
		_, _ = out.Write(raw)
		_ = out.Flush()
		_ = conn.Close()
	}
}

// puller is a driver that asks h; what it observed is in the second value.
func puller(t *testing.T, h http.HandlerFunc, o neutral.Options) (connector.CRM, *[]string) {
	t.Helper()
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	var mu sync.Mutex
	var observed []string
	o.Name, o.Kinds, o.URL, o.Token = "crm", kinds(), server.URL+"/api/", token
	o.Observe = func(call, outcome string) {
		mu.Lock()
		defer mu.Unlock()
		observed = append(observed, call+" "+outcome)
	}
	return driver(t, o), &observed
}

// Unknown is not empty: whatever goes wrong, there is an error of the right
// class, nothing of the answer, and one observation.
func TestEveryCallWithEveryFailure(t *testing.T) {
	for _, q := range questions() {
		for _, f := range failures(q) {
			t.Run(q.name+"/"+f.name, func(t *testing.T) {
				t.Parallel()
				timeout := 10 * time.Second
				if f.name == "slow" {
					timeout = 20 * time.Millisecond
				}
				ports, observed := puller(t, f.fail, neutral.Options{Timeout: timeout})
				got, err := q.ask(t.Context(), ports)
				if reason := connector.ReasonOf(err); reason != f.want || got != "" {
					t.Errorf("got %q, %v (%s), want %s and nothing", got, err, reason, f.want)
				}
				if want := q.name + " " + string(f.want); len(*observed) != 1 || (*observed)[0] != want {
					t.Errorf("observed %q, want %q", *observed, want)
				}
				if err != nil && (strings.Contains(err.Error(), token) || strings.Contains(err.Error(), "ann@")) {
					t.Errorf("a secret or an address is in %q", err)
				}
			})
		}
		t.Run(q.name+"/whole", func(t *testing.T) {
			ports, observed := puller(t, says(http.StatusOK, q.whole), neutral.Options{})
			got, err := q.ask(t.Context(), ports)
			if err != nil || got == "" || len(*observed) != 1 || (*observed)[0] != q.name+" ok" {
				t.Errorf("got %q, %v, observed %q", got, err, *observed)
			}
		})
		t.Run(q.name+"/stopped", func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			ports, _ := puller(t, func(_ http.ResponseWriter, r *http.Request) {
				cancel()
				<-r.Context().Done()
			}, neutral.Options{})
			got, err := q.ask(ctx, ports)
			if connector.ReasonOf(err) != connector.ReasonStopped || got != "" {
				t.Errorf("got %q, %v, want stopped", got, err)
			}
		})
	}
}
