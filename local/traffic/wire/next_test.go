package wire_test

import (
	"context"
	"io"
	"net"
	"net/netip"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/portico-iac/portico/local/traffic/wire"
)

// says answers every connection, and every packet, with a word.
func says(t *testing.T, n *wire.Network, p wire.Place, word string) {
	t.Helper()
	l, err := n.Listen(p, 443)
	require.NoError(t, err)
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			_, _ = io.WriteString(c, word)
			_ = c.Close()
		}
	}()
	packets, err := n.ListenPacket(p, 443)
	require.NoError(t, err)
	go func() {
		b := make([]byte, 100)
		for {
			_, from, err := packets.ReadFrom(b)
			if err != nil {
				return
			}
			_, _ = packets.WriteTo([]byte(word), from)
		}
	}()
}

func loopback(t *testing.T, n *wire.Network, p wire.Place, udp bool) netip.AddrPort {
	t.Helper()
	at, ok := n.Loopback(netip.AddrPortFrom(p.Addresses[0], 443), udp)
	require.True(t, ok)
	return at
}

// heard is what an outsider, or a part of the network, is told.
func heard(t *testing.T, dial func() (net.Conn, error)) string {
	t.Helper()
	c, err := dial()
	require.NoError(t, err)
	defer func() { _ = c.Close() }()
	_, udp := c.(*net.UDPConn)
	if udp {
		_, err = c.Write([]byte("?"))
		require.NoError(t, err)
	}
	require.NoError(t, c.SetReadDeadline(time.Now().Add(10*time.Second)))
	b := make([]byte, 100)
	size, err := c.Read(b)
	require.NoError(t, err)
	return string(b[:size])
}

func TestANetworkTakesThePlaceOfAnother(t *testing.T) {
	place := wire.Place{Name: "front", Addresses: []netip.Addr{netip.MustParseAddr("198.18.0.1")}, Open: true}
	moved := place
	moved.Addresses = []netip.Addr{netip.MustParseAddr("198.18.0.9")}
	old := wire.New(nil, wire.Clock{})
	says(t, old, place, "old")
	next := old.Next(nil, wire.Clock{})
	says(t, next, moved, "new")
	tcp, udp := loopback(t, old, place, false), loopback(t, old, place, true)
	assert.Equal(t, tcp, loopback(t, next, moved, false), "the same port, whatever the simulated address")
	assert.Equal(t, udp, loopback(t, next, moved, true))

	outside := func(network string, at netip.AddrPort) string {
		return heard(t, func() (net.Conn, error) { return net.Dial(network, at.String()) })
	}
	inside := func(n *wire.Network, p wire.Place) string {
		return heard(t, func() (net.Conn, error) {
			return n.Dial(t.Context(), wire.Internet(), netip.AddrPortFrom(p.Addresses[0], 443))
		})
	}
	outsider, err := net.Dial("udp", udp.String())
	require.NoError(t, err)
	ask := func() string {
		_, err := outsider.Write([]byte("?"))
		require.NoError(t, err)
		require.NoError(t, outsider.SetReadDeadline(time.Now().Add(10*time.Second)))
		b := make([]byte, 100)
		size, err := outsider.Read(b)
		require.NoError(t, err)
		return string(b[:size])
	}
	assert.Equal(t, "old", outside("tcp", tcp))
	assert.Equal(t, "old", outside("udp", udp))
	assert.Equal(t, "old", ask())
	assert.Equal(t, "old", inside(old, place))
	assert.Equal(t, "new", inside(next, moved))

	old.Retire(t.Context())
	assert.Equal(t, "new", outside("tcp", tcp))
	assert.Equal(t, "new", outside("udp", udp))
	assert.Equal(t, "old", ask(), "who is there already stays")
	assert.Equal(t, "old", inside(old, place))

	require.NoError(t, old.Close())
	assert.Equal(t, "new", outside("tcp", tcp))
	assert.Equal(t, "new", ask())
	require.NoError(t, outsider.Close())
	require.NoError(t, next.Close())
	_, err = net.Dial("tcp", tcp.String())
	require.Error(t, err)
}

