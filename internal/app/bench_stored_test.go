package app_test

import (
	"context"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	goredis "github.com/redis/go-redis/v9"

	"roomkeeper/connector"
	"roomkeeper/connector/assistant"
	"roomkeeper/internal/world"
)

// Sizes of what BenchmarkStored stores.
const (
	storedRecords = 100_000
	storedPeople  = 600
	storedTeam    = 20
	storedFirst   = 2_000 // are stored before anything is measured
)

// BenchmarkStored stores records as they are after a first load, each with a
// channel for storedTeam people, its reading, its details card, one more entry
// of the ledger and one event that is remembered. It reports what one costs in Redis, and that this
// process keeps nothing of them.
func BenchmarkStored(b *testing.B) {
	s := oneServer(b, "everysec")
	client := goredis.NewClient(&goredis.Options{Addr: s.options.Addrs[0], Protocol: 2})
	b.Cleanup(func() { _ = client.Close() })
	e := s.engine(b)
	storePeople(b, e)
	storeRecords(b, e, 0, storedFirst)
	for b.Loop() {
		before, own := usedMemory(b, client), memoryOfProcess()
		began := time.Now()
		storeRecords(b, e, storedFirst, storedFirst+storedRecords)
		took := time.Since(began)
		after, ownAfter := usedMemory(b, client), memoryOfProcess()
		b.ReportMetric(float64(took.Microseconds())/storedRecords, "us/record")
		b.ReportMetric((after-before)/storedRecords, "redis-B/record")
		b.ReportMetric(after/(1<<20), "redis-MB")
		b.ReportMetric(megabytes(own.heap), "heap-before-MB")
		b.ReportMetric(megabytes(ownAfter.heap), "heap-after-MB")
		b.ReportMetric(megabytes(own.resident), "rss-before-MB")
		b.ReportMetric(megabytes(ownAfter.resident), "rss-after-MB")
	}
	reportKinds(b, client)
	if _, err := client.FlushAll(context.Background()).Result(); err != nil {
		b.Fatal(err)
	}
}

func storePeople(b *testing.B, e connector.Engine) {
	b.Helper()
	var people []connector.Person
	for n := range storedPeople {
		email := world.PersonID(n) + "@example.com"
		people = append(people, connector.Person{
			User: connector.User{ID: connector.UserID(world.PersonID(n)), Name: "Person " + strconv.Itoa(n), Email: email, Active: true}, ReadAt: time.Now(),
			Links: map[connector.PlatformID]connector.Link{"slack": {
				Member: memberOf(connector.UserID(world.PersonID(n))), Source: connector.LinkEmail, Email: email, At: time.Now(),
			}},
		})
	}
	if err := e.People.SavePeople(context.Background(), people); err != nil {
		b.Fatal(err)
	}
}

// storeRecords stores those from one number up to another.
func storeRecords(b *testing.B, e connector.Engine, from, to int) {
	b.Helper()
	numbers, failed := make(chan int), make(chan error, benchConnections)
	var workers sync.WaitGroup
	for range benchConnections {
		workers.Go(func() {
			var err error
			for n := range numbers {
				if err == nil {
					err = storeRecord(e, n)
				}
			}
			failed <- err
		})
	}
	for n := from; n < to; n++ {
		numbers <- n
	}
	close(numbers)
	workers.Wait()
	for range benchConnections {
		if err := <-failed; err != nil {
			b.Fatal(err)
		}
	}
}

func storeRecord(e connector.Engine, n int) error {
	ctx := context.Background()
	g := storedGroup(n)
	if _, err := e.Names.Reserve(ctx, g.Platform, g.Channel.Name, g.ID); err != nil {
		return err
	}
	if _, err := e.Groups.SaveGroup(ctx, g); err != nil {
		return err
	}
	for _, card := range []string{"details", "activity/1"} {
		entry := connector.LedgerEntry{Card: assistant.CardIDOf(g.ID, card), Message: connector.MessageID(fmt.Sprintf("1764090000.%06d", n)), At: time.Now()}
		if _, err := e.Ledger.PutEntry(ctx, g.ID, entry); err != nil {
			return err
		}
	}
	// One event that was told of it, and is remembered.
	if _, err := e.Inbox.Accept(ctx, connector.Intake{ID: fmt.Sprintf("evt_%024d/%s", n, g.ID), Group: g.ID, At: time.Now()}); err != nil {
		return err
	}
	return e.Readings.SaveReadings(ctx, map[connector.GroupID]connector.Reading{g.ID: {
		Digest: "0123456789abcdef01234567", ModifiedAt: time.Now(), At: time.Now(),
	}})
}

