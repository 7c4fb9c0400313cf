package neutral

import (
	"strings"
	"testing"

	"roomkeeper/crm"
)

// What people type into a name refuses no record.
func TestRecordNames(t *testing.T) {
	for _, c := range []struct{ name, want string }{
		{"", ""}, {"  ", ""}, {" 北京 ", "北京"}, {"🚀", "🚀"}, {strings.Repeat("é", 5000), strings.Repeat("é", 1999) + "…"},
	} {
		var reader crm.Reader
		record := decoder{}.record(reader.Root(map[string]any{"kind": "account", "id": "4", "name": c.name}, "body"))
		if err := reader.Err(); err != nil || record.Name != c.want {
			t.Errorf("%.20q became %.20q, %v", c.name, record.Name, err)
		}
	}
}
