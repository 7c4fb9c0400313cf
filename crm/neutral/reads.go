package neutral

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"roomkeeper/connector"
	"roomkeeper/crm"
)

// The contract's number of ids in one call (section 6), and how long their
// list may get in a URL: common servers refuse request lines over 8 KiB.
const (
	maxIDs      = 100
	maxIDsBytes = 6 << 10
)

// puller asks the pull API. An answer is whole and of the right shape, or an
// error.
type puller struct {
	base, token string
	shapes      decoder
	client      *crm.Client
	quota       *crm.Quota
	observe     func(call, outcome string)
	clock       func() time.Time
	log         *slog.Logger
}

// get asks one question. read takes what it needs out of the answer; what it
// finds wrong there fails the call.
func (p *puller) get(ctx context.Context, c call, path string, query url.Values, read func(crm.Object)) error {
	err := p.ask(ctx, c, path, query, read)
	p.observe(string(c), string(connector.ReasonOf(err)))
	if err != nil {
		return fmt.Errorf("crm %s: %w", c, err)
	}
	return nil
}

func (p *puller) ask(ctx context.Context, c call, path string, query url.Values, read func(crm.Object)) error {
	address := p.base + path
	if len(query) > 0 {
		address += "?" + query.Encode()
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return fmt.Errorf("%w: %w", connector.ErrInvalid, crm.Redact(err))
	}
	req.Header.Set("Accept", "application/json")
	if p.token != "" {
		req.Header.Set("Authorization", "Bearer "+p.token)
	}
	answer, err := p.client.Do(ctx, req)
	if err != nil {
		return err
	}
	if answer.Status != http.StatusOK {
		err := statusError(c, answer, p.clock())
		var wait *connector.WaitError
		if errors.As(err, &wait) {
			p.quota.Pause(wait.After)
		}
		return err
	}
	doc, err := crm.Parse(answer.Body)
	if err != nil {
		return fmt.Errorf("%w: answer: %w", connector.ErrTemporary, err)
	}
	var reader crm.Reader
	read(reader.Root(doc, "answer"))
	if err := reader.Err(); err != nil {
		return fmt.Errorf("%w: answer: %w", connector.ErrTemporary, err)
	}
	return nil
}

// recordPath is the path of a record of this CRM, or ErrInvalid.
func (p *puller) recordPath(key connector.RecordKey) (string, error) {
	if key.CRM != p.shapes.name || key.Kind == "" {
		return "", fmt.Errorf("%w: not a record of this CRM: %s", connector.ErrInvalid, key)
	}
	for _, part := range []string{string(key.Kind), key.ID} {
		if detail := connector.BadID(part); detail != "" {
			return "", fmt.Errorf("%w: record key: %s", connector.ErrInvalid, detail)
		}
	}
	return "/records/" + url.PathEscape(string(key.Kind)) + "/" + url.PathEscape(key.ID), nil
}

// Record implements connector.Records.
func (p *puller) Record(ctx context.Context, key connector.RecordKey) (connector.Record, error) {
	path, err := p.recordPath(key)
	if err != nil {
		return connector.Record{}, err
	}
	var record connector.Record
	err = p.get(ctx, callRecord, path, nil, func(o crm.Object) {
		if record = p.shapes.record(o); record.Key != key {
			o.Fail("id", "another record than the one asked for")
		}
	})
	if err != nil {
		return connector.Record{}, err
	}
	return record, nil
}

// Team implements connector.Teams.
func (p *puller) Team(ctx context.Context, key connector.RecordKey) (connector.Team, error) {
	path, err := p.recordPath(key)
	if err != nil {
		return connector.Team{}, err
	}
	var team connector.Team
	err = p.get(ctx, callTeam, path+"/team", nil, func(o crm.Object) {
		team = connector.Team{Version: o.Version("team_version"), Entries: p.shapes.entries(o)}
	})
	if err != nil {
		return connector.Team{}, err
	}
	return team, nil
}

// UsersByID implements connector.Users. An id that the API cannot be asked for
// (it holds a comma, or is no id at all) is unknown to it.
func (p *puller) UsersByID(ctx context.Context, ids []connector.UserID) (map[connector.UserID]connector.User, error) {
	asked := map[connector.UserID]bool{}
	var list []string
	for _, id := range ids {
		if asked[id] {
			continue
		}
		if connector.BadID(string(id)) != "" || strings.Contains(string(id), ",") {
			p.log.WarnContext(ctx, "user id cannot be asked for", "user", string(id))
			continue
		}
		asked[id] = true
		list = append(list, string(id))
	}
	found := make(map[connector.UserID]connector.User, len(list))
	for _, batch := range idBatches(list) {
		users, err := p.users(ctx, callUsers, url.Values{"ids": {strings.Join(batch, ",")}})
		if err != nil {
			return nil, err
		}
		for _, user := range users {
			if asked[user.ID] {
				found[user.ID] = user
			}
		}
	}
	return found, nil
}

// idBatches cuts ids into what one call can ask for.
func idBatches(ids []string) [][]string {
	var batches [][]string
	var batch []string
	size := 0
	for _, id := range ids {
		length := len(url.QueryEscape(id)) + len("%2C")
		if len(batch) == maxIDs || (len(batch) > 0 && size+length > maxIDsBytes) {
			batches, batch, size = append(batches, batch), nil, 0
		}
		batch, size = append(batch, id), size+length
	}
	if len(batch) > 0 {
		batches = append(batches, batch)
	}
	return batches
}

// UsersByEmail implements connector.UserFinder. People with another address are
// left out: a CRM may find more than it was asked for.
func (p *puller) UsersByEmail(ctx context.Context, email string) ([]connector.User, error) {
	email = connector.Address(email)
	if email == "" {
		return nil, nil
	}
	users, err := p.users(ctx, callFind, url.Values{"email": {email}})
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(users, func(u connector.User) bool { return connector.Address(u.Email) != email }), nil
}

// users asks for people by what one call can ask for.
func (p *puller) users(ctx context.Context, c call, query url.Values) ([]connector.User, error) {
	var users []connector.User
	err := p.get(ctx, c, "/users", query, func(o crm.Object) {
		o.Need("users")
		users = p.shapes.users(o)
	})
	if err != nil {
		return nil, err
	}
	return users, nil
}
