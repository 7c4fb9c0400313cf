package config

import (
	"path"
	"strings"
)

// checkUnknown wants every variable with the prefix to be known. environ is as from os.Environ.
func checkUnknown(environ []string, known []field, bad mistakes) {
	names := map[string]bool{}
	for _, f := range known {
		names[f.name] = true
		if f.secret() != nil {
			names[f.name+fileSuffix] = true
		}
	}
	_, kindsWrong := bad["KINDS"]
	for _, entry := range environ {
		key, _, _ := strings.Cut(entry, "=")
		name, ours := strings.CutPrefix(key, prefix+"_")
		if !ours || names[name] || fromKubernetes(key) {
			continue
		}
		if kindsWrong && strings.HasPrefix(name, kindPrefix("")) {
			continue // right again, perhaps, once KINDS is
		}
		problem := "unknown; the nearest known name is " + full(nearest(name, names)) + ": rename or unset it"
		if setting := perKindSetting(name, names, known); setting != "" {
			problem = "unknown; it is set for each kind, as " + full(kindPrefix(kindPlaceholder)+"_"+setting) + ", such as " +
				full(exampleKind(known)+"_"+setting) + ": rename or unset it"
		}
		if strings.HasPrefix(name, kindPrefix("")) {
			problem += " (a kind has variables only when it is in " + full("KINDS") + ")"
		}
		bad.add(name, problem)
	}
}

// perKindSetting returns what of a kind's variables the name was meant for, such as GRACE; "" when it is as near to
// a variable that there is.
func perKindSetting(name string, names map[string]bool, known []field) string {
	settings := map[string]bool{}
	for _, f := range known {
		if setting, ok := strings.CutPrefix(f.name, exampleKind(known)+"_"); ok {
			settings[setting] = true
		}
	}
	setting := nearest(name, settings)
	if setting == "" || editDistance(name, setting) > 2 || editDistance(name, setting) >= editDistance(name, nearest(name, names)) {
		return ""
	}
	return setting
}

// exampleKind is what the variables of the first kind in use begin with, KIND_ACCOUNT; without one it is nothing that
// a variable begins with.
func exampleKind(known []field) string {
	for _, f := range known {
		if prefix, ok := strings.CutSuffix(f.name, "_NAME_TEMPLATE"); ok {
			return prefix
		}
	}
	return kindPrefix(kindPlaceholder)
}

// fromKubernetes tells whether the name is one that Kubernetes sets in every container for a Service whose name
// begins like the prefix.
func fromKubernetes(key string) bool {
	patterns := []string{"*_SERVICE_HOST", "*_SERVICE_PORT*", "*_PORT", "*_PORT_*_TCP*", "*_PORT_*_UDP*"}
	for _, pattern := range patterns {
		if match, err := path.Match(pattern, key); err == nil && match {
			return true
		}
	}
	return false
}

// nearest returns the candidate with the smallest edit distance, of equals the first in the alphabet.
func nearest(name string, candidates map[string]bool) string {
	best, least := "", -1
	for candidate := range candidates {
		d := editDistance(name, candidate)
		if least < 0 || d < least || d == least && candidate < best {
			best, least = candidate, d
		}
	}
	return best
}

// editDistance counts the insertions, deletions and replacements of bytes between two names (Levenshtein).
func editDistance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			replace := diagonal
			if a[i] != b[j] {
				replace++
			}
			diagonal = row[j+1]
			row[j+1] = min(replace, row[j]+1, diagonal+1)
		}
	}
	return row[len(b)]
}
