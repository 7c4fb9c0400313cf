package bolt_test

import (
	"os"
	"path/filepath"
	"testing"

	"go.uber.org/goleak"

	"roomkeeper/adapters/bolt"
	"roomkeeper/connector"
	"roomkeeper/connector/connectortest"
)

// TestMain also serves as the child process of the tests that need one.
func TestMain(m *testing.M) {
	if child := os.Getenv(childVariable); child != "" {
		os.Exit(runChild(child, os.Getenv(childPath)))
	}
	goleak.VerifyTestMain(m)
}

func TestEngine(t *testing.T) { connectortest.EngineSuite(t, open) }

func TestEngineMachine(t *testing.T) { connectortest.EngineMachine(t, open) }

// open makes an engine on a new file; taking over after a kill is opening a
// copy that was made without closing.
func open(t *testing.T) connectortest.Reopenable {
	t.Helper()
	clock := connectortest.NewEngineClock()
	path := filepath.Join(connectortest.StoreDir(t), "data", "roomkeeper.db")
	var current *bolt.Engine
	start := func() (connector.Engine, error) {
		e, err := bolt.Open(path, bolt.Options{Clock: clock.Now})
		if err != nil {
			return connector.Engine{}, err
		}
		current = e
		t.Cleanup(func() {
			if err := e.Close(); err != nil {
				t.Errorf("close: %v", err)
			}
		})
		return e.Ports(), nil
	}
	engine, err := start()
	if err != nil {
		t.Fatalf("open: %v", err)
	}
	return connectortest.Reopenable{
		Engine: engine,
		Clock:  clock,
		Reopen: func(abrupt bool) (connector.Engine, error) {
			if abrupt {
				content, err := os.ReadFile(path)
				if err != nil {
					return connector.Engine{}, err
				}
				path += "+"
				if err := os.WriteFile(path, content, 0o600); err != nil {
					return connector.Engine{}, err
				}
			}
			if err := current.Close(); err != nil {
				return connector.Engine{}, err
			}
			return start()
		},
	}
}
