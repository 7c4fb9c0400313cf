package spectest_test

import (
	"fmt"
	"strings"
	"testing"

	"roomkeeper/internal/spectest"
)

func x(n int) string { return strings.Repeat("x", n) }

// repeat joins n items made from their number.
func repeat(n int, format string) string {
	var items []string
	for i := range n {
		items = append(items, strings.ReplaceAll(format, "#", fmt.Sprint(i)))
	}
	return strings.Join(items, ",")
}

func TestDiscordMessages(t *testing.T) {
	spec := spectest.Discord(t)
	if spec == nil {
		return
	}
	embed := func(fields string) string { return `{` + silent + `,"embeds":[{` + fields + `}]}` }
	field := `{"name":"n","value":"v"}`
	tall := `{"title":"` + x(256) + `","description":"` + x(2744) + `"}`
	for name, c := range map[string]struct{ body, wrong string }{
		"content":              {`{` + silent + `,"content":"` + x(2000) + `"}`, ""},
		"long content":         {`{` + silent + `,"content":"` + x(2001) + `"}`, "/content: 2001 characters, at most 2000"},
		"UTF-16":               {`{` + silent + `,"content":"` + strings.Repeat("😀", 1000) + `"}`, ""},
		"long in UTF-16":       {`{` + silent + `,"content":"` + strings.Repeat("😀", 1001) + `"}`, "2002 characters"},
		"empty message":        {`{` + silent + `}`, "empty message"},
		"nonce":                {`{` + silent + `,"content":"x","nonce":"` + x(25) + `","enforce_nonce":true}`, ""},
		"number as nonce":      {`{` + silent + `,"content":"x","nonce":7}`, ""},
		"long nonce":           {`{` + silent + `,"content":"x","nonce":"` + x(26) + `"}`, "/nonce"},
		"enforced no nonce":    {`{` + silent + `,"content":"x","enforce_nonce":true}`, "there is no nonce"},
		"title":                {embed(`"title":"` + x(256) + `"`), ""},
		"long title":           {embed(`"title":"` + x(257) + `"`), "/embeds/0/title"},
		"description":          {embed(`"description":"` + x(4096) + `"`), ""},
		"long description":     {embed(`"description":"` + x(4097) + `"`), "/embeds/0/description"},
		"25 fields":            {embed(`"fields":[` + repeat(25, field) + `]`), ""},
		"26 fields":            {embed(`"fields":[` + repeat(26, field) + `]`), "/embeds/0/fields"},
		"field":                {embed(`"fields":[{"name":"` + x(256) + `","value":"` + x(1024) + `"}]`), ""},
		"long name":            {embed(`"fields":[{"name":"` + x(257) + `","value":"v"}]`), "/embeds/0/fields/0/name"},
		"long value":           {embed(`"fields":[{"name":"n","value":"` + x(1025) + `"}]`), "/embeds/0/fields/0/value"},
		"empty name":           {embed(`"fields":[{"name":"","value":"v"}]`), "/embeds/0/fields/0/name: empty"},
		"blank value":          {embed(`"fields":[{"name":"n","value":" \n"}]`), "/embeds/0/fields/0/value: empty"},
		"footer":               {embed(`"footer":{"text":"` + x(2048) + `"}`), ""},
		"long footer":          {embed(`"footer":{"text":"` + x(2049) + `"}`), "/embeds/0/footer/text"},
		"author":               {embed(`"author":{"name":"` + x(256) + `"}`), ""},
		"long author":          {embed(`"author":{"name":"` + x(257) + `"}`), "/embeds/0/author/name"},
		"empty embed":          {embed(``), "an empty embed"},
		"embed link":           {embed(`"title":"x","url":"https://example.org/"`), ""},
		"embed script":         {embed(`"title":"x","url":"javascript:alert(1)"`), "no address by"},
		"10 embeds":            {`{` + silent + `,"embeds":[` + repeat(10, `{"title":"x"}`) + `]}`, ""},
		"11 embeds":            {`{` + silent + `,"embeds":[` + repeat(11, `{"title":"x"}`) + `]}`, "/embeds"},
		"6000 in all":          {`{` + silent + `,"embeds":[` + repeat(2, tall) + `]}`, ""},
		"6001 in all":          {`{` + silent + `,"embeds":[` + repeat(2, tall) + `,{"title":"x"}]}`, "6001 characters"},
		"no allowed_mentions":  {`{"content":"x"}`, "/allowed_mentions: missing"},
		"none for an embed":    {`{"embeds":[{"title":"x"}]}`, "/allowed_mentions: missing"},
		"none for a text":      {`{"flags":32768,"components":[{"type":10,"content":"x"}]}`, "/allowed_mentions: missing"},
		"null parse":           {`{"content":"x","allowed_mentions":{"parse":null}}`, "parse: [] is missing"},
		"empty object":         {`{"content":"x","allowed_mentions":{}}`, "parse: [] is missing"},
		"everyone":             {`{"content":"x","allowed_mentions":{"parse":["everyone"]}}`, "lets a text notify"},
		"one person":           {`{"content":"x","allowed_mentions":{"users":["1"]}}`, ""},
		"one person and parse": {`{"content":"x","allowed_mentions":{"parse":[],"users":["1"],"replied_user":false}}`, ""},
		"two people":           {`{"content":"x","allowed_mentions":{"parse":[],"users":["1","2"]}}`, "2 people"},
		"a role":               {`{"content":"x","allowed_mentions":{"parse":[],"roles":["1"]}}`, "a role"},
		"replied":              {`{"content":"x","allowed_mentions":{"parse":[],"replied_user":true}}`, "replied_user"},
	} {
		expect(t, name, spec.CheckCall(discordCall("POST", "/channels/1/messages", c.body)), c.wrong)
	}
	for _, target := range []string{"PATCH /channels/1/messages/2", "PATCH /webhooks/1/t/messages/@original", "PATCH /webhooks/1/t/messages/2", "POST /webhooks/1/t"} {
		method, path, _ := strings.Cut(target, " ")
		expect(t, target, spec.CheckCall(discordCall(method, path, `{`+silent+`,"content":"x"}`)), "")
		expect(t, target, spec.CheckCall(discordCall(method, path, `{"content":"x"}`)), "/allowed_mentions: missing")
		expect(t, target, spec.CheckCall(discordCall(method, path, `{`+silent+`,"content":"`+x(2001)+`"}`)), "/content")
	}
	expect(t, "no text in an edit", spec.CheckCall(discordCall("PATCH", "/channels/1/messages/2", `{"components":[]}`)), "")
}

