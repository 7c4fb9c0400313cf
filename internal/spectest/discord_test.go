package spectest_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"roomkeeper/internal/spectest"
)

const (
	agent  = "DiscordBot (https://example.org/roomkeeper, 1.0)"
	silent = `"allowed_mentions":{"parse":[]}`
)

// discordCall is a faultless request around a body; header pairs replace or, when empty, remove.
func discordCall(method, target, body string, header ...string) spectest.DiscordCall {
	path, query, _ := strings.Cut(target, "?")
	values, _ := url.ParseQuery(query)
	call := spectest.DiscordCall{
		Method: method, Path: path, Query: values, Body: []byte(body),
		Header: http.Header{"User-Agent": {agent}, "Authorization": {"Bot left-out"}},
	}
	if body != "" {
		call.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i < len(header); i += 2 {
		call.Header.Set(header[i], header[i+1])
		if header[i+1] == "" && header[i] != "X-Audit-Log-Reason" {
			call.Header.Del(header[i])
		}
	}
	return call
}

// expect compares an error with a part of its text; "": none is wanted.
func expect(t *testing.T, name string, err error, want string) {
	t.Helper()
	if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
		t.Errorf("%s: %v, want %q", name, err, want)
	}
}

func TestDiscordRequest(t *testing.T) {
	spec := spectest.Discord(t)
	if spec == nil {
		return
	}
	const channels, messages, permissions = "/guilds/1/channels", "/channels/1/messages", "/channels/1/permissions/2"
	for name, c := range map[string]struct {
		call  spectest.DiscordCall
		wrong string
	}{
		"good":                 {discordCall("POST", channels, `{"name":"x","type":0,"parent_id":"2"}`), ""},
		"v9":                   {discordCall("POST", "/api/v9"+channels, `{"name":"x"}`), ""},
		"v10":                  {discordCall("POST", "/api/v10"+channels, `{"name":"x"}`), ""},
		"v8":                   {discordCall("POST", "/api/v8"+channels, `{"name":"x"}`), "neither v9 nor v10"},
		"no version":           {discordCall("POST", "/api"+channels, `{"name":"x"}`), "neither v9 nor v10"},
		"no such path":         {discordCall("POST", "/guild/1/channels", `{"name":"x"}`), "no such path"},
		"no such method":       {discordCall("DELETE", channels, ""), "the path takes GET, PATCH, POST"},
		"deprecated":           {discordCall("PUT", "/channels/1/pins/2", ""), "deprecated"},
		"no snowflake":         {discordCall("GET", "/channels/general", ""), "channel_id"},
		"leading zero":         {discordCall("GET", "/channels/01", ""), "channel_id"},
		"65 bits":              {discordCall("GET", "/channels/18446744073709551616", ""), "channel_id"},
		"64 bits":              {discordCall("GET", "/channels/18446744073709551615", ""), ""},
		"empty id":             {discordCall("GET", "/channels/", ""), "channel_id"},
		"query":                {discordCall("GET", "/guilds/1/members?limit=1000&after=5", ""), ""},
		"large page":           {discordCall("GET", "/guilds/1/members?limit=1001", ""), "limit"},
		"no number":            {discordCall("GET", "/guilds/1/members?limit=all", ""), "limit"},
		"boolean":              {discordCall("GET", "/channels/1/thread-members?with_member=true", ""), ""},
		"no boolean":           {discordCall("GET", "/channels/1/thread-members?with_member=perhaps", ""), "with_member"},
		"date":                 {discordCall("GET", "/channels/1/threads/archived/private?before=2026-01-01T00:00:00Z", ""), ""},
		"no date":              {discordCall("GET", "/channels/1/threads/archived/private?before=yesterday", ""), "before"},
		"required query":       {discordCall("GET", "/guilds/1/members/search?query=x", ""), ""},
		"missing query":        {discordCall("GET", "/guilds/1/members/search", ""), "query parameter query is missing"},
		"unknown query":        {discordCall("GET", "/guilds/1/members?page=2", ""), "unknown query parameter page"},
		"no body":              {discordCall("PUT", "/channels/1/thread-members/2", ""), ""},
		"a body too many":      {discordCall("PUT", "/channels/1/thread-members/2", `{}`), "does not take"},
		"body missing":         {discordCall("POST", channels, ""), "the body is missing"},
		"no JSON":              {discordCall("POST", channels, `{"name":`), "body:"},
		"a form":               {discordCall("POST", channels, "name=x", "Content-Type", "application/x-www-form-urlencoded"), "content type"},
		"no content type":      {discordCall("POST", channels, `{"name":"x"}`, "Content-Type", ""), "content type"},
		"charset":              {discordCall("POST", channels, `{"name":"x"}`, "Content-Type", "application/json; charset=utf-8"), ""},
		"required":             {discordCall("POST", channels, `{"type":0}`), "missing property 'name'"},
		"wrong type":           {discordCall("POST", channels, `{"name":5}`), "/name: got number, want string"},
		"null":                 {discordCall("POST", channels, `{"name":"x","parent_id":null,"topic":null}`), ""},
		"no null":              {discordCall("POST", channels, `{"name":null}`), "/name"},
		"enum":                 {discordCall("POST", channels, `{"name":"x","type":1}`), "/type"},
		"minLength":            {discordCall("POST", channels, `{"name":""}`), "/name"},
		"minimum":              {discordCall("POST", channels, `{"name":"x","position":-1}`), "/position"},
		"maximum":              {discordCall("POST", channels, `{"name":"x","rate_limit_per_user":21601}`), "/rate_limit_per_user"},
		"int32":                {discordCall("POST", channels, `{"name":"x","position":2147483648}`), "32 bits"},
		"largest int32":        {discordCall("POST", channels, `{"name":"x","position":2147483647}`), ""},
		"inner snowflake":      {discordCall("POST", channels, `{"name":"x","parent_id":"c"}`), "/parent_id"},
		"unknown member":       {discordCall("POST", channels, `{"name":"x","subject":"y"}`), "unknown member subject"},
		"nested unknown":       {discordCall("POST", channels, `{"name":"x","permission_overwrites":[{"id":"1","permit":"0"}]}`), "/permission_overwrites/0: unknown member permit"},
		"permission text":      {discordCall("PUT", permissions, `{"type":1,"allow":"3072","deny":"0"}`), ""},
		"permission number":    {discordCall("PUT", permissions, `{"type":1,"allow":3072}`), ""},
		"permission word":      {discordCall("PUT", permissions, `{"type":1,"allow":"VIEW"}`), "/allow"},
		"overwrite type":       {discordCall("PUT", permissions, `{"type":2}`), "/type"},
		"extra id":             {discordCall("PUT", permissions, `{"id":"2","type":1}`), ""},
		"another id":           {discordCall("PUT", permissions, `{"id":"3","type":1}`), "unknown member id"},
		"100 overwrites":       {discordCall("POST", channels, `{"name":"x","permission_overwrites":[`+overwrites(100)+`]}`), ""},
		"101 overwrites":       {discordCall("POST", channels, `{"name":"x","permission_overwrites":[`+overwrites(101)+`]}`), "/permission_overwrites"},
		"unique items":         {discordCall("PUT", "/guilds/1/members/2", `{"access_token":"t","roles":["1","1"]}`), "/roles"},
		"thread edit":          {discordCall("PATCH", "/channels/1", `{"archived":false,"locked":false}`), ""},
		"mixed edit":           {discordCall("PATCH", "/channels/1", `{"archived":false,"topic":"x"}`), "unknown member"},
		"no union branch":      {discordCall("POST", messages, `{`+silent+`,"content":"x","components":[{"type":99}]}`), "/components/0"},
		"best branch":          {discordCall("POST", messages, `{`+silent+`,"content":"x","components":[{"type":1,"components":[{"type":2,"style":9,"custom_id":"a","label":"b"}]}]}`), "/components/0/components/0/style"},
		"date-time":            {discordCall("POST", messages, `{`+silent+`,"embeds":[{"title":"x","timestamp":"now"}]}`), "/embeds/0/timestamp"},
		"color":                {discordCall("POST", messages, `{`+silent+`,"embeds":[{"title":"x","color":16777216}]}`), "/embeds/0/color"},
		"no bot token":         {discordCall("GET", "/channels/1", "", "Authorization", ""), "authorization"},
		"raw token":            {discordCall("GET", "/channels/1", "", "Authorization", "abc"), "authorization"},
		"a person's token":     {discordCall("GET", "/users/@me", "", "Authorization", "Bearer left-out"), ""},
		"not for a person":     {discordCall("GET", "/channels/1", "", "Authorization", "Bearer left-out"), "authorization"},
		"no token wanted":      {discordCall("POST", "/webhooks/1/t", `{`+silent+`,"content":"x"}`, "Authorization", ""), ""},
		"no agent":             {discordCall("GET", "/channels/1", "", "User-Agent", ""), "user agent"},
		"Go's agent":           {discordCall("GET", "/channels/1", "", "User-Agent", "Go-http-client/1.1"), "user agent"},
		"no version in it":     {discordCall("GET", "/channels/1", "", "User-Agent", "DiscordBot (https://example.org)"), "user agent"},
		"longer agent":         {discordCall("GET", "/channels/1", "", "User-Agent", agent+" Go/1.26"), ""},
		"reason":               {discordCall("DELETE", "/channels/1", "", "X-Audit-Log-Reason", "M%C3%BCller%20left"), ""},
		"raw reason":           {discordCall("DELETE", "/channels/1", "", "X-Audit-Log-Reason", "Müller"), "not ASCII"},
		"empty reason":         {discordCall("DELETE", "/channels/1", "", "X-Audit-Log-Reason", ""), "empty"},
		"percent":              {discordCall("DELETE", "/channels/1", "", "X-Audit-Log-Reason", "50% done"), "invalid URL escape"},
		"Latin-1":              {discordCall("DELETE", "/channels/1", "", "X-Audit-Log-Reason", "M%FCller"), "no UTF-8"},
		"512 characters":       {discordCall("DELETE", "/channels/1", "", "X-Audit-Log-Reason", strings.Repeat("%C3%BC", 512)), ""},
		"513 characters":       {discordCall("DELETE", "/channels/1", "", "X-Audit-Log-Reason", strings.Repeat("%C3%BC", 513)), "at most 512"},
		"header, other letter": {spectest.DiscordCall{Method: "GET", Path: "/channels/1", Header: http.Header{"user-agent": {agent}, "authorization": {"Bot x"}}}, ""},
	} {
		expect(t, name, spec.CheckCall(c.call), c.wrong)
	}
}

