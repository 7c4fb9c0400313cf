package model_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"roomkeeper/connector"
)

// belief is all that Roomkeeper has to know of one person's past in one channel.
type belief struct {
	// ours: Roomkeeper added them, or meant to.
	ours bool
	// seen: a whole reading showed them in since.
	seen bool
	// left: they were seen, and a later whole reading did not show them.
	left bool
}

func (b belief) String() string {
	var words []string
	for word, is := range map[string]bool{"ours": b.ours, "seen": b.seen, "left": b.left} {
		if is {
			words = append(words, word)
		}
	}
	slices.Sort(words)
	return "[" + strings.Join(words, " ") + "]"
}

// beliefs are those that are possible: what a run that broke off had noted is not
// known. Without faults there is one.
type beliefs map[belief]bool

func (bs beliefs) String() string {
	var words []string
	for b := range bs {
		words = append(words, b.String())
	}
	slices.Sort(words)
	return strings.Join(words, " or ")
}

// may reports whether a belief of which is holds is possible.
func (bs beliefs) may(is func(belief) bool) bool {
	for b := range bs {
		if is(b) {
			return true
		}
	}
	return false
}

func ours(b belief) bool { return b.ours }

func (w *world) believed(g connector.GroupID, m connector.MemberID) beliefs {
	if known := w.beliefs[g][m]; len(known) > 0 {
		return known
	}
	return beliefs{belief{}: true}
}

// news is what one run brought about one Member.
type news struct {
	claim claim
	// sure: they are wanted by what the CRM says of their account now.
	sure bool
	// loosely: they are wanted only if a look-up is not made again yet.
	loosely bool
	// was: somebody wanted was them, and is while a look-up fails.
	was bool
	// read: a whole reading was made; in: it showed them.
	read, in bool
	// late: the first reading was made after people were added, to see whether they
	// are in. It need not be asked who left.
	late bool
	// added, removed: that was tried; worked: it certainly did what it should.
	added, removed, worked bool
	// proven: they were in by a reading after they were added.
	proven  bool
	refused bool
	// doubted: too many vanished at once, so that nobody of them left.
	doubted, mayBeDoubted bool
	// again: policy adds again who left, asOwner only as the owner that they are.
	// returns: they had been seen in before.
	again, asOwner, returns bool
	// kept: only what the CRM does not know just now had brought them.
	kept bool
	// absent: they are not in, in truth. An earlier reading may have told.
	absent bool
	// unfit: the account is of no use.
	unfit bool
}

// next are the beliefs that product.md section 5 makes of one belief and the news.
func (b belief) next(n news) []belief {
	if n.late {
		n.late, n.read = false, true
		return append(b.next(n), b)
	}
	if n.mayBeDoubted && !n.doubted {
		n.mayBeDoubted = false
		sure := n
		sure.doubted = true
		return append(b.next(n), b.next(sure)...)
	}
	if n.again && n.kept {
		// They left, and are added again once it is known that they should be.
		n.again = false
		return append(b.next(n), b)
	}
	here, out := n.read && n.in, n.read && !n.in
	none := belief{}
	switch {
	case n.removed && n.worked:
		return []belief{none}
	case n.claim == unknown && b.left && here:
		return []belief{none} // came back by hand, whoever they are
	case n.claim == unknown, b.ours && b.seen && !b.left && n.doubted && out:
		return []belief{b}
	case n.claim != wanted && !b.ours || n.claim != wanted && b.left:
		return []belief{none} // left is forgotten when taken off
	case n.claim != wanted && here:
		if n.removed {
			// What became of the removal is open: who is gone later did not leave.
			return []belief{{ours: true, seen: true}, {ours: true}}
		}
		return []belief{{ours: true, seen: true}}
	case n.claim != wanted && out && !b.seen:
		return []belief{none, b} // the invitation may be on its way
	case n.claim != wanted && out:
		return []belief{none}
	case n.claim != wanted && n.absent:
		return []belief{b, none}
	case n.claim != wanted:
		return []belief{b}
	}
	var after []belief
	switch {
	case b.left && here:
		after = []belief{none} // came back by hand
	case b.left && n.again:
		after = []belief{{ours: true}}
	case b.left:
		after = []belief{b}
	case b.ours && here:
		after = []belief{{ours: true, seen: true}}
	case here:
		after = []belief{none}
	case b.ours && b.seen && out && n.unfit:
		after = []belief{none} // deactivated, which is not leaving
	case b.ours && b.seen && out && !n.again:
		after = []belief{{ours: true, left: true}}
	case b.ours && b.seen && out:
		after = []belief{{ours: true}, none} // none until it can be asked who they are
	default:
		after = []belief{b}
	}
	if !n.added {
		return after
	}
	switch {
	case n.refused && n.proven:
		return []belief{{ours: true, seen: true}, none}
	case n.refused:
		return []belief{none}
	case n.proven:
		return []belief{{ours: true, seen: true}}
	}
	return []belief{{ours: true}}
}

