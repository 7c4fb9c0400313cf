package neutral

import (
	"context"
	"net/url"
	"strconv"
	"time"

	"roomkeeper/connector"
	"roomkeeper/crm"
)

// pageSize is the contract's largest page (section 6).
const pageSize = 500

// maxCursor is the longest cursor that is taken, in characters.
const maxCursor = 4000

// Page implements connector.Changes.
func (p *puller) Page(ctx context.Context, kind connector.Kind, since time.Time, cursor string) (connector.ChangesPage, error) {
	query := url.Values{"kind": {string(kind)}, "limit": {strconv.Itoa(pageSize)}}
	if !since.IsZero() {
		query.Set("since", since.UTC().Format(time.RFC3339Nano))
	}
	if cursor != "" {
		query.Set("cursor", cursor)
	}
	var page connector.ChangesPage
	err := p.get(ctx, callRecords, "/records", query, func(o crm.Object) {
		if page = p.page(o, kind); cursor != "" && page.Next == cursor {
			o.Fail("next_cursor", "leads to the same page again")
		}
	})
	if err != nil {
		return connector.ChangesPage{}, err
	}
	return page, nil
}

// page reads a page. Without `records` or `next_cursor` it may be cut short,
// and without a `team` a record's team is unknown, which is not empty.
func (p *puller) page(o crm.Object, kind connector.Kind) connector.ChangesPage {
	o.Need("records")
	if !o.Named("next_cursor") {
		o.Fail("next_cursor", "missing")
	}
	page := connector.ChangesPage{Items: []connector.RecordTeam{}, Next: o.Text("next_cursor", maxCursor)}
	for _, r := range o.Objects("records") {
		record := p.shapes.record(r)
		if record.Key.Kind != kind {
			r.Fail("kind", "another kind than the one asked for")
		}
		page.Items = append(page.Items, connector.RecordTeam{
			Record: record,
			Team:   connector.Team{Version: record.TeamVersion, Entries: p.shapes.entries(r)},
		})
	}
	return page
}
