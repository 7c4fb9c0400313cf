package discord

import (
	"maps"
	"net/http"
	"strconv"
	"sync"
	"time"

	"roomkeeper/connector"
)

const (
	// askWait is for a route whose limit nobody knows yet and somebody asks about.
	askWait = 200 * time.Millisecond
	// resetMargin covers what Discord rounds off a reset.
	resetMargin = 50 * time.Millisecond
	// maxWindows bounds how many are kept.
	maxWindows = 4096
)

// windows are Discord's rate limits as its answers tell them: which bucket a route
// falls into, and what is left there for each major id.
type windows struct {
	now func() time.Time

	mu      sync.Mutex
	buckets map[string]string // by route, "" for a route without a limit
	others  map[string]string // by route and major id, where it is another one
	shapes  map[string]connector.Rate
	open    map[string]*window
	asking  map[string]bool // routes of a major id
}

// window is what is left of one bucket until it is reset.
type window struct {
	remaining, inFlight int
	told                float64 // Discord's word for the reset, by which answers are ordered
	reset               time.Time
}

func newWindows(now func() time.Time) *windows {
	return &windows{
		now: now, buckets: map[string]string{}, others: map[string]string{}, shapes: map[string]connector.Rate{},
		open: map[string]*window{}, asking: map[string]bool{},
	}
}

// place is one call's in its window. bucket is "" while none is known.
type place struct {
	route
	bucket string
	rate   connector.Rate // of the bucket
	asks   bool
}

// enter takes a place, or says how long there is none. A route whose bucket is
// not known lets one call through at a time.
func (w *windows) enter(r route) (place, time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	bucket, known := w.bucket(r)
	if !known {
		if w.asking[r.key()] {
			return place{}, askWait
		}
		w.asking[r.key()] = true
		return place{route: r, asks: true}, 0
	}
	if bucket == "" {
		return place{route: r}, 0
	}
	win, now := w.window(bucket, r.major), w.now()
	if !win.reset.After(now) { // a new one begins, until an answer says more of it
		win.remaining = max(w.shapes[bucket].Count, 1)
		win.reset = now.Add(w.shapes[bucket].Period + resetMargin)
	}
	if win.remaining <= win.inFlight {
		return place{}, max(win.reset.Sub(now), askWait)
	}
	win.inFlight++
	return place{route: r, bucket: bucket, rate: w.shapes[bucket]}, 0
}

func (w *windows) bucket(r route) (string, bool) {
	if bucket, ok := w.others[r.key()]; ok {
		return bucket, true
	}
	bucket, ok := w.buckets[r.name]
	return bucket, ok
}

func (w *windows) window(bucket, major string) *window {
	key := sharedBucket(bucket, major)
	if win := w.open[key]; win != nil {
		return win
	}
	if len(w.open) >= maxWindows {
		now := w.now()
		maps.DeleteFunc(w.open, func(_ string, win *window) bool { return win.inFlight == 0 && !win.reset.After(now) })
	}
	win := &window{}
	w.open[key] = win
	return win
}

// leave gives the place back. sent: the call may count at Discord; header is the
// answer's, nil for none. exhausted is how long nothing is left of the bucket.
func (w *windows) leave(p place, sent bool, header http.Header) (bucket string, exhausted time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if p.asks {
		delete(w.asking, p.key())
	}
	if p.bucket != "" {
		win := w.window(p.bucket, p.major)
		win.inFlight = max(win.inFlight-1, 0)
		if sent && header == nil {
			win.remaining--
		}
	}
	if header == nil {
		return p.bucket, 0
	}
	told, ok := readLimit(header)
	if !ok {
		if _, known := w.buckets[p.name]; !known && told.none {
			w.buckets[p.name] = ""
		}
		return p.bucket, 0
	}
	w.learn(p.route, told)
	return told.bucket, w.take(p.route, told)
}

// learn notes a route's bucket, and that bucket's limit and period.
func (w *windows) learn(r route, told limit) {
	if known, ok := w.buckets[r.name]; !ok || known == "" {
		w.buckets[r.name] = told.bucket
	} else if known == told.bucket {
		delete(w.others, r.key())
	} else {
		if len(w.others) >= maxWindows {
			clear(w.others)
		}
		w.others[r.key()] = told.bucket
	}
	shape := w.shapes[told.bucket]
	shape.Count, shape.Burst = told.limit, told.limit
	shape.Period = max(shape.Period, told.after, time.Millisecond)
	w.shapes[told.bucket] = shape
}

// take takes over what an answer says, unless a later one has spoken.
func (w *windows) take(r route, told limit) time.Duration {
	win, now := w.window(told.bucket, r.major), w.now()
	const same = 0.001
	switch {
	case told.reset > win.told+same || !win.reset.After(now):
		win.remaining, win.told = told.remaining, told.reset
		win.reset = now.Add(told.after + resetMargin)
	case told.reset >= win.told-same:
		win.remaining = min(win.remaining, told.remaining)
	}
	if win.remaining > 0 {
		return 0
	}
	return max(win.reset.Sub(now), 0)
}

// shut closes a bucket that refused a call although it should have had something left.
func (w *windows) shut(bucket, major string, d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	win := w.window(bucket, major)
	win.remaining = 0
	if until := w.now().Add(d); until.After(win.reset) {
		win.reset = until
	}
}

// limit is a rate limit as the headers of an answer tell it.
type limit struct {
	bucket           string
	limit, remaining int
	reset            float64
	after            time.Duration
	none             bool // the answer comes from the API and names no bucket
}

// readLimit reads the headers (docs, topics/rate-limits).
func readLimit(h http.Header) (limit, bool) {
	l := limit{bucket: h.Get("X-RateLimit-Bucket")}
	var errs [4]error
	l.limit, errs[0] = strconv.Atoi(h.Get("X-RateLimit-Limit"))
	l.remaining, errs[1] = strconv.Atoi(h.Get("X-RateLimit-Remaining"))
	l.reset, errs[2] = strconv.ParseFloat(h.Get("X-RateLimit-Reset"), 64)
	after, err := strconv.ParseFloat(h.Get("X-RateLimit-Reset-After"), 64)
	errs[3] = err
	if l.bucket == "" {
		return limit{none: h.Get("X-RateLimit-Limit") == "" && h.Get("Retry-After") == ""}, false
	}
	for _, err := range errs {
		if err != nil {
			return limit{}, false
		}
	}
	l.bucket = clean(l.bucket)
	l.limit = max(l.limit, 1)
	l.after = inSeconds(after)
	return l, true
}

// inSeconds is a number of seconds, at most maxWait.
func inSeconds(s float64) time.Duration {
	if s != s || s < 0 { // not a number
		return 0
	}
	return time.Duration(min(s, maxWait.Seconds()) * float64(time.Second))
}
