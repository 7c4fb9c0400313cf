package main

import (
	"strings"
	"testing"
)

func TestAdoptSuggest(t *testing.T) {
	f := serve(t, map[string][]string{"GET adopt": {`{"items":[
{"kind":"account","record_id":"4","record_name":"Acme\nCorp","platform":"slack","channel_name":"acme-corp","why":"called like the record"},
{"kind":"account","record_id":"A 5","record_name":"Beta","platform":"discord","channel_name":"beta","why":"words in common"}],"next_cursor":""}`}})
	code, out, log := runHere(t, "adopt", "--suggest")
	if code != 0 {
		t.Fatalf("exit %d: %s", code, log)
	}
	wants(t, "output", out, []string{
		"account 4 (Acme Corp) and #acme-corp on slack: called like the record\n    in #acme-corp: /crm adopt account 4\n",
		"in #beta: /crm adopt account \"A 5\"\n", "2 pairs. Nothing was changed",
	})
	for _, body := range f.bodies {
		if !strings.HasPrefix(body, "GET ") {
			t.Errorf("sent %s", body)
		}
	}
	if code, _, log := runHere(t, "adopt"); code != 2 || !strings.Contains(log, "--suggest") {
		t.Errorf("exit %d: %s", code, log)
	}
}
