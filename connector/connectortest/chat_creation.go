package connectortest

import (
	"maps"
	"slices"
	"time"

	"roomkeeper/connector"
)

func creationRules() map[string]func(*chatTest) {
	return map[string]func(*chatTest){
		"create with everything": chatCreateWhole,
		"create twice":           chatCreateTwice,
		"archive":                chatArchive,
		"verbs":                  chatVerbs,
	}
}

// chatCreateWhole: what a creation says is done is done.
func chatCreateWhole(t *chatTest) {
	spec := specOf("acme")
	spec.Topic, spec.Purpose = "Acme & Sons <Berlin>", "crm/account/R&D <1>"
	spec.Members = t.crowd(min(3, t.Platform.Limits.CreateMembers))
	begun := t.Now()
	made, err := t.Platform.Channels.Create(t.ctx(), spec)
	t.ok(err)
	in := t.members(made.ID)
	switch {
	case !made.Members && len(in) > 0:
		t.Errorf("let in %v without a word", in)
	case made.Members && len(in) != len(spec.Members):
		t.Errorf("let in %v of %v", in, spec.Members)
	}
	if told := made.Whole; told != nil {
		who := slices.Sorted(slices.Values(told.Members))
		if !slices.Equal(who, slices.Sorted(maps.Keys(in))) || told.At.Before(begun) || told.At.After(t.Now()) || told.Name != made.Name {
			t.Errorf("the answer told %+v, begun at %s; in are %v", told, begun, in)
		}
	}
	if d := t.Platform.Describer; d != nil {
		topic, err := d.Topic(t.ctx(), made.ID)
		t.ok(err)
		if want := map[bool]string{true: spec.Topic}[made.Topic]; topic != want {
			t.Errorf("topic %q, want %q", topic, want)
		}
	}
	own, err := t.Platform.Channels.Own(t.ctx())
	t.ok(err)
	i := slices.IndexFunc(own, func(ch connector.OwnChannel) bool { return ch.ID == made.ID })
	if i < 0 || own[i].Purpose != map[bool]string{true: spec.Purpose}[made.Purpose] {
		t.Errorf("own channels %+v", own)
	}
	found, err := t.Platform.Channels.Find(t.ctx(), "acme", spec.Purpose, begun)
	t.ok(err)
	if found.ID != made.ID {
		t.Errorf("found %+v, made %+v", found, made.Channel)
	}
}

// chatCreateTwice: of two channels of one name each is found by its purpose, by that
// alone when it is new.
func chatCreateTwice(t *chatTest) {
	if t.Platform.Limits.UniqueNames {
		return
	}
	made := map[string]connector.ChannelID{}
	begun := t.Now()
	for _, purpose := range []string{"crm/account/1", "crm/account/2"} {
		spec := specOf("acme")
		spec.Purpose = purpose
		ch, err := t.Platform.Channels.Create(t.ctx(), spec)
		t.ok(err)
		if !ch.Purpose {
			return // the name alone is its mark, and no two Groups have the same
		}
		made[purpose] = ch.ID
	}
	renamed := ""
	if t.Platform.Renamer != nil {
		name, err := t.Platform.Renamer.Rename(t.ctx(), made["crm/account/2"], "acme-otherwise", "")
		t.ok(err)
		renamed = name
	}
	for purpose, id := range made {
		found, err := t.Platform.Channels.Find(t.ctx(), "acme", purpose, begun)
		t.ok(err)
		if found.ID != id {
			t.Errorf("%s is %s, found %s", purpose, id, found.ID)
		}
	}
	_, err := t.Platform.Channels.Find(t.ctx(), "acme", "crm/account/3", begun)
	t.is(err, connector.ErrNotFound)
	if renamed != "" {
		_, err := t.Platform.Channels.Find(t.ctx(), "acme", "crm/account/2", t.Now().Add(t.Platform.Limits.ClockSkew+time.Minute))
		t.is(err, connector.ErrNotFound)
	}
}

// chatArchive: an archived channel says so when it is read.
func chatArchive(t *chatTest) {
	if t.Platform.Archiver == nil {
		return
	}
	ch := t.create("acme")
	t.ok(t.Platform.Archiver.Archive(t.ctx(), ch.ID))
	t.ok(t.Platform.Archiver.Archive(t.ctx(), ch.ID))
	_, err := t.Platform.Channels.Observe(t.ctx(), ch.ID)
	t.is(err, connector.ErrArchived)
	if t.Platform.Unarchiver == nil {
		return
	}
	t.ok(t.Platform.Unarchiver.Unarchive(t.ctx(), ch.ID))
	t.ok(t.Platform.Unarchiver.Unarchive(t.ctx(), ch.ID))
	if in := t.members(ch.ID); len(in) != 0 {
		t.Errorf("members after archive and unarchive: %v", in)
	}
}

// chatVerbs: what the table says and what the ports are is the same.
func chatVerbs(t *chatTest) {
	p := t.Platform
	seen := map[connector.Verb]bool{}
	for _, s := range p.Verbs {
		if seen[s.Verb] {
			t.Errorf("%s is listed twice", s.Verb)
		}
		seen[s.Verb] = true
		if has, optional := p.HasPort(s.Verb); optional && has == (s.How == connector.Missing) {
			t.Errorf("%s: %q, and has a port: %t", s.Verb, s.How, has)
		}
		if s.How != connector.Native && s.How != connector.Substitute && s.How != connector.Missing {
			t.Errorf("%s: %q", s.Verb, s.How)
		}
	}
	for _, v := range connector.Verbs() {
		if !seen[v] {
			t.Errorf("%s is not listed", v)
		}
	}
}
