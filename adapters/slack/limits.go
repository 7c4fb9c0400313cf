package slack

// Limits of Block Kit (docs.slack.dev/reference/block-kit), in characters
// unless said.
const (
	maxBlocks      = 50
	maxHeader      = 150
	maxSection     = 3000
	maxFields      = 10 // of one section
	maxField       = 2000
	maxButtons     = 25 // of one actions block
	maxButtonLabel = 75
	maxURL         = 3000
	// maxMessage is the sum over a message's blocks. Slack refused from about
	// 13,200 (github.com/slackapi/bolt-js/issues/2509).
	maxMessage = 12_500
	// maxFallback keeps the plain text below the 4,000 characters that
	// chat.update takes (docs.slack.dev/reference/methods/chat.update).
	maxFallback = 3000
)
