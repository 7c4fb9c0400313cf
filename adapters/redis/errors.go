package redis

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/redis/go-redis/v9"

	"roomkeeper/connector"
)

// codeNewer is what scripts answer where a newer version wrote.
const codeNewer = "NEWER"

// codeOf is the first word of a server's error reply; "" when it is none.
func codeOf(err error) string {
	var reply redis.Error
	if !errors.As(err, &reply) {
		return ""
	}
	code, _, _ := strings.Cut(reply.Error(), " ")
	return code
}

// translate turns an error of the client into the domain's. A reply that says
// how the server is, and anything that is no reply, means that the store is
// away; any other reply is a defect.
func translate(what string, err error) error {
	if err == nil {
		return nil
	}
	switch code := codeOf(err); code {
	case codeNewer:
		return fmt.Errorf("%s: %w", what, connector.ErrNewerFormat)
	case "": // a network error, a deadline, a closed client
		if errors.Is(err, context.Canceled) {
			return fmt.Errorf("%s: %w: %w", what, connector.ErrStoreAway, context.Canceled)
		}
		return fmt.Errorf("%s: %w: %w", what, connector.ErrStoreAway, err)
	case "LOADING", "BUSY", "MASTERDOWN", "READONLY", "CLUSTERDOWN", "TRYAGAIN", "MOVED", "ASK", "NOREPLICAS", "OOM",
		"MISCONF", "NOAUTH", "WRONGPASS", "NOPERM", "UNKILLABLE", "UNBLOCKED":
		return fmt.Errorf("%s: %w: %w", what, connector.ErrStoreAway, err)
	default:
		return fmt.Errorf("%s: %w", what, err)
	}
}
