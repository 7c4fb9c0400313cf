package discord

// Limits of a message and its embeds, in characters unless said
// (docs.discord.com/developers/resources/message). They are counted in UTF-16
// units and as they are sent, escapes included: the strictest reading.
const (
	maxEmbeds      = 10 // of one message
	maxTitle       = 256
	maxDescription = 4096
	maxEmbedFields = 25 // of one embed
	maxFieldName   = 256
	maxFieldValue  = 1024
	maxFooter      = 2048
	maxAuthorName  = 256
	maxEmbedURL    = 2048
	// maxEmbedText is the sum over all embeds of a message: titles,
	// descriptions, names and values of fields, footers and authors.
	maxEmbedText = 6000
)

// Limits of components (docs.discord.com/developers/components/reference).
const (
	maxRows        = 5
	maxRowButtons  = 5
	maxButtonLabel = 80
	maxCustomID    = 100
	maxButtonURL   = 512
)