func storedGroup(n int) connector.Group {
	id, now := strconv.Itoa(n), time.Now()
	record := connector.RecordKey{CRM: "crm", Kind: connector.KindAccount, ID: id}
	g := connector.Group{
		ID: connector.GroupIDOf("slack", record), Platform: "slack", Record: record, RecordName: "Account number " + id,
		RecordURL: "https://crm.example.com/account/" + id, State: connector.GroupActive, Origin: connector.CreatedByUs, CreatedAt: now,
		Purposed: true, Topic: "Account number " + id, ChatReadAt: now,
		Channel: connector.Channel{ID: connector.ChannelID(fmt.Sprintf("C%09d", n)), Name: "account-number-" + id},
		Details: connector.DetailsCard{Message: connector.MessageID("1764090000.000100"), Digest: "0123456789abcdef01234567", Pinned: true},
	}
	for i := range storedTeam {
		user := connector.UserID(world.PersonID((n + 29*i) % storedPeople))
		g.Memberships = append(g.Memberships, connector.Membership{
			User: user, Member: memberOf(user), Name: "Person " + string(user), Status: connector.StatusMember, Owned: true, Seen: true, Since: now,
			Why: []connector.Path{{Via: connector.ViaTeam, ID: string(user), Name: "Person " + string(user)}},
		})
	}
	return g
}

func usedMemory(b *testing.B, client *goredis.Client) float64 {
	b.Helper()
	text, err := client.Info(context.Background(), "memory").Result()
	if err != nil {
		b.Fatal(err)
	}
	for line := range strings.Lines(text) {
		if value, ok := strings.CutPrefix(strings.TrimSpace(line), "used_memory:"); ok {
			used, err := strconv.ParseFloat(value, 64)
			if err != nil {
				b.Fatal(err)
			}
			return used
		}
	}
	b.Fatal("the server does not say how much memory it uses")
	return 0
}

// usage is what a process takes, in bytes, garbage apart; resident is 0 where
// the system does not tell it.
type usage struct{ heap, resident uint64 }

func memoryOfProcess() usage {
	debug.FreeOSMemory()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	u := usage{heap: m.HeapInuse}
	if statm, err := os.ReadFile("/proc/self/statm"); err == nil {
		if fields := strings.Fields(string(statm)); len(fields) > 1 {
			pages, _ := strconv.ParseUint(fields[1], 10, 64)
			u.resident = pages * uint64(os.Getpagesize())
		}
	}
	return u
}

// reportKinds reports what each kind of key takes a record: those of one record
// by some of them, those of all by their whole size.
func reportKinds(b *testing.B, client *goredis.Client) {
	b.Helper()
	ctx := context.Background()
	total := float64(storedFirst + storedRecords)
	size := func(key string) float64 {
		bytes, err := client.MemoryUsage(ctx, key, 0).Result()
		if err != nil {
			b.Fatalf("%s: %v", key, err)
		}
		return float64(bytes)
	}
	const sample = 100
	for _, kind := range []string{"group", "ledger"} {
		sum := 0.0
		for n := range sample {
			sum += size("roomkeeper:{0}:" + kind + ":" + string(storedGroup(n*storedRecords/sample).ID))
		}
		b.ReportMetric(sum/sample, kind+"-B/record")
	}
	for key, name := range map[string]string{"{0}:index": "index", "{0}:ledgerages": "ledgerages", "{0}:seen": "seen", "{all}:names": "names"} {
		b.ReportMetric(size("roomkeeper:"+key)/total, name+"-B/record")
	}
	b.ReportMetric((size("roomkeeper:{all}:people")+size("roomkeeper:{all}:peopleindex"))/storedPeople, "people-B/person")
}
