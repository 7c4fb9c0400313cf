package neutral

import (
	"errors"
	"fmt"
	"mime"
	"net/http"
	"strconv"
	"time"

	"roomkeeper/connector"
	"roomkeeper/crm"
)

// maxBatch is how many events one body may hold; the contract's number
// (section 5).
const maxBatch = 100

// receiver implements connector.Receiver. An event of an unknown type has its
// ID, At and the Type as it was sent, nothing else: it is counted and ignored.
type receiver struct {
	secrets [][]byte
	shapes  decoder
	// facts: keep the fat parts, nobody can be asked.
	facts bool
}

// delivery is what the events of one body have in common.
type delivery struct {
	id string
	// signedAt stands in for a timestamp that is missing.
	signedAt time.Time
	now      time.Time
	// cloud: the envelope is CloudEvents, its time is called `time`.
	cloud bool
}

// Receive implements connector.Receiver.
func (r *receiver) Receive(header http.Header, body []byte, now time.Time) ([]connector.Event, error) {
	id, signedAt, err := verify(r.secrets, header, body, now)
	if err != nil {
		return nil, err
	}
	doc, err := crm.Parse(body)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", connector.ErrSyntax, err)
	}
	d := delivery{id: id, signedAt: signedAt, now: now, cloud: cloudEvents(header)}
	batch, ok := doc.([]any)
	if !ok {
		event, err := r.event(d, doc, -1)
		if err != nil {
			return nil, err
		}
		return []connector.Event{event}, nil
	}
	if len(batch) == 0 || len(batch) > maxBatch {
		return nil, &connector.MeaningError{
			Index: -1, Field: "body", Detail: fmt.Sprintf("a batch of %d; 1 to %d are taken", len(batch), maxBatch),
		}
	}
	events := make([]connector.Event, len(batch))
	for i, doc := range batch {
		if events[i], err = r.event(d, doc, i); err != nil {
			return nil, err
		}
	}
	return events, nil
}

// event reads one event; index is its place in a batch, -1 for a single one.
func (r *receiver) event(d delivery, doc any, index int) (connector.Event, error) {
	var reader crm.Reader
	event := r.shapes.event(reader.Root(doc, "body"), d)
	var wrong *crm.ShapeError
	if errors.As(reader.Err(), &wrong) {
		return connector.Event{}, &connector.MeaningError{Index: index, Field: wrong.Field, Detail: wrong.Detail}
	}
	event.ID = d.id
	if index >= 0 {
		// A character that no webhook-id can hold: no other id gives this one.
		event.ID += "\x00" + strconv.Itoa(index)
	}
	if !r.facts || event.Facts.Empty() {
		event.Facts = connector.Facts{}
	}
	return event, nil
}

func cloudEvents(header http.Header) bool {
	media, _, err := mime.ParseMediaType(header.Get("Content-Type"))
	return err == nil && (media == "application/cloudevents+json" || media == "application/cloudevents-batch+json")
}
