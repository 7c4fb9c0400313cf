package discord

import (
	"encoding/json"
	"slices"
	"strconv"
	"time"

	"roomkeeper/sandbox/internal/stage"
)

// Limits of an app's commands (docs, interactions/application-commands).
const (
	maxCommands  = 100 // chat commands of a guild, and global ones
	maxMenus     = 15  // user commands, and message commands
	dailyCreates = 200 // of a guild, and global ones: error 30034
)

// Types of commands.
const (
	chatCommand    = 1
	userCommand    = 2
	messageCommand = 3
)

// appCommand is one registered command.
type appCommand struct {
	id, version string
	guild       string // "": a global one
	commandForm
}

// commandForm is what an app says of a command.
type commandForm struct {
	kind              int
	name, description string
	permissions       *Permissions // of members who see it; nil: all
	options           []*commandOption
	nsfw              bool
	kept              answer // fields that are only given back
}

// registry holds the commands of the app. The owner's lock guards it.
type registry struct {
	commands []*appCommand
	creates  map[string][]time.Time // guild id, "" for global ones → moments of the last day
}

func commandRoutes() []route {
	var routes []route
	for _, base := range []string{"/applications/{application}/guilds/{guild}/commands", "/applications/{application}/commands"} {
		routes = append(routes,
			route{method: "GET", path: base, run: (*call).listCommands},
			route{method: "PUT", path: base, run: (*call).putCommands, bucket: "commands"},
			route{method: "POST", path: base, run: (*call).createCommand, bucket: "commands"},
			route{method: "GET", path: base + "/{command}", run: (*call).getCommand},
			route{method: "PATCH", path: base + "/{command}", run: (*call).editCommand, bucket: "commands"},
			route{method: "DELETE", path: base + "/{command}", run: (*call).deleteCommand, bucket: "commands"})
	}
	return routes
}

// inApplication refuses a call about another app, or about a guild that the app is not in.
func (c *call) inApplication() *refusal {
	if c.vars["application"] != c.cfg.ApplicationID {
		return refuse(10002)
	}
	if c.vars["guild"] == "" {
		return nil
	}
	return c.inGuild()
}

func (c *call) listCommands() (any, *refusal) {
	if no := c.inApplication(); no != nil {
		return nil, no
	}
	list := []answer{}
	for _, known := range c.registry.commands {
		if known.guild == c.vars["guild"] {
			list = append(list, c.commandObject(known))
		}
	}
	return list, nil
}

// putCommands replaces all commands of a guild, or all global ones. Those that keep their name keep their id; new
// ones count as creates (docs: bulk overwrite guild application commands).
func (c *call) putCommands() (any, *refusal) {
	if no := c.inApplication(); no != nil {
		return nil, no
	}
	var raws []json.RawMessage
	if json.Unmarshal(c.body, &raws) != nil {
		return nil, refuse(50109)
	}
	f := &form{}
	var forms []commandForm
	for i, raw := range raws {
		if inner := f.object(strconv.Itoa(i), raw); inner != nil {
			forms = append(forms, inner.command(commandForm{kind: chatCommand}))
		}
	}
	if no := f.refusal(); no != nil {
		return nil, no
	}
	if no := together(forms); no != nil {
		return nil, no
	}
	fresh := 0
	for _, form := range forms {
		if c.registry.named(c.vars["guild"], form) == nil {
			fresh++
		}
	}
	if no := c.countCreates(fresh); no != nil {
		return nil, no
	}
	c.replaceCommands(forms)
	return c.listCommands()
}

// replaceCommands puts forms in the place of all commands of the call's guild. The caller holds mu.
func (c *call) replaceCommands(forms []commandForm) {
	var now []*appCommand
	for _, form := range forms {
		known := c.registry.named(c.vars["guild"], form)
		if known == nil {
			known = &appCommand{id: c.nextID(), guild: c.vars["guild"]}
		}
		c.changeCommand(known, form)
		now = append(now, known)
	}
	others := slices.DeleteFunc(slices.Clone(c.registry.commands), func(k *appCommand) bool { return k.guild == c.vars["guild"] })
	c.registry.commands = append(others, now...)
	c.Touch()
}

// changeCommand gives a command a new form, and a new version when that differs.
func (g *Guild) changeCommand(known *appCommand, form commandForm) {
	old := string(stage.Encode(known.object()))
	known.commandForm = form
	if known.version == "" || old != string(stage.Encode(known.object())) {
		known.version = g.nextID()
	}
}

// named is the command with the name and type of a form, or nil.
func (r *registry) named(guild string, form commandForm) *appCommand {
	for _, known := range r.commands {
		if known.guild == guild && known.name == form.name && known.kind == form.kind {
			return known
		}
	}
	return nil
}

