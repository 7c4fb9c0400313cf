package demo_test

import (
	"bufio"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"roomkeeper/sandbox/browser"
)

// startDemo runs `connector demo` as a newcomer does and returns the page's URL.
func startDemo(t *testing.T) string {
	t.Helper()
	program := filepath.Join(t.TempDir(), "connector")
	build := exec.CommandContext(t.Context(), "go", "build", "-o", program, "roomkeeper/cmd/connector")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	demo := exec.Command(program, "demo", "--addr", "127.0.0.1:0")
	demo.Stderr = os.Stderr
	out, err := demo.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := demo.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = demo.Process.Signal(syscall.SIGTERM)
		stuck := time.AfterFunc(30*time.Second, func() { _ = demo.Process.Kill() })
		defer stuck.Stop()
		if err := demo.Wait(); err != nil {
			t.Errorf("the demo did not end well: %v", err)
		}
	})
	url := regexp.MustCompile(`http://\S+`)
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if found := url.FindString(lines.Text()); found != "" {
			return found
		}
	}
	t.Fatal("the demo printed no URL")
	return ""
}

// says is true when the messages show a text.
func says(text string) string {
	return `document.querySelector("#messages").textContent.includes(` + quote(text) + `)`
}

func quote(text string) string { return "`" + strings.ReplaceAll(text, "`", "\\`") + "`" }

// cards counts the cards about a sales record of this subject.
func cards(subject, count string) string {
	return `[...document.querySelectorAll("#messages .card")].filter((c) => c.textContent.includes(` + quote(subject) + `)).length === ` + count
}

func TestBrowserDemo(t *testing.T) {
	url := startDemo(t)
	b := browser.Open(t, url+"records/account/1", 1480, 960)
	visible := func(selector string) chromedp.Action[chromedp.Void] { return chromedp.WaitVisible(selector) }
	b.Do(visible("#team-list li"))

	t.Log("the button makes the channel")
	b.Do(chromedp.Click("#account-group"), visible("#group-link"), visible("#details .card"))
	b.Holds("the channel is shown", `document.querySelector("#channel-name").textContent.includes("northwind-traders")`)
	b.Holds("the team is in", `["Mara Lindqvist", "Tom Okafor", "Jonas Weber"].every((n) => document.querySelector("#messages").textContent.includes(n))`)

	t.Log("the members follow the Related Team")
	b.Do(chromedp.SetValue("#team-add-select", "user/6"), chromedp.Click("#team-add"), visible("#team-remove-6"))
	b.Holds("and the record says so", `[...document.querySelectorAll("#team-list .person")].some((p) => p.textContent.includes("Aiko") && p.textContent.includes("in channel"))`)
	b.Holds("Aiko is in the channel", `document.querySelector("#members").textContent.includes("Aiko") || document.querySelector("#members").innerHTML.includes("Aiko Tanaka")`)
	b.Do(chromedp.Click("#team-remove-2"), chromedp.WaitNotPresent("#team-remove-2"))
	b.Holds("Tom is out of the channel", `!document.querySelector("#members").innerHTML.includes("Tom Okafor")`)

	t.Log("a sales record becomes one card")
	b.Do(chromedp.SendKeys("#sales-subject", "Harbour visit"), chromedp.SendKeys("#sales-text", "Two berths free from May. <!channel> *now*"), chromedp.Click("#sales-submit"))
	b.Holds("one card", cards("Harbour visit", "1"))
	b.Holds("CRM text stays text", says("<!channel> *now*"))

	t.Log("commands")
	command := func(text string) { b.Do(chromedp.SendKeys("#command-input", text+"\r")) }
	command("/crm members")
	b.Holds("members answered", says("3 in the channel"))
	command("/crm why @tom")
	b.Holds("why answered", says("Tom Okafor is not in the channel"))
	keepScreenshot(t, b, "screenshot.png")
	command("/crm unsubscribe all")
	b.Holds("unsubscribed", says("gets no more cards"))

	t.Log("no card after unsubscribing")
	b.Do(chromedp.SendKeys("#sales-subject", "Silent call"), chromedp.Click("#sales-submit"))
	b.Holds("the record is in the CRM", `document.querySelector("#sales-list").textContent.includes("Silent call")`)
	command("/crm subscribe all")
	b.Holds("subscribed again", says("Subscribed to every Topic"))
	b.Do(chromedp.SendKeys("#sales-subject", "Loud call"), chromedp.Click("#sales-submit"))
	b.Holds("the next card is there", cards("Loud call", "1"))
	b.Holds("and the silent one is not", cards("Silent call", "0"))
}

// keepScreenshot writes a picture to the folder that RK_SCREENSHOTS names.
func keepScreenshot(t *testing.T, b *browser.Tab, name string) {
	t.Helper()
	picture := b.Screenshot()
	if len(picture) < 10_000 {
		t.Errorf("the screenshot has %d bytes", len(picture))
	}
	dir := os.Getenv("RK_SCREENSHOTS")
	if dir == "" {
		return
	}
	if err := os.WriteFile(filepath.Join(dir, name), picture, 0o644); err != nil {
		t.Fatal(err)
	}
}
