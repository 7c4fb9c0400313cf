package main

import (
	"strings"
	"testing"
)

func TestRecover(t *testing.T) {
	item := func(id, action string, archived string) string {
		return `{"kind":"account","record_id":"` + id + `","platform":"slack","channel_id":"C` + id + `","channel_name":"room-` + id + `","archived":` + archived + `,"action":"` + action + `"}`
	}
	f := serve(t, map[string][]string{"POST recover": {`{"items":[` + strings.Join([]string{
		item("1", "rebuild", "false"), item("2", "attach", "true"), item("3", "keep", "false"),
		item("4", "duplicate", "false"), item("5", "kind_not_in_use", "false"),
	}, ",") + `]}`}})
	for _, c := range []struct {
		args []string
		body string
		last string
	}{
		{[]string{"recover", "--dry-run"}, `{"dry_run":true}`, "Nothing was changed."},
		{[]string{"recover"}, `{"dry_run":false}`, "Done."},
	} {
		code, out, log := runHere(t, c.args...)
		if code != 0 {
			t.Fatalf("%v: exit %d: %s", c.args, code, log)
		}
		wants(t, "output", out, []string{
			"account 1 on slack: #room-1: becomes its channel again\n",
			"account 2 on slack: #room-2 (archived): becomes its channel again\n",
			"account 3 on slack: #room-3: is known\n", "another channel carries the same key", "the kind is not in use",
			"5 channels: 2 to be used again, 1 known, 2 left alone.\n", c.last,
		})
		if got := f.bodies[len(f.bodies)-1]; got != "POST recover "+c.body {
			t.Errorf("%v sent %s", c.args, got)
		}
	}
}

func TestRecoverRefused(t *testing.T) {
	serve(t, nil)
	if code, out, log := runHere(t, "recover"); code != 1 || out != "" || !strings.Contains(log, "the service answered 404") {
		t.Errorf("exit %d: %s%s", code, out, log)
	}
}
