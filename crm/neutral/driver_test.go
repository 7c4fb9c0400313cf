package neutral_test

import (
	"strings"
	"testing"

	"roomkeeper/crm/neutral"
)

func TestNewNamesEveryMistake(t *testing.T) {
	good := neutral.Options{Name: "crm", Kinds: kinds(), URL: "https://crm.test/api", Secrets: [][]byte{secret()}}
	for text, spoil := range map[string]func(*neutral.Options){
		"no name":         func(o *neutral.Options) { o.Name = "" },
		"no kinds":        func(o *neutral.Options) { o.Kinds = nil },
		"empty webhook":   func(o *neutral.Options) { o.Secrets = [][]byte{secret(), {}} },
		"line break":      func(o *neutral.Options) { o.Token = "s3cret\r\nX: y" },
		"http:// or":      func(o *neutral.Options) { o.URL = "ftp://crm.test" },
		"with a host":     func(o *neutral.Options) { o.URL = "https:///records" },
		"no user":         func(o *neutral.Options) { o.URL = "https://me:s3cret@crm.test" },
		"query":           func(o *neutral.Options) { o.URL = "https://crm.test/?s3cret" },
		"facts of events": func(o *neutral.Options) { o.URL = "" },
	} {
		o := good
		spoil(&o)
		_, err := neutral.New(o)
		if err == nil || !strings.Contains(err.Error(), text) || strings.Contains(err.Error(), "s3cret") {
			t.Errorf("%s: %v", text, err)
		}
	}
	_, err := neutral.New(neutral.Options{})
	if err == nil || !strings.Contains(err.Error(), "no name") || !strings.Contains(err.Error(), "no kinds") {
		t.Errorf("not all at once: %v", err)
	}
}

func TestPortsThatAreAbsent(t *testing.T) {
	ports := driver(t, neutral.Options{Name: "crm", Kinds: kinds(), URL: "https://crm.test"})
	if ports.Receiver != nil || ports.Changes == nil || ports.Records == nil || ports.Name != "crm" {
		t.Errorf("without a secret: %+v", ports)
	}
	ports = driver(t, neutral.Options{Name: "crm", Kinds: kinds(), Secrets: [][]byte{secret()}, Facts: &memory{}})
	if ports.Receiver == nil || ports.Changes != nil || ports.Users == nil {
		t.Errorf("without a URL: %+v", ports)
	}
}
