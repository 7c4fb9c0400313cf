package neutral_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"roomkeeper/connector"
	"roomkeeper/crm/neutral"
	sandbox "roomkeeper/sandbox/crm"
)

// world is a sandbox CRM, and a driver that asks it.
func world(t *testing.T, o neutral.Options) (*sandbox.World, connector.CRM) {
	t.Helper()
	w, url := served(t)
	o.URL = url
	return w, sandboxDriver(t, o)
}

// served is a sandbox and its address.
func served(t *testing.T) (w *sandbox.World, url string) {
	t.Helper()
	w, err := sandbox.New(sandbox.Config{Token: token})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.Close)
	server := httptest.NewServer(w.Handler())
	t.Cleanup(server.Close)
	return w, server.URL
}

func sandboxDriver(t *testing.T, o neutral.Options) connector.CRM {
	t.Helper()
	o.Name, o.Kinds = "crm", kinds()
	if o.Token == "" {
		o.Token = token
	}
	return driver(t, o)
}

func TestSandboxIsListedWhole(t *testing.T) {
	w, ports := world(t, neutral.Options{})
	if err := w.SeedGenerated(150, 1201); err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	pages, cursor := 0, ""
	for next := true; next; next = cursor != "" {
		page, err := ports.Changes.Page(t.Context(), connector.KindAccount, time.Time{}, cursor)
		if err != nil {
			t.Fatal(err)
		}
		for _, item := range page.Items {
			seen[item.Record.Key.ID] = true
			if len(item.Team.Entries) != 20 || item.Record.Name == "" || item.Team.Version == "" {
				t.Fatalf("not whole: %+v", item)
			}
		}
		pages, cursor = pages+1, page.Next
	}
	if len(seen) != 1201 || pages != 3 {
		t.Errorf("%d records on %d pages", len(seen), pages)
	}
}

func TestSandboxAgreesWithItself(t *testing.T) {
	w, ports := world(t, neutral.Options{})
	if err := w.SeedDemo(); err != nil {
		t.Fatal(err)
	}
	record, err := ports.Records.Record(t.Context(), account("1"))
	if err != nil || record.Name != "Northwind Traders" || record.Owner.ID != "1" || record.State != connector.RecordOpen {
		t.Fatalf("record %+v, %v", record, err)
	}
	team, err := ports.Teams.Team(t.Context(), account("1"))
	if err != nil || len(team.Entries) != 5 || team.Version != record.TeamVersion {
		t.Fatalf("team %+v, %v", team, err)
	}
	users, err := ports.Users.UsersByID(t.Context(), []connector.UserID{"1", "p1", "nobody"})
	if err != nil || len(users) != 2 || !users["p1"].External || !users["1"].Active {
		t.Fatalf("users %+v, %v", users, err)
	}
	if err := w.DeleteRecord(sandbox.Ref{Kind: "account", ID: "1"}, "1"); err != nil {
		t.Fatal(err)
	}
	if _, err := ports.Records.Record(t.Context(), account("1")); !errors.Is(err, connector.ErrNotFound) {
		t.Errorf("deleted: %v, want ErrNotFound", err)
	}
	page, err := ports.Changes.Page(t.Context(), connector.KindAccount, record.ModifiedAt, "")
	if err != nil || len(page.Items) == 0 || page.Items[len(page.Items)-1].Record.State != connector.RecordDeleted {
		t.Errorf("the change of the deleted record: %+v, %v", page, err)
	}
}