func TestDiscordComponents(t *testing.T) {
	spec := spectest.Discord(t)
	if spec == nil {
		return
	}
	button := `{"type":2,"style":1,"custom_id":"b#","label":"x"}`
	row := func(items string) string { return `{"type":1,"components":[` + items + `]}` }
	one := func(members string) string { return row(`{"type":2,"label":"x",` + members + `}`) }
	choice := func(members string) string { return row(`{"type":3,"custom_id":"s",` + members + `}`) }
	option := `{"label":"x","value":"v#"}`
	for name, c := range map[string]struct{ components, wrong string }{
		"rows and buttons":  {repeat(5, row(strings.ReplaceAll(button, "b#", "b#a"))), ""},
		"6 rows":            {repeat(6, row(button)), "6 rows"},
		"5 buttons":         {row(repeat(5, button)), ""},
		"6 buttons":         {row(repeat(6, button)), "6 buttons"},
		"empty row":         {row(""), "empty row"},
		"mixed row":         {row(button + `,{"type":3,"custom_id":"s","options":[` + option + `]}`), "buttons or one select"},
		"no row":            {button, "not a row"},
		"same custom_id":    {repeat(2, row(`{"type":2,"style":1,"custom_id":"a","label":"x"}`)), `"a" twice`},
		"custom_id":         {one(`"style":1,"custom_id":"` + x(100) + `"`), ""},
		"long custom_id":    {one(`"style":1,"custom_id":"` + x(101) + `"`), "/custom_id"},
		"empty custom_id":   {one(`"style":1,"custom_id":""`), "/custom_id"},
		"no custom_id":      {one(`"style":1`), "a custom_id and no url"},
		"label":             {row(`{"type":2,"style":1,"custom_id":"a","label":"` + x(80) + `"}`), ""},
		"long label":        {row(`{"type":2,"style":1,"custom_id":"a","label":"` + x(81) + `"}`), "/label"},
		"no label":          {row(`{"type":2,"style":1,"custom_id":"a"}`), "without label"},
		"link":              {one(`"style":5,"url":"https://example.org/` + x(492) + `"`), ""},
		"long link":         {one(`"style":5,"url":"https://example.org/` + x(493) + `"`), "/url"},
		"discord link":      {one(`"style":5,"url":"discord://-/channels/1/2"`), ""},
		"http link":         {one(`"style":5,"url":"http://example.org"`), ""},
		"script link":       {one(`"style":5,"url":"javascript:alert(1)"`), "no address by"},
		"relative link":     {one(`"style":5,"url":"/x"`), "/url"},
		"link with id":      {one(`"style":5,"url":"https://x.org","custom_id":"a"`), "a url and no custom_id"},
		"25 options":        {choice(`"options":[` + repeat(25, option) + `]`), ""},
		"26 options":        {choice(`"options":[` + repeat(26, option) + `]`), "/options"},
		"no options":        {choice(`"options":[]`), "/options"},
		"same value":        {choice(`"options":[` + repeat(2, `{"label":"x","value":"v"}`) + `]`), "value v twice"},
		"long option":       {choice(`"options":[{"label":"` + x(101) + `","value":"v"}]`), "/options/0/label"},
		"placeholder":       {choice(`"placeholder":"` + x(150) + `","options":[` + option + `]`), ""},
		"long placeholder":  {choice(`"placeholder":"` + x(151) + `","options":[` + option + `]`), "/placeholder"},
		"values":            {choice(`"min_values":0,"max_values":1,"options":[` + option + `]`), ""},
		"too many values":   {choice(`"min_values":1,"max_values":2,"options":[` + option + `]`), "more values than options"},
		"least above most":  {choice(`"min_values":2,"max_values":1,"options":[` + repeat(2, option) + `]`), "min_values above max_values"},
		"select of people":  {row(`{"type":5,"custom_id":"u"}`), ""},
		"text without flag": {`{"type":10,"content":"x"}`, "no flag"},
	} {
		body := `{` + silent + `,"content":"x","components":[` + c.components + `]}`
		expect(t, name, spec.CheckCall(discordCall("POST", "/channels/1/messages", body)), c.wrong)
	}
	text := `{"type":10,"content":"x"}`
	for name, c := range map[string]struct{ members, wrong string }{
		"good":       {`"flags":32768,"components":[{"type":17,"components":[` + repeat(39, text) + `]}]`, ""},
		"41 in all":  {`"flags":32768,"components":[{"type":17,"components":[` + repeat(40, text) + `]}]`, "41 components"},
		"4001":       {`"flags":32768,"components":[` + text + `,{"type":10,"content":"` + x(4000) + `"}]`, "4001 characters"},
		"content":    {`"flags":32768,"content":"x","components":[` + text + `]`, "content or embeds"},
		"nested ids": {`"flags":32768,"components":[{"type":17,"components":[` + repeat(2, row(`{"type":2,"style":1,"custom_id":"a","label":"x"}`)) + `]}]`, "twice"},
	} {
		expect(t, "v2 "+name, spec.CheckCall(discordCall("POST", "/channels/1/messages", `{`+silent+`,`+c.members+`}`)), c.wrong)
	}
}