// together refuses forms that cannot stand in one list.
func together(forms []commandForm) *refusal {
	counts, names := map[int]int{}, map[string]bool{}
	for i, form := range forms {
		key := strconv.Itoa(form.kind) + form.name
		if names[key] {
			return refuseField(strconv.Itoa(i), "APPLICATION_COMMANDS_DUPLICATE_NAME", "Application command names must be unique")
		}
		names[key] = true
		counts[form.kind]++
	}
	switch {
	case counts[chatCommand] > maxCommands:
		return refuse(30032)
	case counts[userCommand] > maxMenus, counts[messageCommand] > maxMenus:
		return &refusal{status: 400, code: 30032, message: "Maximum number of application commands reached (15)"}
	default:
		return nil
	}
}

// countCreates counts new commands against the day's, or refuses them all.
func (c *call) countCreates(n int) *refusal {
	day := slices.DeleteFunc(c.registry.creates[c.vars["guild"]], func(t time.Time) bool { return c.now().Sub(t) >= 24*time.Hour })
	if len(day)+n > dailyCreates {
		return refuse(30034)
	}
	for range n {
		day = append(day, c.now())
	}
	c.registry.creates[c.vars["guild"]] = day
	return nil
}

// createCommand adds a command, or replaces the one with the same name (docs: create guild application command).
func (c *call) createCommand() (any, *refusal) {
	if no := c.inApplication(); no != nil {
		return nil, no
	}
	f, no := c.form()
	if no != nil {
		return nil, no
	}
	form := f.command(commandForm{kind: chatCommand})
	if no := f.refusal(); no != nil {
		return nil, no
	}
	known, status := c.registry.named(c.vars["guild"], form), 200
	if known == nil {
		all := []commandForm{form}
		for _, other := range c.registry.commands {
			if other.guild == c.vars["guild"] {
				all = append(all, other.commandForm)
			}
		}
		if no := together(all); no != nil {
			return nil, no
		}
		if no := c.countCreates(1); no != nil {
			return nil, no
		}
		known, status = &appCommand{id: c.nextID(), guild: c.vars["guild"]}, 201
		c.registry.commands = append(c.registry.commands, known)
	}
	c.changeCommand(known, form)
	c.Touch()
	return withStatus{status, c.commandObject(known)}, nil
}

// oneCommand is the command of the path.
func (c *call) oneCommand() (*appCommand, *refusal) {
	if no := c.inApplication(); no != nil {
		return nil, no
	}
	for _, known := range c.registry.commands {
		if known.id == c.vars["command"] && known.guild == c.vars["guild"] {
			return known, nil
		}
	}
	return nil, refuse(10063)
}

func (c *call) getCommand() (any, *refusal) {
	known, no := c.oneCommand()
	if no != nil {
		return nil, no
	}
	return c.commandObject(known), nil
}

func (c *call) editCommand() (any, *refusal) {
	known, no := c.oneCommand()
	if no != nil {
		return nil, no
	}
	f, no := c.form()
	if no != nil {
		return nil, no
	}
	form := f.command(known.commandForm)
	if no := f.refusal(); no != nil {
		return nil, no
	}
	if other := c.registry.named(known.guild, form); other != nil && other != known {
		return nil, refuseField("name", "APPLICATION_COMMANDS_DUPLICATE_NAME", "Application command names must be unique")
	}
	c.changeCommand(known, form)
	c.Touch()
	return c.commandObject(known), nil
}

func (c *call) deleteCommand() (any, *refusal) {
	known, no := c.oneCommand()
	if no != nil {
		return nil, no
	}
	c.registry.commands = slices.DeleteFunc(c.registry.commands, func(k *appCommand) bool { return k == known })
	c.Touch()
	return nil, nil
}

func (g *Guild) commandObject(known *appCommand) answer {
	object := known.object()
	object["id"], object["application_id"], object["version"] = known.id, g.cfg.ApplicationID, known.version
	if known.guild != "" {
		object["guild_id"] = known.guild
	} else {
		object["dm_permission"] = true
	}
	return object
}

// object is a command as the API shows it, without ids.
func (f commandForm) object() answer {
	object := answer{"type": f.kind, "name": f.name, "description": f.description, "default_member_permissions": nil, "nsfw": f.nsfw,
		"integration_types": []int{0}, "contexts": nil, "name_localizations": nil, "description_localizations": nil}
	for name, value := range f.kept {
		object[name] = value
	}
	if f.permissions != nil {
		object["default_member_permissions"] = f.permissions.String()
	}
	if list := optionObjects(f.options); len(list) > 0 {
		object["options"] = list
	}
	return object
}

func newRegistry() registry { return registry{creates: map[string][]time.Time{}} }
