package config

// prefix starts the name of every variable; envconfig joins with "_".
const prefix = "ROOMKEEPER"

func full(name string) string { return prefix + "_" + name }

// variables are the variables of a deployment as text, with their defaults and meanings.
//
// The names come from the fields: split_words, never an envconfig tag, because with such a tag envconfig also
// reads the name without the prefix (LOG_LEVEL, REDIS_URL), which belongs to somebody else.
// A field of type Secret can also be given as a file.
type variables struct {
	HTTPAddr    string `split_words:"true" default:":8080" desc:"host:port to listen on"`
	PublicURL   string `split_words:"true" desc:"URL at which others reach the service"`
	MetricsAddr string `split_words:"true" desc:"host:port of a listener of its own for /metrics; unset: on HTTP_ADDR, only for loopback peers or an API token"`
	LogLevel    string `split_words:"true" default:"info" desc:"debug, info, warn or error"`
	APITokens   Secret `split_words:"true" desc:"tokens of the REST API: name=token, separated by commas"`

	Redis struct {
		URL    Secret `desc:"Redis that replicas share: redis://[user:password@]host[:port][/db], redis+sentinel://host,…/master[/db] (?sentinel_user=…&sentinel_password=…), redis+cluster://host,…; rediss instead of redis: TLS (?ca=file); unset: embedded store, one replica"`
		Prefix string `default:"roomkeeper" desc:"first part of every Redis key"`
	}
	DataDir       string `split_words:"true" default:"./data" desc:"folder of the embedded store and the control socket"`
	AllowVolatile string `split_words:"true" default:"false" desc:"true accepts a Redis without AOF or with an evicting policy"`
	Lease         string `default:"10s" desc:"how long the others leave the work of a replica that died to it, 1s to 10m; only with REDIS_URL"`
	EncryptionKey Secret `split_words:"true" desc:"key for stored tokens: 32 bytes in base64, several for rotation separated by commas, the first encrypts"`

	Platforms    string `desc:"chat platforms to serve, separated by commas, the first is the default one; unset: those with a token"`
	Command      string `default:"/crm" desc:"the slash command"`
	AdminChannel string `split_words:"true" desc:"id of the channel that hears what admins need to know, of the default platform; of several: slack:C…,discord:…"`
	Subscribers  string `default:"owner" desc:"who may change subscriptions: owner or everyone"`
	TimeZone     string `split_words:"true" default:"UTC" desc:"time zone of schedules and quiet hours, such as Europe/Berlin"`
	ChatTimeout  string `split_words:"true" default:"10s" desc:"deadline of one call to a chat platform, 1s to 60s; an unanswered post is looked up five seconds after it"`

	Slack   slackVariables
	Discord discordVariables
	CRM     crmVariables

	SweepSchedule     string `split_words:"true" default:"*/15 * * * *" desc:"when to ask the CRM what changed: five cron fields or @every 15m"`
	FullSweepSchedule string `split_words:"true" default:"0 3 * * *" desc:"when to go through every record that has a Group"`
	DriftMaxAge       string `split_words:"true" default:"24h" desc:"age at which a channel's members are read again"`
	DeleteConfirm     string `split_words:"true" default:"1h" desc:"time between the two confirmations of a deleted record"`
	FreezeGrace       string `split_words:"true" default:"168h" desc:"how long people stay in the channel of a record that is back in a pool"`
	LedgerRetention   string `split_words:"true" default:"720h" desc:"how long ids of events and cards are kept"`

	Resolve            string `desc:"team entries resolved beyond employees: departments, roles, user_groups, queues, territories"`
	RateFactor         string `split_words:"true" default:"1" desc:"multiplies the published rate tiers"`
	RemovalLimit       string `split_words:"true" default:"0.5,1" desc:"share,people: a Plan that removes more than both is held"`
	GlobalRemovalLimit string `split_words:"true" default:"0.05,20" desc:"share,people: a Sweep that removes more than both is held"`
	EnrolLimit         string `split_words:"true" default:"1000" desc:"above this number of people a record's channel is joined by command"`
	IgnoreUsers        string `split_words:"true" desc:"CRM user ids of machines, separated by commas"`
	LinksFile          string `split_words:"true" desc:"file of known accounts, read at the start, a line each: user_id,platform,member_id; # begins a comment"`
	LinkHosts          string `split_words:"true" desc:"hosts of links to CRM records, separated by commas"`
	Kinds              string `default:"account,account_pool,department,lead_pool,opportunity" desc:"kinds of records in use, separated by commas"`

	API      string `desc:"for commands: URL of the running service; unset: the control socket in DATA_DIR"`
	APIToken Secret `split_words:"true" desc:"for commands: the token for API"`
}

