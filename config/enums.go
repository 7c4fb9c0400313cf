package config

// Platform is a chat platform.
type Platform string

// The chat platforms. This version serves Slack.
const (
	PlatformSlack   Platform = "slack"
	PlatformDiscord Platform = "discord"
)

// RedisTopology is how the servers of a Redis belong together.
type RedisTopology string

// The topologies, each with a scheme of REDIS_URL.
const (
	RedisSingle   RedisTopology = "single"
	RedisSentinel RedisTopology = "sentinel"
	RedisCluster  RedisTopology = "cluster"
)

// Subscribers says who may change a Group's subscriptions, besides admins.
type Subscribers string

// The values of SUBSCRIBERS.
const (
	SubscribersOwner    Subscribers = "owner"
	SubscribersEveryone Subscribers = "everyone"
)

// Visibility is who can find a channel.
type Visibility string

// The values of VISIBILITY.
const (
	VisibilityPrivate Visibility = "private"
	VisibilityPublic  Visibility = "public"
)

// Enrol is how people get in.
type Enrol string

// The values of ENROL.
const (
	EnrolEverybody Enrol = "everybody"
	EnrolSelf      Enrol = "self"
)

// Leavers is what happens to those who left by themselves.
type Leavers string

// The values of LEAVERS.
const (
	LeaversRespect Leavers = "respect"
	LeaversReadd   Leavers = "readd"
)

// Extras is what happens to those who were added by hand.
type Extras string

// The values of EXTRAS.
const (
	ExtrasKeep Extras = "keep"
	ExtrasKick Extras = "kick"
)

// Remove is who is removed when no longer on the team.
type Remove string

// The values of REMOVE.
const (
	RemoveOwned  Remove = "owned"
	RemoveStrict Remove = "strict"
	RemoveNever  Remove = "never"
)

// AutoMode is which records get a channel without being asked for one.
type AutoMode string

// The modes of AUTO.
const (
	AutoOff AutoMode = "off"
	AutoAll AutoMode = "all"
	// AutoMatching means the records that meet every condition.
	AutoMatching AutoMode = "matching"
)
