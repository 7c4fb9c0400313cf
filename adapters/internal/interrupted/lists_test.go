package interrupted_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"roomkeeper/adapters/internal/interrupted"
	"roomkeeper/connector"
)

var began = time.Unix(1.8e9, 0)

// book is a list of four pages, the last of them empty, which fails once at each.
type book struct {
	failure error
	failed  map[string]bool
	asked   []string
}

func (b *book) page(_ context.Context, cursor string) ([]string, string, error) {
	b.asked = append(b.asked, cursor)
	if b.failure != nil && !b.failed[cursor] {
		b.failed[cursor] = true
		return nil, "", b.failure
	}
	next := map[string]string{"": "b", "b": "c", "c": "d"}[cursor]
	if next == "" {
		return nil, "", nil
	}
	return []string{"item " + next}, next, nil
}

func TestGoesOnAtThePageWhereItStopped(t *testing.T) {
	b := &book{failure: &connector.WaitError{After: time.Second}, failed: map[string]bool{}}
	var lists interrupted.Lists[string]
	for range 4 {
		if _, err := lists.Whole(t.Context(), "x", began, b.page); !errors.Is(err, b.failure) {
			t.Fatalf("error %v", err)
		}
	}
	list, err := lists.Whole(t.Context(), "x", began.Add(time.Minute), b.page)
	if err != nil || !slices.Equal(list.Items, []string{"item b", "item c", "item d"}) || !list.Began.Equal(began) {
		t.Errorf("%+v, %v", list, err)
	}
	if want := []string{"", "", "b", "b", "c", "c", "d", "d"}; !slices.Equal(b.asked, want) {
		t.Errorf("asked for %q, want %q", b.asked, want)
	}
}

func TestBeginsAnew(t *testing.T) {
	for name, c := range map[string]struct {
		failure error
		now     time.Time
		drop    bool
	}{
		"after a failure that does not pass": {failure: connector.ErrForbidden, now: began},
		"when it is too old":                 {failure: connector.ErrTemporary, now: began.Add(interrupted.KeepFor + 1)},
		"when it is dropped":                 {failure: connector.ErrTemporary, now: began, drop: true},
	} {
		t.Run(name, func(t *testing.T) {
			b := &book{failure: c.failure, failed: map[string]bool{"": true}}
			var lists interrupted.Lists[string]
			if _, err := lists.Whole(t.Context(), "x", began, b.page); !errors.Is(err, c.failure) {
				t.Fatalf("error %v", err)
			}
			if c.drop {
				lists.Drop("x")
			}
			b.failure = nil
			list, err := lists.Whole(t.Context(), "x", c.now, b.page)
			if err != nil || len(list.Items) != 3 || !list.Began.Equal(c.now) {
				t.Errorf("%+v, %v", list, err)
			}
		})
	}
}

func TestFirst(t *testing.T) {
	var lists interrupted.Lists[string]
	b := &book{}
	if first, err := lists.First(t.Context(), "x", began, b.page); err != nil || first != "item b" || len(b.asked) != 1 {
		t.Errorf("%q, %v after %d pages", first, err, len(b.asked))
	}
	none := func(context.Context, string) ([]string, string, error) { return nil, "", nil }
	if _, err := lists.First(t.Context(), "x", began, none); !errors.Is(err, connector.ErrNotFound) {
		t.Errorf("error %v", err)
	}
}

func TestEndlessList(t *testing.T) {
	turn := 0
	for name, next := range map[string]func() string{
		"a cursor that comes back": func() string { return "again" },
		"ever new cursors":         func() string { turn++; return fmt.Sprint(turn) },
	} {
		var lists interrupted.Lists[string]
		_, err := lists.Whole(t.Context(), "x", began, func(context.Context, string) ([]string, string, error) {
			return nil, next(), nil
		})
		if !errors.Is(err, connector.ErrTemporary) {
			t.Errorf("%s: error %v", name, err)
		}
	}
}

func TestKeepsSoManyAtTheMost(t *testing.T) {
	var kept interrupted.Kept[int, string]
	for i := range 5 {
		kept.Keep(i, "x", began, began, 3)
	}
	kept.Keep(9, "new", began.Add(time.Minute), began.Add(interrupted.KeepFor+1), 3)
	left := 0
	for i := range 10 {
		if _, ok := kept.Take(i, began); ok {
			left++
		}
	}
	if left != 1 {
		t.Errorf("%d left, want the new one", left)
	}
}
