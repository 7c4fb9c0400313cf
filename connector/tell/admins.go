package tell

import (
	"roomkeeper/connector"
)

// Admins are the channels in which the admins of the deployment are told, the
// default one first; none: nobody is.
type Admins []AdminChannel

// AdminChannel is one of them.
type AdminChannel struct {
	Platform connector.PlatformID
	Channel  connector.ChannelID
}

// of is the channel in which the admins hear of what is on a platform: that
// platform's own, else the first one.
func (a Admins) of(platform connector.PlatformID) (AdminChannel, bool) {
	for _, c := range a {
		if c.Platform == platform {
			return c, true
		}
	}
	if len(a) == 0 {
		return AdminChannel{}, false
	}
	return a[0], true
}
