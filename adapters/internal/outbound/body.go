package outbound

import (
	"fmt"
	"io"
	"net/http"
)

// MaxReply is the largest answer that is read, in bytes. A page of 999 of Slack's
// channels is about 2 MB, a list of 500 of Discord's with 100 overwrites each
// about 5 MB.
const MaxReply = 32 << 20

// ReadReply reads an answer whole; one that is larger than MaxReply is an error.
func ReadReply(body io.Reader) ([]byte, error) {
	raw, err := io.ReadAll(io.LimitReader(body, MaxReply+1))
	if err == nil && len(raw) > MaxReply {
		err = fmt.Errorf("an answer of more than %d bytes", MaxReply)
	}
	return raw, err
}

// CloseBody closes the body of a request that is not sent, as an
// http.RoundTripper must.
func CloseBody(req *http.Request) {
	if req.Body != nil {
		_ = req.Body.Close()
	}
}
