package bolt

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"roomkeeper/connector"
)

// BenchmarkAccept measures durable intakes, each with an identity, a notice
// and a job, at 32 callers.
func BenchmarkAccept(b *testing.B) {
	e := openTest(b, nil)
	inbox := e.Ports().Inbox
	const callers, keys = 32, 200
	for i := range keys {
		id := connector.GroupID(fmt.Sprint("g", i))
		if _, err := inbox.Accept(b.Context(), connector.Intake{Group: id, Open: &connector.Group{ID: id}}); err != nil {
			b.Fatal(err)
		}
	}
	var (
		next    atomic.Int64
		workers sync.WaitGroup
	)
	b.ResetTimer()
	for range callers {
		workers.Go(func() {
			for i := next.Add(1); i <= int64(b.N); i = next.Add(1) {
				group := connector.GroupID(fmt.Sprint("g", i%keys))
				_, err := inbox.Accept(b.Context(), connector.Intake{
					ID: fmt.Sprint("e", i), Group: group, Notice: &connector.Notice{},
					Jobs: []connector.Job{{Key: connector.JobKey{Lane: connector.LaneCards, Group: group}}},
				})
				if err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	workers.Wait()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "intakes/s")
}
