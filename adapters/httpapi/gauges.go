package httpapi

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"roomkeeper/connector"
)

const (
	// freshFor is how long a reading of the engine is served again.
	freshFor = 5 * time.Second
	// scanShare keeps reading the engine to a twentieth of the time.
	scanShare = 20
	// observedFor is how long the age of the oldest observation goes on from one
	// look at every channel: it is a matter of hours.
	observedFor = 5 * time.Minute
	// scrapeLimit is the deadline of one reading.
	scrapeLimit = 8 * time.Second
	scrapePage  = 500
)

// gauges reads the engine when metrics are asked for. What cannot be read is
// left out: unknown is not zero.
type gauges struct {
	options MetricsOptions

	depth, oldest, pending, held, dead, observation *prometheus.Desc
	roomUsed, roomLimit                             *prometheus.Desc

	mu      sync.Mutex
	current reading
	until   time.Time
	// observedUntil is when the channels are looked at again.
	observedUntil time.Time
}

// reading is what one look at the engine showed.
type reading struct {
	depth, pending, held, dead int
	// oldest is when the longest-due job became due, observed when the channel
	// that was read the longest ago was read; zero: there is none.
	oldest, observed time.Time
}

func newGauges(o MetricsOptions) *gauges {
	if o.Clock == nil {
		o.Clock = time.Now
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	desc := func(name, help string, labels ...string) *prometheus.Desc {
		return prometheus.NewDesc(prometheus.BuildFQName(namespace, "", name), help, labels, nil)
	}
	return &gauges{
		options:     o,
		depth:       desc("queue_depth", "Keys that wait or run."),
		oldest:      desc("queue_oldest_seconds", "How long the longest-due key has been due."),
		pending:     desc("pending_people", "People who should be in a channel and are not."),
		held:        desc("held_groups", "Groups whose removals wait for a person."),
		dead:        desc("dead_letters", "Work that was given up."),
		observation: desc("observation_oldest_seconds", "Age of the oldest whole reading of a channel."),
		roomUsed:    desc("room_used", "How much of a platform's bound is used, as last seen.", "platform", "what"),
		roomLimit:   desc("room_limit", "A platform's bound.", "platform", "what"),
	}
}

// Describe implements prometheus.Collector.
func (g *gauges) Describe(out chan<- *prometheus.Desc) {
	for _, desc := range []*prometheus.Desc{g.depth, g.oldest, g.pending, g.held, g.dead, g.observation, g.roomUsed, g.roomLimit} {
		out <- desc
	}
}

// Collect implements prometheus.Collector.
func (g *gauges) Collect(out chan<- prometheus.Metric) {
	now := g.options.Clock()
	r, err := g.read(now)
	if err != nil {
		g.options.Logger.Warn("metrics: the engine cannot be read", "error", err)
		return
	}
	gauge := func(desc *prometheus.Desc, value float64) {
		out <- prometheus.MustNewConstMetric(desc, prometheus.GaugeValue, value)
	}
	gauge(g.depth, float64(r.depth))
	gauge(g.oldest, age(now, r.oldest))
	gauge(g.pending, float64(r.pending))
	gauge(g.held, float64(r.held))
	gauge(g.dead, float64(r.dead))
	gauge(g.observation, age(now, r.observed))
	if g.options.Rooms == nil {
		return
	}
	for platform, rooms := range g.options.Rooms() {
		for _, room := range rooms {
			for desc, value := range map[*prometheus.Desc]int{g.roomUsed: room.Used, g.roomLimit: room.Limit} {
				out <- prometheus.MustNewConstMetric(desc, prometheus.GaugeValue, float64(value), string(platform), room.What)
			}
		}
	}
}

func age(now, then time.Time) float64 {
	if then.IsZero() {
		return 0
	}
	return max(0, now.Sub(then).Seconds())
}

// read returns the last reading while it is fresh.
func (g *gauges) read(now time.Time) (reading, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if now.Before(g.until) {
		return g.current, nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), scrapeLimit)
	defer cancel()
	began := time.Now()
	r, err := g.scan(ctx)
	if err != nil {
		return reading{}, err
	}
	if r.observed = g.current.observed; !now.Before(g.observedUntil) {
		if r.observed, err = g.oldestObservation(ctx); err != nil {
			return reading{}, err
		}
		g.observedUntil = now.Add(observedFor)
	}
	g.current, g.until = r, now.Add(max(freshFor, scanShare*time.Since(began)))
	return r, nil
}

func (g *gauges) scan(ctx context.Context) (r reading, err error) {
	depth, err := g.options.Queue.Depth(ctx)
	if err != nil {
		return r, fmt.Errorf("queue depth: %w", err)
	}
	r.depth, r.oldest = depth.Waiting+depth.Running, depth.Oldest
	for cursor := ""; ; {
		letters, next, err := g.options.DeadLetters.ListDead(ctx, cursor, scrapePage)
		if err != nil {
			return r, fmt.Errorf("list dead letters: %w", err)
		}
		r.dead += len(letters)
		if cursor = next; cursor == "" {
			break
		}
	}
	err = g.eachGroup(ctx, connector.GroupQuery{Pending: true}, func(group connector.Group) { r.pending += len(pendingOf(group)) })
	if err != nil {
		return r, err
	}
	err = g.eachGroup(ctx, connector.GroupQuery{State: connector.GroupHeld}, func(connector.Group) { r.held++ })
	return r, err
}

// oldestObservation is when the channel that was read the longest ago was
// read, of those that are kept; zero: there is none.
func (g *gauges) oldestObservation(ctx context.Context) (oldest time.Time, err error) {
	for _, state := range []connector.GroupState{connector.GroupActive, connector.GroupHeld} {
		err := g.eachGroup(ctx, connector.GroupQuery{State: state}, func(group connector.Group) {
			if group.Channel.ID == "" {
				return
			}
			read := group.ChatReadAt
			if read.IsZero() {
				read = group.CreatedAt
			}
			if oldest.IsZero() || read.Before(oldest) {
				oldest = read
			}
		})
		if err != nil {
			return oldest, err
		}
	}
	return oldest, nil
}

func (g *gauges) eachGroup(ctx context.Context, q connector.GroupQuery, do func(connector.Group)) error {
	q.Limit = scrapePage
	for {
		page, err := g.options.Groups.ListGroups(ctx, q)
		if err != nil {
			return fmt.Errorf("list groups: %w", err)
		}
		for _, group := range page.Groups {
			do(group)
		}
		if q.Cursor = page.Next; q.Cursor == "" {
			return nil
		}
	}
}
