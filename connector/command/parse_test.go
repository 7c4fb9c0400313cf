package command

import (
	"errors"
	"reflect"
	"strings"
	"testing"

	"roomkeeper/connector"
)

func testGrammar() grammar {
	return grammar{
		hosts: []string{"crm.example", "127.0.0.1:8080"},
		policies: connector.Policies{
			{Kind: connector.KindAccount, Aliases: []string{"AccountObj"}},
			{Kind: "pool"}, {Kind: connector.KindAccountPool},
		},
	}
}

func TestParseUnderstands(t *testing.T) {
	four := RecordRef{Kind: connector.KindAccount, ID: "4"}
	for text, want := range map[string]Invocation{
		"":                                   {Verb: VerbHelp},
		"  help ":                            {Verb: VerbHelp},
		"HELP Sync":                          {Verb: VerbHelp, Word: VerbSync},
		"open account 4":                     {Verb: VerbOpen, Record: four},
		"Open ACCOUNTOBJ 4":                  {Verb: VerbOpen, Record: four},
		`open account "A 4"`:                 {Verb: VerbOpen, Record: RecordRef{connector.KindAccount, "A 4"}},
		"open account “A 4”":                 {Verb: VerbOpen, Record: RecordRef{connector.KindAccount, "A 4"}},
		"open account aBc":                   {Verb: VerbOpen, Record: RecordRef{connector.KindAccount, "aBc"}},
		"open https://crm.example/account/4": {Verb: VerbOpen, Record: four},
		"open <https://CRM.example/ui/AccountObj/4/|the account 4>": {Verb: VerbOpen, Record: four},
		"open http://127.0.0.1:8080/open?kind=account&amp;id=4":     {Verb: VerbOpen, Record: four},
		"open https://crm.example:8443/account/a%2Fb":               {Verb: VerbOpen, Record: RecordRef{connector.KindAccount, "a/b"}},
		"members":                                        {Verb: VerbMembers},
		"details account_pool 7":                         {Verb: VerbDetails, Record: RecordRef{connector.KindAccountPool, "7"}},
		"status https://crm.example/account/4":           {Verb: VerbStatus, Record: four},
		"why <@U123>":                                    {Verb: VerbWhy, Person: PersonRef{Member: "U123"}},
		"why <@U123|ann lee> account 4":                  {Verb: VerbWhy, Person: PersonRef{Member: "U123", Name: "ann lee"}, Record: four},
		"why <@!99>":                                     {Verb: VerbWhy, Person: PersonRef{Member: "99"}},
		"why @ann account 4":                             {Verb: VerbWhy, Person: PersonRef{Name: "ann"}, Record: four},
		`why "@Ann Lee"`:                                 {Verb: VerbWhy, Person: PersonRef{Name: "Ann Lee"}},
		`why @"Ann Lee" account 4`:                       {Verb: VerbWhy, Person: PersonRef{Name: "Ann Lee"}, Record: four},
		"sync":                                           {Verb: VerbSync, Mode: SyncRun},
		"sync account 4":                                 {Verb: VerbSync, Mode: SyncRun, Record: four},
		"sync --dry-run":                                 {Verb: VerbSync, Mode: SyncDryRun},
		"sync —Dry-Run account 4":                        {Verb: VerbSync, Mode: SyncDryRun, Record: four},
		"sync account 4 --dry-run":                       {Verb: VerbSync, Mode: SyncDryRun, Record: four},
		"sync dry-run":                                   {Verb: VerbSync, Mode: SyncDryRun},
		"sync Confirm":                                   {Verb: VerbSync, Mode: SyncConfirm},
		"sync dismiss account 4":                         {Verb: VerbSync, Mode: SyncDismiss, Record: four},
		"subscriptions account 4":                        {Verb: VerbSubscriptions, Record: four},
		"subscribe":                                      {Verb: VerbSubscribe},
		"subscribe account 4":                            {Verb: VerbSubscribe, Record: four},
		"subscribe ALL":                                  {Verb: VerbSubscribe, All: true},
		"unsubscribe all account 4":                      {Verb: VerbUnsubscribe, All: true, Record: four},
		"subscribe Sales_Record, closed":                 {Verb: VerbSubscribe, Topics: []connector.Topic{"sales_record", "closed"}},
		"subscribe closed closed":                        {Verb: VerbSubscribe, Topics: []connector.Topic{"closed"}},
		"subscribe closed account 4":                     {Verb: VerbSubscribe, Topics: []connector.Topic{"closed"}, Record: four},
		"subscribe pool closed":                          {Verb: VerbSubscribe, Topics: []connector.Topic{"pool", "closed"}},
		"subscribe closed pool 4":                        {Verb: VerbSubscribe, Topics: []connector.Topic{"closed"}, Record: RecordRef{"pool", "4"}},
		"subscribe closed https://crm.example/account/4": {Verb: VerbSubscribe, Topics: []connector.Topic{"closed"}, Record: four},
		"subscribe CUSTOM:Renewal custom:*":              {Verb: VerbSubscribe, Topics: []connector.Topic{"custom:Renewal", "custom:*"}},
		"subscribe record_updated":                       {Verb: VerbSubscribe, Topics: []connector.Topic{"record_updated"}},
		"subscribe record_updated:amount,Stage closed": {
			Verb: VerbSubscribe, Topics: []connector.Topic{"record_updated", "closed"}, Fields: []string{"amount", "Stage"},
		},
		"adopt account 4":                         {Verb: VerbAdopt, Record: four},
		"Adopt AccountObj 4 OWN":                  {Verb: VerbAdopt, Record: four, Own: true},
		"adopt account own":                       {Verb: VerbAdopt, Record: RecordRef{connector.KindAccount, "own"}},
		"adopt account own own":                   {Verb: VerbAdopt, Record: RecordRef{connector.KindAccount, "own"}, Own: true},
		"adopt https://crm.example/account/4 own": {Verb: VerbAdopt, Record: four, Own: true},
		"unsubscribe record_updated":              {Verb: VerbUnsubscribe, Topics: []connector.Topic{"record_updated"}},
	} {
		got, err := testGrammar().parse(text)
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%q:\n got %+v, %v\nwant %+v", text, got, err, want)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	tooLong := strings.Repeat("4", connector.MaxID+1)
	for text, want := range map[string]UsageError{
		"membres":                             {Problem: ProblemWord, Verb: VerbHelp, Got: "membres", Nearest: "members"},
		"xyzzy":                               {Problem: ProblemWord, Verb: VerbHelp, Got: "xyzzy"},
		"help sinc":                           {Problem: ProblemWord, Verb: VerbHelp, Got: "sinc", Nearest: "sync"},
		"Mute @ann":                           {Problem: ProblemLater, Verb: VerbHelp, Got: "mute"},
		"quiet 20:00-07:00":                   {Problem: ProblemLater, Verb: VerbHelp, Got: "quiet"},
		"help assistant":                      {Problem: ProblemLater, Verb: VerbHelp, Got: "assistant"},
		"unlink-record":                       {Problem: ProblemLater, Verb: VerbHelp, Got: "unlink-record"},
		"subscribe closed if amount > 1":      {Problem: ProblemLater, Verb: VerbSubscribe, Got: "subscribe … if"},
		"open":                                {Problem: ProblemNoRecord, Verb: VerbOpen},
		"adopt":                               {Problem: ProblemNoRecord, Verb: VerbAdopt},
		"adopt own":                           {Problem: ProblemKind, Verb: VerbAdopt, Got: "own"},
		"adopt account 4 owm":                 {Problem: ProblemExtra, Verb: VerbAdopt, Got: "owm"},
		"open acount 4":                       {Problem: ProblemKind, Verb: VerbOpen, Got: "acount", Nearest: "account"},
		"members 4":                           {Problem: ProblemKind, Verb: VerbMembers, Got: "4"},
		"open account":                        {Problem: ProblemNoID, Verb: VerbOpen, Got: "account"},
		"open account A 4":                    {Problem: ProblemExtra, Verb: VerbOpen, Got: "4"},
		`open account " "`:                    {Problem: ProblemBadID, Verb: VerbOpen, Got: " "},
		"open account ..":                     {Problem: ProblemBadID, Verb: VerbOpen, Got: ".."},
		"open account " + tooLong:             {Problem: ProblemBadID, Verb: VerbOpen, Got: tooLong},
		`open account "A 4`:                   {Problem: ProblemQuote, Verb: VerbHelp},
		"open https://evil.example/account/4": {Problem: ProblemHost, Verb: VerbOpen, Got: "evil.example"},
		"open https://crm.example/thing/4":    {Problem: ProblemLink, Verb: VerbOpen, Got: "https://crm.example/thing/4"},
		"open https://crm.example":            {Problem: ProblemLink, Verb: VerbOpen, Got: "https://crm.example"},
		"why":                                 {Problem: ProblemNoPerson, Verb: VerbWhy},
		"why ann":                             {Problem: ProblemNoPerson, Verb: VerbWhy},
		"why <@>":                             {Problem: ProblemNoPerson, Verb: VerbWhy},
		"why @":                               {Problem: ProblemNoPerson, Verb: VerbWhy},
		"why @Samuel Adeyemi":                 {Problem: ProblemBlanks, Verb: VerbWhy, Got: "Samuel Adeyemi"},
		"why @Ada B. Lee account 4":           {Problem: ProblemBlanks, Verb: VerbWhy, Got: "Ada B. Lee"},
		"why @Ann acount 4":                   {Problem: ProblemKind, Verb: VerbWhy, Got: "acount", Nearest: "account"},
		"why <@U1> 4":                         {Problem: ProblemKind, Verb: VerbWhy, Got: "4"},
		"sync confrim":                        {Problem: ProblemOption, Verb: VerbSync, Got: "confrim", Nearest: "confirm"},
		"sync --all":                          {Problem: ProblemOption, Verb: VerbSync, Got: "--all"},
		"sync acount 4":                       {Problem: ProblemKind, Verb: VerbSync, Got: "acount", Nearest: "account"},
		"subscribe sales_recor":               {Problem: ProblemTopic, Verb: VerbSubscribe, Got: "sales_recor", Nearest: "sales_record"},
		"subscribe closed acount 4":           {Problem: ProblemTopic, Verb: VerbSubscribe, Got: "acount"},
		"subscribe closed:amount":             {Problem: ProblemTopic, Verb: VerbSubscribe, Got: "closed:amount"},
		"subscribe custom:":                   {Problem: ProblemTopic, Verb: VerbSubscribe, Got: "custom:", Nearest: "custom:*"},
		"subscribe record_updated:":           {Problem: ProblemNoFields, Verb: VerbSubscribe},
		"unsubscribe record_updated:amount":   {Problem: ProblemFields, Verb: VerbUnsubscribe, Got: "amount"},
	} {
		_, err := testGrammar().parse(text)
		var got *UsageError
		if !errors.As(err, &got) {
			t.Errorf("%q: %v, want a usage error", text, err)
			continue
		}
		got.Known = nil
		if !reflect.DeepEqual(*got, want) {
			t.Errorf("%q:\n got %+v\nwant %+v", text, *got, want)
		}
		if told := (texts{cmd: "/crm"}).usage(got); !strings.Contains(told, "Nothing was done") {
			t.Errorf("%q is told %q", text, told)
		}
	}
}

func TestDistance(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
	}{{"sync", "sync", 0}, {"snyc", "sync", 2}, {"syncs", "sync", 1}, {"", "ab", 2}, {"kitten", "sitting", 3}} {
		if got := distance(c.a, c.b, 9); got != c.want {
			t.Errorf("distance(%q, %q) = %d, want %d", c.a, c.b, got, c.want)
		}
	}
	if got := distance("a", "abcdef", 3); got != 3 {
		t.Errorf("far words: %d, want the limit", got)
	}
}

