package world_test

import (
	"reflect"
	"slices"
	"testing"

	"roomkeeper/internal/world"
)

// Every row of the table is whole: no hand is missing, and each verb that the
// scenarios meet is one that the platform has.
func TestPlatforms(t *testing.T) {
	world.OnEach(t, func(t *testing.T, p world.Platform) {
		row := reflect.ValueOf(p)
		for i := range row.NumField() {
			if f := row.Field(i); f.Kind() != reflect.Bool && f.IsZero() {
				t.Errorf("%s is not set", row.Type().Field(i).Name)
			}
		}
		for _, v := range slices.Concat(p.Starting, p.Opening, p.Keeping, p.Reading, []world.Verb{world.Create, world.Post, world.History}) {
			if p.Verbs[v].Method == "" {
				t.Errorf("no call of the API is %q", v)
			}
		}
		if p.Choosy && p.Verbs[world.Offer].Method == "" {
			t.Error("no call of the API offers the commands")
		}
		for _, v := range []world.Verb{world.Create, world.Post} {
			if !p.Asks(false, v) {
				t.Errorf("a channel is made without %q", v)
			}
		}
	})
}
