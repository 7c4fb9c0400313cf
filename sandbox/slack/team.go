package slack

func (c *call) apiTest() (answer, *refusal) {
	if code := c.args["error"]; code != "" {
		return nil, refuse(code)
	}
	return answer{"args": c.args}, nil
}

func (c *call) authTest() (answer, *refusal) {
	body := answer{
		"url": c.teamURL(), "team": c.cfg.Team, "user": c.actor.Name, "team_id": c.cfg.TeamID,
		"user_id": c.actor.ID, "is_enterprise_install": false,
	}
	if c.actor.Bot {
		body["bot_id"] = botID
	}
	return body, nil
}

func (w *Workspace) teamURL() string { return "https://" + w.cfg.TeamDomain + ".slack.com/" }

func (c *call) teamInfo() (answer, *refusal) {
	if id := c.args["team"]; id != "" && id != c.cfg.TeamID {
		return nil, refuse("team_not_found")
	}
	return answer{"team": answer{
		"id": c.cfg.TeamID, "name": c.cfg.Team, "domain": c.cfg.TeamDomain, "url": c.teamURL(),
		"email_domain": "", "icon": answer{"image_default": true},
	}}, nil
}
