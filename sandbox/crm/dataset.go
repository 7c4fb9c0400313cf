package crm

import (
	"maps"
	"net/url"
	"slices"
	"sort"
	"time"
)

// dataset is what the CRM stores. Every change of a record gets the next
// sequence number and is appended to log, so that a list "oldest change first"
// is a walk along log, whatever changes meanwhile: a record that changes
// during a walk is met again later, never missed.
type dataset struct {
	records    map[Ref]*row
	log        []logLine
	seq        int64
	last       time.Time
	users      map[string]User
	userOrder  []string
	byEmail    map[string][]string
	units      map[unitKey]Unit
	activities []sale
}

type row struct {
	Record
	team []Entry
	seq  int64
}

// sale is a sales record and when it was stored or changed last; the newest is
// at the end.
type sale struct {
	Activity
	stored time.Time
	seq    int64
}

type logLine struct {
	seq int64
	at  time.Time
	row *row
}

type unitKey struct{ typ, id string }

func newDataset() *dataset {
	return &dataset{
		records: map[Ref]*row{}, users: map[string]User{},
		byEmail: map[string][]string{}, units: map[unitKey]Unit{},
	}
}

// touch moves r to the end of the log with time now, never before an earlier
// change, in milliseconds.
func (d *dataset) touch(r *row, now time.Time) {
	now = now.UTC().Truncate(time.Millisecond)
	if now.Before(d.last) {
		now = d.last
	}
	d.last = now
	d.seq++
	r.seq, r.ModifiedAt = d.seq, now
	d.log = append(d.log, logLine{d.seq, now, r})
	if len(d.log) > 2*len(d.records)+64 {
		d.log = slices.DeleteFunc(d.log, func(l logLine) bool { return l.row.seq != l.seq })
	}
}

// after returns the position of the first line with a sequence above seq and a
// time at or after since.
func (d *dataset) after(seq int64, since time.Time) int {
	return sort.Search(len(d.log), func(i int) bool {
		return d.log[i].seq > seq && !d.log[i].at.Before(since)
	})
}

// members returns the users of a unit, sorted; sub adds those of the units
// below it. False: there is no such unit.
func (d *dataset) members(typ, id string, sub bool) ([]string, bool) {
	if _, ok := d.units[unitKey{typ, id}]; !ok {
		return nil, false
	}
	seen, people := map[string]bool{id: true}, map[string]bool{}
	for waiting := []string{id}; len(waiting) > 0; waiting = waiting[1:] {
		for _, u := range d.units[unitKey{typ, waiting[0]}].Users {
			people[u] = true
		}
		if !sub {
			break
		}
		for k, unit := range d.units {
			if k.typ == typ && unit.Parent == waiting[0] && !seen[k.id] {
				seen[k.id] = true
				waiting = append(waiting, k.id)
			}
		}
	}
	return slices.Sorted(maps.Keys(people)), true
}

// view returns a copy of r that shares nothing with it, without the team.
func (d *dataset) view(r *row, baseURL string) Record {
	out := r.Record
	out.URL = baseURL + "/records/" + r.Kind + "/" + url.PathEscape(r.ID)
	out.Fields = slices.Clone(r.Fields)
	if r.Owner != nil {
		owner := *r.Owner
		out.Owner = &owner
	}
	if r.MergedInto != nil {
		into := *r.MergedInto
		out.MergedInto = &into
	}
	return out
}
