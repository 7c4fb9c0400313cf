// Package browser drives a real Chromium in tests.
package browser

import (
	"context"
	"os"
	"os/exec"
	"sync"
	"testing"
	"time"

	cdplog "github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// stepLimit ends a step that the page never fulfils; a browser on a busy machine
// takes its time.
const stepLimit = time.Minute

// Tab is a page in a browser of its own.
type Tab struct {
	t   *testing.T
	ctx context.Context
}

// Open opens url in a window of that many pixels. Whatever the browser
// complains about fails the test, blocked files and scripts among them.
// Without a Chromium the test is skipped, or fails when RK_REQUIRE_BROWSER is set.
func Open(t *testing.T, url string, width, height int) *Tab {
	t.Helper()
	find(t)
	flags := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.NoSandbox, chromedp.DisableGPU, chromedp.UserDataDir(t.TempDir()),
		chromedp.WSURLReadTimeout(stepLimit),
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-background-networking", true), chromedp.Flag("disable-component-update", true))
	alloc, stop := chromedp.NewExecAllocator(t.Context(), flags...)
	t.Cleanup(stop)
	var complaints complaints
	ctx, end := chromedp.NewContext(alloc, chromedp.WithListener(complaints.listen))
	t.Cleanup(func() {
		end()
		complaints.report(t)
	})
	tab := &Tab{t: t, ctx: ctx}
	tab.Do(chromedp.EmulateViewport(int64(width), int64(height)), chromedp.Navigate(url))
	return tab
}

func find(t *testing.T) {
	t.Helper()
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "headless-shell"} {
		if _, err := exec.LookPath(name); err == nil {
			return
		}
	}
	const missing = "NO BROWSER: install Debian's chromium to run this test"
	if os.Getenv("RK_REQUIRE_BROWSER") != "" {
		t.Fatal(missing)
	}
	t.Skip(missing)
}

// Do takes steps one after the other; one that fails, or takes too long, ends
// the test.
func (b *Tab) Do(steps ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	guard := time.AfterFunc(stepLimit, func() { _ = chromedp.Cancel(b.ctx) })
	defer guard.Stop()
	for i, step := range steps {
		if err := chromedp.Do(b.ctx, step); err != nil {
			b.t.Fatalf("step %d: %v", i+1, err)
		}
	}
}

// Text returns the text of what selector finds first.
func (b *Tab) Text(selector string) string {
	b.t.Helper()
	return run(b, chromedp.Text(selector))
}

// Holds waits until a JavaScript expression is true; what says what that means.
func (b *Tab) Holds(what, expression string) {
	b.t.Helper()
	guard := time.AfterFunc(stepLimit, func() { _ = chromedp.Cancel(b.ctx) })
	defer guard.Stop()
	if _, err := chromedp.Run(b.ctx, chromedp.Poll[bool](expression, chromedp.WithPollingTimeout(stepLimit))); err != nil {
		b.t.Fatalf("%s: %v", what, err)
	}
}

// Strings evaluates a JavaScript expression to a list of strings.
func (b *Tab) Strings(expression string) []string {
	b.t.Helper()
	return run(b, chromedp.Evaluate[[]string](expression))
}

// Screenshot takes a picture of the window, as PNG.
func (b *Tab) Screenshot() []byte {
	b.t.Helper()
	return run(b, chromedp.CaptureScreenshot())
}

func run[T any](b *Tab, action chromedp.Action[T]) T {
	b.t.Helper()
	value, err := chromedp.Run(b.ctx, action)
	if err != nil {
		b.t.Fatal(err)
	}
	return value
}

// complaints collects what a browser complains about.
type complaints struct {
	mu    sync.Mutex
	texts []string
}

func (c *complaints) listen(ev any) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch e := ev.(type) {
	case *runtime.EventExceptionThrown:
		c.texts = append(c.texts, e.ExceptionDetails.Text)
	case *cdplog.EventEntryAdded:
		c.texts = append(c.texts, e.Entry.Text)
	}
}

func (c *complaints) report(t *testing.T) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, text := range c.texts {
		t.Error("the browser says:", text)
	}
}
