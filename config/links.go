package config

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Link is one line of the file of known accounts: the CRM's user and the account that they have.
type Link struct {
	User     string
	Platform Platform
	Member   string
}

// maxLinksFile is the largest file of known accounts that is read, in bytes: some hundred thousand lines.
const maxLinksFile = 16 << 20

// maxLinkID is the longest id in it, in characters, as everywhere (connector.MaxID).
const maxLinkID = 255

// linksFile reads a file of known accounts, whole, or says what is wrong with each of its lines. Blank lines, what
// begins with "#", and a first line with the names of the columns mean nothing. With no platforms given, any that
// this version has is right.
func linksFile(platforms []Platform) func(path string) ([]Link, error) {
	if len(platforms) == 0 {
		platforms = served()
	}
	return func(path string) ([]Link, error) {
		if _, err := readableFile(path); err != nil {
			return nil, err
		}
		text, err := readLinks(path)
		if err != nil {
			return nil, err
		}
		return parseLinks(text, platforms)
	}
}

func readLinks(path string) (string, error) {
	file, err := os.Open(path)
	if err != nil {
		return "", fmt.Errorf("the file cannot be opened (%w); name a readable file", withoutPath(err))
	}
	defer func() { _ = file.Close() }() // nothing was written
	text, err := io.ReadAll(io.LimitReader(file, maxLinksFile+1))
	switch {
	case err != nil:
		return "", fmt.Errorf("the file cannot be read (%w); name a readable file", withoutPath(err))
	case len(text) > maxLinksFile:
		return "", fmt.Errorf("the file is larger than %d bytes; split off what is not needed", maxLinksFile)
	case !utf8.Valid(text):
		return "", errors.New("the file is not UTF-8; save it so")
	}
	return strings.TrimPrefix(string(text), "\ufeff"), nil
}

func parseLinks(text string, platforms []Platform) ([]Link, error) {
	var list []Link
	var wrong []string
	number, first := 0, true
	seen := map[[2]string]int{}
	for line := range strings.Lines(text) {
		number++
		if line = strings.TrimSpace(line); line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		cells := cellsOf(line)
		header := first && strings.EqualFold(strings.Join(cells, ","), "user_id,platform,member_id")
		first = false
		if header {
			continue
		}
		link, problem := linkOf(cells, platforms)
		key := [2]string{link.User, string(link.Platform)}
		if problem == "" && seen[key] != 0 {
			problem = fmt.Sprintf("has the user and platform of line %d", seen[key])
		}
		if problem != "" {
			wrong = append(wrong, fmt.Sprintf("line %d %s", number, problem))
			continue
		}
		seen[key] = number
		list = append(list, link)
	}
	switch {
	case len(wrong) > 0:
		return nil, errors.New(strings.Join(wrong, "; ") + "; put the file right")
	case len(list) == 0:
		return nil, errors.New("the file has no account in it; write a line or unset the variable")
	}
	return list, nil
}

// cellsOf takes a line apart; nil: it is not CSV.
func cellsOf(line string) []string {
	cells, err := csv.NewReader(strings.NewReader(line)).Read()
	if err != nil {
		return nil
	}
	for i := range cells {
		cells[i] = strings.TrimSpace(cells[i])
	}
	return cells
}

// linkOf says what is wrong with a line, "" when nothing is.
func linkOf(cells []string, platforms []Platform) (link Link, problem string) {
	switch len(cells) {
	case 3:
	case 0:
		return Link{}, "has a quotation mark in a wrong place"
	case 1:
		return Link{}, "has one column instead of three, user_id,platform,member_id"
	default:
		return Link{}, fmt.Sprintf("has %d columns instead of three, user_id,platform,member_id", len(cells))
	}
	link = Link{User: cells[0], Platform: Platform(strings.ToLower(cells[1])), Member: cells[2]}
	if wrong := wrongLinkID(link.User); wrong != "" {
		return Link{}, "has a user id that " + wrong
	}
	if !slices.Contains(platforms, link.Platform) {
		return Link{}, "has another platform than " + joinWords(platforms)
	}
	wrong := wrongLinkID(link.Member)
	switch {
	case wrong == "" && strings.HasPrefix(link.Member, "@"):
		wrong = "is a name, not the account's id"
	case wrong == "" && !isWord(link.Member):
		wrong = "has a space in it"
	}
	if wrong != "" {
		return Link{}, "has a member id that " + wrong
	}
	return link, ""
}

// wrongLinkID says what is wrong with an id, "" when nothing is.
func wrongLinkID(id string) string {
	switch {
	case id == "":
		return "is empty"
	case id == "." || id == "..":
		return "is no id"
	case utf8.RuneCountInString(id) > maxLinkID:
		return fmt.Sprintf("is longer than %d characters", maxLinkID)
	case strings.ContainsRune(id, utf8.RuneError) || strings.ContainsFunc(id, unicode.IsControl):
		return "has a character in it that cannot be shown"
	}
	return ""
}