func overwrites(n int) string {
	var list []string
	for i := range n {
		list = append(list, `{"id":"`+strconv.Itoa(i+1)+`","type":1,"allow":"1024","deny":"0"}`)
	}
	return strings.Join(list, ",")
}

func TestDiscordOAuth(t *testing.T) {
	spec := spectest.Discord(t)
	if spec == nil {
		return
	}
	const form, client = "application/x-www-form-urlencoded", "&client_id=1&client_secret=s"
	code := "grant_type=authorization_code&code=c&redirect_uri=https%3A%2F%2Fx&code_verifier=v"
	for name, c := range map[string]struct {
		target, body, kind, authorization string
		wrong                             string
	}{
		"good":          {"/api/oauth2/token", code + client, form, "", ""},
		"versioned":     {"/api/v10/oauth2/token", code + client, form, "", ""},
		"old version":   {"/api/v8/oauth2/token", code + client, form, "", "neither v9 nor v10"},
		"basic":         {"/api/oauth2/token", code, form, "Basic eDp5", ""},
		"refresh":       {"/api/oauth2/token", "grant_type=refresh_token&refresh_token=r" + client, form, "", ""},
		"revoke":        {"/api/oauth2/token/revoke", "token=t&token_type_hint=access_token" + client, form, "", ""},
		"no client":     {"/api/oauth2/token", code, form, "", "client_id is missing"},
		"no code":       {"/api/oauth2/token", "grant_type=authorization_code" + client, form, "", "code is missing"},
		"grant":         {"/api/oauth2/token", "grant_type=password" + client, form, "", "grant_type"},
		"unknown":       {"/api/oauth2/token", code + client + "&state=x", form, "", "unknown argument state"},
		"JSON":          {"/api/oauth2/token", `{"grant_type":"authorization_code"}`, "application/json", "", "content type"},
		"in the URL":    {"/api/oauth2/token?code=c", code + client, form, "", "in the URL"},
		"not described": {"/api/oauth2/tokens", code + client, form, "", "neither v9 nor v10"},
	} {
		call := discordCall("POST", c.target, c.body, "Content-Type", c.kind, "Authorization", c.authorization)
		expect(t, name, spec.CheckCall(call), c.wrong)
	}
}

