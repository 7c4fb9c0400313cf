package spectest

// Operation is the operation of a method and a path; "" when there is none.
func (s *DiscordSpec) Operation(method, path string) string {
	path, _ = trimVersion(path)
	r, _, _ := s.api.find(path)
	return r.operations[method].id
}
