package config

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// The deployment that is kept as an example starts with what it sets: every
// variable is known, and every value is one.
func TestComposeIsAConfiguration(t *testing.T) {
	e := env{}
	for file, line := range map[string]*regexp.Regexp{
		"compose.yaml":           regexp.MustCompile(`(?m)^ +(ROOMKEEPER_\w+): (.+)$`),
		"roomkeeper.env.example": regexp.MustCompile(`(?m)^(ROOMKEEPER_\w+)=(.+)$`),
	} {
		text, err := os.ReadFile(filepath.Join("..", "deploy", file))
		if err != nil {
			t.Fatal(err)
		}
		found := line.FindAllStringSubmatch(string(text), -1)
		if named := strings.Count(string(text), prefix+"_"); named != len(found) {
			t.Errorf("%s names %d variables and sets %d", file, named, len(found))
		}
		for _, m := range found {
			e[strings.TrimPrefix(m[1], prefix+"_")] = m[2]
		}
	}
	c := e.load(t)
	if c.Store.Redis == nil || c.Store.Redis.Topology != RedisSingle {
		t.Errorf("the store is %+v, want one Redis", c.Store.Redis)
	}
}

// The URLs that operators copy are ones.
func TestScalingURLs(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "docs", "scaling.md"))
	if err != nil {
		t.Fatal(err)
	}
	urls := regexp.MustCompile("`(rediss?(?:\\+[a-z]+)?://[^` …]+)`").FindAllStringSubmatch(string(text), -1)
	if len(urls) < 4 {
		t.Errorf("%d URLs, want one for each kind of Redis", len(urls))
	}
	for _, m := range urls {
		if _, err := ParseRedis(m[1], "roomkeeper"); err != nil {
			t.Errorf("%s: %v", m[1], err)
		}
	}
}
