package redis

import (
	"testing"
	"time"

	"roomkeeper/connector"
	"roomkeeper/internal/redistest"
)

// A value that was replaced after Prune had seen how old it was stays.
func TestPruneLeavesWhatWasReplaced(t *testing.T) {
	server := redistest.Start(t, redistest.Options{AppendFsync: "everysec"})
	e, err := Open(Options{Addrs: []string{server.Addr()}, Prefix: "prune", Deployment: "crm"})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := e.Close(); err != nil {
			t.Error(err)
		}
	}()
	ctx, now := t.Context(), time.Now()
	if err := e.Check(ctx); err != nil {
		t.Fatal(err)
	}
	entry := connector.LedgerEntry{Card: "c1", Message: "m1", At: now}
	if _, err := (ledger{e}).PutEntry(ctx, "g1", entry); err != nil {
		t.Fatal(err)
	}
	step := newStep(e.layout.Load().group("g1"))
	step.op("fade", step.key(keyLedgerAges), micros(now.Add(-time.Hour)), step.key(keyLedger+"g1"), keyOf("g1", "c1"), "c1")
	if err := e.blind(ctx, "prune", step); err != nil {
		t.Fatal(err)
	}
	if _, err := (ledger{e}).Entry(ctx, "g1", "c1"); err != nil {
		t.Error(err)
	}
}
