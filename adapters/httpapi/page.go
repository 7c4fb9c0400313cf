package httpapi

import (
	"encoding/base64"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

const (
	defaultLimit = 100
	largestLimit = 200
	// cursorPrefix tells a cursor of ours from any other text.
	cursorPrefix = "c1:"
)

// list is the form of every list; an empty NextCursor ends it.
type list[T any] struct {
	Items      []T    `json:"items"`
	NextCursor string `json:"next_cursor"`
}

// page is what part of a list is wanted.
type page struct {
	limit  int
	cursor string
}

// query returns the parameters of a request and the page that they ask for. A
// parameter that is not known is refused: a misspelt filter would select all.
func query(r *http.Request, known ...string) (url.Values, page, error) {
	values, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return nil, page{}, problemf(http.StatusBadRequest, "the query cannot be read")
	}
	known = append(known, "limit", "cursor")
	for name := range values {
		if !slices.Contains(known, name) {
			return nil, page{}, invalid(name, "there is no such parameter; there are %s", strings.Join(known, ", "))
		}
	}
	p := page{limit: defaultLimit}
	if text := values.Get("limit"); text != "" {
		p.limit, err = strconv.Atoi(text)
		if err != nil || p.limit < 1 || p.limit > largestLimit {
			return nil, page{}, invalid("limit", "wants a number from 1 to %d", largestLimit)
		}
	}
	if p.cursor, err = decodeCursor(values.Get("cursor")); err != nil {
		return nil, page{}, err
	}
	return values, p, nil
}

// encodeCursor makes a place in a list opaque; "" stays "".
func encodeCursor(place string) string {
	if place == "" {
		return ""
	}
	return base64.RawURLEncoding.EncodeToString([]byte(cursorPrefix + place))
}

func decodeCursor(cursor string) (string, error) {
	if cursor == "" {
		return "", nil
	}
	raw, err := base64.RawURLEncoding.DecodeString(cursor)
	place, ours := strings.CutPrefix(string(raw), cursorPrefix)
	if err != nil || !ours || place == "" {
		return "", badCursor()
	}
	return place, nil
}

func badCursor() error {
	return invalid("cursor", "wants the next_cursor of the page before")
}