func TestDiscordChannels(t *testing.T) {
	spec := spectest.Discord(t)
	if spec == nil {
		return
	}
	const create, edit, thread = "POST /guilds/1/channels", "PATCH /channels/1", "POST /channels/1/threads"
	for name, c := range map[string]struct{ target, body, wrong string }{
		"name":             {create, `{"name":"` + x(100) + `"}`, ""},
		"long name":        {create, `{"name":"` + x(101) + `"}`, "/name"},
		"long in UTF-16":   {create, `{"name":"` + strings.Repeat("😀", 51) + `"}`, "/name: 102"},
		"topic":            {create, `{"name":"x","topic":"` + x(1024) + `"}`, ""},
		"long topic":       {create, `{"name":"x","topic":"` + x(1025) + `"}`, "/topic"},
		"forum topic":      {create, `{"name":"x","type":15,"topic":"` + x(4096) + `"}`, ""},
		"long forum topic": {create, `{"name":"x","type":15,"topic":"` + x(4097) + `"}`, "/topic"},
		"same overwrite":   {create, `{"name":"x","permission_overwrites":[{"id":"1"},{"id":"1"}]}`, "id 1 twice"},
		"rename":           {edit, `{"name":"x","topic":""}`, ""},
		"edit topic":       {edit, `{"topic":"` + x(1025) + `"}`, "/topic"},
		"empty name":       {edit, `{"name":""}`, "/name"},
		"overwrites":       {edit, `{"permission_overwrites":[]}`, "replaces the whole list"},
		"name beside":      {edit, `{"name":"x","permission_overwrites":[]}`, "/name: in one edit"},
		"topic beside":     {edit, `{"topic":"x","permission_overwrites":[]}`, "/topic: in one edit"},
		"archive":          {edit, `{"archived":true,"locked":true}`, ""},
		"thread":           {thread, `{"name":"x","type":12,"invitable":false,"auto_archive_duration":10080}`, ""},
		"duration":         {thread, `{"name":"x","type":12,"auto_archive_duration":7}`, "/auto_archive_duration"},
		"thread name":      {thread, `{"name":"` + x(101) + `"}`, "/name"},
		"forum thread":     {thread, `{"name":"x","message":{` + silent + `,"content":"x"}}`, ""},
		"forum mentions":   {thread, `{"name":"x","message":{"content":"x"}}`, "/message/allowed_mentions: missing"},
		"forum content":    {thread, `{"name":"x","message":{` + silent + `,"content":"` + x(2001) + `"}}`, "/message/content"},
		"under a message":  {"POST /channels/1/messages/2/threads", `{"name":"x"}`, ""},
		"blank":            {"POST /channels/1/messages/2/threads", `{"name":" "}`, "/name: empty"},
	} {
		method, path, _ := strings.Cut(c.target, " ")
		expect(t, name, spec.CheckCall(discordCall(method, path, c.body)), c.wrong)
	}
}

