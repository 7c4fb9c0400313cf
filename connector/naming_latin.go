package connector

// latinRow are the letters that are written alike in ASCII.
type latinRow struct{ ascii, letters string }

// latin are the small Latin letters beside a to z, by their base letter; umlauts and
// ligatures as two.
func latin() []latinRow {
	return []latinRow{
		{"a", "àáâãåāăąǎǟǡǻȁȃȧḁạảấầẩẫậắằẳẵặ"},
		{"ae", "äæǣǽ"},
		{"b", "ɓḃḅḇ"},
		{"c", "çćĉċčḉ"},
		{"d", "ðďđɖɗḋḍḏḑḓ"},
		{"e", "èéêëēĕėęěȅȇȩəɛḕḗḙḛḝẹẻẽếềểễệ"},
		{"f", "ƒḟ"},
		{"fi", "ﬁ"},
		{"fl", "ﬂ"},
		{"g", "ĝğġģǧǵḡ"},
		{"h", "ĥħȟḣḥḧḩḫẖ"},
		{"i", "ìíîïĩīĭįıǐȉȋḭḯỉị"},
		{"ij", "ĳ"},
		{"j", "ĵǰ"},
		{"k", "ķĸƙǩḱḳḵ"},
		{"l", "ĺļľŀłḷḹḻḽ"},
		{"m", "ḿṁṃ"},
		{"n", "ñńņňŉŋǹṅṇṉṋ"},
		{"o", "òóôõøōŏőơǒǫǭǿȍȏȫȭȯȱɔṍṏṑṓọỏốồổỗộớờởỡợ"},
		{"oe", "öœ"},
		{"p", "ṕṗ"},
		{"r", "ŕŗřȑȓṙṛṝṟ"},
		{"s", "śŝşšſșṡṣṥṧṩẛ"},
		{"ss", "ß"},
		{"t", "ţťŧțṫṭṯṱẗ"},
		{"th", "þ"},
		{"u", "ùúûũūŭůűųưǔǖǘǚǜȕȗṳṵṷṹṻụủứừửữự"},
		{"ue", "ü"},
		{"v", "ṽṿ"},
		{"w", "ŵẁẃẅẇẉẘ"},
		{"x", "ẋẍ"},
		{"y", "ýÿŷƴȳẏẙỳỵỷỹ"},
		{"z", "źżžẑẓẕ"},
	}
}
