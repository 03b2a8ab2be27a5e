package observe

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"os"
	"strings"
	"syscall"

	"github.com/portico-iac/portico/requestpath"
)

var errNoCommonVersion = errors.New("no HTTP version is common to both sides")

// handshakeError is a TLS handshake that failed.
type handshakeError struct{ error }

func (e handshakeError) Unwrap() error { return e.error }

func reasonOf(err error) requestpath.Reason {
	var shaking handshakeError
	switch {
	case errors.Is(err, ErrNameNotFound):
		return requestpath.NameNotFound
	case errors.As(err, &errCertificate{}):
		return requestpath.BadCertificate
	case errors.Is(err, errNoCommonVersion), isAlert(err, "no application protocol"):
		return requestpath.NoCommonVersion
	case isTimeout(err):
		return requestpath.Timeout
	case errors.Is(err, syscall.ECONNREFUSED):
		return requestpath.Refused
	case isAlert(err, ""), errors.As(err, &tls.RecordHeaderError{}):
		return requestpath.TLSAlert
	case errors.As(err, &shaking) && !isCut(err):
		return requestpath.TLSAlert
	}
	return requestpath.Reset
}

// isTimeout says whether nothing came in time. A missing route counts as a dropped packet.
func isTimeout(err error) bool {
	var waited net.Error
	return errors.Is(err, context.DeadlineExceeded) || errors.Is(err, os.ErrDeadlineExceeded) ||
		errors.As(err, &waited) && waited.Timeout() ||
		errors.Is(err, syscall.ENETUNREACH) || errors.Is(err, syscall.EHOSTUNREACH) || errors.Is(err, syscall.EADDRNOTAVAIL)
}

// isCut says whether the connection ended before the answer was complete.
func isCut(err error) bool {
	return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) ||
		errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE)
}

// isAlert says whether the other side ended the connection with a TLS alert whose text
// contains this one. Alerts have no type of their own.
func isAlert(err error, text string) bool {
	var op *net.OpError
	return errors.As(err, &op) && op.Op == "remote error" && strings.Contains(op.Error(), text)
}
