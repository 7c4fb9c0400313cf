package discord

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"unicode/utf8"

	"github.com/bwmarrin/discordgo"

	"roomkeeper/connector"
)

// maxReason is the longest reason in the audit log, in characters (docs, resources/audit-log).
const maxReason = 512

// request is one call of the API.
type request struct {
	method string
	// path is below the version, of parts that need no escaping.
	path  string
	query url.Values
	// body is sent as JSON; nil: none.
	body any
	// audited: the route takes a reason for the audit log.
	audited bool
	manners
}

// manners are what the transport has to know of a call besides its address.
type manners struct {
	// once: repeating it makes a second one of what it makes.
	once bool
	// title is the channel whose name or topic it changes.
	title string
}

type mannersKey struct{}

func mannersOf(ctx context.Context) manners {
	m, _ := ctx.Value(mannersKey{}).(manners)
	return m
}

// send makes a call and reads its answer into out; nil: it is not read.
//
// The SDK's own buckets lock, sleep and do not know the context, so every call
// gets one that is its own.
func (a *Adapter) send(ctx context.Context, r request, out any) error {
	ctx = context.WithValue(ctx, mannersKey{}, r.manners)
	name := routeOf(r.method, r.path).name
	address := discordgo.EndpointAPI + r.path
	if len(r.query) > 0 {
		address += "?" + r.query.Encode()
	}
	var body []byte
	if r.body != nil {
		text, err := json.Marshal(r.body)
		if err != nil {
			return refused(name+": "+err.Error(), connector.ErrInvalid)
		}
		body = text
	}
	options := []discordgo.RequestOption{discordgo.WithContext(ctx)}
	if reason := reasonOf(ctx); r.audited && reason != "" {
		options = append(options, discordgo.WithHeader("X-Audit-Log-Reason", reason))
	}
	own := &discordgo.Bucket{}
	own.Lock()
	answer, err := a.api.RequestWithLockedBucket(r.method, address, "application/json", body, own, 0, options...)
	if err != nil {
		return failed(ctx, name, err)
	}
	if out == nil {
		return nil
	}
	if json.Unmarshal(answer, out) != nil {
		return unreadable(ctx, name)
	}
	return nil
}

func (a *Adapter) get(ctx context.Context, path string, query url.Values, out any) error {
	return a.send(ctx, request{method: http.MethodGet, path: path, query: query}, out)
}

// reasonOf is the cause of a call for the audit log, escaped as Discord wants it.
func reasonOf(ctx context.Context) string {
	reason := strings.Join(strings.Fields(connector.CauseOf(ctx).String()), " ")
	if utf8.RuneCountInString(reason) > maxReason {
		reason = connector.Cut(reason, maxReason)
	}
	return url.PathEscape(reason)
}

// Call makes one call: it is a Caller.
func (a *Adapter) Call(ctx context.Context, method, path string, body, reply any) error {
	return a.send(ctx, request{method: method, path: strings.TrimPrefix(path, "/"), body: body}, reply)
}
