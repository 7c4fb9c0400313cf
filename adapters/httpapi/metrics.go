package httpapi

import (
	"log/slog"
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"roomkeeper/connector"
)

// namespace begins every metric's name.
const namespace = "roomkeeper"

// MetricsOptions are what the gauges are read from. Rooms, Clock and Logger are
// optional.
type MetricsOptions struct {
	Queue       connector.Queue
	Groups      connector.Groups
	DeadLetters connector.DeadLetters
	// Rooms tells how much of the platforms' bounds is used.
	Rooms  func() map[connector.PlatformID][]connector.Room
	Clock  func() time.Time
	Logger *slog.Logger
}

// Metrics counts what Roomkeeper does, in a registry of its own. No label is
// ever a record's name, and every label has few values. Its methods are made
// to be hooked into adapters and services; all are safe for concurrent use.
type Metrics struct {
	registry   *prometheus.Registry
	reconciles *prometheus.CounterVec
	chatCalls  *prometheus.CounterVec
	crmCalls   *prometheus.CounterVec
	webhooks   *prometheus.CounterVec
	cards      *prometheus.CounterVec
	tellings   *prometheus.CounterVec
}

// NewMetrics returns Metrics whose gauges are read from an engine when they
// are asked for.
func NewMetrics(o MetricsOptions) *Metrics {
	counter := func(name, help string, labels ...string) *prometheus.CounterVec {
		return prometheus.NewCounterVec(prometheus.CounterOpts{Namespace: namespace, Name: name, Help: help}, labels)
	}
	m := &Metrics{
		registry:   prometheus.NewRegistry(),
		reconciles: counter("reconciles_total", "Runs that made a channel agree with its record.", "outcome", "reason"),
		chatCalls:  counter("chat_calls_total", "Calls to a chat platform.", "platform", "method", "outcome"),
		crmCalls:   counter("crm_calls_total", "Calls to the CRM.", "driver", "call", "outcome"),
		webhooks:   counter("webhooks_total", "Webhooks from the CRM by the status they were answered with.", "source", "code"),
		cards:      counter("cards_total", "Cards by what became of them.", "topic", "outcome"),
		tellings:   counter("tellings_total", "What people are told outside of channels, by what became of it.", "what", "outcome"),
	}
	m.registry.MustRegister(
		m.reconciles, m.chatCalls, m.crmCalls, m.webhooks, m.cards, m.tellings, newGauges(o),
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
	)
	return m
}

// Handler serves the metrics to anybody who reaches it.
func (m *Metrics) Handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{})
}

// MetricsServer is the handler for a listener that serves nothing but GET /metrics.
func (m *Metrics) MetricsServer(log *slog.Logger) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", m.Handler())
	return outer(&dispatcher{mux}, log)
}

// Reconcile counts one run on a Group.
func (m *Metrics) Reconcile(outcome connector.Outcome, reason connector.Reason) {
	m.reconciles.WithLabelValues(string(outcome), string(reason)).Inc()
}

// ChatCall counts one call to a chat platform, by the platform's own method name.
func (m *Metrics) ChatCall(platform connector.PlatformID, method, outcome string) {
	m.chatCalls.WithLabelValues(string(platform), method, outcome).Inc()
}

// CRMCall counts one call to the CRM.
func (m *Metrics) CRMCall(driver, call, outcome string) {
	m.crmCalls.WithLabelValues(driver, call, outcome).Inc()
}

// Card counts one event that could have become a Card. Custom topics are the
// CRM's own and without number: they count as "custom".
func (m *Metrics) Card(topic connector.Topic, outcome string) {
	label := string(topic)
	if topic.Custom() {
		label = "custom"
	}
	m.cards.WithLabelValues(label, outcome).Inc()
}

// Telling counts what one listener is told, or is not.
func (m *Metrics) Telling(what connector.TellingWhat, outcome string) {
	m.tellings.WithLabelValues(string(what), outcome).Inc()
}

func (m *Metrics) webhook(source string, code int) {
	m.webhooks.WithLabelValues(source, strconv.Itoa(code)).Inc()
}
