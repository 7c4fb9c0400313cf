package page

import (
	"strings"

	"roomkeeper/sandbox/crm"
)

// person is somebody one can act as: in the CRM, in chat, or in both.
type person struct {
	Key      string `json:"key"` // member id, or crm:<user id>
	Name     string `json:"name"`
	UserID   string `json:"user_id"`
	MemberID string `json:"member_id"`
	Note     string `json:"note,omitempty"`
}

// AddMembers gives people the accounts on a chat platform that they should have;
// those with crm.ChatNone get none. It returns the members' ids by those of the
// CRM's users.
func AddMembers(chat Chat, people []crm.Person) map[string]string {
	members := map[string]string{}
	for _, p := range people {
		if p.Chat != crm.ChatNone {
			members[p.ID] = chat.Add(p)
		}
	}
	return members
}

// everybody joins the CRM's users and a platform's members by stored link and
// e-mail, in the CRM's order, members of the platform alone at the end.
func everybody(users []crm.User, platform string, members []Member) []person {
	byMail, byID := map[string]Member{}, map[string]Member{}
	for _, m := range members {
		if m.Bot {
			continue
		}
		byID[m.ID] = m
		if m.Email != "" {
			byMail[mailKey(m.Email)] = m
		}
	}
	people, seen := []person{}, map[string]bool{}
	for _, u := range users {
		m, ok := byID[u.Links[platform]]
		if !ok {
			m, ok = byMail[mailKey(u.Email)]
		}
		p := person{Key: "crm:" + u.ID, Name: u.Name, UserID: u.ID, Note: "no chat account"}
		if ok && !m.Gone && !seen[m.ID] {
			p.Key, p.MemberID, p.Note = m.ID, m.ID, m.Note
			if u.External {
				p.Note = "partner"
			}
			seen[m.ID] = true
		}
		people = append(people, p)
	}
	for _, m := range members {
		if !m.Bot && !m.Gone && !seen[m.ID] {
			note := "not in the CRM"
			if m.Note != "" {
				note = m.Note + ", " + note
			}
			people = append(people, person{Key: m.ID, Name: m.Name, MemberID: m.ID, Note: note})
		}
	}
	return people
}

func mailKey(email string) string { return strings.ToLower(strings.TrimSpace(email)) }
