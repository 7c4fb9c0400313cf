package redistest

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// member is a node of the cluster by the word of another, or of its own.
type member struct {
	addr   string
	well   bool // in touch, with nothing against it
	ranges []string
}

// members is what a node knows of the cluster.
func (s *Server) members() ([]member, error) {
	text, err := s.admin.ClusterNodes(s.tb.Context()).Result()
	if err != nil {
		return nil, fmt.Errorf("nodes of %s: %w", s.addr, err)
	}
	var all []member
	for line := range strings.Lines(text) {
		// id address@bus flags master ping pong epoch link slots…
		fields := strings.Fields(line)
		if len(fields) < 8 {
			return nil, fmt.Errorf("nodes of %s: %q", s.addr, line)
		}
		addr, _, _ := strings.Cut(fields[1], "@")
		all = append(all, member{addr, fields[7] == "connected" && isWell(fields[2]), fields[8:]})
	}
	return all, nil
}

// isWell reports whether a node's flags have nothing against it: fail, fail?,
// handshake or noaddr.
func isWell(flags string) bool {
	for flag := range strings.SplitSeq(flags, ",") {
		if flag != "myself" && flag != "master" && flag != "slave" {
			return false
		}
	}
	return true
}

// owns reports whether a member is the master of a slot.
func (m member) owns(slot int) bool {
	for _, r := range m.ranges {
		first, last, isRange := strings.Cut(r, "-")
		if !isRange {
			last = first
		}
		from, err := strconv.Atoi(first)
		to, err2 := strconv.Atoi(last)
		if err == nil && err2 == nil && from <= slot && slot <= to {
			return true
		}
	}
	return false
}

// ownerOf is the address of the slot's master by the word of one node.
func (s *Server) ownerOf(slot int) (string, error) {
	all, err := s.members()
	if err != nil {
		return "", err
	}
	for _, m := range all {
		if m.owns(slot) {
			return m.addr, nil
		}
	}
	return "", fmt.Errorf("%s knows no owner of slot %d", s.addr, slot)
}

// sees tells what a node lacks for a whole cluster; with a number of nodes, of
// that many which are well.
func (s *Server) sees(nodes int) error {
	state, err := s.admin.ClusterInfo(s.tb.Context()).Result()
	if err != nil {
		return err
	}
	if !strings.Contains(state, "cluster_state:ok") {
		return errors.New("it says that the cluster is down")
	}
	if nodes == 0 {
		return nil
	}
	all, err := s.members()
	if err != nil {
		return err
	}
	well := 0
	for _, m := range all {
		if m.well {
			well++
		}
	}
	if well != nodes {
		return fmt.Errorf("it sees %d of %d nodes", well, nodes)
	}
	return nil
}
