package reconcile

import (
	"cmp"
	"slices"
	"strings"

	"roomkeeper/connector"
)

// How alike names are. Below enough no pair is worth a look.
const (
	alikeTemplate = 1.0
	alikeName     = 0.95
	alikeLetters  = 0.9
	alikeWords    = 0.8
	enough        = 0.4
)

// maxPerChannel is how many Records are shown for one channel when several are as
// alike.
const maxPerChannel = 3

// maxSharing is in how many Records' names a word may be that still tells something.
const maxSharing = 400

// pairs finds the Records whose names are like a channel's.
type pairs struct {
	limit    int
	policies connector.Policies
	// exact are Records by a name that their channel might have, letters by that
	// name without what joins words, words by each of its words.
	exact, letters, words map[string][]*candidate
}

type candidate struct {
	connector.Record
	// joined is plain without what joins words.
	named, plain, joined string
	words                []string
}

func newPairs(limit int, policies connector.Policies) *pairs {
	return &pairs{
		limit: limit, policies: policies,
		exact: map[string][]*candidate{}, letters: map[string][]*candidate{}, words: map[string][]*candidate{},
	}
}

// record makes a Record known.
func (p *pairs) record(r connector.Record) {
	policy, _ := p.policies.Kind(string(r.Key.Kind))
	for _, alphabet := range []connector.Alphabet{connector.AlphabetAny, connector.AlphabetASCII} {
		c := &candidate{
			Record: r, named: connector.ChannelName(policy.NameTemplate, r, alphabet, p.limit, 0),
			plain: connector.ChannelName("{name}", r, alphabet, p.limit, 0),
		}
		c.words, c.joined = wordsIn(c.plain), letters(c.plain)
		p.exact[c.named] = append(p.exact[c.named], c)
		if c.plain != c.named {
			p.exact[c.plain] = append(p.exact[c.plain], c)
		}
		p.letters[c.joined] = append(p.letters[c.joined], c)
		for _, word := range c.words {
			p.words[word] = append(p.words[word], c)
		}
	}
}

// with are the Records that a channel's name fits best, each once.
func (p *pairs) with(ch connector.Channel) []connector.AdoptSuggestion {
	name := strings.ToLower(ch.Name)
	words, joined := wordsIn(name), letters(name)
	near := slices.Concat(p.exact[name], p.letters[joined])
	for _, word := range words {
		if len(p.words[word]) <= maxSharing {
			near = append(near, p.words[word]...)
		}
	}
	best := map[connector.RecordKey]connector.AdoptSuggestion{}
	top := enough
	for _, c := range near {
		likeness, why := c.like(name, joined, words)
		if likeness < top {
			continue
		}
		if top = likeness; likeness > best[c.Key].Likeness {
			best[c.Key] = connector.AdoptSuggestion{Record: c.Key, RecordName: c.Name, Channel: ch, Likeness: likeness, Why: why}
		}
	}
	var out []connector.AdoptSuggestion
	for _, s := range best {
		if s.Likeness >= top {
			out = append(out, s)
		}
	}
	slices.SortFunc(out, compareSuggestions)
	return out[:min(len(out), maxPerChannel)]
}

// like says how alike a Record's name is to a channel's, and in what.
func (c *candidate) like(name, joined string, words []string) (likeness float64, why string) {
	switch {
	case name == c.named:
		return alikeTemplate, "called as a new channel would be"
	case name == c.plain:
		return alikeName, "called like the record"
	case joined == c.joined:
		return alikeLetters, "the same letters"
	}
	common := 0
	for _, word := range c.words {
		if slices.Contains(words, word) {
			common++
		}
	}
	if common == 0 {
		return 0, ""
	}
	return alikeWords * float64(2*common) / float64(len(c.words)+len(words)), "words in common"
}

// wordsIn are the words of a name, each once, without those that tell nothing.
func wordsIn(name string) []string {
	words := strings.FieldsFunc(name, func(r rune) bool { return r == '-' || r == '_' || r == ' ' })
	words = slices.DeleteFunc(words, func(word string) bool {
		switch word {
		case "the", "and", "of", "inc", "ltd", "llc", "gmbh", "ag", "co", "corp", "account", "opportunity", "deal", "team", "channel":
			return true
		}
		return false
	})
	slices.Sort(words)
	return slices.Compact(words)
}

// letters is a name without what joins its words.
func letters(name string) string {
	return strings.NewReplacer("-", "", "_", "", " ", "").Replace(name)
}

// onePerRecord keeps of a Record the channels that are most alike, in the order in
// which they are shown.
func onePerRecord(all []connector.AdoptSuggestion) []connector.AdoptSuggestion {
	top := map[connector.RecordKey]float64{}
	for _, s := range all {
		top[s.Record] = max(top[s.Record], s.Likeness)
	}
	all = slices.DeleteFunc(all, func(s connector.AdoptSuggestion) bool { return s.Likeness < top[s.Record] })
	slices.SortFunc(all, compareSuggestions)
	return all
}

func compareSuggestions(a, b connector.AdoptSuggestion) int {
	return cmp.Or(cmp.Compare(b.Likeness, a.Likeness), compareKeys(a.Record, b.Record), cmp.Compare(a.Channel.Name, b.Channel.Name))
}

func compareKeys(a, b connector.RecordKey) int { return cmp.Compare(a.String(), b.String()) }
