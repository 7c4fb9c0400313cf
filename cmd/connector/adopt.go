package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"strings"
	"unicode"

	"roomkeeper/config"
)

// suggested is a record without a channel and a channel without a record whose names
// are alike.
type suggested struct {
	Kind        string `json:"kind"`
	RecordID    string `json:"record_id"`
	RecordName  string `json:"record_name"`
	Platform    string `json:"platform"`
	ChannelName string `json:"channel_name"`
	Why         string `json:"why"`
}

// lines word one pair for a person, with the command to type.
func (s suggested) lines(slash string) (pair, command string) {
	id, channel := oneLine(s.RecordID), oneLine(s.ChannelName)
	if strings.ContainsAny(id, " \t") {
		id = `"` + id + `"`
	}
	return fmt.Sprintf("%s %s (%s) and #%s on %s: %s", s.Kind, oneLine(s.RecordID), oneLine(s.RecordName), channel, s.Platform, s.Why),
		fmt.Sprintf("    in #%s: %s adopt %s %s", channel, slash, s.Kind, id)
}

// oneLine keeps a text of others from looking like other output, and from moving the
// terminal's cursor: control and direction characters are left out.
func oneLine(text string) string {
	shown := strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case !unicode.IsPrint(r):
			return -1
		}
		return r
	}, text)
	return strings.Join(strings.Fields(shown), " ")
}

// runAdopt lists which records and channels may belong together. It changes nothing:
// a channel is adopted by a command that somebody types in it.
func runAdopt(ctx context.Context, args []string, out, log io.Writer) error {
	flags := flag.NewFlagSet("connector adopt", flag.ContinueOnError)
	suggest := flags.Bool("suggest", false, "list records and channels that may belong together")
	if err := parse(flags, args, log); err != nil {
		return err
	}
	if !*suggest {
		return &usageError{text: "connector adopt: write connector adopt --suggest; a channel is adopted by the command adopt, typed in it, or by POST /api/v1/groups/{id}/adopt"}
	}
	c, err := config.LoadTools()
	if err != nil {
		return err
	}
	s := syncer{config: c, client: newClient(c), out: out, log: log}
	s.client.http.Timeout = recoverCall
	return s.suggest(ctx, c.Chat.Command)
}

func (s syncer) suggest(ctx context.Context, slash string) error {
	found, err := s.askSuggestions(ctx)
	if err != nil {
		return err
	}
	for _, pair := range found {
		text, command := pair.lines(slash)
		s.say("%s", text)
		s.say("%s", command)
	}
	s.say("%s. Nothing was changed: the command shows first what it would do.", count(len(found), "pair", "pairs"))
	return nil
}

func (s syncer) askSuggestions(ctx context.Context) ([]suggested, error) {
	var answer struct {
		Items []suggested `json:"items"`
	}
	err := s.patiently(ctx, func(ctx context.Context) error { return s.client.get(ctx, "adopt", nil, &answer) })
	return answer.Items, err
}

// count is a number with what is counted.
func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
