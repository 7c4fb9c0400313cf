package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"time"
)

const (
	barWidth = 30
	// lineEvery is how often a line is written where no bar can move.
	lineEvery = 5 * time.Second
)

// standing is how far something is.
type standing struct {
	// waiting is shown instead, while it is not known how much there is to do.
	waiting string
	// label stands before the bar; may be empty.
	label              string
	ended, failed, all int
}

// progress shows how far something is: a moving bar on a terminal, elsewhere a
// line now and then.
type progress struct {
	to       io.Writer
	clock    func() time.Time
	terminal bool
	// began is when it was first known how much there is to do, with how much of
	// that done, under one label.
	began     time.Time
	label     string
	beganWith int
	written   time.Time
	wide      int
}

func newProgress(to io.Writer, clock func() time.Time) *progress {
	return &progress{to: to, clock: clock, terminal: isTerminal(to)}
}

func isTerminal(w io.Writer) bool {
	file, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := file.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

func (p *progress) show(s standing) {
	now := p.clock()
	if s.waiting == "" && (p.began.IsZero() || p.label != s.label) {
		p.began, p.beganWith, p.label = now, s.ended, s.label
	}
	text := p.text(s, now)
	switch {
	case p.terminal:
		// Spaces wipe what a longer line left behind.
		_, _ = fmt.Fprintf(p.to, "\r%-*s", p.wide, text)
		p.wide = len([]rune(text))
	case now.Sub(p.written) >= lineEvery:
		p.written = now
		_, _ = fmt.Fprintln(p.to, text)
	}
}

// end leaves the bar's line.
func (p *progress) end() {
	if p.terminal && p.wide > 0 {
		_, _ = fmt.Fprintln(p.to)
	}
}

func (p *progress) text(s standing, now time.Time) string {
	if s.waiting != "" {
		return s.waiting
	}
	full := barWidth
	if s.all > 0 {
		full = min(barWidth, barWidth*s.ended/s.all)
	}
	text := fmt.Sprintf("[%s%s] %d of %d", strings.Repeat("#", full), strings.Repeat(".", barWidth-full), s.ended, s.all)
	if s.label != "" {
		text = s.label + " " + text
	}
	if s.failed > 0 {
		text += fmt.Sprintf(", %d failed", s.failed)
	}
	if left, ok := p.left(s, now); ok {
		text += fmt.Sprintf(", about %s left", left.Round(time.Second))
	}
	return text
}

// left estimates the time that is left from the pace so far, which for a Sweep
// is what the rate tiers allow.
func (p *progress) left(s standing, now time.Time) (time.Duration, bool) {
	gone := now.Sub(p.began)
	if s.ended <= p.beganWith || s.ended >= s.all || gone <= 0 {
		return 0, false
	}
	return time.Duration(float64(gone) / float64(s.ended-p.beganWith) * float64(s.all-s.ended)), true
}
