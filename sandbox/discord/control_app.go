package discord

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"

	"roomkeeper/sandbox/internal/stage"
)

// controlApp adds what people do with the app, and the hands on interactions, OAuth2 and the gateway:
//
//	POST /control/command, /control/autocomplete  an Act: user, channel, text; answers an Outcome
//	POST /control/click                           a Click; answers an Outcome
//	POST /control/submit                          a Submission; answers an Outcome
//	POST /control/close                           {"user"} closes the modal
//	POST /control/redeliver                       a Redelivery; answers Sent
//	POST /control/forge                           a Forgery; answers Sent
//	POST /control/verify                          VerifyEndpoint; {"ok": passed}
//	GET  /control/deliveries?since=               the interactions that were sent
//	GET  /control/commands                        the registered commands
//	POST /control/authorize                       {"user", "query" or "url"}: consent by hand; answers {"location"}
//	GET, POST /control/gateway                    the sessions; {"do": "reconnect", "drop" or "invalidate"}
func (g *Guild) controlApp(mux *http.ServeMux) {
	mux.HandleFunc("POST /control/command", stage.Told(func(ctx context.Context, a Act) (any, error) {
		return g.Command(ctx, a.User, a.Channel, a.Text)
	}))
	mux.HandleFunc("POST /control/autocomplete", stage.Told(func(ctx context.Context, a Act) (any, error) {
		return g.Autocomplete(ctx, a.User, a.Channel, a.Text)
	}))
	mux.HandleFunc("POST /control/click", stage.Told(func(ctx context.Context, c Click) (any, error) { return g.Click(ctx, c) }))
	mux.HandleFunc("POST /control/submit", stage.Told(func(ctx context.Context, s Submission) (any, error) { return g.Submit(ctx, s) }))
	mux.HandleFunc("POST /control/close", stage.Told(func(_ context.Context, a Act) (any, error) {
		if !g.CloseView(a.User) {
			return nil, fmt.Errorf("%w: %q has no modal open", errNotPossible, a.User)
		}
		return answer{"ok": true}, nil
	}))
	mux.HandleFunc("POST /control/redeliver", stage.Told(func(ctx context.Context, r Redelivery) (any, error) { return g.Deliver(ctx, r) }))
	mux.HandleFunc("POST /control/forge", stage.Told(func(ctx context.Context, f Forgery) (any, error) { return g.Forge(ctx, f) }))
	mux.HandleFunc("POST /control/verify", stage.Told(func(ctx context.Context, _ struct{}) (any, error) {
		ok, err := g.VerifyEndpoint(ctx)
		return answer{"ok": ok}, err
	}))
	mux.HandleFunc("GET /control/deliveries", func(rw http.ResponseWriter, r *http.Request) {
		stage.Tell(rw, g.Deliveries(stage.Whole(r, "since", 0)))
	})
	mux.HandleFunc("GET /control/commands", func(rw http.ResponseWriter, _ *http.Request) { stage.Tell(rw, g.Commands()) })
	mux.HandleFunc("GET /control/gateway", func(rw http.ResponseWriter, _ *http.Request) { stage.Tell(rw, g.Sessions()) })
	mux.HandleFunc("POST /control/gateway", stage.Told(func(_ context.Context, d struct{ Do string }) (any, error) {
		switch d.Do {
		case GatewayReconnect, GatewayDrop, GatewayInvalidate:
			return answer{"ok": true, "connections": g.DisturbGateway(d.Do)}, nil
		default:
			return nil, errors.New("unknown way to disturb the gateway")
		}
	}))
	mux.HandleFunc("POST /control/authorize", stage.Told(g.authorizeByHand))
}

func (g *Guild) authorizeByHand(_ context.Context, a struct {
	User  string `json:"user"`
	Query string `json:"query"` // of the address
	URL   string `json:"url"`   // the whole address
}) (any, error) {
	if a.URL != "" {
		at, err := url.Parse(a.URL)
		if err != nil {
			return nil, err
		}
		a.Query = at.RawQuery
	}
	query, err := url.ParseQuery(a.Query)
	if err != nil {
		return nil, err
	}
	location, err := g.Authorize(query, a.User)
	return answer{"ok": true, "location": location}, err
}

// Commands returns the registered commands as the API shows them, those of the guild and the global ones.
func (g *Guild) Commands() []map[string]any {
	g.mu.Lock()
	defer g.mu.Unlock()
	list := []map[string]any{}
	for _, known := range g.registry.commands {
		list = append(list, g.commandObject(known))
	}
	return list
}
