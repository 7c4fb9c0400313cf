package redistest

import (
	"context"
	"math/rand/v2"
	"net"
	"strconv"
	"testing"
)

// Ports are below the range that systems give to outgoing connections, so that
// nobody takes one while its owner is down. A node of a cluster also listens
// busOffset above its port, which is Redis's own rule.
const (
	loopback  = "127.0.0.1"
	firstPort = 10000
	ports     = 12000
	busOffset = 10000
)

// freeAddr finds a loopback address that nobody listens on. Until the test ends the
// same ports of UDP are taken, which tells other tests, of other processes too, that
// the address is somebody's.
func freeAddr(tb testing.TB) string {
	tb.Helper()
	for range 100 {
		port := firstPort + rand.N(ports)
		addr, bus := address(port), address(port+busOffset)
		if reserve(tb, addr) && reserve(tb, bus) && isFree(addr) && isFree(bus) {
			return addr
		}
	}
	tb.Fatal("redistest: no free port")
	return ""
}

func address(port int) string { return net.JoinHostPort(loopback, strconv.Itoa(port)) }

func isFree(addr string) bool {
	l, err := listen(addr)
	return err == nil && l.Close() == nil
}

// reserve takes the UDP port of an address, if nobody has.
func reserve(tb testing.TB, addr string) bool {
	l, err := (&net.ListenConfig{}).ListenPacket(context.Background(), "udp", addr)
	if err != nil {
		return false
	}
	tb.Cleanup(func() { _ = l.Close() })
	return true
}

func listen(addr string) (net.Listener, error) {
	return (&net.ListenConfig{}).Listen(context.Background(), "tcp", addr)
}

// split cuts an address of ours into what Redis's commands take.
func split(addr string) (host, port string) {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return addr, "" // Redis will refuse it and say so
	}
	return host, port
}
