package world

import (
	"slices"
	"strings"
	"testing"
)

// StartWith is Start on several platforms at once, for one CRM. The first is
// the connector's default one, and the World's own; On is for the others.
func StartWith(t testing.TB, on []Platform, people, records int, env ...string) *World {
	t.Helper()
	addr := FreeAddr(t)
	sb := startSandbox(t, on, people, records, "http://"+addr)
	env = append([]string{"ROOMKEEPER_PLATFORMS=" + names(on), "ROOMKEEPER_PUBLIC_URL=http://" + addr}, env...)
	w := &World{Sandbox: sb, Service: StartConnector(t, sb, addr, t.TempDir(), env...)}
	w.WaitReady(t)
	return w
}

// On is the same world as it looks on one of its platforms: its people,
// channels and Groups are those there.
func (w *World) On(t testing.TB, platform string) *World {
	t.Helper()
	i := slices.IndexFunc(w.all, func(c Chat) bool { return c.Name == platform })
	if i < 0 {
		t.Fatalf("the world has no %s", platform)
	}
	there := *w.Sandbox
	there.Chat = w.all[i]
	return &World{Sandbox: &there, Service: w.Service}
}

func platformFlags(on []Platform) []string {
	args := []string{"--platforms", names(on)}
	var linked []Platform
	for _, p := range on {
		args = append(args, p.Flags...)
		if p.Linked {
			linked = append(linked, p)
		}
	}
	if len(linked) > 0 {
		args = append(args, "--links", names(linked))
	}
	return args
}

func names(of []Platform) string {
	list := make([]string, len(of))
	for i, p := range of {
		list[i] = p.Name
	}
	return strings.Join(list, ",")
}
