package discord

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"reflect"
)

// Caller makes one call of Discord's API: path begins with a slash and follows
// the version, body is sent as JSON unless nil, reply is filled from the
// answer unless nil.
type Caller func(ctx context.Context, method, path string, body, reply any) error

// Register makes the guild's commands those of this deployment: they are read,
// and written in one call only if they differ, for Discord counts what is
// created (200 a day). wrote reports whether they were. slash is the command
// with its slash.
func Register(ctx context.Context, call Caller, application, guild, slash string) (wrote bool, err error) {
	name, err := commandName(slash)
	if err != nil {
		return false, err
	}
	path := fmt.Sprintf("/applications/%s/guilds/%s/commands", url.PathEscape(application), url.PathEscape(guild))
	var have []slashCommand
	if err := call(ctx, http.MethodGet, path, nil, &have); err != nil {
		return false, fmt.Errorf("read the guild's commands: %w", err)
	}
	want := commandSet(name)
	if reflect.DeepEqual(normal(have), normal(want)) {
		return false, nil
	}
	if err := call(ctx, http.MethodPut, path, want, nil); err != nil {
		return false, fmt.Errorf("write the guild's commands: %w", err)
	}
	return true, nil
}

// normal is a set without what Discord may add or leave out: the type of a
// chat command, and empty lists.
func normal(set []slashCommand) []slashCommand {
	out := make([]slashCommand, len(set))
	for i, c := range set {
		if c.Type == 0 {
			c.Type = 1
		}
		c.Options = normalOptions(c.Options)
		out[i] = c
	}
	return out
}

func normalOptions(list []slashOption) []slashOption {
	var out []slashOption
	for _, o := range list {
		if len(o.Choices) == 0 {
			o.Choices = nil
		}
		o.Options = normalOptions(o.Options)
		out = append(out, o)
	}
	return out
}
