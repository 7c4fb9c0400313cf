package redis

import (
	"context"
	"embed"
	"errors"
	"fmt"

	"github.com/redis/go-redis/v9"

	"roomkeeper/connector"
)

//go:embed scripts/*.lua
var scriptFiles embed.FS

// scripts are the engine's, each with what it shares in front.
type scripts struct{ commit, take, beat, depth, tidy, limit *redis.Script }

// loadScripts reads them for a format of values.
func loadScripts(format byte) (s scripts, err error) {
	text := func(name string) string {
		content, readErr := scriptFiles.ReadFile("scripts/" + name + ".lua")
		err = errors.Join(err, readErr)
		return string(content)
	}
	clock := text("clock")
	queue := fmt.Sprintf("local FORMAT, CAUSE, CAUSES = %d, '%s', %d\n", format, connector.QueuedByPrefix, connector.MaxQueuedBy) + clock + text("queue")
	return scripts{
		commit: redis.NewScript(queue + text("commit")),
		take:   redis.NewScript(queue + text("take")),
		beat:   redis.NewScript(queue + text("beat")),
		depth:  redis.NewScript(queue + text("depth")),
		tidy:   redis.NewScript(queue + text("tidy")),
		limit:  redis.NewScript(clock + text("limit")),
	}, err
}

// call is one run of a script.
type call struct {
	script *redis.Script
	keys   []string
	args   []any
	reply  *redis.Cmd
}

// node is where a place lies now.
func (e *Engine) node(ctx context.Context, p place) (redis.UniversalClient, error) {
	cluster, ok := e.client.(*redis.ClusterClient)
	if !ok {
		return e.client, nil
	}
	node, err := cluster.MasterForKey(ctx, p.key(keySeq))
	if err != nil {
		return nil, translate("find node", err)
	}
	return node, nil
}

// run carries out calls of one place in their order, on one connection. durable:
// it returns nil only once a replica has all of it too, where there are
// replicas. An error leaves open how many of them were carried out.
func (e *Engine) run(ctx context.Context, what string, p place, durable bool, calls ...*call) error {
	for again := range 2 {
		node, err := e.node(ctx, p)
		if err != nil {
			return err
		}
		err = e.runOn(ctx, node, durable, calls)
		if code := codeOf(err); again == 0 && (code == "MOVED" || code == "ASK" || code == "READONLY") {
			if cluster, ok := e.client.(*redis.ClusterClient); ok {
				cluster.ReloadState(ctx)
				continue
			}
		}
		return translate(what, err)
	}
	return nil
}

func (e *Engine) runOn(ctx context.Context, node redis.UniversalClient, durable bool, calls []*call) error {
	wait := 0
	if durable {
		var err error
		if wait, err = e.copies.wanted(ctx, node); err != nil {
			return err
		}
	}
	done, err := e.pipe(ctx, node, wait, calls, false)
	if codeOf(err) == "NOSCRIPT" {
		// A server that was restarted or has just become the primary knows none.
		done, err = e.pipe(ctx, node, wait, calls, true)
	}
	if err != nil {
		return err
	}
	if wait > 0 && done < wait {
		return e.copies.missed(ctx, node)
	}
	return nil
}

// pipe sends the calls, and WAIT behind them, as one. It returns how many
// replicas have them, and the first error.
func (e *Engine) pipe(ctx context.Context, node redis.UniversalClient, wait int, calls []*call, whole bool) (done int, err error) {
	var copied *redis.Cmd
	_, err = node.Pipelined(ctx, func(pipe redis.Pipeliner) error {
		for _, c := range calls {
			if whole {
				c.reply = c.script.Eval(ctx, pipe, c.keys, c.args...)
			} else {
				c.reply = c.script.EvalSha(ctx, pipe, c.keys, c.args...)
			}
		}
		if wait > 0 {
			copied = pipe.Do(ctx, "WAIT", wait, copyTimeout.Milliseconds())
		}
		return nil
	})
	if copied != nil {
		done, _ = copied.Int() // its error is the pipeline's
	}
	return done, err
}

// texts reads a reply that is a list of texts, numbers and lists of them.
func texts(list []any) []string {
	out := make([]string, 0, len(list))
	for _, v := range list {
		out = append(out, fmt.Sprint(v))
	}
	return out
}

// list is a reply that must be a list.
func (c *call) list() ([]any, error) {
	reply, err := c.reply.Slice()
	if err != nil {
		return nil, fmt.Errorf("%w: %w", connector.ErrStoreAway, err)
	}
	return reply, nil
}
