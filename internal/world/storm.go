package world

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"roomkeeper/sandbox/crm"
)

// The size of a storm. Each sender owns some of the records, so that what
// concerns one record is sent one after the other.
const (
	StormRecords = 40
	StormPeople  = 60
	stormSenders = 4
	// teamPeople may be on teams; the others are guests, invited by hand.
	teamPeople = 48
	// betweenEvents is how fast one sender sends.
	betweenEvents = 90 * time.Millisecond
)

// Unbraked are the variables of a connector that removes whom it should
// although many go at once, as after a long downtime.
func Unbraked() []string {
	return []string{"ROOMKEEPER_REMOVAL_LIMIT=1,1000", "ROOMKEEPER_GLOBAL_REMOVAL_LIMIT=1,1000"}
}

// Seed is E2E_SEED, or a fixed one; it is printed.
func Seed(t testing.TB) uint64 {
	t.Helper()
	n := uint64(20260101)
	if text := os.Getenv("E2E_SEED"); text != "" {
		given, err := strconv.ParseUint(text, 10, 64)
		if err != nil {
			t.Fatalf("E2E_SEED: %v", err)
		}
		n = given
	}
	t.Logf("E2E_SEED=%d", n)
	return n
}

// Storm is random events about many records, while something goes wrong.
type Storm struct {
	*World
	ctx     context.Context
	senders []*sender
	guests  map[int][]string // by account, who was invited by hand and is still in
}

// sender makes and reports the changes of its own accounts.
type sender struct {
	*Storm
	rand     *rand.Rand
	name     string
	accounts []int
	events   int
	opened   map[int]bool
	team     map[int][]int    // numbers of the people on the team, the owner first
	sales    map[int][]string // subjects of its sales records
	last     map[int]sold     // the newest sales record about it alone
	err      error
	// What happened, to be held against the calls that were made.
	comings, goings, renames int
}

// sold is a sales record that may be edited.
type sold struct {
	id, subject string
	place       int
}

// NewStorm prepares a world: teams of known people, and a CRM that sends
// nothing by itself.
func NewStorm(t testing.TB, w *World, seed uint64) *Storm {
	t.Helper()
	w.CRM.Act(t, "webhooks", Order{"mode": "off"})
	s := &Storm{World: w, ctx: t.Context(), guests: map[int][]string{}}
	for i := range stormSenders {
		s.senders = append(s.senders, &sender{
			Storm: s, rand: rand.New(rand.NewPCG(seed, uint64(i))), name: fmt.Sprintf("s%d", i),
			opened: map[int]bool{}, team: map[int][]int{}, sales: map[int][]string{}, last: map[int]sold{},
		})
	}
	for n := 1; n <= StormRecords; n++ {
		x := s.senders[n%stormSenders]
		x.accounts = append(x.accounts, n)
		var team []crm.Entry
		for _, person := range x.rand.Perm(teamPeople)[:5+x.rand.IntN(5)] {
			x.team[n] = append(x.team[n], person+1)
			team = append(team, Employee(fmt.Sprintf("u%d", person+1)))
		}
		owner := team[0].Principal
		w.CRM.Act(t, "edit", About(Account(n)).With("edit", crm.Edit{Owner: &owner}))
		w.CRM.Act(t, "team-set", About(Account(n)).With("record", crm.Record{Team: team}))
	}
	return s
}

// Rage sends events until chaos returns, and until every sender has told
// its last one and was acknowledged.
func (s *Storm) Rage(t testing.TB, chaos func()) {
	t.Helper()
	stop := make(chan struct{})
	var all sync.WaitGroup
	for _, x := range s.senders {
		all.Go(func() { x.err = x.work(stop) })
	}
	all.Go(func() { s.byHand(stop) })
	chaos()
	close(stop)
	all.Wait()
	events := 0
	for _, x := range s.senders {
		if x.err != nil {
			t.Fatalf("sender %s: %v", x.name, x.err)
		}
		events += x.events
	}
	t.Logf("%d events acknowledged", events)
}

// work sends one event after the other. Every account is opened in the end.
func (x *sender) work(stop <-chan struct{}) error {
	tick := time.NewTicker(betweenEvents)
	defer tick.Stop()
	for {
		select {
		case <-stop:
			return x.openAll()
		case <-tick.C:
		}
		if err := x.step(x.accounts[x.rand.IntN(len(x.accounts))]); err != nil {
			return err
		}
	}
}

func (x *sender) openAll() error {
	for _, n := range x.accounts {
		if !x.opened[n] {
			if err := x.request(n); err != nil {
				return err
			}
		}
	}
	return nil
}

// step does something about an account. The first is always that somebody
// asks for its channel: sales records are only shown where there is one.
func (x *sender) step(n int) error {
	if !x.opened[n] {
		return x.request(n)
	}
	switch dice := x.rand.IntN(100); {
	case dice < 35:
		return x.sell(n)
	case dice < 50:
		other := x.accounts[x.rand.IntN(len(x.accounts))]
		if other == n || !x.opened[other] {
			return x.sell(n)
		}
		return x.sell(n, other)
	case dice < 58:
		return x.correct(n)
	case dice < 66:
		return x.rename(n)
	case dice < 80:
		return x.join(n)
	case dice < 92:
		return x.leave(n)
	case dice < 96:
		return x.request(n)
	default:
		return x.tell(told("record.updated", Account(n))) // that says nothing new
	}
}

// tell delivers an event until it is acknowledged.
func (x *sender) tell(e crm.Event) error {
	x.events++
	return x.Deliver(x.ctx, fmt.Sprintf("%s-%d", x.name, x.events), e)
}