// learn moves the beliefs of a Group on by the news of each Member, and drops
// those that the Group's own rows rule out. It fails when none is left.
func (w *world) learn(after connector.Group, about map[connector.MemberID]news, spoilt bool) {
	w.Helper()
	if w.beliefs[after.ID] == nil {
		w.beliefs[after.ID] = map[connector.MemberID]beliefs{}
	}
	for _, m := range slices.Sorted(maps.Keys(about)) {
		was, may := w.believed(after.ID, m), beliefs{}
		for b := range was {
			for _, n := range b.next(about[m]) {
				may[n] = true
			}
			if spoilt && about[m].was {
				kept := about[m]
				kept.claim = wanted
				for _, n := range b.next(kept) {
					may[n] = true
				}
			}
			if spoilt && about[m].asOwner {
				// That they are the owner is not known while a look-up fails.
				nobody := about[m]
				nobody.again = false
				for _, n := range b.next(nobody) {
					may[n] = true
				}
			}
			if spoilt {
				may[b] = true
				if about[m].claim == wanted && !b.ours {
					may[belief{ours: true}] = true // the intent is stored first
				}
				if b.ours && about[m].removed {
					may[belief{ours: true}] = true
				}
			}
		}
		if w.past.doubtful[m] {
			may[belief{}], may[belief{ours: true}], may[belief{ours: true, seen: true}] = true, true, true
		}
		shown := shows(after, m)
		is := beliefs{}
		for b := range may {
			if b.ours == shown.ours && b.left == shown.left {
				is[b] = true
			}
		}
		if len(is) == 0 {
			w.fail("of %s in %s Roomkeeper thinks %s, and may think %s: before %s, news %+v", m, after.Record, shown, may, was, about[m])
		}
		w.beliefs[after.ID][m] = is
	}
}

// shows is what a Group's rows say of a Member; what was seen is not compared.
func shows(g connector.Group, m connector.MemberID) belief {
	var b belief
	for _, row := range g.Memberships {
		if row.Member == m {
			b.ours = b.ours || row.Owned
			b.left = b.left || row.Status == connector.StatusLeft
		}
	}
	return b
}

func (w *world) keep(g connector.GroupID, m connector.MemberID) {
	if w.past.kept[g] == nil {
		w.past.kept[g] = map[connector.MemberID]bool{}
	}
	w.past.kept[g][m] = true
}

// decide is what Confirm and Dismiss make of the people of a hold.
func (w *world) decide(key connector.RecordKey, h connector.Hold, confirm bool) {
	g := w.group(key)
	for _, m := range h.People {
		if confirm {
			w.past.confirmed[g.ID] = append(w.past.confirmed[g.ID], m)
		} else {
			w.beliefs[g.ID][m] = beliefs{belief{}: true}
			w.keep(g.ID, m)
		}
	}
	for m := range w.beliefs[g.ID] {
		if s := shows(g, m); !w.believed(g.ID, m).may(func(b belief) bool { return b.ours == s.ours && b.left == s.left }) {
			w.fail("after %s of %s was decided Roomkeeper thinks %s of %s, and may think %s", fmt.Sprint(h.Reason), key, s, m, w.believed(g.ID, m))
		}
	}
}
