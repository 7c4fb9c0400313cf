package config

import (
	"strings"
	"testing"
)

func TestUnknownVariables(t *testing.T) {
	tests := map[string]string{
		"SLACK_BOT_TOKN":       "SLACK_BOT_TOKEN",
		"SLACK_BOT_TOKEN_FLIE": "SLACK_BOT_TOKEN_FILE",
		"LOGLEVEL":             "LOG_LEVEL",
		"DATADIR":              "DATA_DIR",
		"CRM_WEBHOOK_SECRETS":  "CRM_WEBHOOK_SECRET",
		"KIND_ACOUNT_TOPICS":   "KIND_ACCOUNT_TOPICS",
		"KIND_ACCOUNT_TOPIC":   "KIND_ACCOUNT_TOPICS",
		"HTTP_ADDR_FILE":       "HTTP_ADDR",
	}
	for name, want := range tests {
		t.Run(name, func(t *testing.T) {
			got := with(env{name: "hunter2"}).fail(t)
			if len(got) != 1 || !strings.HasPrefix(got[name], "unknown; the nearest known name is "+full(want)+": ") || strings.Contains(got[name], "hunter2") {
				t.Errorf("got %q, want %s", got, want)
			}
		})
	}
}

func TestUnknownKind(t *testing.T) {
	if got := with(env{"KINDS": "account", "KIND_LEAD_POOL_TOPICS": "none"}).fail(t); !strings.Contains(got["KIND_LEAD_POOL_TOPICS"], "in ROOMKEEPER_KINDS") {
		t.Errorf("got %q", got)
	}
	if got := with(env{"KINDS": "account,Visit", "KIND_VISIT_TOPICS": "none"}).fail(t); len(got) != 1 || got["KINDS"] == "" {
		t.Errorf("got %q, want only KINDS: its variables are perhaps right", got)
	}
}

// What is set for each kind is not taken for another variable.
func TestPerKindVariables(t *testing.T) {
	fields, err := fieldsOf("KIND_ACCOUNT", &kindVariables{})
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]string{"LEAVER": "LEAVERS", "ENROLL": "ENROL", "TOPIC": "TOPICS"}
	for _, f := range fields {
		if setting := strings.TrimPrefix(f.name, "KIND_ACCOUNT_"); setting != "TIME_ZONE" {
			names[setting] = setting
		}
	}
	for name, setting := range names {
		got := with(env{name: "hunter2"}).fail(t)
		want := "unknown; it is set for each kind, as ROOMKEEPER_KIND_<KIND>_" + setting + ", such as ROOMKEEPER_KIND_ACCOUNT_" + setting + ": rename or unset it"
		if len(got) != 1 || got[name] != want {
			t.Errorf("%s: %q", name, got)
		}
	}
	got := with(env{"KINDS": "visit,lead_pool", "REMOVE": "never"}).fail(t)
	if !strings.Contains(got["REMOVE"], "such as ROOMKEEPER_KIND_VISIT_REMOVE") {
		t.Errorf("%q", got)
	}
	if got := with(env{"KINDS": "Visit", "REMOVE": "never"}).fail(t); !strings.HasPrefix(got["REMOVE"], "unknown; ") {
		t.Errorf("%q", got)
	}
}

func TestKubernetesVariablesAreNotOurs(t *testing.T) {
	e := minimal()
	for _, name := range []string{
		"SERVICE_HOST", "SERVICE_PORT", "SERVICE_PORT_HTTP", "PORT", "PORT_8080_TCP", "PORT_8080_TCP_PROTO", "PORT_8080_TCP_PORT",
		"PORT_8080_TCP_ADDR", "PORT_53_UDP", "PORT_53_UDP_ADDR", "REDIS_SERVICE_HOST", "REDIS_PORT", "REDIS_PORT_6379_TCP_ADDR",
	} {
		e[name] = "tcp://10.0.0.1:8080"
	}
	e.load(t)
	for _, name := range []string{"SERVICE", "SERVICE_HOSTS", "PORTS", "PORT_8080"} {
		if got := with(env{name: "x"}).fail(t); !strings.HasPrefix(got[name], "unknown") {
			t.Errorf("%s: got %q", name, got)
		}
	}
}

func TestEditDistance(t *testing.T) {
	tests := []struct {
		a, b string
		want int
	}{{"", "", 0}, {"", "abc", 3}, {"abc", "", 3}, {"kitten", "sitting", 3}, {"flaw", "lawn", 2}, {"same", "same", 0}}
	for _, test := range tests {
		if got := editDistance(test.a, test.b); got != test.want {
			t.Errorf("editDistance(%q, %q) = %d, want %d", test.a, test.b, got, test.want)
		}
	}
}