func TestDiscordCallbacks(t *testing.T) {
	spec := spectest.Discord(t)
	if spec == nil {
		return
	}
	label := `{"type":18,"label":"x","component":{"type":4,"custom_id":"i#","style":1}}`
	modal := func(members string) string { return `{"type":9,"data":{"custom_id":"m",` + members + `}}` }
	for name, c := range map[string]struct{ body, wrong string }{
		"pong":             {`{"type":1}`, ""},
		"no type":          {`{}`, "type"},
		"unknown type":     {`{"type":2}`, "type"},
		"unknown member":   {`{"type":1,"flags":64}`, "unknown member flags"},
		"message":          {`{"type":4,"data":{"flags":64,"content":"x",` + silent + `}}`, ""},
		"no data":          {`{"type":4}`, "empty message"},
		"mentions":         {`{"type":4,"data":{"content":"x"}}`, "/data/allowed_mentions: missing"},
		"long":             {`{"type":4,"data":{"content":"` + x(2001) + `",` + silent + `}}`, "/data/content"},
		"deferred":         {`{"type":5,"data":{"flags":64}}`, ""},
		"deferred, public": {`{"type":5}`, ""},
		"deferred text":    {`{"type":5,"data":{"content":"x",` + silent + `}}`, "flags only"},
		"deferred flag":    {`{"type":5,"data":{"flags":4}}`, "EPHEMERAL only"},
		"deferred edit":    {`{"type":6}`, ""},
		"edit data":        {`{"type":6,"data":{"content":"x"}}`, "no data"},
		"edit":             {`{"type":7,"data":{"embeds":[{"title":"x"}],"components":[],` + silent + `}}`, ""},
		"edit mentions":    {`{"type":7,"data":{"embeds":[{"title":"x"}]}}`, "/data/allowed_mentions: missing"},
		"25 choices":       {`{"type":8,"data":{"choices":[` + repeat(25, `{"name":"n#","value":"v"}`) + `]}}`, ""},
		"26 choices":       {`{"type":8,"data":{"choices":[` + repeat(26, `{"name":"n#","value":"v"}`) + `]}}`, "/data/choices"},
		"no choices":       {`{"type":8,"data":{"choices":[]}}`, ""},
		"long choice":      {`{"type":8,"data":{"choices":[{"name":"` + x(101) + `","value":"v"}]}}`, "/data/choices/0/name"},
		"long value":       {`{"type":8,"data":{"choices":[{"name":"n","value":"` + x(101) + `"}]}}`, "/data/choices/0/value"},
		"modal":            {modal(`"title":"` + x(45) + `","components":[` + repeat(5, label) + `]`), ""},
		"modal content":    {modal(`"content":"","tts":false,"title":"x","components":[` + label + `]`), ""},
		"said content":     {modal(`"content":"x","title":"x","components":[` + label + `]`), "unknown member content"},
		"long title":       {modal(`"title":"` + x(46) + `","components":[` + label + `]`), "/data/title"},
		"6 labels":         {modal(`"title":"x","components":[` + repeat(6, label) + `]`), "/data/components"},
		"same input":       {modal(`"title":"x","components":[` + repeat(2, strings.ReplaceAll(label, "#", "")) + `]`), "twice"},
		"long label":       {modal(`"title":"x","components":[{"type":18,"label":"` + x(46) + `","component":{"type":4,"custom_id":"i","style":1}}]`), "/label"},
	} {
		expect(t, name, spec.CheckCallback([]byte(c.body)), c.wrong)
		call := discordCall("POST", "/interactions/1/t/callback", c.body)
		expect(t, name, spec.CheckCall(call), c.wrong)
	}
}

