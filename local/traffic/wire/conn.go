package wire

import (
	"iter"
	"net"
)

// conn is one end of a TCP connection. It is closed together with its network.
type conn struct {
	net.Conn
	network       *Network
	source        Source   // who opened the connection
	local, remote net.Addr // simulated
	outside       bool     // the connection comes from outside the process
}

func (c *conn) LocalAddr() net.Addr  { return c.local }
func (c *conn) RemoteAddr() net.Addr { return c.remote }
func (c *conn) NetConn() net.Conn    { return c.Conn }
func (c *conn) CloseWrite() error    { return closeWrite(c.Conn) }

func (c *conn) Close() error {
	if c.network.untrack(c) && c.outside {
		c.network.outside.Add(-1)
	}
	return c.Conn.Close()
}

func closeWrite(c net.Conn) error {
	if half, ok := c.(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}
	return nil
}

// layers are a connection, the one under it when it is TLS or otherwise wrapped,
// and so on.
func layers(c net.Conn) iter.Seq[net.Conn] {
	return func(yield func(net.Conn) bool) {
		for yield(c) {
			outer, ok := c.(interface{ NetConn() net.Conn })
			if !ok {
				return
			}
			c = outer.NetConn()
		}
	}
}

// SourceOf is the source of a connection of a [Network], also under TLS. Any other
// connection counts as the internet's.
func SourceOf(c net.Conn) Source {
	for layer := range layers(c) {
		if own, ok := layer.(*conn); ok {
			return own.source
		}
	}
	return Internet()
}

// Reset cuts a connection of a [Network], also under TLS: the other side reads
// "connection reset by peer".
func Reset(c net.Conn) error {
	for layer := range layers(c) {
		if tcp, ok := layer.(*net.TCPConn); ok {
			if err := tcp.SetLinger(0); err != nil {
				return err
			}
			return tcp.Close()
		}
	}
	return c.Close()
}
