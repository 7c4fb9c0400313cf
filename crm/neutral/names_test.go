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

// What a record shows people refuses neither the record nor its team when it
// is pulled, and tells the sender when it is sent.
func TestShownTexts(t *testing.T) {
	long := strings.Repeat("x", 200_000)
	doc := map[string]any{
		"kind": "account", "id": "4", "name": "N", "url": "https://crm.example/" + strings.Repeat("x", 5000), "state": "on_hold",
		"owner":  map[string]any{"type": "user", "id": "1", "name": long},
		"fields": []any{map[string]any{"key": "a", "label": long, "value": true}},
		"team":   []any{map[string]any{"principal": map[string]any{"type": "user", "id": "2"}, "role": long}},
	}
	var pulled crm.Reader
	root := pulled.Root(doc, "body")
	record, entries := decoder{pulled: true}.record(root), decoder{pulled: true}.entries(root)
	if err := pulled.Err(); err != nil {
		t.Fatalf("pulled: %v", err)
	}
	if record.URL != "" || record.State != "" || record.Fields[0].Value != "true" || len(entries) != 1 ||
		len([]rune(record.Owner.Name)) != maxLine || len([]rune(entries[0].Role)) != maxLine {
		t.Errorf("pulled %+.300v", record)
	}
	var sent crm.Reader
	decoder{}.record(sent.Root(doc, "body"))
	if sent.Err() == nil {
		t.Error("a sender is not told")
	}
}
