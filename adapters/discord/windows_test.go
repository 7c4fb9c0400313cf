package discord

import (
	"net/http"
	"testing"
	"time"
)

func headerOf(pairs []string) http.Header {
	h := http.Header{}
	for i := 0; i+1 < len(pairs); i += 2 {
		h.Set(pairs[i], pairs[i+1])
	}
	return h
}

func TestWindows(t *testing.T) {
	now := time.Unix(1.8e9, 0)
	w := newWindows(func() time.Time { return now })
	r := routeOf("PUT", "channels/1/permissions/2")
	free := func(want bool) place {
		t.Helper()
		p, wait := w.enter(r)
		if (wait == 0) != want {
			t.Fatalf("wait %v, want a place: %v", wait, want)
		}
		return p
	}
	first := free(true)
	free(false) // nobody knows the limit, and one asks
	w.leave(first, true, headerOf(rated("3", "2", "1800000010.0", "10")))

	second, third := free(true), free(true)
	free(false) // what is in flight counts
	w.leave(third, true, headerOf(rated("3", "0", "1800000010.0", "9")))
	w.leave(second, true, headerOf(rated("3", "1", "1800000010.0", "9"))) // overtaken: says no more than was known
	free(false)

	now = now.Add(11 * time.Second)
	next := []place{free(true), free(true), free(true)}
	free(false)
	w.leave(next[0], false, nil) // was not sent after all
	again := free(true)
	w.leave(again, true, nil) // its answer was lost: it counts
	free(false)
	w.leave(next[1], true, headerOf(rated("3", "1", "1800000021.0", "10")))
	w.leave(next[2], true, headerOf(rated("3", "2", "1800000010.0", "0"))) // of the old window
	free(true)
	free(false)

	other := routeOf("PUT", "channels/7/permissions/2")
	for range 3 { // another channel has the same limit for itself
		if _, wait := w.enter(other); wait > 0 {
			t.Errorf("another channel waits %v", wait)
		}
	}
	if _, wait := w.enter(other); wait == 0 {
		t.Error("its limit is not known")
	}
}

func TestRouteWithoutLimit(t *testing.T) {
	w := newWindows(time.Now)
	r := routeOf("GET", "users/@me")
	p, _ := w.enter(r)
	w.leave(p, true, http.Header{})
	for range 10 {
		if _, wait := w.enter(r); wait > 0 {
			t.Fatalf("waits %v", wait)
		}
	}
}

func TestWindowsAreBounded(t *testing.T) {
	now := time.Unix(1.8e9, 0)
	w := newWindows(func() time.Time { return now })
	for i := range 3 * maxWindows {
		r := route{name: "GET /x", major: string(rune('a'+i%26)) + time.Duration(i).String()}
		p, wait := w.enter(r)
		if wait > 0 {
			t.Fatal("waits")
		}
		w.leave(p, true, headerOf(rated("3", "2", "1800000010.0", "1")))
		now = now.Add(time.Second)
	}
	if len(w.open) > maxWindows+1 || len(w.others) > maxWindows || len(w.asking) > 0 {
		t.Errorf("%d windows, %d routes, %d asked about", len(w.open), len(w.others), len(w.asking))
	}
}

func TestRates(t *testing.T) {
	if r := globalRate(1); r.Count+r.Burst > 50 || r.Period != time.Second {
		t.Errorf("more than 50 in a second: %+v", r)
	}
	if r := globalRate(0.01); r.Count != 1 || r.Period <= time.Second || r.Burst != 1 {
		t.Errorf("a slow rate: %+v", r)
	}
	for _, factor := range []float64{0.01, 1} {
		if r := titleRate(factor); r.Burst != 2 || r.Count != 1 || r.Period <= 10*time.Minute {
			t.Errorf("three titles in ten minutes: %+v", r)
		}
	}
	if r := titleRate(100); r.Burst != 200 || r.Count != 100 {
		t.Errorf("a server without that limit: %+v", r)
	}
}
