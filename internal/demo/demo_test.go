package demo

import "testing"

// What the demo does not heed is said, by name and never by value.
func TestIgnoredVariables(t *testing.T) {
	if got := ignored([]string{"PATH=/bin", "OTHER_ROOMKEEPER_X=1"}); got != "" {
		t.Errorf("says %q", got)
	}
	got := ignored([]string{"ROOMKEEPER_KIND_ACCOUNT_GRACE=72h", "PATH=/bin", "ROOMKEEPER_CRM_TOKEN=secret"})
	const want = "It has settings of its own and ignores ROOMKEEPER_CRM_TOKEN, ROOMKEEPER_KIND_ACCOUNT_GRACE; " +
		"docs/membership.md shows how to try a setting.\n"
	if got != want {
		t.Errorf("says %q, want %q", got, want)
	}
}
