package accesslog

import (
	"net/http"
	"time"
)

// Response counts what is written to a client. http.ResponseController reaches what it
// wraps.
type Response struct {
	http.ResponseWriter
	// Status is the answer's, 0 before there is one; First is when it began.
	Status int
	First  time.Time
	body   int64
}

// Unwrap is for http.ResponseController.
func (r *Response) Unwrap() http.ResponseWriter { return r.ResponseWriter }

// WriteHeader implements http.ResponseWriter.
func (r *Response) WriteHeader(status int) {
	if r.Status == 0 && (status >= 200 || status == http.StatusSwitchingProtocols) {
		r.Status, r.First = status, time.Now()
	}
	r.ResponseWriter.WriteHeader(status)
}

// Write implements http.ResponseWriter.
func (r *Response) Write(p []byte) (int, error) {
	if r.Status == 0 {
		r.Status, r.First = http.StatusOK, time.Now()
	}
	n, err := r.ResponseWriter.Write(p)
	r.body += int64(n)
	return n, err
}

// Sent is how many bytes of header and body were sent, as HTTP/1.1 writes them.
func (r *Response) Sent() int64 {
	if r.Status == 0 {
		return 0
	}
	return r.body + int64(len("HTTP/1.1 200 \r\n\r\n")+len(http.StatusText(r.Status))) + headerSize(r.Header())
}

// Received is how many bytes of a request came, as HTTP/1.1 writes it. The body counts
// when its length was announced.
func Received(req *http.Request) int64 {
	line := len(req.Method) + len(req.RequestURI) + len("  HTTP/1.1\r\n\r\n") + len("Host: \r\n") + len(req.Host)
	return int64(line) + headerSize(req.Header) + max(req.ContentLength, 0)
}

func headerSize(h http.Header) int64 {
	size := 0
	for name, values := range h {
		for _, v := range values {
			size += len(name) + len(v) + len(": \r\n")
		}
	}
	return int64(size)
}
