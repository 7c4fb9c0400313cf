package bolt

// NotMoved are buckets that no move reads, by mistake.
func NotMoved() (names []string) {
	known := exported()
	for _, name := range buckets() {
		if _, ok := known[name]; !ok {
			names = append(names, name)
		}
	}
	return names
}
