package redis

import (
	"context"
	"fmt"
	"log/slog"

	"github.com/redis/go-redis/v9"
)

// libraryLog takes what the client library says, which is much while a server
// is away, and nothing that the engine does not say itself.
type libraryLog struct{ log *slog.Logger }

// Printf implements the library's logger.
func (l libraryLog) Printf(ctx context.Context, format string, v ...any) {
	if l.log.Enabled(ctx, slog.LevelDebug) {
		l.log.DebugContext(ctx, "redis client", "said", fmt.Sprintf(format, v...))
	}
}

// quieten hands the library's words to log. The library has one logger for all
// of its clients; the latest engine's counts.
func quieten(log *slog.Logger) { redis.SetLogger(libraryLog{log}) }