// TestDiscordTokens: what a finding says of a path has no token.
func TestDiscordTokens(t *testing.T) {
	spec := spectest.Discord(t)
	if spec == nil {
		return
	}
	err := spec.CheckCall(discordCall("POST", "/api/v10/webhooks/1/secret-of-1", `{"contents":"x"}`))
	if err == nil || strings.Contains(err.Error(), "secret") || !strings.Contains(err.Error(), "POST /webhooks/{webhook_id}/{webhook_token}: ") {
		t.Error(err)
	}
}

// TestDiscordHandlerPasses: what is checked arrives whole.
func TestDiscordHandlerPasses(t *testing.T) {
	var got string
	handler := spectest.DiscordHandler(t, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body := make([]byte, r.ContentLength)
		n, _ := r.Body.Read(body)
		got = string(body[:n])
	}))
	call := discordCall("POST", "/api/v10/guilds/1/channels", `{"name":"x"}`)
	r := httptest.NewRequestWithContext(t.Context(), call.Method, call.Path, strings.NewReader(string(call.Body)))
	r.Header = call.Header
	handler.ServeHTTP(httptest.NewRecorder(), r)
	if got != `{"name":"x"}` {
		t.Errorf("%s arrived", got)
	}
}

// complaints is a test that is allowed to fail.
type complaints struct {
	testing.TB
	list []string
}