type slackVariables struct {
	BotToken      Secret `split_words:"true" desc:"the app's bot token, xoxb-…"`
	SigningSecret Secret `split_words:"true" desc:"the app's signing secret"`
	AppToken      Secret `split_words:"true" desc:"app-level token, xapp-…; set: Socket Mode instead of HTTP"`
	UserToken     Secret `split_words:"true" desc:"token of an account that removes people, archives and unarchives where it is a member"`
	ClientID      string `split_words:"true" desc:"the app's client id, for sign-in"`
	ClientSecret  Secret `split_words:"true" desc:"the app's client secret, for sign-in"`
	// A struct, because envconfig would not split APIURL.
	API struct {
		URL string `default:"https://slack.com/api/" desc:"base of the Web API"`
	}
	URL string `default:"https://slack.com" desc:"base of the issuer, the authorize pages and deep links"`
}

type discordVariables struct {
	BotToken      Secret `split_words:"true" desc:"the bot's token"`
	PublicKey     string `split_words:"true" desc:"the application's public key, 64 hexadecimal digits"`
	ApplicationID string `split_words:"true" desc:"the application's id"`
	GuildID       string `split_words:"true" desc:"id of the guild to serve"`
	ClientSecret  Secret `split_words:"true" desc:"the application's client secret, with which people link themselves by signing in; needs PUBLIC_URL"`
	GuildsJoin    string `split_words:"true" default:"false" desc:"true lets people whom the CRM knows into the guild when they sign in; the bot needs the permission Create Invite"`
	Category      string `default:"CRM" desc:"name of the categories in which channels are made; further ones get a number, the archive the word archive"`
	Gateway       string `default:"false" desc:"true hears of people and channels at once, over a websocket, which needs the privileged intent Server Members"`
	API           struct {
		URL string `default:"https://discord.com/api/" desc:"base of the API"`
	}
	URL string `default:"https://discord.com" desc:"base of the authorize pages and deep links"`
}

type crmVariables struct {
	Driver        string `default:"neutral" desc:"how to talk to the CRM"`
	Name          string `default:"crm" desc:"name of the CRM in keys and channel purposes"`
	WebhookSecret Secret `split_words:"true" desc:"key of the CRM's webhooks: whsec_…, several while keys rotate, separated by commas"`
	URL           string `desc:"base of the pull API; unset: webhooks are the truth"`
	Token         Secret `desc:"bearer token of the pull API"`
	Concurrency   string `default:"4" desc:"calls to the CRM at once"`
}

// kindVariables are the variables of one kind, after KIND_<KIND>_. A default that differs by kind is in
// kindDefaults instead of the tag.
type kindVariables struct {
	Objects      string `desc:"other names of the kind in the CRM, such as AccountObj, separated by commas"`
	NameTemplate string `split_words:"true" desc:"template of the channel's name, with {name} or {id} for the record's in it, and {kind} if you like; unset: {name}"`
	Visibility   string `default:"private" desc:"private or public"`
	ThreadsIn    string `split_words:"true" desc:"Discord: id of the text channel or forum in which the kind's Records get threads; unset: channels in categories"`
	Enrol        string `desc:"everybody or self (people join by command)"`
	Members      string `desc:"team or principal:<type>"`
	Leavers      string `default:"respect" desc:"those who left: respect or readd"`
	Extras       string `default:"keep" desc:"those added by hand: keep or kick"`
	Remove       string `default:"owned" desc:"whom to remove: owned, strict or never"`
	Grace        string `default:"0s" desc:"how long somebody taken off the team stays"`
	DetailFields string `split_words:"true" desc:"keys of the fields that may be shown, separated by commas"`
	StageField   string `split_words:"true" desc:"key of the field behind stage_changed"`
	Topics       string `desc:"Topics of a new Group, separated by spaces, or none"`
	ClosePolicy  string `split_words:"true" default:"off" desc:"closed records: off or archive:48h"`
	DeletePolicy string `split_words:"true" default:"archive:24h" desc:"deleted records: archive:24h or off"`
	Auto         string `default:"off" desc:"records that get a channel by themselves: off, all, or field=value separated by commas"`
	TimeZone     string `split_words:"true" desc:"time zone of the kind; unset: TIME_ZONE"`
}

func kindPrefix(kind string) string { return "KIND_" + kind }
