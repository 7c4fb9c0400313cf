package reconcile

import (
	"context"
	"slices"
	"testing"
	"time"

	"roomkeeper/connector"
)

// panicsOnce is a CRM whose first expansion panics, as a defect of a driver would.
type panicsOnce struct{ asked int }

func (c *panicsOnce) Expand(context.Context, connector.Principal) ([]connector.UserID, error) {
	c.asked++
	if c.asked == 1 {
		panic("a defect")
	}
	return []connector.UserID{"u1"}, nil
}

// noMarks is a store in which nothing was ever noted.
type noMarks struct{ connector.Marks }

func (noMarks) Mark(context.Context, string) (string, error) { return "", nil }

// A call that panicked keeps nobody from asking again.
func TestAnExpansionAfterAPanic(t *testing.T) {
	e := &Expander{CRM: &panicsOnce{}, Marks: noMarks{}, Clock: time.Now}
	key := connector.PrincipalKey{Type: connector.PrincipalDepartment, ID: "d1"}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	func() {
		defer func() {
			if recover() == nil {
				t.Error("no panic")
			}
		}()
		_, _ = e.expand(ctx, key)
	}()
	got, err := e.expand(ctx, key)
	if err != nil || !slices.Equal(got.users, []connector.UserID{"u1"}) {
		t.Errorf("%+v, %v", got, err)
	}
}
