package page_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"roomkeeper/sandbox/browser"
	"roomkeeper/sandbox/crm"
)

func visible(selector string) chromedp.Action[chromedp.Void] { return chromedp.WaitVisible(selector) }

func open(t *testing.T, url string) *browser.Tab {
	t.Helper()
	b := browser.Open(t, url, 1440, 900)
	b.Do(visible("#team-list li"))
	return b
}

func TestBrowserButtonOpensTheChannel(t *testing.T) {
	s := newSite(t)
	b := open(t, s.url+"/records/account/1")
	if got := b.Text("#messages"); !strings.Contains(got, "Press Account Group") {
		t.Errorf("the empty chat says %q", got)
	}
	b.Do(chromedp.Click("#account-group"), visible("#group-link"), visible(`#messages [data-action-id="close.keep"]`), visible("#details .card"))
	if got := b.Text("#channel-name"); !strings.Contains(got, "northwind-traders") {
		t.Errorf("channel %q", got)
	}
	b.Do(chromedp.SendKeys("#command-input", "/crm members\r"), visible("#messages .private"),
		chromedp.Click(`#messages [data-action-id="hold.dismiss"]`), visible("#confirm[open]"), chromedp.Click("[data-testid=confirm-yes]"),
		chromedp.WaitNotVisible("#confirm"))
	b.Holds("the click reaches the connector", `document.querySelector("#messages").textContent.includes("clicked hold.dismiss")`)
}

func TestBrowserNothingTypedIsLost(t *testing.T) {
	s := newSite(t)
	b := open(t, s.url+"/records/account/1")
	b.Do(chromedp.SendKeys("#sales-text", "half a thought"), chromedp.SendKeys("#command-input", "half a command"),
		chromedp.SendKeys("#sales-subject", "Visit"))
	if err := s.world.AddTeam(crm.Ref{Kind: "account", ID: "1"}, crm.Entry{Principal: crm.Principal{ID: "9"}}, "1"); err != nil {
		t.Fatal(err)
	}
	b.Do(visible("#team-remove-9"))
	held := b.Strings(`["sales-text", "command-input", "sales-subject"].map((id) => document.getElementById(id).value).concat(document.activeElement.id)`)
	if want := []string{"half a thought", "half a command", "Visit", "sales-subject"}; !slices.Equal(held, want) {
		t.Errorf("held %q, want %q", held, want)
	}
	b.Do(chromedp.Click("#team-remove-9"), chromedp.WaitNotPresent("#team-remove-9"), chromedp.Click("#sales-submit"))
	b.Holds("the sales record is shown and the form is empty",
		`document.querySelector("#sales-list").textContent.includes("Visit") && document.querySelector("#sales-subject").value === ""`)
}