// change does something in the CRM.
func (x *sender) change(what string, o Order) error {
	_, err := x.CRM.Do(x.ctx, "POST", "/control/"+what, o, nil)
	return err
}

func (x *sender) request(n int) error {
	if err := x.tell(told("channel.requested", Account(n))); err != nil {
		return err
	}
	x.opened[n] = true
	return nil
}

func (x *sender) sell(accounts ...int) error {
	subject := fmt.Sprintf("Visit %s %d", x.name, x.events)
	var refs []crm.Ref
	for _, n := range accounts {
		refs = append(refs, Account(n))
		x.sales[n] = append(x.sales[n], subject)
		delete(x.last, n)
	}
	id := "act-" + subject
	if len(accounts) == 1 {
		x.last[accounts[0]] = sold{id: id, subject: subject, place: len(x.sales[accounts[0]]) - 1}
	}
	return x.tell(Sale(id, subject, refs...))
}

// correct edits the newest sales record of an account.
func (x *sender) correct(n int) error {
	before, ok := x.last[n]
	if !ok {
		return x.sell(n)
	}
	subject := fmt.Sprintf("%s, corrected %d", before.subject, x.events)
	x.sales[n][before.place] = subject
	e := Sale(before.id, subject, Account(n))
	e.Type = "activity.updated"
	return x.tell(e)
}

func (x *sender) rename(n int) error {
	x.renames++
	name := fmt.Sprintf("Account %d %s %d", n, x.name, x.events)
	edit := crm.Edit{Name: &name, Fields: []crm.Field{{Key: "city", Value: fmt.Sprintf("City %d", x.events)}}}
	if err := x.change("edit", About(Account(n)).With("edit", edit)); err != nil {
		return err
	}
	return x.tell(told("record.updated", Account(n)))
}

func (x *sender) join(n int) error {
	person := 1 + x.rand.IntN(teamPeople)
	if slices.Contains(x.team[n], person) {
		return x.leave(n)
	}
	x.team[n] = append(x.team[n], person)
	x.comings++
	if err := x.change("team-add", About(Account(n)).With("entry", Employee(fmt.Sprintf("u%d", person)))); err != nil {
		return err
	}
	return x.tell(told("team.changed", Account(n)))
}

// leave takes somebody off a team, never its owner.
func (x *sender) leave(n int) error {
	team := x.team[n]
	if len(team) < 4 {
		return x.rename(n)
	}
	i := 1 + x.rand.IntN(len(team)-1)
	p := crm.Principal{Type: "user", ID: fmt.Sprintf("u%d", team[i])}
	x.team[n] = slices.Delete(team, i, i+1)
	x.goings++
	if err := x.change("team-remove", About(Account(n)).With("principal", p)); err != nil {
		return err
	}
	return x.tell(told("team.changed", Account(n)))
}

// byHand invites guests into channels, and some of them leave again.
func (s *Storm) byHand(stop <-chan struct{}) {
	random := rand.New(rand.NewPCG(7, 7))
	tick := time.NewTicker(700 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-stop:
			return
		case <-tick.C:
		}
		state, err := s.Chat.Look(s.ctx)
		if err != nil {
			continue
		}
		ch := state.Channels[random.IntN(len(state.Channels))]
		n, err := strconv.Atoi(strings.TrimPrefix(ch.Record, "crm/account/"))
		if err != nil {
			continue
		}
		s.guest(random, state, ch, n)
	}
}

func (s *Storm) guest(random *rand.Rand, state State, ch Channel, n int) {
	name := fmt.Sprintf("u%d", teamPeople+1+random.IntN(StormPeople-teamPeople))
	i := slices.IndexFunc(state.People, func(p Person) bool { return p.Name == name })
	act := Act{What: ByHandLeave, User: state.People[i].ID, Channel: ch.ID}
	if slices.Contains(s.guests[n], act.User) {
		if err := s.Chat.ByHand(s.ctx, act); err == nil {
			s.guests[n] = without(s.guests[n], []string{act.User})
		}
		return
	}
	if len(ch.Members) == 0 {
		return
	}
	act.What, act.By = ByHandInvite, ch.Members[len(ch.Members)-1]
	if err := s.Chat.ByHand(s.ctx, act); err == nil {
		s.guests[n] = append(s.guests[n], act.User)
	}
}

// Settle waits until all is quiet and checks every record.
func (s *Storm) Settle(t testing.TB, within time.Duration) {
	t.Helper()
	s.Quiet(t, within)
	var all []Expected
	for _, x := range s.senders {
		for _, n := range x.accounts {
			all = append(all, Expected{Ref: Account(n), guests: s.guests[n], Sales: x.sales[n]})
		}
	}
	s.Check(t, all...)
	s.frugal(t)
}

// frugal checks that nobody was called without need: each method no more
// often than what happened explains, with room for what was cut short.
func (s *Storm) frugal(t testing.TB) {
	t.Helper()
	comings, goings, cards, renames := StormRecords, 0, StormRecords, 0
	for _, x := range s.senders {
		comings += x.comings
		goings += x.goings
		renames += x.renames
		for _, sales := range x.sales {
			cards += len(sales)
		}
	}
	for method, n := range s.Chat.Counts(t) {
		t.Logf("%-28s arrived %5d, executed %5d", method, n.Arrived, n.Executed)
	}
	for verb, explained := range map[Verb]int{
		Create: StormRecords, Add: comings, Remove: goings, Rename: renames, Post: cards,
	} {
		n := 0
		for _, call := range s.Chat.Calls(t, verb) {
			if call.Fault != FaultCut { // which has to be made again
				n++
			}
		}
		if n > explained+explained/4 {
			t.Errorf("%s was called %d times for what %d calls could do", verb, n, explained)
		}
	}
}
