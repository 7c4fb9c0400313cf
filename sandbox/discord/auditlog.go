package discord

// auditEntry is one line of the audit log.
type auditEntry struct {
	ID, User, Target, Reason string
	Action                   int
}
