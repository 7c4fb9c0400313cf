package redis_test

import (
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	goredis "github.com/redis/go-redis/v9"

	"roomkeeper/adapters/redis"
	"roomkeeper/connector/connectortest"
	"roomkeeper/internal/redistest"
)

var scaling = filepath.Join("..", "..", "docs", "scaling.md")

// The login in docs/scaling.md may do all that the engine does, and nothing
// that it does not do.
func TestLoginSuffices(t *testing.T) {
	line := redistest.DocumentedLogin(t, scaling, "~roomkeeper:*")
	// The suite has prefixes of its own.
	line = strings.Replace(line, "~roomkeeper:*", "~t*", 1)
	cluster := redistest.StartCluster(t, redistest.Options{AppendFsync: "everysec"})
	servers := []*goredis.Client{redistest.Start(t, redistest.Options{AppendFsync: "everysec"}).Client()}
	for _, addr := range cluster.Addrs() {
		client := goredis.NewClient(&goredis.Options{Addr: addr})
		t.Cleanup(func() { _ = client.Close() })
		servers = append(servers, client)
	}
	for _, server := range servers {
		redistest.GrantLogin(t, server, line)
	}
	t.Run("single", func(t *testing.T) {
		connectortest.EngineSuite(t, openOn(redis.Options{
			Topology: redis.Single, Addrs: []string{servers[0].Options().Addr}, Username: "roomkeeper", Password: "CHANGE-ME",
		}))
	})
	t.Run("cluster", func(t *testing.T) {
		connectortest.EngineSuite(t, openOn(redis.Options{
			Topology: redis.Cluster, Addrs: cluster.Addrs(), Username: "roomkeeper", Password: "CHANGE-ME",
		}))
	})
	used := inScripts(t)
	for _, server := range servers {
		for _, refused := range redistest.Refused(t, server) {
			t.Errorf("refused: %s", refused)
		}
		used = append(used, called(t, server)...)
	}
	for word := range strings.FieldsSeq(line) {
		if command, granted := strings.CutPrefix(word, "+"); granted && !slices.Contains(used, command) {
			t.Errorf("%s is granted and not used", command)
		}
	}
}

// The Sentinels' own login in docs/scaling.md suffices to find the primary,
// and its successor.
func TestSentinelLoginSuffices(t *testing.T) {
	line := redistest.DocumentedLogin(t, scaling, "+sentinel|")
	s := redistest.StartSentinel(t, redistest.Options{AppendFsync: "everysec"})
	var watchers []*goredis.Client
	for _, addr := range s.Addrs() {
		client := goredis.NewClient(&goredis.Options{Addr: addr})
		t.Cleanup(func() { _ = client.Close() })
		redistest.GrantLogin(t, client, line)
		watchers = append(watchers, client)
	}
	open := openOn(redis.Options{
		Topology: redis.Sentinel, Addrs: s.Addrs(), Master: s.Master(), SentinelUsername: "roomkeeper", SentinelPassword: "CHANGE-ME",
	})
	engine := open(t).Engine
	s.KillPrimary()
	deadline, tick := time.After(time.Minute), time.NewTicker(100*time.Millisecond)
	defer tick.Stop()
	for err := errors.New("not asked"); err != nil; {
		select {
		case <-deadline:
			t.Fatalf("the successor was not found: %v", err)
		case <-tick.C:
			err = engine.Keeper.Ping(t.Context())
		}
	}
	for _, w := range watchers {
		for _, refused := range redistest.Refused(t, w) {
			t.Errorf("refused: %s", refused)
		}
	}
}

var (
	inScript   = regexp.MustCompile(`(?:redis\.p?call|attempt)\('([A-Z]+)'(?:, '([A-Z]+)')?`)
	calledLine = regexp.MustCompile(`(?m)^cmdstat_([^:]+):`)
)

// inScripts are the commands that the scripts name: not every one of them is
// reached by the suite.
func inScripts(t *testing.T) (commands []string) {
	t.Helper()
	files, err := filepath.Glob("scripts/*.lua")
	if err != nil || len(files) == 0 {
		t.Fatalf("scripts: %v, %v", files, err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range inScript.FindAllStringSubmatch(string(text), -1) {
			commands = append(commands, strings.ToLower(m[1]), strings.ToLower(m[1]+"|"+m[2]))
		}
	}
	return commands
}

func called(t *testing.T, server *goredis.Client) (commands []string) {
	t.Helper()
	text, err := server.Info(t.Context(), "commandstats").Result()
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range calledLine.FindAllStringSubmatch(text, -1) {
		commands = append(commands, m[1])
	}
	return commands
}
