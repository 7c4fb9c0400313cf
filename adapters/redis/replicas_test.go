package redis

import "testing"

func TestReplicasThatFollow(t *testing.T) {
	for _, c := range []struct {
		name, info string
		want       int
	}{
		{"none", "# Replication\r\nrole:master\r\nconnected_slaves:0\r\n", 0},
		{"not said", "# Clients\r\nconnected_clients:1\r\n", 0},
		{"one follows", "connected_slaves:1\r\nslave0:ip=10.0.0.1,port=6379,state=online,offset=14,lag=0\r\n", 1},
		{"one is being filled", "connected_slaves:1\r\nslave0:ip=10.0.0.1,port=6379,state=wait_bgsave,offset=0,lag=0\r\n", 0},
		{"one of two follows", "connected_slaves:2\r\nslave0:ip=10.0.0.1,port=6379,state=send_bulk,offset=0,lag=0\r\n" +
			"slave1:ip=10.0.0.2,port=6379,state=online,offset=14,lag=1\r\n", 1},
		{"which is not said", "connected_slaves:2\r\n", 2},
	} {
		if got := parseInfo(c.info).replicas(); got != c.want {
			t.Errorf("%s: %d, want %d", c.name, got, c.want)
		}
	}
}
