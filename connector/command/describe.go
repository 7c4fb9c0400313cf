package command

// Summary says in one line of at most 100 characters what a word does, for
// platforms that list the words of a command.
func Summary(v Verb) string {
	_, _, what := texts{}.shape(v)
	return what
}
