package connector

import (
	"cmp"
	"strings"
)

// PrincipalKey names a principal that is expanded to users. With and without the
// units below it it is two.
type PrincipalKey struct {
	Type       PrincipalType `json:"type"`
	ID         string        `json:"id"`
	IncludeSub bool          `json:"include_sub,omitempty"`
}

// Key is what of p decides who is behind it.
func (p Principal) Key() PrincipalKey {
	return PrincipalKey{Type: p.Type, ID: p.ID, IncludeSub: p.IncludeSub}
}

// Principal is the inverse of Key.
func (k PrincipalKey) Principal() Principal {
	return Principal{Type: k.Type, ID: k.ID, IncludeSub: k.IncludeSub}
}

// Compare orders keys by type, id, and without units below first.
func (k PrincipalKey) Compare(o PrincipalKey) int {
	return cmp.Or(cmp.Compare(k.Type, o.Type), cmp.Compare(k.ID, o.ID), cmp.Compare(b2i(k.IncludeSub), b2i(o.IncludeSub)))
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

// MaxPrincipals is how many principals a Group remembers. One that uses more
// remembers ManyPrincipals, and any change of a principal concerns it.
const MaxPrincipals = 100

// ManyPrincipals stands for more principals than are remembered.
func ManyPrincipals() PrincipalKey { return PrincipalKey{Type: "*"} }

// Uses reports whether a change of the principal changed may change who is
// behind one of the Group's: itself, or one of its type with what is below it,
// since only the CRM knows what that is.
func (g Group) Uses(changed PrincipalKey) bool {
	for _, k := range g.Principals {
		if k == ManyPrincipals() || k.Type == changed.Type && (k.ID == changed.ID || k.IncludeSub) {
			return true
		}
	}
	return false
}

// principalJob begins the key of a job about a principal; no id of a Group does.
const principalJob = "principal/"

// Job is the key of the run that queues the Groups that k concerns.
func (k PrincipalKey) Job() JobKey {
	return JobKey{Lane: LanePrincipals, Group: GroupID(principalJob + string(k.Type) + "/" + k.ID)}
}

// PrincipalOf returns the principal of such a job; ok is false for another one.
func PrincipalOf(job JobKey) (k PrincipalKey, ok bool) {
	rest, ours := strings.CutPrefix(string(job.Group), principalJob)
	kind, id, named := strings.Cut(rest, "/")
	return PrincipalKey{Type: PrincipalType(kind), ID: id}, job.Lane == LanePrincipals && ours && named
}
