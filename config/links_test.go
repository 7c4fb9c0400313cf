package config

import (
	"reflect"
	"strings"
	"testing"
)

// links loads a file of known accounts for Slack alone.
func links(t *testing.T, text string) ([]Link, string) {
	t.Helper()
	e := with(env{"LINKS_FILE": writeFile(t, text)})
	e.set(t)
	cfg, err := Load()
	if err != nil {
		return nil, problems(t, err)["LINKS_FILE"]
	}
	return cfg.People.Links, ""
}

func TestLinksFile(t *testing.T) {
	want := []Link{{"7", PlatformSlack, "U7"}, {"a, b", PlatformSlack, "U8"}, {"9", PlatformSlack, "U7"}}
	for name, text := range map[string]string{
		"plain":  "7,slack,U7\n\"a, b\",slack,U8\n9,slack,U7",
		"padded": "\ufeffUser_ID, platform ,member_id\r\n\r\n# people\r\n 7 , Slack , U7 \r\n\"a, b\",slack,U8\r\n  # more\r\n9,slack,U7\r\n",
	} {
		if got, problem := links(t, text); !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %v, %q", name, got, problem)
		}
	}
}

// Every line that is wrong is named at once, and nothing of what it says.
func TestLinksFileMistakes(t *testing.T) {
	long := strings.Repeat("x", maxLinkID+1)
	got, problem := links(t, strings.Join([]string{
		"7,slack,U7", "secret", "7,slack", "7,slack,U7,U8", `"7,slack,U7`, " ,slack,U7", "..,slack,U7", "8,teams,U7", "8,discord,U7",
		"8,slack,", "8,slack,U 7", long + ",slack,U7", "8,slack," + long, "7,slack,U9", "user_id,platform,member_id", "8,slack,@dan", "8,slack,U\x01",
	}, "\n"))
	const columns = " instead of three, user_id,platform,member_id; "
	want := "line 2 has one column" + columns + "line 3 has 2 columns" + columns + "line 4 has 4 columns" + columns +
		"line 5 has a quotation mark in a wrong place; line 6 has a user id that is empty; line 7 has a user id that is no id; " +
		"line 8 has another platform than slack; line 9 has another platform than slack; line 10 has a member id that is empty; " +
		"line 11 has a member id that has a space in it; line 12 has a user id that is longer than 255 characters; " +
		"line 13 has a member id that is longer than 255 characters; line 14 has the user and platform of line 1; " +
		"line 15 has another platform than slack; line 16 has a member id that is a name, not the account's id; " +
		"line 17 has a member id that has a character in it that cannot be shown; put the file right"
	if got != nil || problem != want {
		t.Errorf("got %v, %q\nwant %q", got, problem, want)
	}
	for text, want := range map[string]string{
		"": "no account in it", "user_id,platform,member_id\n": "no account in it", "# all gone": "no account in it", "7,slack,\xff": "not UTF-8",
	} {
		if _, problem := links(t, text); !strings.Contains(problem, want) {
			t.Errorf("%q: %q", text, problem)
		}
	}
}

// A command that is run before there is a platform takes any that there is.
func TestLinksFileOfTools(t *testing.T) {
	env{"LINKS_FILE": writeFile(t, "7,discord,1\n8,slack,U8")}.set(t)
	if cfg, err := LoadTools(); err != nil || len(cfg.People.Links) != 2 {
		t.Errorf("%v, %v", cfg.People.Links, err)
	}
}
