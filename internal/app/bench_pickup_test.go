package app_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"roomkeeper/connector"
)

// BenchmarkPickUp measures how long work waits for whoever is free: a job from
// its Add to its Take in another replica, and a webhook from its answer to the
// first reading of its record, of which 300 ms are meant: they gather the
// events of one edit.
func BenchmarkPickUp(b *testing.B) {
	b.Run("queue", func(b *testing.B) { everywhere(b, pickUpJob) })
	b.Run("webhook", func(b *testing.B) { everywhere(b, pickUpWebhook) })
}

func pickUpJob(b *testing.B, s servers) {
	adds, takes := s.engine(b), s.engine(b)
	ctx, stop := context.WithCancel(context.Background())
	taken := make(chan time.Time)
	var taker sync.WaitGroup
	taker.Go(func() {
		for {
			lease, err := takes.Queue.Take(ctx)
			at := time.Now()
			if err == nil {
				err = takes.Queue.Finish(ctx, lease, connector.RunEnd{Outcome: connector.RunDone})
			}
			if ctx.Err() != nil {
				return
			}
			if err != nil {
				b.Error(err)
				return
			}
			taken <- at
		}
	})
	var took []time.Duration
	for b.Loop() {
		b.StopTimer()
		linger(5*time.Millisecond + rand.N(10*time.Millisecond))
		b.StartTimer()
		began := time.Now()
		key := connector.JobKey{Lane: connector.LaneGroup, Group: connector.GroupID(strconv.Itoa(len(took)))}
		if err := adds.Queue.Add(ctx, connector.Job{Key: key}); err != nil {
			b.Fatal(err)
		}
		took = append(took, (<-taken).Sub(began))
	}
	stop()
	taker.Wait()
	reportTimes(b, "add-to-take", took)
}

// pickUpBatch is how many webhooks one run of the benchmark follows.
const pickUpBatch = 50

func pickUpWebhook(b *testing.B, s servers) {
	r := startRig(b, 100, benchRecords)
	crm := watchCRM(b, r.Base)
	replicas := r.startReplicas(b, s, 2, connector.GroupActive, "CRM_URL="+crm.url+"/crm")
	sender := &http.Client{Timeout: 10 * time.Second}
	defer sender.CloseIdleConnections()
	var took []time.Duration
	record := 0
	for b.Loop() {
		answered := map[string]time.Time{}
		for range pickUpBatch {
			record = record%benchRecords + 1
			crm.forget(record)
			err := deliverOne(sender, "http://"+replicas[0].Addr(), fmt.Sprintf("pick-up-%d-%d", b.N, len(took)+len(answered)), record)
			if err != nil {
				b.Fatal(err)
			}
			answered[strconv.Itoa(record)] = time.Now()
			linger(5*time.Millisecond + rand.N(20*time.Millisecond))
		}
		settle(b, replicas[0])
		for id, at := range answered {
			read, ok := crm.readAt(id)
			if !ok {
				b.Fatalf("record %s was not read", id)
			}
			took = append(took, read.Sub(at))
		}
	}
	reportTimes(b, "answer-to-read", took)
}

// crmWatch passes calls of the CRM's pull API on, and knows when each record
// was first read.
type crmWatch struct {
	url string

	mu   sync.Mutex
	read map[string]time.Time
}

func watchCRM(b *testing.B, base string) *crmWatch {
	b.Helper()
	target, err := url.Parse(base)
	if err != nil {
		b.Fatal(err)
	}
	w := &crmWatch{read: map[string]time.Time{}}
	pass := httputil.NewSingleHostReverseProxy(target)
	server := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, req *http.Request) {
		if id, ok := strings.CutPrefix(req.URL.Path, "/crm/records/account/"); ok && !strings.Contains(id, "/") {
			w.note(id)
		}
		pass.ServeHTTP(rw, req)
	}))
	b.Cleanup(server.Close)
	w.url = server.URL
	return w
}

func (w *crmWatch) note(id string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if _, again := w.read[id]; !again {
		w.read[id] = time.Now()
	}
}

func (w *crmWatch) forget(record int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.read, strconv.Itoa(record))
}

func (w *crmWatch) readAt(id string) (time.Time, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	at, ok := w.read[id]
	return at, ok
}
