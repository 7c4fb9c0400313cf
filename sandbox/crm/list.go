package crm

import (
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

const (
	defaultLimit = 100
	// maxLimit is the most records on a page; the contract's number.
	maxLimit = 500
)

// errGone refuses a cursor that the CRM does not know any more.
var errGone = errors.New("cursor lost, start again")

// listRecords walks the log of changes. Without since it lists what exists,
// with since also what was deleted or merged.
func (w *World) listRecords(rw http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	limit, err := limitOf(q.Get("limit"))
	if err != nil {
		answer(rw, nil, err)
		return
	}
	since, err := timeOf(q.Get("since"))
	if err != nil {
		answer(rw, nil, err)
		return
	}
	scope := "r:" + q.Get("kind") + ":" + q.Get("since")
	seq, err := w.readCursor(scope, q.Get("cursor"))
	if err != nil {
		answer(rw, nil, err)
		return
	}
	from, err := strconv.ParseInt(seq, 10, 64)
	if err != nil {
		from = 0
	}
	records, last, more := w.changesAfter(q.Get("kind"), since, from, limit)
	next := ""
	if more {
		next = w.cursor(scope, strconv.FormatInt(last, 10))
	}
	answer(rw, map[string]any{"records": records, "next_cursor": next}, nil)
}

func (w *World) changesAfter(kind string, since time.Time, seq int64, limit int) (out []Record, last int64, more bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	out = []Record{}
	for _, line := range w.data.log[w.data.after(seq, since):] {
		r := line.row
		gone := since.IsZero() && (r.State == StateDeleted || r.MergedInto != nil)
		if r.seq != line.seq || gone || kind != "" && r.Kind != kind {
			continue
		}
		if len(out) == limit {
			return out, last, true
		}
		rec := w.data.view(r, w.cfg.BaseURL)
		rec.Team = append([]Entry{}, r.team...)
		out, last = append(out, rec), line.seq
	}
	return out, last, false
}

// listActivities lists sales records stored or changed at or after since,
// oldest first.
func (w *World) listActivities(rw http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	since, err := timeOf(q.Get("since"))
	if err != nil {
		answer(rw, nil, err)
		return
	}
	w.mu.Lock()
	ids, byID := []string{}, map[string]Activity{}
	for _, a := range w.data.activities {
		if !a.stored.Before(since) {
			id := strconv.FormatInt(a.seq, 10)
			ids = append(ids, id)
			byID[id] = a.Activity
		}
	}
	w.mu.Unlock()
	page, next, err := w.pageOf(ids, "a:"+q.Get("since"), q.Get("cursor"))
	found := []Activity{}
	for _, id := range page {
		found = append(found, byID[id])
	}
	answer(rw, map[string]any{"activities": found, "next_cursor": next}, err)
}

// pageOf returns the ids behind the cursor, at most maxLimit. A cursor names
// the last id of the page before; when that is gone, so is the cursor.
func (w *World) pageOf(ids []string, scope, cursor string) (page []string, next string, err error) {
	last, err := w.readCursor(scope, cursor)
	if err != nil {
		return nil, "", err
	}
	if cursor != "" {
		i := slices.Index(ids, last)
		if i < 0 {
			return nil, "", errGone
		}
		ids = ids[i+1:]
	}
	if len(ids) > maxLimit {
		ids = ids[:maxLimit]
		next = w.cursor(scope, ids[maxLimit-1])
	}
	return ids, next, nil
}

// cursor makes a position opaque. It is good for the same question only.
func (w *World) cursor(scope, position string) string {
	return base64.RawURLEncoding.EncodeToString([]byte(w.cursorEpoch() + "|" + scope + "|" + position))
}

func (w *World) readCursor(scope, cursor string) (position string, err error) {
	if cursor == "" {
		return "", nil
	}
	raw, err := base64.RawURLEncoding.DecodeString(cursor)
	position, ok := strings.CutPrefix(string(raw), w.cursorEpoch()+"|"+scope+"|")
	if err != nil || !ok {
		return "", errGone
	}
	return position, nil
}

func (w *World) cursorEpoch() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.hooks.prefix + strconv.Itoa(w.epoch)
}

// ForgetCursors makes every cursor given out so far answer 410.
func (w *World) ForgetCursors() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.epoch++
}

func limitOf(s string) (int, error) {
	if s == "" {
		return defaultLimit, nil
	}
	n, err := strconv.Atoi(s)
	if err != nil || n < 1 || n > maxLimit {
		return 0, fmt.Errorf("limit is a number from 1 to %d: %w", maxLimit, ErrInvalid)
	}
	return n, nil
}

func timeOf(s string) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	t, err := time.Parse(time.RFC3339Nano, s)
	if err != nil {
		return t, fmt.Errorf("since is an RFC 3339 time: %w", ErrInvalid)
	}
	return t, nil
}
