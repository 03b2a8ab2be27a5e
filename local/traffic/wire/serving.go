package wire

import (
	"errors"
	"io"
	"net"
	"sync"
)

// Serving is listeners and the servers on them, which end together. Its zero value is empty.
type Serving struct {
	closers []io.Closer
	work    sync.WaitGroup
}

// Listen adds a listener of the network.
func (s *Serving) Listen(n *Network, at Place, port int) (net.Listener, error) {
	inner, err := n.Listen(at, port)
	if err == nil {
		s.closers = append(s.closers, inner)
	}
	return inner, err
}

// Serve runs a server on a listener until Close.
func (s *Serving) Serve(server io.Closer, serve func(net.Listener) error, inner net.Listener) {
	s.closers = append(s.closers, server)
	s.Go(func() {
		_ = serve(inner) // its error is that it was closed
		_ = inner.Close()
	})
}

// Go runs what Close waits for.
func (s *Serving) Go(do func()) { s.work.Go(do) }

// Close closes the listeners and the servers, and returns when everything has ended.
func (s *Serving) Close() error {
	var err error
	for _, c := range s.closers {
		err = errors.Join(err, c.Close())
	}
	s.work.Wait()
	return err
}