func TestRetiringWaitsForVisitors(t *testing.T) {
	place := wire.Place{Name: "front", Addresses: []netip.Addr{netip.MustParseAddr("198.18.0.1")}, Open: true}
	n := wire.New(nil, wire.Clock{})
	t.Cleanup(func() { require.NoError(t, n.Close()) })
	l, err := n.Listen(place, 443)
	require.NoError(t, err)
	outsider, err := net.Dial("tcp", loopback(t, n, place, false).String())
	require.NoError(t, err)
	t.Cleanup(func() { _ = outsider.Close() })
	served, err := l.Accept()
	require.NoError(t, err)

	impatient, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	n.Retire(impatient)
	require.Error(t, impatient.Err(), "it waited as long as it may")
	require.NoError(t, served.Close())
	n.Retire(t.Context())
}

// A part that comes back finds its port again, unless somebody else has it now.
func TestAPortIsFoundAgain(t *testing.T) {
	place := wire.Place{Name: "front", Addresses: []netip.Addr{netip.MustParseAddr("198.18.0.1")}, Open: true}
	n := wire.New(nil, wire.Clock{})
	t.Cleanup(func() { require.NoError(t, n.Close()) })
	l, err := n.Listen(place, 443)
	require.NoError(t, err)
	at := loopback(t, n, place, false)
	require.NoError(t, l.Close())
	somebody, err := net.Listen("tcp4", at.String())
	require.NoError(t, err)
	l, err = n.Listen(place, 443)
	require.NoError(t, err)
	other := loopback(t, n, place, false)
	assert.NotEqual(t, at, other)
	require.NoError(t, l.Close())
	require.NoError(t, somebody.Close())
	_, err = n.Listen(place, 443)
	require.NoError(t, err)
	assert.Equal(t, other, loopback(t, n, place, false))
}

// Parts of one name have a loopback socket each.
func TestPartsOfOneNameAreToldApart(t *testing.T) {
	one := wire.Place{Name: "web", Addresses: []netip.Addr{netip.MustParseAddr("198.18.0.1")}, Open: true}
	two := wire.Place{Name: "web", Addresses: []netip.Addr{netip.MustParseAddr("198.18.0.2")}, Open: true}
	other := wire.Place{Name: "web", Kind: "server", Addresses: []netip.Addr{netip.MustParseAddr("198.18.0.3")}, Open: true}
	n := wire.New(nil, wire.Clock{})
	says(t, n, one, "one")
	says(t, n, two, "two")
	says(t, n, other, "other")
	next := n.Next(nil, wire.Clock{})
	says(t, next, other, "other")
	assert.Equal(t, loopback(t, n, other, false), loopback(t, next, other, false))
	assert.NotEqual(t, loopback(t, n, one, false), loopback(t, n, two, false))
	require.NoError(t, n.Close())
	require.NoError(t, next.Close())
}

// Reading ends at its deadline, also that of who waits already.
func TestReadingPacketsEndsAtItsDeadline(t *testing.T) {
	place := wire.Place{Name: "front", Addresses: []netip.Addr{netip.MustParseAddr("198.18.0.1")}, Open: true}
	n := wire.New(nil, wire.Clock{})
	t.Cleanup(func() { require.NoError(t, n.Close()) })
	packets, err := n.ListenPacket(place, 443)
	require.NoError(t, err)
	ended := make(chan error, 1)
	read := func() { _, _, err := packets.ReadFrom(make([]byte, 1)); ended <- err }
	for _, left := range []time.Duration{-time.Second, time.Millisecond} {
		go read()
		require.NoError(t, packets.SetReadDeadline(time.Now().Add(left)))
		var timeout net.Error
		require.ErrorAs(t, <-ended, &timeout)
		assert.True(t, timeout.Timeout())
		require.NoError(t, packets.SetReadDeadline(time.Time{}))
	}
	go read()
	require.NoError(t, packets.Close())
	require.ErrorIs(t, <-ended, net.ErrClosed)
}
