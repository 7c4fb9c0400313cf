package config

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
)

// kindPlaceholder stands for the kind's name in upper case.
const kindPlaceholder = "<KIND>"

// Describe writes every variable, its default and its meaning as an aligned table.
func Describe(w io.Writer) error {
	general, err := fieldsOf("", &variables{})
	if err != nil {
		return err
	}
	perKind, err := fieldsOf(kindPrefix(kindPlaceholder), &kindVariables{})
	if err != nil {
		return err
	}
	for i := range perKind {
		describeKindDefaults(&perKind[i])
	}
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	rows := []string{"VARIABLE\tDEFAULT\tMEANING"}
	for _, f := range append(general, perKind...) {
		rows = append(rows, full(f.name)+"\t"+orDash(f.def)+"\t"+describe(f))
	}
	if _, err := fmt.Fprintln(table, strings.Join(rows, "\n")); err != nil {
		return fmt.Errorf("describe the variables: %w", err)
	}
	if err := table.Flush(); err != nil {
		return fmt.Errorf("describe the variables: %w", err)
	}
	return nil
}

func describe(f field) string {
	text := f.desc
	if f.secret() != nil {
		text += " (or its file in " + full(f.name) + fileSuffix + ")"
	}
	if unsupported(f.name) != "" {
		text += " [this version: only the default]"
	}
	if isIdle(f.name) {
		text += " [no effect in this version]"
	}
	return text
}

// describeKindDefaults adds the defaults of kindDefaults: the general one, and in the meaning those of other kinds.
func describeKindDefaults(f *field) {
	name := strings.TrimPrefix(f.name, kindPrefix(kindPlaceholder)+"_")
	if def, own := kindDefaults("")[name]; own {
		f.def = def
	}
	for _, kind := range []string{KindAccount, KindAccountPool, KindDepartment, KindLeadPool, KindOpportunity} {
		if def, own := kindDefaults(kind)[name]; own && def != f.def {
			f.desc += " [default of " + kind + ": " + def + "]"
		}
	}
}

func orDash(text string) string {
	if text == "" {
		return "-"
	}
	return text
}
