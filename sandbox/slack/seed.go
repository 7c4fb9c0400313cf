package slack

// Seed makes a private channel of the app's bot with these people in it, as it is
// long after all that it took: without notices, events and calls. It returns the
// channel's id; the caller chooses names that are free and people who exist.
func (w *Workspace) Seed(name string, members ...string) string {
	w.mu.Lock()
	defer w.mu.Unlock()
	ch := &channel{ID: w.nextID("C"), Name: name, Private: true, Creator: w.botUserID,
		Created: w.now().Unix(), Updated: w.now().UnixMilli()}
	ch.members = append([]string{w.botUserID}, members...)
	w.channels[ch.ID] = ch
	w.order = append(w.order, ch.ID)
	w.names[name] = ch.ID
	return ch.ID
}
