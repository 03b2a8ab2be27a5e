package balancer

import (
	"fmt"
	"net/http"
	"strconv"
)

// serverName is the Server header of what the load balancer answers itself.
const serverName = "awselb/2.0"

// phrases are the words that go with a status in its own answers, where they are
// not the usual ones.
var phrases = map[int]string{
	http.StatusMethodNotAllowed:   "Not Allowed",
	http.StatusServiceUnavailable: "Service Temporarily Unavailable",
	http.StatusGatewayTimeout:     "Gateway Time-out",
	463:                           "463",
	misdirected:                   "464",
}

// page is the short page that comes with a status.
func page(status int) string {
	phrase, ok := phrases[status]
	if !ok {
		phrase = http.StatusText(status)
	}
	title := fmt.Sprintf("%d %s", status, phrase)
	if phrase == strconv.Itoa(status) {
		title = phrase
	}
	return "<html>\r\n<head><title>" + title + "</title></head>\r\n<body>\r\n<center><h1>" + title +
		"</h1></center>\r\n</body>\r\n</html>\r\n"
}

// answer sends the load balancer's own page for a status.
func answer(w http.ResponseWriter, req *http.Request, status int) {
	send(w, req, Fixed{Status: status, ContentType: "text/html", Body: page(status)})
}

// send sends an answer that the load balancer makes itself.
func send(w http.ResponseWriter, req *http.Request, f Fixed) {
	h := w.Header()
	h.Set("Server", serverName)
	h.Set("Content-Type", f.ContentType)
	h.Set("Content-Length", strconv.Itoa(len(f.Body)))
	if f.ContentType == "" {
		h.Set("Content-Type", "text/plain; charset=utf-8")
	}
	if f.Status == http.StatusNoContent || f.Status == http.StatusNotModified {
		h.Del("Content-Length")
		h["Content-Type"] = nil
		f.Body = ""
	}
	w.WriteHeader(f.Status)
	if req.Method != http.MethodHead {
		_, _ = w.Write([]byte(f.Body)) // a client that is gone needs no answer
	}
}