func TestDiscordCommands(t *testing.T) {
	spec := spectest.Discord(t)
	if spec == nil {
		return
	}
	command := func(members string) string { return `[{"name":"crm","description":"x"` + members + `}]` }
	options := func(items string) string { return command(`,"options":[` + items + `]`) }
	option := `{"type":3,"name":"o#","description":"x"}`
	subcommand := `{"type":1,"name":"s#","description":"x"}`
	choices := `"choices":[` + repeat(25, `{"name":"`+x(98)+`#","value":"`+x(60)+`"}`) + `]` // 25 times 98 and 60, and 40 digits
	long := `{"type":3,"name":"o#","description":"x",` + choices + `}`
	rest := `{"type":3,"name":"r","description":"` + x(9) + `"}` // with it, two of them and the command: 8000
	for name, c := range map[string]struct{ body, wrong string }{
		"good":               {command(`,"type":1`), ""},
		"100":                {`[` + repeat(100, `{"name":"c#","description":"x"}`) + `]`, ""},
		"101":                {`[` + repeat(101, `{"name":"c#","description":"x"}`) + `]`, "101 commands"},
		"16 of a menu":       {`[` + repeat(16, `{"name":"C #","type":2}`) + `]`, "16 commands of type 2"},
		"same name":          {`[` + repeat(2, `{"name":"c","description":"x"}`) + `]`, "c twice"},
		"upper case":         {`[{"name":"CRM","description":"x"}]`, "lower case"},
		"space":              {`[{"name":"c r m","description":"x"}]`, "lower case"},
		"menu name":          {`[{"name":"Open Record","type":3}]`, ""},
		"menu description":   {`[{"name":"Open","type":3,"description":"x"}]`, "only a chat command"},
		"long name":          {`[{"name":"` + x(33) + `","description":"x"}]`, "/0/name"},
		"other letters":      {`[{"name":"客户","description":"x"}]`, ""},
		"description":        {`[{"name":"c","description":"` + x(100) + `"}]`, ""},
		"long description":   {`[{"name":"c","description":"` + x(101) + `"}]`, "/0/description"},
		"no description":     {`[{"name":"c"}]`, "/0/description: missing"},
		"25 options":         {options(repeat(25, option)), ""},
		"26 options":         {options(repeat(26, option)), "/0/options"},
		"same option":        {options(repeat(2, strings.ReplaceAll(option, "#", ""))), "o twice"},
		"option name":        {options(`{"type":3,"name":"O","description":"x"}`), "/0/options/0/name"},
		"option description": {options(`{"type":3,"name":"o","description":"` + x(101) + `"}`), "/0/options/0/description"},
		"required first":     {options(`{"type":3,"name":"a","description":"x","required":true},{"type":3,"name":"b","description":"x"}`), ""},
		"required last":      {options(`{"type":3,"name":"a","description":"x"},{"type":3,"name":"b","description":"x","required":true}`), "required after an optional"},
		"subcommands":        {options(repeat(25, subcommand)), ""},
		"mixed":              {options(repeat(1, subcommand+`,`+option)), "subcommands and options with values"},
		"group":              {options(`{"type":2,"name":"g","description":"x","options":[` + repeat(1, subcommand) + `]}`), ""},
		"empty group":        {options(`{"type":2,"name":"g","description":"x","options":[]}`), "empty group"},
		"deep":               {options(`{"type":1,"name":"g","description":"x","options":[` + repeat(1, subcommand) + `]}`), "/0/options/0/options/0"},
		"25 choices":         {options(`{"type":3,"name":"o","description":"x","choices":[` + repeat(25, `{"name":"n#","value":"v"}`) + `]}`), ""},
		"26 choices":         {options(`{"type":3,"name":"o","description":"x","choices":[` + repeat(26, `{"name":"n#","value":"v"}`) + `]}`), "/0/options/0/choices"},
		"same choice":        {options(`{"type":3,"name":"o","description":"x","choices":[` + repeat(2, `{"name":"n","value":"v"}`) + `]}`), "name n twice"},
		"choice and typed":   {options(`{"type":3,"name":"o","description":"x","autocomplete":true,"choices":[{"name":"n","value":"v"}]}`), "autocomplete beside"},
		"8000":               {options(repeat(2, long) + `,` + rest), ""},
		"above 8000":         {options(repeat(2, long) + `,` + strings.ReplaceAll(rest, `"r"`, `"rr"`)), "8001 characters"},
		"localized":          {command(`,"description_localizations":{"de":"` + x(100) + `"}`), ""},
		"unknown member":     {command(`,"summary":"x"`), "unknown member summary"},
		"SDK's nulls":        {options(`{"type":1,"name":"s","description":"x","channel_types":null,"required":false,"options":null,"autocomplete":false,"choices":null}`), ""},
		"no such option":     {options(`{"type":1,"name":"s","description":"x","autocomplete":true}`), "unknown member autocomplete"},
		"no list":            {`{}`, "got object"},
	} {
		expect(t, name, spec.CheckCommands([]byte(c.body)), c.wrong)
		expect(t, name, spec.CheckCall(discordCall("PUT", "/api/v10/applications/1/guilds/2/commands", c.body)), c.wrong)
	}
	expect(t, "one", spec.CheckCall(discordCall("POST", "/applications/1/guilds/2/commands", `{"name":"A","description":"x"}`)), "lower case")
}
