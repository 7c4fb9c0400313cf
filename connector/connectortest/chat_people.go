package connectortest

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"roomkeeper/connector"
)

// time0 is now less a second, for platforms that count whole seconds.
func time0(t *chatTest) time.Time { return t.Now().Add(-time.Second) }

func peopleRules() map[string]func(*chatTest) {
	return map[string]func(*chatTest){
		"lookup":              chatLookup,
		"accounts":            chatAccounts,
		"lookup of many":      chatLookupMany,
		"lookup ends":         chatLookupEnds,
		"lookup with a fault": chatLookupFault,
		"admin":               chatAdmin,
	}
}

// standings makes one person of each kind, by address.
func (t *chatTest) standings() map[string]connector.Account {
	want := map[string]connector.Account{
		"ann@example.com":  {Member: t.Person("ann@example.com")},
		"none@example.com": {Reason: connector.ReasonNoAccount},
	}
	if t.Guest != nil {
		t.Guest("guest@example.com")
		want["guest@example.com"] = connector.Account{Reason: connector.ReasonGuest}
	}
	if t.Gone != nil {
		t.Gone("gone@example.com")
		want["gone@example.com"] = connector.Account{Reason: connector.ReasonNoAccount}
	}
	return want
}

func chatLookup(t *chatTest) {
	d := t.Platform.Directory
	if d == nil {
		return
	}
	want := t.standings()
	for email, account := range want { // one by one
		got, err := d.Lookup(t.ctx(), []string{email})
		t.ok(err)
		if got[email] != account || len(got) != 1 {
			t.Errorf("%s alone: %v, want %+v", email, got, account)
		}
	}
	emails := make([]string, 0, len(want))
	for email := range want {
		emails = append(emails, email)
	}
	got, err := d.Lookup(t.ctx(), emails)
	t.ok(err)
	for email, account := range want {
		if got[email] != account {
			t.Errorf("%s: %+v, want %+v", email, got[email], account)
		}
	}
}

func chatAccounts(t *chatTest) {
	d := t.Platform.Accounts
	for id, reason := range map[connector.MemberID]connector.PendingReason{
		t.Person("bob@example.com"): "", t.NoMember: connector.ReasonNoAccount,
	} {
		account, err := d.Account(t.ctx(), id)
		t.ok(err)
		if account.Reason != reason || (account.Member == id) != (reason == "") {
			t.Errorf("%s: %+v, want reason %q", id, account, reason)
		}
	}
	if t.Stranger != nil {
		account, err := d.Account(t.ctx(), t.Stranger("eve@elsewhere.example"))
		t.ok(err)
		if account.Reason != connector.ReasonOtherWorkspace {
			t.Errorf("a stranger: %+v", account)
		}
	}
}

func (t *chatTest) addresses(n int) []string {
	emails := make([]string, n)
	for i := range emails {
		emails[i] = fmt.Sprintf("person%d@example.com", i)
	}
	return emails
}

func chatLookupMany(t *chatTest) {
	d := t.Platform.Directory
	if d == nil {
		return
	}
	ids := t.crowd(450)
	for _, n := range []int{0, 1, 3, 450} {
		t.Run(fmt.Sprint(n), func(tt *testing.T) {
			got, err := d.Lookup(tt.Context(), t.addresses(n))
			if err != nil || len(got) != n {
				tt.Fatalf("%d answers, error %v", len(got), err)
			}
			for i, email := range t.addresses(n) {
				if got[email].Member != ids[i] {
					tt.Errorf("%s is %+v, want %s", email, got[email], ids[i])
				}
			}
		})
	}
}

// chatLookupEnds: a look-up that is made to wait again and again gets there.
func chatLookupEnds(t *chatTest) {
	d := t.Platform.Directory
	if d == nil {
		return
	}
	t.crowd(450)
	answers := map[string]connector.Account{}
	for range 20 {
		t.Spoil(ChatLookup, ChatLimited, 1)
		var left []string
		for _, email := range t.addresses(5) {
			if _, known := answers[email]; !known {
				left = append(left, email)
			}
		}
		got, err := d.Lookup(t.ctx(), left)
		for email, account := range got {
			answers[email] = account
		}
		if err == nil {
			break
		}
		t.waits(err)
	}
	if len(answers) != 5 {
		t.Errorf("%d of 5 answers after many tries", len(answers))
	}
}

// chatLookupFault: with an error, what is in the map holds and what is not is
// unknown.
func chatLookupFault(t *chatTest) {
	d := t.Platform.Directory
	if d == nil {
		return
	}
	ids := t.crowd(450)
	for skip := range 3 {
		t.Spoil(ChatLookup, ChatFailed, skip)
		got, err := d.Lookup(t.ctx(), t.addresses(4))
		if err != nil && !errors.Is(err, connector.ErrTemporary) {
			t.Errorf("error %v", err)
		}
		for i, email := range t.addresses(4) {
			if account, known := got[email]; known && account.Member != ids[i] {
				t.Errorf("%s is %+v, want %s", email, account, ids[i])
			} else if !known && err == nil {
				t.Errorf("%s has no answer and there is no error", email)
			}
		}
	}
}

func chatAdmin(t *chatTest) {
	d := t.Platform.Accounts
	if t.Admin == nil {
		return
	}
	ids := t.crowd(2)
	t.Admin(ids[0])
	for i, want := range []bool{true, false} {
		got, err := d.Admin(t.ctx(), ids[i])
		t.ok(err)
		if got != want {
			t.Errorf("admin %v, want %v", got, want)
		}
	}
	got, err := d.Admin(t.ctx(), t.NoMember)
	t.ok(err)
	if got {
		t.Error("nobody is an admin")
	}
}
