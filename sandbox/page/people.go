package page

import (
	"strings"

	"roomkeeper/sandbox/crm"
	"roomkeeper/sandbox/slack"
)

// person is somebody one can act as: in the CRM, in chat, or in both.
type person struct {
	Key      string `json:"key"` // member id, or crm:<user id>
	Name     string `json:"name"`
	UserID   string `json:"user_id"`
	MemberID string `json:"member_id"`
	Note     string `json:"note,omitempty"`
}

// AddMembers gives people the accounts in the chat workspace that they should
// have; those with crm.ChatNone get none. It returns the members' ids by those of
// the CRM's users.
func AddMembers(chat *slack.Workspace, people []crm.Person) map[string]string {
	members := map[string]string{}
	for _, p := range people {
		if p.Chat == crm.ChatNone {
			continue
		}
		mail, _, _ := strings.Cut(p.Email, "@")
		members[p.ID] = chat.AddUser(slack.User{
			Name: mail, RealName: p.Name, Email: p.Email,
			Restricted: p.Chat == crm.ChatGuest, Admin: p.Chat == crm.ChatAdmin,
		})
	}
	return members
}

// everybody joins the CRM's users and the workspace's people by stored link
// and e-mail, in the CRM's order, members of the workspace alone at the end.
func everybody(users []crm.User, members []slack.User) []person {
	byMail, byID := map[string]slack.User{}, map[string]slack.User{}
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
		m, ok := byID[u.Links["slack"]]
		if !ok {
			m, ok = byMail[mailKey(u.Email)]
		}
		p := person{Key: "crm:" + u.ID, Name: u.Name, UserID: u.ID, Note: "no chat account"}
		if ok && !m.Deleted && !seen[m.ID] {
			p.Key, p.MemberID, p.Note = m.ID, m.ID, memberNote(m, u.External)
			seen[m.ID] = true
		}
		people = append(people, p)
	}
	for _, m := range members {
		if !m.Bot && !m.Deleted && !seen[m.ID] {
			people = append(people, person{Key: m.ID, Name: m.RealName, MemberID: m.ID, Note: "not in the CRM"})
		}
	}
	return people
}

func memberNote(m slack.User, external bool) string {
	switch {
	case external:
		return "partner"
	case m.Restricted || m.UltraRestricted:
		return "guest"
	case m.Admin || m.Owner:
		return "admin"
	default:
		return ""
	}
}

func mailKey(email string) string { return strings.ToLower(strings.TrimSpace(email)) }
