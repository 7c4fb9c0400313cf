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
func startDemo(t *testing.T, platform string) string {
	t.Helper()
	program := filepath.Join(t.TempDir(), "connector")
	build := exec.CommandContext(t.Context(), "go", "build", "-o", program, "roomkeeper/cmd/connector")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	demo := exec.Command(program, "demo", "--addr", "127.0.0.1:0", "--platform", platform) //nolint:gosec // our own program
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

// walk is what somebody does in the demo. Jonas is on the record's team; where
// the CRM does not know his account, he links it himself.
type walk struct {
	platform string
	pending  bool // Jonas is, until he has linked his account
	picture  string
}

func TestBrowserDemo(t *testing.T) {
	for _, w := range []walk{
		{platform: "slack", picture: "screenshot.png"},
		{platform: "discord", picture: "screenshot-discord.png", pending: true},
	} {
		t.Run(w.platform, func(t *testing.T) {
			url := startDemo(t, w.platform)
			b := browser.Open(t, url+"records/account/1", 1480, 960)
			b.Do(visible("#team-list li"))
			w.opens(t, b)
			w.follows(t, b)
			w.asks(t, b)
			w.silences(t, b)
			if w.pending {
				linksThemselves(t, b)
			}
		})
	}
}

func (w walk) opens(t *testing.T, b *browser.Tab) {
	t.Log("the button makes the channel")
	b.Do(chromedp.Click("#account-group"), visible("#group-link"), visible("#details .card"))
	b.Holds("the channel is shown", `document.querySelector("#channel-name").textContent.includes("northwind-traders")`)
	for _, name := range []string{"Mara Lindqvist", "Tom Okafor"} {
		b.Holds(name+" is in", in(name))
	}
	if w.pending {
		b.Holds("Jonas is pending", standing("Jonas", "not linked"))
		return
	}
	b.Holds("Jonas is in", in("Jonas Weber"))
}

func (w walk) follows(t *testing.T, b *browser.Tab) {
	t.Log("the members follow the Related Team")
	b.Do(chromedp.SetValue("#team-add-select", "user/6"), chromedp.Click("#team-add"), visible("#team-remove-6"))
	b.Holds("and the record says so", standing("Aiko", "in channel"))
	b.Holds("Aiko is in the channel", in("Aiko Tanaka"))
	b.Do(chromedp.Click("#team-remove-2"), chromedp.WaitNotPresent("#team-remove-2"))
	b.Holds("Tom is out of the channel", "!"+in("Tom Okafor"))

	t.Log("a sales record becomes one card")
	b.Do(chromedp.SendKeys("#sales-subject", "Harbour visit"), chromedp.SendKeys("#sales-text", "Two berths free from May. <!channel> @everyone *now*"), chromedp.Click("#sales-submit"))
	b.Holds("one card", cards("Harbour visit", "1"))
	b.Holds("CRM text stays text", says("<!channel> @everyone *now*"))
}

func (w walk) asks(t *testing.T, b *browser.Tab) {
	t.Log("commands")
	command(t, b, "/crm members")
	inside := "3 in the channel"
	if w.pending {
		inside = "2 in the channel"
	}
	b.Holds("members answered", says(inside))
	command(t, b, "/crm why @tom")
	b.Holds("why answered", says("Tom Okafor is not in the channel"))
	keepScreenshot(t, b, w.picture)
}

func (w walk) silences(t *testing.T, b *browser.Tab) {
	t.Log("no card after unsubscribing")
	command(t, b, "/crm unsubscribe all")
	b.Holds("unsubscribed", says("gets no more cards"))
	b.Do(chromedp.SendKeys("#sales-subject", "Silent call"), chromedp.Click("#sales-submit"))
	b.Holds("the record is in the CRM", `document.querySelector("#sales-list").textContent.includes("Silent call")`)
	command(t, b, "/crm subscribe all")
	b.Holds("subscribed again", says("Subscribed to every Topic"))
	b.Do(chromedp.SendKeys("#sales-subject", "Loud call"), chromedp.Click("#sales-submit"))
	b.Holds("the next card is there", cards("Loud call", "1"))
	b.Holds("and the silent one is not", cards("Silent call", "0"))
}

// linksThemselves: Jonas asks for the link, says yes, and is let in.
func linksThemselves(t *testing.T, b *browser.Tab) {
	t.Log("somebody links their account")
	jonas := b.Strings(`[...document.querySelectorAll("#acting-as option")].filter((o) => o.textContent.includes("Jonas")).map((o) => o.value)`)
	if len(jonas) != 1 {
		t.Fatalf("people to act as of the name Jonas: %q", jonas)
	}
	b.Do(chromedp.SetValue("#acting-as", jonas[0]))
	command(t, b, "/crm link")
	b.Holds("the answer has a link", `document.querySelector("#messages a[href*='/auth/discord/start']") !== null`)
	keepScreenshot(t, b, "link.png")
	link := b.Strings(`[document.querySelector("#messages a[href*='/auth/discord/start']").href]`)
	consent := browser.Open(t, link[0], 480, 720)
	consent.Do(visible("[data-testid=consent-user]"), chromedp.SetValue("[data-testid=consent-user]", jonas[0]))
	keepScreenshot(t, consent, "consent.png")
	consent.Do(chromedp.Click("[data-testid=consent-allow]"), visible("main > p:last-child"))
	if said := consent.Text("main"); !strings.Contains(said, "You are linked") || !strings.Contains(said, "Jonas Weber") {
		t.Errorf("signing in ends with %q", said)
	}
	keepScreenshot(t, consent, "linked.png")
	b.Holds("he is in the channel", in("Jonas Weber"))
	b.Holds("and the record says so", standing("Jonas", "in channel"))
}

func visible(selector string) chromedp.Action[chromedp.Void] { return chromedp.WaitVisible(selector) }

// command types a command once the one before it was answered. As a person would, it
// sends it again where a busy app did not answer within the platform's three seconds.
func command(t *testing.T, b *browser.Tab, text string) {
	t.Helper()
	b.Holds("the box is empty", `document.querySelector("#command-input").value === "" && !document.querySelector("#command-send").disabled`)
	b.Do(chromedp.SendKeys("#command-input", text+"\r"))
	var why string
	for range 5 {
		b.Holds(text+" was sent", `!document.querySelector("#command-send").disabled &&
			(document.querySelector("#command-input").value === "" || !document.querySelector("#command-error").hidden)`)
		kept := b.Strings(`["#command-input", "#command-error"].map((id) => document.querySelector(id)).map((e) => e.value ?? e.textContent)`)
		if kept[0] == "" {
			return
		}
		if why = kept[1]; !strings.Contains(why, "did not respond") && !strings.Contains(why, "timeout") {
			break
		}
		b.Do(chromedp.SendKeys("#command-input", "\r"))
	}
	t.Fatalf("%s: %s", text, why)
}

// in is true when somebody is among the channel's members.
func in(name string) string {
	return `document.querySelector("#members").innerHTML.includes(` + quote(name) + `)`
}

// standing is true when the Related Team says how somebody stands.
func standing(name, how string) string {
	return `[...document.querySelectorAll("#team-list .person")].some((p) => p.textContent.includes(` + quote(name) + `) && p.textContent.includes(` + quote(how) + `))`
}

// says is true when the messages show a text. What has no width, and keeps
// @everyone from being a mention, is not seen.
func says(text string) string {
	return `document.querySelector("#messages").textContent.replaceAll("\u2060", "").includes(` + quote(text) + `)`
}

func quote(text string) string { return "`" + strings.ReplaceAll(text, "`", "\\`") + "`" }

// cards counts the cards about a sales record of this subject.
func cards(subject, count string) string {
	return `[...document.querySelectorAll("#messages .card")].filter((c) => c.textContent.includes(` + quote(subject) + `)).length === ` + count
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
