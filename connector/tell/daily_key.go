package tell

import (
	"strings"

	"roomkeeper/connector"
)

// dailyPrefix begins the keys under which messages of the day are queued and kept
// in marks and ledger. No Group's id begins so.
const dailyPrefix = "daily/"

// dailyKey is one who gets a message of the day: a Member, or the admins in a
// Channel.
type dailyKey struct {
	Platform connector.PlatformID
	Member   connector.MemberID
	Channel  connector.ChannelID
}

func (k dailyKey) id() connector.GroupID {
	if k.Member != "" {
		return connector.GroupID(dailyPrefix + string(k.Platform) + "/member/" + string(k.Member))
	}
	return connector.GroupID(dailyPrefix + string(k.Platform) + "/channel/" + string(k.Channel))
}

func isDaily(id connector.GroupID) bool { return strings.HasPrefix(string(id), dailyPrefix) }

func parseDailyKey(id connector.GroupID) (dailyKey, bool) {
	parts := strings.SplitN(strings.TrimPrefix(string(id), dailyPrefix), "/", 3)
	if len(parts) != 3 || parts[2] == "" {
		return dailyKey{}, false
	}
	k := dailyKey{Platform: connector.PlatformID(parts[0])}
	switch parts[1] {
	case "member":
		k.Member = connector.MemberID(parts[2])
	case "channel":
		k.Channel = connector.ChannelID(parts[2])
	default:
		return dailyKey{}, false
	}
	return k, true
}

// toldMark names the day of the last message that a listener got.
func toldMark(key connector.GroupID) string { return string(key) + "/told" }
