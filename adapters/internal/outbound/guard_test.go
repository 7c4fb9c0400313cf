package outbound_test

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"roomkeeper/adapters/internal/outbound"
	"roomkeeper/connector"
)

// stand is a Guard with a clock in the test's hand.
type stand struct {
	*testing.T
	*outbound.Guard
	now time.Time
}

func newStand(t *testing.T) *stand {
	s := &stand{T: t, now: time.Unix(1e9, 0)}
	s.Guard = outbound.NewGuard("chat", func() time.Time { return s.now })
	return s
}

func (s *stand) in() func(outbound.Outcome) {
	s.Helper()
	leave, err := s.Enter(false)
	if err != nil {
		s.Fatalf("refused: %v", err)
	}
	return leave
}

func (s *stand) waits(urgent bool) time.Duration {
	s.Helper()
	leave, err := s.Enter(urgent)
	var wait *connector.WaitError
	if !errors.As(err, &wait) || leave != nil || wait.After <= 0 || wait.What == "" {
		s.Fatalf("error %v, want a WaitError", err)
	}
	return wait.After
}

func TestPlaces(t *testing.T) {
	s := newStand(t)
	var on []func(outbound.Outcome)
	for range 6 {
		on = append(on, s.in())
	}
	if got := s.waits(false); got != 100*time.Millisecond {
		t.Errorf("wait %v while the calls are young", got)
	}
	s.now = s.now.Add(3 * time.Second)
	if got := s.waits(false); got != 3*time.Second {
		t.Errorf("wait %v beside a call of 3 s", got)
	}
	urgent, err := s.Enter(true)
	if err != nil {
		t.Fatalf("a person has to wait: %v", err)
	}
	urgent(outbound.Answered)
	on[0](outbound.Answered)
	on[0](outbound.Answered) // again is nothing
	s.in()
	s.waits(false)
}

func TestSilence(t *testing.T) {
	s := newStand(t)
	for range 2 {
		s.in()(outbound.Silent)
	}
	s.in()(outbound.Answered)
	for range 3 {
		s.in()(outbound.Silent)
	}
	for i, want := range []time.Duration{2, 4, 8, 16, 30, 30} {
		want *= time.Second
		if got := s.waits(i%2 == 0); got != want {
			t.Errorf("wait %v, want %v", got, want)
		}
		s.now = s.now.Add(want)
		probe := s.in()
		s.waits(false) // one probe at a time
		if i == 2 {
			probe(outbound.Unsaid) // tells nothing: the next one probes
			probe = s.in()
		}
		probe(outbound.Silent)
	}
	s.now = s.now.Add(30 * time.Second)
	s.in()(outbound.Answered)
	s.in()
	s.in()
}

func TestOutcomeOf(t *testing.T) {
	for _, c := range []struct {
		status int
		given  bool
		want   outbound.Outcome
	}{
		{0, false, outbound.Silent}, {503, false, outbound.Silent}, {429, false, outbound.Answered},
		{200, false, outbound.Answered}, {0, true, outbound.Unsaid},
	} {
		if got := outbound.OutcomeOf(c.status, c.given); got != c.want {
			t.Errorf("%+v: %v", c, got)
		}
	}
}

func TestDelivery(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }))
	closed := httptest.NewServer(http.NotFoundHandler())
	closed.Close()
	defer server.Close()
	base := &http.Transport{}
	defer base.CloseIdleConnections()
	for url, want := range map[string]bool{server.URL: false, closed.URL: true} {
		var sent outbound.Delivery
		req, err := http.NewRequestWithContext(sent.Watch(context.Background()), http.MethodPost, url, http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		res, err := base.RoundTrip(req)
		if err == nil {
			_ = res.Body.Close()
			t.Fatalf("%s answered", url)
		}
		if got := sent.Never(err); got != want {
			t.Errorf("%s: never sent %v, want %v (%v)", url, got, want, err)
		}
	}
	var sent outbound.Delivery
	if !sent.Never(&net.OpError{Op: "dial", Err: errors.New("refused")}) {
		t.Error("a failed dial may have sent something")
	}
}