func (c *complaints) Errorf(format string, _ ...any) { c.list = append(c.list, format) }

func TestDiscordRoundTripper(t *testing.T) {
	if spectest.Discord(t) == nil {
		return
	}
	server := httptest.NewServer(http.NotFoundHandler())
	defer server.Close()
	heard := &complaints{TB: t}
	transport := spectest.DiscordRoundTripper(heard, nil)
	for _, body := range []string{`{"name":"x"}`, `{"name":""}`} {
		call := discordCall("POST", "", body)
		r, err := http.NewRequestWithContext(t.Context(), call.Method, server.URL+"/api/v10/guilds/1/channels", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		r.Header = call.Header
		answer, err := transport.RoundTrip(r)
		if err != nil {
			t.Fatal(err)
		}
		_ = answer.Body.Close()
	}
	if len(heard.list) != 1 || len(transport.Calls()) != 2 || string(transport.Calls()[0].Body) != `{"name":"x"}` {
		t.Errorf("%d complaints, calls %v", len(heard.list), transport.Calls())
	}
}

func TestNilDiscordKnowsNothing(t *testing.T) {
	var spec *spectest.DiscordSpec
	for _, err := range []error{
		spec.CheckCall(spectest.DiscordCall{}), spec.CheckCallback([]byte("no JSON")), spec.CheckCommands(nil),
		spec.Check(httptest.NewRequest("GET", "/x", nil)),
	} {
		if err != nil {
			t.Error(err)
		}
	}
}
