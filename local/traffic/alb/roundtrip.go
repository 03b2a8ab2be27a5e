package alb

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptrace"
	"sync"
	"sync/atomic"
	"time"
)

// Why an exchange was given up.
var (
	errNoAnswer = errors.New("the target did not answer within the idle timeout")
	errNoBody   = errors.New("the client did not send its request within the idle timeout")
	errBadBody  = errors.New("the body of the client's request broke off or is malformed")
)

// RoundTrip sends the request to the target and gives up when nothing moves for as
// long as the idle timeout.
// Sourced: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-load-balancer-attributes.html
func (ex *exchange) RoundTrip(req *http.Request) (*http.Response, error) {
	r := ex.port.loadBalancer
	ctx, cancel := context.WithCancelCause(req.Context())
	w := &watchdog{idle: r.idle(), client: ex.out, cancel: cancel}
	w.receiving.Store(req.Body != nil)
	// A connection and its TLS have their own limits, so time counts from then on.
	w.timer = time.AfterFunc(r.seconds(connectSeconds+handshakeSeconds)+w.idle, w.giveUp)
	req = req.WithContext(w.trace(ctx, &ex.way))
	if req.Body != nil {
		req.Body = &upload{ReadCloser: req.Body, watchdog: w}
	}
	res, err := ex.group.connections[latestTowardsTargets(ex.port.SSLPolicy)].RoundTrip(req)
	if err != nil {
		w.stop()
		if cause := context.Cause(ctx); cause != nil {
			err = cause
		}
		cancel(nil)
		return nil, err
	}
	ex.way.answered = time.Now()
	if res.StatusCode == http.StatusSwitchingProtocols {
		w.stop() // the proxy needs the body as it is
		return res, nil
	}
	w.receiving.Store(false)
	w.sending.Store(true)
	w.moved()
	res.Body = &download{ReadCloser: res.Body, watchdog: w}
	return res, nil
}

// failed answers a request whose target did not.
// Sourced: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html
func (ex *exchange) failed(w http.ResponseWriter, req *http.Request, err error) {
	switch {
	case errors.Is(err, errNoBody):
		ex.answer(w, http.StatusRequestTimeout)
	case errors.Is(err, errNoAnswer), errors.Is(err, context.DeadlineExceeded):
		ex.answer(w, http.StatusGatewayTimeout)
	case req.Context().Err() != nil:
		ex.emit(0, false) // the client is gone
	case errors.Is(err, errBadBody):
		ex.answer(w, http.StatusBadRequest)
	default:
		ex.answer(w, http.StatusBadGateway)
	}
}

// watchdog gives up an exchange when nothing moves. Once stopped it leaves the
// client's connection alone, which may already carry the next exchange.
type watchdog struct {
	idle      time.Duration
	client    *http.ResponseController
	cancel    context.CancelCauseFunc
	receiving atomic.Bool // the client's body is not complete yet
	sending   atomic.Bool // the target's answer has begun

	mu    sync.Mutex
	timer *time.Timer
	over  bool
}

// giveUp ends the exchange, and whatever waits for the client: for the rest of its
// request, or until it reads on.
func (w *watchdog) giveUp() {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch {
	case w.over:
	case w.receiving.Load():
		w.cancel(errNoBody)
		_ = w.client.SetReadDeadline(time.Now()) // fails only if the client is gone
	case w.sending.Load():
		w.cancel(errNoAnswer)
		_ = w.client.SetWriteDeadline(time.Now()) // fails only if the client is gone
	default:
		w.cancel(errNoAnswer)
	}
}

// moved restarts the idle time.
func (w *watchdog) moved() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.over {
		w.timer.Reset(w.idle)
	}
}

// stop ends the watch.
func (w *watchdog) stop() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.over = true
	w.timer.Stop()
}

// trace restarts the idle time when there is a connection, and when the whole
// request is sent, which it notes.
func (w *watchdog) trace(ctx context.Context, way *progress) context.Context {
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GotConn: func(httptrace.GotConnInfo) { w.moved() },
		WroteRequest: func(info httptrace.WroteRequestInfo) {
			if now := time.Now(); info.Err == nil {
				way.sent.Store(&now)
			}
			w.moved()
		},
	})
}

// upload is the body of a request.
type upload struct {
	io.ReadCloser
	watchdog *watchdog
}

// Read implements io.Reader.
func (u *upload) Read(p []byte) (int, error) {
	n, err := u.ReadCloser.Read(p)
	if err != nil {
		u.watchdog.receiving.Store(false)
		if !errors.Is(err, io.EOF) && !errors.Is(err, http.ErrBodyReadAfterClose) {
			u.watchdog.cancel(errBadBody)
		}
	}
	u.watchdog.moved()
	return n, err
}

// download is the body of an answer.
type download struct {
	io.ReadCloser
	watchdog *watchdog
}

// Read implements io.Reader.
func (d *download) Read(p []byte) (int, error) {
	n, err := d.ReadCloser.Read(p)
	d.watchdog.moved()
	return n, err
}

// Close ends the exchange.
func (d *download) Close() error {
	d.watchdog.stop()
	defer d.watchdog.cancel(nil)
	return d.ReadCloser.Close()
}