func TestSandboxFaults(t *testing.T) {
	w, url := served(t)
	if err := w.SeedDemo(); err != nil {
		t.Fatal(err)
	}
	ports := sandboxDriver(t, neutral.Options{URL: url})
	for _, fault := range []sandbox.Fault{
		{Kind: sandbox.FaultCut}, {Kind: sandbox.FaultPartial}, {Kind: sandbox.FaultBroken},
		{Kind: sandbox.FaultSlow, DelayMS: 60_000}, {Kind: sandbox.FaultStatus, Status: 500}, {Kind: sandbox.FaultStatus, Status: 503},
	} {
		asked := ports
		if fault.Kind == sandbox.FaultSlow {
			asked = sandboxDriver(t, neutral.Options{URL: url, Timeout: 200 * time.Millisecond})
		}
		fault.Match = "GET *"
		if err := w.AddFault(fault); err != nil {
			t.Fatal(err)
		}
		for _, q := range questions() {
			if q.name == "records" {
				q.ask = firstPage
			}
			if got, err := q.ask(t.Context(), asked); !errors.Is(err, connector.ErrTemporary) || got != "" {
				t.Errorf("%s, %s: got %q, %v, want ErrTemporary", q.name, fault.Kind, got, err)
			}
		}
		w.ClearFaults()
	}
	if _, err := ports.Records.Record(t.Context(), account("1")); err != nil {
		t.Errorf("after all faults: %v", err)
	}
}

// firstPage asks without a cursor: the sandbox knows only its own.
func firstPage(ctx context.Context, ports connector.CRM) (string, error) {
	page, err := ports.Changes.Page(ctx, connector.KindAccount, time.Time{}, "")
	return words(page.Items) + page.Next, err
}

func TestSandboxRefusesAWrongToken(t *testing.T) {
	_, ports := world(t, neutral.Options{Token: "wrong"})
	if _, err := ports.Records.Record(t.Context(), account("1")); !errors.Is(err, connector.ErrUnauthorized) {
		t.Errorf("got %v, want ErrUnauthorized", err)
	}
}

func TestSandboxForgetsCursors(t *testing.T) {
	w, ports := world(t, neutral.Options{})
	if err := w.SeedGenerated(30, 501); err != nil {
		t.Fatal(err)
	}
	page, err := ports.Changes.Page(t.Context(), connector.KindAccount, time.Time{}, "")
	if err != nil {
		t.Fatal(err)
	}
	w.ForgetCursors()
	if _, err := ports.Changes.Page(t.Context(), connector.KindAccount, time.Time{}, page.Next); !errors.Is(err, connector.ErrCursorLost) {
		t.Errorf("got %v, want ErrCursorLost", err)
	}
}

// What the sandbox sends is taken, thin and fat, over HTTP.
func TestSandboxWebhooks(t *testing.T) {
	for _, fat := range []bool{false, true} {
		t.Run(fmt.Sprintf("fat=%v", fat), func(t *testing.T) {
			taken := make(chan connector.Event, 10)
			r := factReceiver(t)
			server := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, req *http.Request) {
				body, _ := io.ReadAll(req.Body)
				events, err := r.Receive(req.Header, body, time.Now())
				if err != nil {
					t.Errorf("%s: %v", body, err)
					rw.WriteHeader(http.StatusUnprocessableEntity)
					return
				}
				for _, event := range events {
					taken <- event
				}
				rw.WriteHeader(http.StatusNoContent)
			}))
			defer server.Close()
			w, err := sandbox.New(sandbox.Config{WebhookSecret: "whsec_" + vectorSecret, WebhookURL: server.URL, Fat: fat})
			if err != nil {
				t.Fatal(err)
			}
			defer w.Close()
			if err := w.SeedDemo(); err != nil {
				t.Fatal(err)
			}
			entry := sandbox.Entry{Principal: sandbox.Principal{Type: "user", ID: "9"}, Role: "member"}
			if err := w.AddTeam(sandbox.Ref{Kind: "account", ID: "1"}, entry, "1"); err != nil {
				t.Fatal(err)
			}
			activity := sandbox.Activity{Kind: "call", Subject: "Hello", Targets: []sandbox.Target{{Kind: "account", RecordID: "1"}}}
			if _, err := w.AddActivity(activity); err != nil {
				t.Fatal(err)
			}
			changed, called := <-taken, <-taken
			if changed.Type != connector.EventTeamChanged || changed.Record != account("1") || (changed.Facts.Team != nil) != fat {
				t.Errorf("got %+v", changed)
			}
			if called.Type != connector.EventActivityCreated || called.Activity == nil || len(called.Activity.Targets) != 1 {
				t.Errorf("got %+v", called)
			}
		})
	}
}
