package stage

import (
	"errors"
	"fmt"
	"io"
	"net/http"
)

// ErrNoConnector says that the app has no address yet.
var ErrNoConnector = errors.New("the app's address is not set")

// Received is what the app answered.
type Received struct {
	Header  http.Header
	Content []byte
}

// Send sends a request to the app and reads its answer whole, up to limit bytes. Without an answer the status is 0.
func Send(client *http.Client, req *http.Request, limit int64) (status int, answer Received, err error) {
	res, err := client.Do(req)
	if err != nil {
		return 0, Received{}, fmt.Errorf("send to the app: %w", err)
	}
	defer func() { _ = res.Body.Close() }()
	content, err := io.ReadAll(io.LimitReader(res.Body, limit))
	if err != nil {
		return 0, Received{}, fmt.Errorf("read the app's answer: %w", err)
	}
	return res.StatusCode, Received{Header: res.Header, Content: content}, nil
}
