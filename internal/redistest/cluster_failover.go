package redistest

import (
	"fmt"
	"slices"
)

// Master is the server that has the i-th third of the slots, i from 0 to 2, by
// the word of every node that runs.
func (c *Cluster) Master(i int) *Server {
	c.tb.Helper()
	var master *Server
	eventually(c.tb, fmt.Sprintf("a master of third %d", i), func() (err error) {
		master, err = c.master(i)
		return err
	})
	return master
}

// KillMaster ends the master of the i-th third of the slots with SIGKILL, and
// returns when its replica has taken over and every node that runs says that
// the cluster is whole. The third has no replica then until RestartDead, and
// nobody to take over.
func (c *Cluster) KillMaster(i int) {
	c.tb.Helper()
	old := c.Master(i)
	old.Kill()
	eventually(c.tb, "a master after "+old.addr, func() error {
		_, err := c.master(i) // one that runs
		return err
	})
	c.awaitWhole(0)
}

// RestartDead brings every killed node back, and returns when all six say that
// the cluster is whole and every third has a replica in sync.
func (c *Cluster) RestartDead() {
	c.tb.Helper()
	for _, node := range c.nodes {
		if !node.running() {
			node.Restart()
		}
	}
	c.awaitWhole(len(c.nodes))
}

// master returns the owner of the i-th third when all that run agree on one
// that runs.
func (c *Cluster) master(i int) (*Server, error) {
	named := ""
	for _, node := range c.nodes {
		if !node.running() {
			continue
		}
		owner, err := node.ownerOf(firstSlot(i))
		if err != nil {
			return nil, err
		}
		if named != "" && owner != named {
			return nil, fmt.Errorf("nodes name %s and %s for third %d", named, owner, i)
		}
		named = owner
	}
	for _, node := range c.nodes {
		if node.addr == named && node.running() {
			return node, nil
		}
	}
	return nil, fmt.Errorf("third %d is that of %q, which does not run", i, named)
}

// awaitWhole waits until all nodes that run agree that every slot is served.
// With a number of nodes, that many are in touch with each other, and those
// that are no masters are replicas in sync.
func (c *Cluster) awaitWhole(nodes int) {
	c.tb.Helper()
	eventually(c.tb, "a whole cluster", func() error {
		for _, node := range c.nodes {
			if node.running() {
				if err := node.sees(nodes); err != nil {
					return fmt.Errorf("%s: %w", node.addr, err)
				}
			}
		}
		return c.replicated(nodes > 0)
	})
}

// replicated tells whether every third has a master that is one and, with
// replicas, a replica in sync.
func (c *Cluster) replicated(replicas bool) error {
	for i := range thirds {
		master, err := c.master(i)
		if err != nil {
			return err
		}
		if _, err := master.written(); err != nil {
			return err
		}
		if replicas && !slices.ContainsFunc(c.nodes, func(node *Server) bool { return node.inSync(master) == nil }) {
			return fmt.Errorf("third %d has no replica in sync", i)
		}
	}
	return nil
}