// FuzzParse: whatever is typed is either understood, and then whole, or a
// usage error that can be told.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		"open account 4", `why "@Ann Lee" account 4`, "why <@U1|x>", "sync --dry-run", "subscribe record_updated:a,b pool 4",
		"open <https://crm.example/account/4|x>", "open https://[", "sync —", "“", `@"`, "subscribe ,", "open https://crm.example/%zz/1",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		inv, err := testGrammar().parse(text)
		if err != nil {
			var usage *UsageError
			if !errors.As(err, &usage) {
				t.Fatalf("%q: %v is no usage error", text, err)
			}
			if told := (texts{cmd: "/crm"}).usage(usage); told == "" || len([]rune(told)) > answerLimit {
				t.Fatalf("%q is told %d characters", text, len([]rune(told)))
			}
			return
		}
		if _, ok := find(string(inv.Verb), verbWords()); !ok {
			t.Fatalf("%q: verb %q", text, inv.Verb)
		}
		if (inv.Record.Kind == "") != (inv.Record.ID == "") {
			t.Fatalf("%q: half a record %+v", text, inv.Record)
		}
		if inv.Verb == VerbOpen && inv.Record.IsZero() || inv.Verb == VerbWhy && inv.Person == (PersonRef{}) {
			t.Fatalf("%q: incomplete %+v", text, inv)
		}
	})
}
