package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"time"

	"roomkeeper/config"
)

// Times of `connector recover`: how long one answer may take, between two
// tries while the platform asks to wait, and in all.
const (
	recoverCall   = 10 * time.Minute
	recoverPause  = 5 * time.Second
	recoverWithin = 15 * time.Minute
)

// recovered is one channel and what is done about it.
type recovered struct {
	Kind        string `json:"kind"`
	RecordID    string `json:"record_id"`
	Platform    string `json:"platform"`
	ChannelName string `json:"channel_name"`
	Archived    bool   `json:"archived"`
	Action      string `json:"action"`
}

// line words one channel for a person. ties: it becomes a Group's channel.
func (r recovered) line() (text string, ties bool) {
	channel := "#" + r.ChannelName
	if r.Archived {
		channel += " (archived)"
	}
	text = fmt.Sprintf("%s %s on %s: %s: ", r.Kind, r.RecordID, r.Platform, channel)
	switch r.Action {
	case "rebuild", "attach":
		return text + "becomes its channel again", true
	case "keep":
		return text + "is known", false
	case "duplicate":
		return text + "left alone, another channel carries the same key", false
	case "other_channel":
		return text + "left alone, the record has another channel", false
	case "other_record":
		return text + "left alone, another record has this channel", false
	case "kind_not_in_use":
		return text + "left alone, the kind is not in use", false
	case "key_cut":
		return text + "left alone, the record's id is too long for the channel's purpose", false
	}
	return text + r.Action, false
}

// runRecover rebuilds Groups from the purposes of the channels that the bot made.
func runRecover(ctx context.Context, args []string, out, log io.Writer) error {
	flags := flag.NewFlagSet("connector recover", flag.ContinueOnError)
	dryRun := flags.Bool("dry-run", false, "show what would be done and do nothing")
	if err := parse(flags, args, log); err != nil {
		return err
	}
	c, err := config.LoadTools()
	if err != nil {
		return err
	}
	s := syncer{config: c, client: newClient(c), out: out, log: log, dryRun: *dryRun}
	s.client.http.Timeout = recoverCall
	return s.recover(ctx)
}

func (s syncer) recover(ctx context.Context) error {
	found, err := s.askRecover(ctx)
	if err != nil {
		return err
	}
	tied, known := 0, 0
	for _, r := range found {
		text, ties := r.line()
		s.say("%s", text)
		switch {
		case ties:
			tied++
		case r.Action == "keep":
			known++
		}
	}
	s.say("%s: %d to be used again, %d known, %d left alone.", count(len(found), "channel", "channels"), tied, known, len(found)-tied-known)
	if s.dryRun {
		s.say("Nothing was changed.")
		return nil
	}
	s.say("Done. Roomkeeper now reads these records and their channels, and makes new channels again.")
	return nil
}

func (s syncer) askRecover(ctx context.Context) ([]recovered, error) {
	var answer struct {
		Items []recovered `json:"items"`
	}
	err := s.patiently(ctx, func(ctx context.Context) error {
		return s.client.post(ctx, "recover", map[string]bool{"dry_run": s.dryRun}, &answer)
	})
	return answer.Items, err
}

// patiently asks again while somebody makes the service wait: a listing of very many
// records and channels takes longer than one answer.
func (s syncer) patiently(ctx context.Context, ask func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, recoverWithin)
	defer cancel()
	var last error
	for {
		err := ask(ctx)
		refused, ok := errors.AsType[*problem](err)
		switch {
		case err == nil:
			return nil
		case ctx.Err() != nil && last != nil:
			return last
		case !ok || refused.Status != http.StatusServiceUnavailable:
			return err
		}
		last = err
		s.note("%v; trying again", err)
		if err := pause(ctx, recoverPause); err != nil {
			return last
		}
	}
}
