package redis

import (
	"context"
	"crypto/sha1" // by which Redis names a script
	"embed"
	"encoding/hex"
	"errors"
	"fmt"

	"github.com/redis/go-redis/v9"

	"roomkeeper/connector"
)

//go:embed scripts/*.lua
var scriptFiles embed.FS

// scripts are the engine's, each with what it shares in front.
type scripts struct{ commit, take, beat, depth, tidy, limit script }

// script is one as it is sent: whole, or by its digest to a server that knows it.
type script struct{ text, digest string }

func newScript(text string) script {
	sum := sha1.Sum([]byte(text))
	return script{text, hex.EncodeToString(sum[:])}
}

func loadScripts() (s scripts, err error) {
	text := func(name string) string {
		content, readErr := scriptFiles.ReadFile("scripts/" + name + ".lua")
		err = errors.Join(err, readErr)
		return string(content)
	}
	clock := text("clock")
	queue := clock + text("queue")
	return scripts{
		commit: newScript(queue + text("commit")),
		take:   newScript(queue + text("take")),
		beat:   newScript(queue + text("beat")),
		depth:  newScript(queue + text("depth")),
		tidy:   newScript(queue + text("tidy")),
		limit:  newScript(clock + text("limit")),
	}, err
}

// call is one run of a script.
type call struct {
	script script
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

// once is a command that the client library does not repeat by itself: where the
// reply was lost, a guard would hold against what the same call has done.
type once struct{ *redis.Cmd }

// NoRetry says so.
func (once) NoRetry() bool { return true }

// pipe sends the calls, and WAIT behind them, as one. It returns how many
// replicas have them, and the first error.
func (e *Engine) pipe(ctx context.Context, node redis.UniversalClient, wait int, calls []*call, whole bool) (done int, err error) {
	var copied *redis.Cmd
	_, err = node.Pipelined(ctx, func(pipe redis.Pipeliner) error {
		for _, c := range calls {
			c.reply = redis.NewCmd(ctx, c.words(whole)...)
			if err := pipe.Process(ctx, once{c.reply}); err != nil {
				return err
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

// words are the call as a command: with the script's text, or its digest.
func (c *call) words(whole bool) []any {
	words := []any{"EVALSHA", c.script.digest, len(c.keys)}
	if whole {
		words = []any{"EVAL", c.script.text, len(c.keys)}
	}
	for _, key := range c.keys {
		words = append(words, key)
	}
	return append(words, c.args...)
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
