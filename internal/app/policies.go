package app

import (
	"cmp"

	"roomkeeper/config"
	"roomkeeper/connector"
)

// policiesOf turns the configured kinds into the domain's policies.
func policiesOf(c config.Config) connector.Policies {
	var out connector.Policies
	for _, k := range c.Kinds {
		p := connector.Policy{
			Kind:          connector.Kind(k.Name),
			Aliases:       k.Objects,
			NameTemplate:  cmp.Or(k.NameTemplate, "{name}"),
			Private:       k.Visibility == config.VisibilityPrivate,
			Leavers:       connector.LeaverPolicy(k.Leavers),
			Extras:        connector.ExtrasPolicy(k.Extras),
			Remove:        connector.RemovePolicy(k.Remove),
			Grace:         k.Grace,
			DetailFields:  k.DetailFields,
			StageField:    k.StageField,
			MembersOf:     connector.PrincipalType(k.Members),
			EnrolLimit:    c.Limits.Enrol,
			SelfEnrol:     k.Enrol == config.EnrolSelf,
			RemovalShare:  c.Limits.Removal.Share,
			RemovalPeople: c.Limits.Removal.People,
		}
		for _, t := range k.Topics {
			p.Topics = append(p.Topics, connector.Topic(t))
		}
		out = append(out, p)
	}
	return out
}
