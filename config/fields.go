package config

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"reflect"
	"strings"
	"text/template"

	"github.com/kelseyhightower/envconfig"
)

const (
	fileSuffix  = "_FILE"
	maxFileSize = 64 << 10
)

// field is one variable of a struct that envconfig fills.
type field struct {
	// name is the variable's without the deployment's prefix.
	name   string
	target reflect.Value
	// def is the default, "" when there is none.
	def  string
	desc string
}

// secret returns where the field keeps its Secret, nil when it holds plain text.
func (f field) secret() *Secret {
	s, _ := f.target.Addr().Interface().(*Secret)
	return s
}

// fieldsOf lists the variables of spec, a pointer to a struct, whose names begin with start ("" or "KIND_X").
// envconfig gives its own list to a usage template only, so a template hands the list over.
func fieldsOf(start string, spec any) ([]field, error) {
	var list []field
	keep := func(key string, target reflect.Value, tags reflect.StructTag) string {
		list = append(list, field{
			name:   strings.TrimPrefix(key, prefix+"_"),
			target: target,
			def:    tags.Get("default"),
			desc:   tags.Get("desc"),
		})
		return ""
	}
	tmpl, err := template.New("fields").Funcs(template.FuncMap{"keep": keep}).
		Parse(`{{range .}}{{keep .Key .Field .Tags}}{{end}}`)
	if err != nil {
		return nil, fmt.Errorf("list the variables: %w", err)
	}
	if err := envconfig.Usaget(joined(start), spec, io.Discard, tmpl); err != nil {
		return nil, fmt.Errorf("list the variables: %w", err)
	}
	return list, nil
}

// fill reads the variables of spec from the environment and returns them. Defaults, by the name after start,
// are added to those in the tags. A variable that is set but empty means its default.
func fill(start string, spec any, defaults map[string]string, bad mistakes) ([]field, error) {
	if err := envconfig.Process(joined(start), spec); err != nil {
		return nil, fmt.Errorf("read the environment: %w", err)
	}
	list, err := fieldsOf(start, spec)
	if err != nil {
		return nil, err
	}
	for i := range list {
		f := &list[i]
		if def, own := defaults[strings.TrimPrefix(f.name, start+"_")]; own {
			f.def = def
		}
		if f.secret() != nil {
			f.settleSecret(bad)
		} else {
			f.settleText(bad)
		}
	}
	return list, nil
}

func joined(start string) string {
	if start == "" {
		return prefix
	}
	return full(start)
}

// settleText trims the value and puts the default for an empty or unsupported one.
func (f field) settleText(bad mistakes) {
	text := strings.TrimSpace(f.target.String())
	if why := unsupported(f.name); why != "" && text != "" && text != f.def {
		bad.add(f.name, why)
		text = ""
	}
	if text == "" {
		text = f.def
	}
	f.target.SetString(text)
}

// settleSecret takes the value from the file when one is named.
func (f field) settleSecret(bad mistakes) {
	secret, path := f.secret(), os.Getenv(full(f.name)+fileSuffix)
	if why := unsupported(f.name); why != "" && (secret.IsSet() || path != "") {
		bad.add(f.name, why)
		*secret = Secret{}
		return
	}
	if path == "" {
		return
	}
	if secret.IsSet() {
		bad.add(f.name, "set together with "+full(f.name)+fileSuffix+"; unset one of the two")
		return
	}
	text, err := readSecret(path)
	if err != nil {
		bad.add(f.name, "the file in "+full(f.name)+fileSuffix+" "+err.Error())
		return
	}
	*secret = NewSecret(text)
}

// readSecret returns the file's text without one trailing newline. Its error does not name the path,
// which may be the secret itself, put into the wrong variable.
func readSecret(path string) (string, error) {
	file, err := os.Open(path)
	if err != nil {
		return "", fmt.Errorf("cannot be opened (%w); name a readable file", withoutPath(err))
	}
	defer func() { _ = file.Close() }() // only read
	body, err := io.ReadAll(io.LimitReader(file, maxFileSize+1))
	if err != nil {
		return "", fmt.Errorf("cannot be read (%w); name a readable file", withoutPath(err))
	}
	text := strings.TrimSuffix(strings.TrimSuffix(string(body), "\n"), "\r")
	switch {
	case len(body) > maxFileSize:
		return "", fmt.Errorf("is larger than %d bytes; name a file with the secret only", maxFileSize)
	case text == "":
		return "", errors.New("is empty; write the secret into it")
	default:
		return text, nil
	}
}

func withoutPath(err error) error {
	if pathError, ok := errors.AsType[*fs.PathError](err); ok {
		return pathError.Err
	}
	return err
}
