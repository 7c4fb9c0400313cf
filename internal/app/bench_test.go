package app_test

import (
	"bytes"
	"context"
	"crypto/hmac"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strconv"
	"testing"
	"time"

	"roomkeeper/adapters/httpapi"
	"roomkeeper/connector"
	"roomkeeper/internal/world"
	"roomkeeper/sandbox/crm"
)

const (
	// benchConnections is how many senders deliver webhooks at once.
	benchConnections = 32
	// benchRecords is how many records the webhooks are about.
	benchRecords = 1000
)

// BenchmarkWebhooks delivers signed webhooks over loopback: to the service,
// which answers once everything is on the disk, and to a handler that only
// checks the signature. The Groups are frozen: each webhook is stored with
// its notice and its jobs, which then find nothing to do.
func BenchmarkWebhooks(b *testing.B) {
	r := startRig(b, 100, benchRecords)
	r.seed(b, connector.GroupFrozen)
	a, _ := r.startApp(b)
	b.ResetTimer()
	accepted := deliverAll(b, "http://"+a.Addr(), b.N)
	b.StopTimer()
	bare := deliverAll(b, serveBare(b), b.N)
	accepted.report(b, "accepted")
	bare.report(b, "signature-only")
	b.ReportMetric(accepted.rate()/bare.rate(), "accepted/signature-only")
}

// serveBare serves a handler that verifies the signature and nothing else,
// and returns its URL.
func serveBare(b *testing.B) string {
	b.Helper()
	l, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	server := httpapi.NewServer("", http.HandlerFunc(verifyOnly), slog.New(slog.DiscardHandler))
	go func() { _ = server.Serve(l) }() // ends with Close
	b.Cleanup(func() { _ = server.Close() })
	return "http://" + l.Addr().String()
}

func verifyOnly(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 1<<20))
	seconds, parseErr := strconv.ParseInt(r.Header.Get("webhook-timestamp"), 10, 64)
	if err := errors.Join(err, parseErr); err != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	want, err := crm.Sign(world.WebhookSecret, r.Header.Get("webhook-id"), time.Unix(seconds, 0), body)
	if err != nil || !hmac.Equal([]byte(want), []byte(r.Header.Get("webhook-signature"))) {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

// deliverAll sends n webhooks over benchConnections connections.
func deliverAll(b *testing.B, base string, n int) delivered {
	b.Helper()
	sender := &http.Client{Timeout: 30 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: benchConnections, MaxConnsPerHost: benchConnections}}
	defer sender.CloseIdleConnections()
	run := strconv.FormatInt(time.Now().UnixNano(), 36)
	return load(b, n, func(i int) error {
		return deliverOne(sender, base, fmt.Sprintf("%s-%d", run, i), i%benchRecords+1)
	})
}

func deliverOne(sender *http.Client, base, id string, record int) error {
	now := time.Now()
	body, err := json.Marshal(crm.Event{Type: "team.changed", Timestamp: now.UTC(), Data: crm.EventData{
		Kind: "account", RecordID: strconv.Itoa(record), Changed: []string{"team"},
	}})
	if err != nil {
		return err
	}
	signature, err := crm.Sign(world.WebhookSecret, id, now, body)
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(context.Background(), http.MethodPost, base+"/webhooks/crm/crm", bytes.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("webhook-id", id)
	req.Header.Set("webhook-timestamp", strconv.FormatInt(now.Unix(), 10))
	req.Header.Set("webhook-signature", signature)
	answer, err := sender.Do(req)
	if err != nil {
		return err
	}
	_, err = io.Copy(io.Discard, answer.Body)
	if err := errors.Join(err, answer.Body.Close()); err != nil {
		return err
	}
	if answer.StatusCode != http.StatusNoContent {
		return fmt.Errorf("webhook %s: HTTP %d", id, answer.StatusCode)
	}
	return nil
}

// BenchmarkSweep runs full Sweeps of sweepSmall and sweepLarge Groups in which
// nothing changed; what it prints is the large one's.
func BenchmarkSweep(b *testing.B) {
	for b.Loop() {
		small, large := sweepOf(b, sweepSmall), sweepOf(b, sweepLarge)
		b.ReportMetric(float64(sum(large.crm)), "crm-calls")
		b.ReportMetric(float64(pages(large.groups, recordsPage)+pages(sweepUsers, usersPage)), "crm-pages")
		b.ReportMetric(float64(sum(large.chat)), "chat-calls")
		b.ReportMetric(megabytes(large.peak), "peak-heap-MB")
		b.ReportMetric(float64(large.peak)/float64(small.peak), "peak-heap/a-tenth-of-the-groups")
	}
}

// BenchmarkOpen counts the calls of Slack that open a channel for 250 people, ours
// beside the fewest possible, for workspaces of three sizes.
func BenchmarkOpen(b *testing.B) {
	for _, workspace := range []int{300, 1000, 60_000} {
		b.Run(fmt.Sprintf("workspace=%d", workspace), func(b *testing.B) {
			for b.Loop() {
				costs := openOf(b, workspace)
				for _, method := range costs.methods() {
					b.ReportMetric(float64(costs.calls[method]), method)
					b.ReportMetric(float64(costs.fewest[method]), method+"(fewest)")
				}
				b.ReportMetric(float64(people(costs.calls)), "people-calls")
				b.ReportMetric(float64(people(costs.fewest)), "people-calls(fewest)")
			}
		})
	}
}
