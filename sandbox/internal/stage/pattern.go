package stage

import "strings"

// concerns says whether a fault or gate with this pattern of a method and these values of arguments is meant for a
// call. "*" in the pattern is any text, so that "*" alone is every method; "*" as a value is any.
func concerns(pattern string, match map[string]string, method string, args map[string]string) bool {
	if !fits(pattern, method) {
		return false
	}
	for name, value := range match {
		if has, ok := args[name]; !ok || value != "*" && has != value {
			return false
		}
	}
	return true
}

// fits says whether a pattern, in which "*" is any text, is that of a method.
func fits(pattern, method string) bool {
	parts := strings.Split(pattern, "*")
	rest, ok := strings.CutPrefix(method, parts[0])
	if !ok || len(parts) == 1 {
		return ok && rest == ""
	}
	for _, part := range parts[1 : len(parts)-1] {
		_, after, found := strings.Cut(rest, part)
		if !found {
			return false
		}
		rest = after
	}
	return strings.HasSuffix(rest, parts[len(parts)-1])
}
