package connectortest

import (
	"maps"
	"slices"

	"roomkeeper/connector"
)

type memoryAccount struct {
	email  string
	reason connector.PendingReason
	admin  bool
	// muted takes no private messages; told are those that were taken.
	muted bool
	told  []MemoryMessage
}

// Person adds an active, full member with an address; the same address again
// is the same person.
func (c *MemoryChat) Person(email string) connector.MemberID { return c.SetAccount(email, "") }

// SetAccount adds or changes the account with an address. A reason other
// than "" is why it cannot be invited; a deactivated account (no_account)
// disappears from its channels, unless places stay.
func (c *MemoryChat) SetAccount(email string, reason connector.PendingReason) connector.MemberID {
	c.mu.Lock()
	defer c.mu.Unlock()
	id := connector.MemberID("U:" + email)
	a, known := c.accounts[id]
	if !known {
		a = &memoryAccount{email: email}
		c.accounts[id] = a
	}
	a.reason = reason
	if reason == connector.ReasonNoAccount && !c.manners.PlacesStay {
		for _, ch := range c.channels {
			ch.leave(id)
		}
	}
	return id
}

// Readdress gives an account another address; it stays the same account.
func (c *MemoryChat) Readdress(member connector.MemberID, email string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if a, ok := c.accounts[member]; ok {
		a.email = email
	}
}

// SetAdmin makes somebody an administrator.
func (c *MemoryChat) SetAdmin(member connector.MemberID) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if a, ok := c.accounts[member]; ok {
		a.admin = true
	}
}

// ForbidRemovals lets only administrators remove people, or no longer so.
func (c *MemoryChat) ForbidRemovals(forbid bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.noRemovals = forbid
}

// SetService makes an account one of our own.
func (c *MemoryChat) SetService(member connector.MemberID) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.service = member
}

// SetResidents puts people into each channel that is made from now on, whoever makes it.
func (c *MemoryChat) SetResidents(members ...connector.MemberID) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.residents = members
}

func (c *MemoryChat) account(member connector.MemberID) connector.Account {
	switch a, known := c.accounts[member]; {
	case !known:
		return connector.Account{Reason: connector.ReasonNoAccount}
	case a.reason != "":
		return connector.Account{Reason: a.reason}
	}
	return connector.Account{Member: member}
}

func (c *MemoryChat) byEmail(email string) connector.Account {
	for _, id := range slices.Sorted(maps.Keys(c.accounts)) {
		if c.accounts[id].email == email {
			return c.account(id)
		}
	}
	return connector.Account{Reason: connector.ReasonNoAccount}
}
