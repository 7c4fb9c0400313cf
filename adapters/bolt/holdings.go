package bolt

import "roomkeeper/connector"

// What each value is on its way to another engine.

func ofMark(key, value string) (connector.Holding, error) {
	return connector.Holding{Mark: &connector.HeldMark{Name: key, Value: value}}, nil
}

func ofReading(key string, r connector.Reading) (connector.Holding, error) {
	return connector.Holding{Reading: &connector.HeldReading{Group: connector.GroupID(key), Reading: r}}, nil
}

func ofSubscription(key string, wants connector.Subscription) (connector.Holding, error) {
	return connector.Holding{Subscription: &connector.HeldSubscription{Group: connector.GroupID(key), Subscription: wants}}, nil
}

func ofNotice(key string, n connector.Notice) (connector.Holding, error) {
	parts, err := partsOf(key, 2) // group, number
	if err != nil {
		return connector.Holding{}, err
	}
	return connector.Holding{Notice: &connector.HeldNotice{Group: connector.GroupID(parts[0]), Notice: n}}, nil
}

func ofEntry(key string, e connector.LedgerEntry) (connector.Holding, error) {
	parts, err := partsOf(key, 2) // group, card
	if err != nil {
		return connector.Holding{}, err
	}
	return connector.Holding{Entry: &connector.HeldEntry{Group: connector.GroupID(parts[0]), Entry: e}}, nil
}

func ofName(key string, holder connector.GroupID) (connector.Holding, error) {
	parts, err := partsOf(key, 2) // platform, name
	if err != nil {
		return connector.Holding{}, err
	}
	name := &connector.HeldName{Platform: connector.PlatformID(parts[0]), Name: parts[1], Group: holder}
	return connector.Holding{Name: name}, nil
}

func ofPerson(_ string, p connector.Person) (connector.Holding, error) {
	return connector.Holding{Person: &p}, nil
}

func ofFacts(key string, f connector.Facts) (connector.Holding, error) {
	parts, err := partsOf(key, 3) // CRM, kind, id
	if err != nil {
		return connector.Holding{}, err
	}
	return connector.Holding{Facts: &connector.HeldFacts{
		Record: connector.RecordKey{CRM: parts[0], Kind: connector.Kind(parts[1]), ID: parts[2]},
		Facts:  f,
	}}, nil
}

func ofFactUser(_ string, f connector.HeldFactUser) (connector.Holding, error) {
	return connector.Holding{FactUser: &f}, nil
}

func ofSeen(key string, v seen) (connector.Holding, error) {
	id := &connector.HeldIdentity{ID: key, At: v.At, Anywhere: v.Of == nil}
	if v.Of != nil {
		id.Group, id.Facts = v.Of.Group, v.Of.Facts
		if v.Of.Record != nil {
			id.FactsOf = *v.Of.Record
		}
	}
	return connector.Holding{Identity: id}, nil
}

func ofAnswer(key string, a answer) (connector.Holding, error) {
	return connector.Holding{Answer: &connector.HeldAnswer{ID: key, Answer: a.Answer, At: a.At}}, nil
}

func ofSweep(_ string, s connector.Sweep) (connector.Holding, error) {
	return connector.Holding{Sweep: &s}, nil
}

func ofClaim(key string, c claim) (connector.Holding, error) {
	return connector.Holding{Claim: &connector.HeldClaim{Name: key, Until: c.Until}}, nil
}

func ofDead(_ string, letter connector.DeadLetter) (connector.Holding, error) {
	return connector.Holding{Dead: &letter}, nil
}
