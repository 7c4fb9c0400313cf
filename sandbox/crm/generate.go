package crm

import "fmt"

// generatedTeam is how many people are on a generated Related Team.
const generatedTeam = 20

// SeedGenerated fills an empty World with people u1, u2, … (u<n>@example.com)
// and accounts 1, 2, …, each with an owner and up to 20 people on its Related
// Team. The same numbers give the same world. Nothing is sent.
func (w *World) SeedGenerated(people, records int) error {
	if people < 1 || records < 0 {
		return fmt.Errorf("%d people, %d records: %w", people, records, ErrInvalid)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	entries := make([]Entry, people)
	for i := range people {
		u := generatedUser(i)
		w.data.putUser(u)
		entries[i] = Entry{Principal{Type: "user", ID: u.ID, Name: u.Name}, "member", "read"}
	}
	for i := range records {
		first := i * 7 % people
		team := make([]Entry, 0, generatedTeam)
		for j := range min(generatedTeam, people) {
			team = append(team, entries[(first+j)%people])
		}
		team[0].Role, team[0].Access = "owner", "write"
		r := Record{
			Kind: "account", ID: fmt.Sprint(i + 1), Name: fmt.Sprintf("Account %d", i+1),
			Owner:  &Principal{Type: "user", ID: team[0].Principal.ID},
			Fields: accountFields("Trade", "Bergen", "100,000 EUR", "Active customer"),
		}
		if _, err := w.insert(r, team); err != nil {
			return err
		}
	}
	w.changed()
	return nil
}

// GeneratedPeople returns the first n people of SeedGenerated, all full members
// of the chat workspace.
func GeneratedPeople(n int) []Person {
	people := make([]Person, n)
	for i := range people {
		people[i] = Person{User: generatedUser(i), Chat: ChatMember}
	}
	return people
}

func generatedUser(i int) User {
	return User{ID: fmt.Sprintf("u%d", i+1), Name: generatedName(i), Email: fmt.Sprintf("u%d@example.com", i+1), Active: true}
}

func generatedName(i int) string {
	first := []string{"Alma", "Bruno", "Clara", "David", "Elif", "Farid", "Greta", "Hugo", "Ida", "Joel"}
	last := []string{"Arnold", "Berg", "Costa", "Dahl", "Evans", "Fischer", "Garcia", "Holm", "Ivanov", "Jansen"}
	return fmt.Sprintf("%s %s %d", first[i%len(first)], last[i/len(first)%len(last)], i+1)
}
