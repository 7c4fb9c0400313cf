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

// progress shows how far a Sweep is: a moving bar on a terminal, elsewhere a
// line now and then.
type progress struct {
	to       io.Writer
	clock    func() time.Time
	terminal bool
	// began is when the first Groups were waited for, with how many done.
	began     time.Time
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

func (p *progress) show(sw sweep) {
	now := p.clock()
	if p.began.IsZero() && sw.State != "listing" {
		p.began, p.beganWith = now, sw.Done+sw.Failed
	}
	text := p.text(sw, now)
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

func (p *progress) text(sw sweep, now time.Time) string {
	if sw.State == "listing" {
		return "Listing …"
	}
	ended := sw.Done + sw.Failed
	full := barWidth
	if sw.Queued > 0 {
		full = min(barWidth, barWidth*ended/sw.Queued)
	}
	text := fmt.Sprintf("[%s%s] %d of %d", strings.Repeat("#", full), strings.Repeat(".", barWidth-full), ended, sw.Queued)
	if sw.Failed > 0 {
		text += fmt.Sprintf(", %d failed", sw.Failed)
	}
	if left, ok := p.left(sw, now); ok {
		text += fmt.Sprintf(", about %s left", left.Round(time.Second))
	}
	return text
}

// left estimates the time that is left from the pace so far, which is what
// the rate tiers allow.
func (p *progress) left(sw sweep, now time.Time) (time.Duration, bool) {
	ended, gone := sw.Done+sw.Failed, now.Sub(p.began)
	if ended <= p.beganWith || ended >= sw.Queued || gone <= 0 {
		return 0, false
	}
	return time.Duration(float64(gone) / float64(ended-p.beganWith) * float64(sw.Queued-ended)), true
}
