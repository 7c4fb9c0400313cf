package membership_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"roomkeeper/adapters/internal/membership"
	"roomkeeper/connector"
)

func TestAnAddGoesOn(t *testing.T) {
	began := time.Unix(1.8e9, 0)
	all := []connector.MemberID{"bot", "1", "2", "2", "3"}
	var adds membership.Adds[string]
	run := adds.Take("c", began)
	if rest := run.Rest(all, "bot"); !slices.Equal(rest, []connector.MemberID{"1", "2", "3"}) {
		t.Errorf("rest %v", rest)
	}
	run.State = "kept"
	run.Settle([]connector.MemberID{"1", "2"}, connector.MemberError{Member: "2", Reason: connector.ReasonGuest})
	adds.Keep("c", run, began)
	if other := adds.Take("d", began); other.State != "" || len(other.Tell()) != 0 {
		t.Error("a run of another channel")
	}
	run = adds.Take("c", began.Add(time.Minute))
	if rest := run.Rest(all, "bot"); run.State != "kept" || !slices.Equal(rest, []connector.MemberID{"3"}) {
		t.Errorf("state %q, rest %v", run.State, rest)
	}
	if in := run.Tell(); !slices.Equal(in, []connector.MemberID{"1"}) {
		t.Errorf("entered %v", in)
	}
	if rest := run.Rest(all, "bot"); !slices.Equal(rest, []connector.MemberID{"1", "3"}) {
		t.Errorf("rest after who was let in was told: %v", rest)
	}
	var refused *connector.MembersError
	if err := run.Result(all); !errors.As(err, &refused) || len(refused.Failed) != 1 || refused.Failed[0].Member != "2" {
		t.Errorf("result %v", err)
	}
	if err := run.Result([]connector.MemberID{"1"}); err != nil {
		t.Errorf("the refusal of somebody else: %v", err)
	}
	if again := adds.Take("c", began); len(again.Rest(all, "bot")) != 3 {
		t.Error("one run was taken twice")
	}
}
