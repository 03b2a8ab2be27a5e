package balancer

import (
	"cmp"
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
	send(w, req, status, "text/html", page(status))
}

// send sends an answer that the load balancer makes itself.
func send(w http.ResponseWriter, req *http.Request, status int, contentType, body string) {
	h := w.Header()
	h.Set("Server", serverName)
	if status == http.StatusNoContent || status == http.StatusNotModified {
		h["Content-Type"] = nil
		body = ""
	} else {
		h.Set("Content-Type", cmp.Or(contentType, "text/plain; charset=utf-8"))
		h.Set("Content-Length", strconv.Itoa(len(body)))
	}
	w.WriteHeader(status)
	if req.Method != http.MethodHead {
		_, _ = w.Write([]byte(body)) // a client that is gone needs no answer
	}
}
