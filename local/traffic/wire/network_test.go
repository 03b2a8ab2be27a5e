package wire

import (
	"context"
	"crypto/tls"
	"io"
	"net"
	"net/netip"
	"os"
	"runtime"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// soon is more than anything takes that is not dropped.
const soon = 10 * time.Second

var (
	publicAddress  = netip.MustParseAddr("198.19.0.1")
	privateAddress = netip.MustParseAddr("10.0.1.5")
)

func world(t *testing.T) *Network {
	t.Helper()
	web := Rule{Protocol: "tcp", FromPort: 80, ToPort: 90}
	from := func(r Rule, cidr, list, group string) Rule {
		if cidr != "" {
			r.CIDR = netip.MustParsePrefix(cidr)
		}
		r.List, r.Group = list, group
		return r
	}
	n := New(map[string]Group{
		"anywhere":   {Ingress: []Rule{from(web, "0.0.0.0/0", "", "")}},
		"cloudfront": {Ingress: []Rule{from(web, "", "pl-1", "")}},
		"target":     {Ingress: []Rule{from(web, "", "", "balancer")}},
		"balancer":   {Egress: []Rule{from(web, "", "", "target")}},
		"everything": {Ingress: []Rule{{Protocol: "-1", CIDR: netip.MustParsePrefix("0.0.0.0/0")}}},
		"number":     {Ingress: []Rule{{Protocol: "6", FromPort: 80, ToPort: 80, CIDR: netip.MustParsePrefix("0.0.0.0/0")}}},
		"udp":        {Ingress: []Rule{{Protocol: "udp", FromPort: 80, ToPort: 80, CIDR: netip.MustParsePrefix("0.0.0.0/0")}}},
		"outwards":   {Egress: []Rule{{Protocol: "-1", CIDR: netip.MustParsePrefix("10.0.0.0/8")}}},
	}, Clock{})
	t.Cleanup(func() { assert.NoError(t, n.Close()) })
	return n
}

// echo answers every connection with its own bytes.
func echo(t *testing.T, n *Network, p Place, port int) {
	t.Helper()
	l, err := n.Listen(p, port)
	require.NoError(t, err)
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				_, _ = io.Copy(c, c)
				_ = c.Close()
			}()
		}
	}()
}

func says(t *testing.T, c net.Conn) {
	t.Helper()
	_, err := io.WriteString(c, "hello")
	require.NoError(t, err)
	got := make([]byte, 5)
	_, err = io.ReadFull(c, got)
	require.NoError(t, err)
	assert.Equal(t, "hello", string(got))
}

func TestWhoMayConnect(t *testing.T) {
	loadBalancer := Source{Kind: KindLoadBalancer, Address: netip.MustParseAddr("10.0.0.9"), Groups: []string{"balancer"}}
	outwards := loadBalancer
	outwards.Groups = []string{"outwards"}
	other := Internet()
	other.Address = netip.MustParseAddr("192.0.2.1")
	for _, c := range []struct {
		name   string
		groups []string
		at     netip.Addr
		from   Source
		want   error // nil: it connects
	}{
		{"anybody by block", []string{"anywhere"}, publicAddress, Internet(), nil},
		{"no group at all", nil, publicAddress, Internet(), context.DeadlineExceeded},
		{"an unknown group", []string{"gone"}, publicAddress, Internet(), context.DeadlineExceeded},
		{"CloudFront by list", []string{"cloudfront"}, publicAddress, CloudFront("pl-1"), nil},
		{"CloudFront with another list", []string{"cloudfront"}, publicAddress, CloudFront("pl-2"), context.DeadlineExceeded},
		{"the internet where CloudFront may", []string{"cloudfront"}, publicAddress, Internet(), context.DeadlineExceeded},
		{"one of two groups", []string{"cloudfront", "anywhere"}, publicAddress, other, nil},
		{"all protocols", []string{"everything"}, publicAddress, Internet(), nil},
		{"the protocol by number", []string{"number"}, publicAddress, Internet(), nil},
		{"another protocol", []string{"udp"}, publicAddress, Internet(), context.DeadlineExceeded},
		{"a private address from the internet", []string{"anywhere"}, privateAddress, Internet(), context.DeadlineExceeded},
		{"a private address from the VPC", []string{"anywhere"}, privateAddress, Machine(), nil},
		{"a group to a group", []string{"target"}, privateAddress, loadBalancer, nil},
		{"a machine without the group", []string{"target"}, privateAddress, Machine("other"), context.DeadlineExceeded},
		{"egress to another group", []string{"anywhere"}, privateAddress, loadBalancer, context.DeadlineExceeded},
		{"egress by block", []string{"anywhere"}, privateAddress, outwards, nil},
		{"egress by block, elsewhere", []string{"anywhere"}, publicAddress, outwards, context.DeadlineExceeded},
		{"nobody there", []string{"anywhere"}, netip.MustParseAddr("198.19.0.77"), Internet(), context.DeadlineExceeded},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			n := world(t)
			echo(t, n, Place{Name: "it", Addresses: []netip.Addr{publicAddress, privateAddress}, Groups: c.groups}, 80)
			patience := soon
			if c.want != nil {
				patience = 50 * time.Millisecond
			}
			ctx, cancel := context.WithTimeout(t.Context(), patience)
			defer cancel()
			conn, err := n.Dial(ctx, c.from, netip.AddrPortFrom(c.at, 80))
			if c.want != nil {
				require.ErrorIs(t, err, c.want)
				return
			}
			require.NoError(t, err)
			says(t, conn)
			require.NoError(t, conn.Close())
		})
	}
}

func TestAnOpenPlaceAdmitsEverybody(t *testing.T) {
	n := world(t)
	echo(t, n, Place{Name: "edge", Addresses: []netip.Addr{publicAddress}, Open: true}, 443)
	c, err := n.Dial(t.Context(), Internet(), netip.AddrPortFrom(publicAddress, 443))
	require.NoError(t, err)
	says(t, c)
}

func TestAClosedPortRefusesAtOnce(t *testing.T) {
	n := world(t)
	n.Place(Place{Name: "it", Addresses: []netip.Addr{publicAddress}, Groups: []string{"anywhere"}})
	_, err := n.Dial(t.Context(), Internet(), netip.AddrPortFrom(publicAddress, 81))
	require.ErrorIs(t, err, syscall.ECONNREFUSED)

	l, err := n.Listen(Place{Name: "it", Addresses: []netip.Addr{publicAddress}, Groups: []string{"anywhere"}}, 82)
	require.NoError(t, err)
	require.NoError(t, l.Close())
	_, err = n.Dial(t.Context(), Internet(), netip.AddrPortFrom(publicAddress, 82))
	require.ErrorIs(t, err, syscall.ECONNREFUSED)
}

func TestAClosedPortOfAnOpenPlaceDrops(t *testing.T) {
	n := world(t)
	echo(t, n, Place{Name: "edge", Addresses: []netip.Addr{publicAddress}, Open: true}, 443)
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	_, err := n.Dial(ctx, Internet(), netip.AddrPortFrom(publicAddress, 8443))
	require.ErrorIs(t, err, context.DeadlineExceeded)
	_, _, err = n.DialPacket(ctx, Internet(), netip.AddrPortFrom(publicAddress, 443))
	require.ErrorIs(t, err, context.DeadlineExceeded)
}

func TestAPortIsListenedOnOnce(t *testing.T) {
	n := world(t)
	p := Place{Name: "it", Addresses: []netip.Addr{publicAddress}, Open: true}
	echo(t, n, p, 80)
	_, err := n.Listen(p, 80)
	require.ErrorContains(t, err, "something listens on port 80")
	_, err = n.ListenPacket(p, 80)
	require.NoError(t, err, "UDP is another matter")
	_, err = n.ListenPacket(p, 80)
	require.ErrorContains(t, err, "something listens on port 80")
}

func TestTwoVPCsMayUseOneAddress(t *testing.T) {
	n := world(t)
	for _, vpc := range []string{"vpc-1", "vpc-2"} {
		p := Place{Name: vpc, VPC: vpc, Addresses: []netip.Addr{privateAddress}, Open: true}
		l, err := n.Listen(p, 80)
		require.NoError(t, err)
		go func() {
			for {
				c, err := l.Accept()
				if err != nil {
					return
				}
				_, _ = io.WriteString(c, vpc)
				_ = c.Close()
			}
		}()
	}
	for _, vpc := range []string{"vpc-1", "vpc-2"} {
		from := Machine()
		from.VPC = vpc
		c, err := n.Dial(t.Context(), from, netip.AddrPortFrom(privateAddress, 80))
		require.NoError(t, err)
		got, err := io.ReadAll(c)
		require.NoError(t, err)
		assert.Equal(t, vpc, string(got))
	}
}

func TestTheSourceIsKnownToTheListener(t *testing.T) {
	n := world(t)
	l, err := n.Listen(Place{Name: "it", Addresses: []netip.Addr{publicAddress}, Groups: []string{"cloudfront", "anywhere"}}, 80)
	require.NoError(t, err)
	for _, from := range []Source{CloudFront("pl-1"), Internet(), Machine("sg-1")} {
		client, err := n.Dial(t.Context(), from, netip.AddrPortFrom(publicAddress, 80))
		require.NoError(t, err)
		server, err := l.Accept()
		require.NoError(t, err)
		assert.Equal(t, from, SourceOf(server))
		assert.Equal(t, from, SourceOf(tls.Server(server, &tls.Config{})))
		assert.Equal(t, from.Address, addrPort(server.RemoteAddr()).Addr())
		assert.Equal(t, from.Address, addrPort(client.LocalAddr()).Addr())
		assert.Equal(t, netip.AddrPortFrom(publicAddress, 80), addrPort(client.RemoteAddr()))
		require.NoError(t, client.Close())
		require.NoError(t, server.Close())
	}
}

// outside connects as a program outside the process does.
func outside(t *testing.T, n *Network, at netip.Addr) net.Conn {
	t.Helper()
	loopback, ok := n.Loopback(netip.AddrPortFrom(at, 80), false)
	require.True(t, ok)
	c, err := net.DialTimeout("tcp", loopback.String(), soon)
	require.NoError(t, err)
	t.Cleanup(func() { _ = c.Close() })
	return c
}

func TestFromOutsideTheProcessItIsTheInternet(t *testing.T) {
	n := world(t)
	echo(t, n, Place{Name: "it", Addresses: []netip.Addr{privateAddress, publicAddress}, Groups: []string{"anywhere"}}, 80)
	says(t, outside(t, n, publicAddress))
}

func TestWhatIsNotAdmittedFromOutsideHangsAndHoldsUpNobody(t *testing.T) {
	n := world(t)
	echo(t, n, Place{Name: "closed", Addresses: []netip.Addr{publicAddress}, Groups: []string{"cloudfront"}}, 80)
	echo(t, n, Place{Name: "internal", Addresses: []netip.Addr{privateAddress}, Groups: []string{"anywhere"}}, 80)
	for _, at := range []netip.Addr{publicAddress, privateAddress} {
		c := outside(t, n, at)
		_, err := io.WriteString(c, "hello")
		require.NoError(t, err)
		require.NoError(t, c.SetReadDeadline(time.Now().Add(50*time.Millisecond)))
		_, err = c.Read(make([]byte, 1))
		require.ErrorIs(t, err, os.ErrDeadlineExceeded, "not a byte, and not closed either")
	}
	c, err := n.Dial(t.Context(), CloudFront("pl-1"), netip.AddrPortFrom(publicAddress, 80))
	require.NoError(t, err)
	says(t, c)
}

func TestResetIsSeenByTheOtherSide(t *testing.T) {
	n := world(t)
	l, err := n.Listen(Place{Name: "it", Addresses: []netip.Addr{publicAddress}, Open: true}, 80)
	require.NoError(t, err)
	client, err := n.Dial(t.Context(), Internet(), netip.AddrPortFrom(publicAddress, 80))
	require.NoError(t, err)
	server, err := l.Accept()
	require.NoError(t, err)
	require.NoError(t, Reset(tls.Server(server, &tls.Config{})))
	_, err = client.Read(make([]byte, 1))
	require.ErrorIs(t, err, syscall.ECONNRESET)
}

func TestPacketsFindBack(t *testing.T) {
	n := world(t)
	server, err := n.ListenPacket(Place{Name: "edge", Addresses: []netip.Addr{publicAddress}, Open: true}, 443)
	require.NoError(t, err)
	other := Internet()
	other.Address = netip.MustParseAddr("2001:db8::1")
	for _, from := range []Source{Internet(), other} {
		client, to, err := n.DialPacket(t.Context(), from, netip.AddrPortFrom(publicAddress, 443))
		require.NoError(t, err)
		_, err = client.WriteTo([]byte("hello"), to)
		require.NoError(t, err)
		got := make([]byte, 100)
		size, peer, err := server.ReadFrom(got)
		require.NoError(t, err)
		assert.Equal(t, from.Address, addrPort(peer).Addr())
		_, err = server.WriteTo(got[:size], peer)
		require.NoError(t, err)
		size, back, err := client.ReadFrom(got)
		require.NoError(t, err)
		assert.Equal(t, "hello", string(got[:size]))
		assert.Equal(t, to.String(), back.String())
		require.NoError(t, client.Close())
	}
	n.Place(Place{Name: "it", Addresses: []netip.Addr{netip.MustParseAddr("198.19.0.9")}, Groups: []string{"everything"}})
	_, _, err = n.DialPacket(t.Context(), Internet(), netip.MustParseAddrPort("198.19.0.9:443"))
	require.ErrorIs(t, err, syscall.ECONNREFUSED)
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	_, _, err = n.DialPacket(ctx, Internet(), netip.AddrPortFrom(privateAddress, 443))
	require.ErrorIs(t, err, context.DeadlineExceeded)
}

func TestTheClockScalesSeconds(t *testing.T) {
	assert.Equal(t, 2500*time.Millisecond, Clock{}.Seconds(2.5))
	assert.Equal(t, 2500*time.Microsecond, Clock{Second: time.Millisecond}.Seconds(2.5))
}

func TestCloseEndsEverything(t *testing.T) {
	warm, err := net.Listen("tcp4", "127.0.0.1:0") // Go's own poller takes descriptors once
	require.NoError(t, err)
	require.NoError(t, warm.Close())
	goroutines, descriptors := runtime.NumGoroutine(), openFiles(t)
	n := New(map[string]Group{"anywhere": {Ingress: []Rule{{Protocol: "-1", CIDR: netip.MustParsePrefix("0.0.0.0/0")}}}}, Clock{})
	l, err := n.Listen(Place{Name: "it", Addresses: []netip.Addr{publicAddress}, Groups: []string{"anywhere"}}, 80)
	require.NoError(t, err)
	_, err = n.Listen(Place{Name: "closed", Addresses: []netip.Addr{netip.MustParseAddr("198.19.0.2")}}, 80)
	require.NoError(t, err)
	_, err = n.ListenPacket(Place{Name: "it", Addresses: []netip.Addr{publicAddress}, Open: true}, 443)
	require.NoError(t, err)
	for range 10 { // some are accepted, some wait for it, some are left hanging
		c, err := n.Dial(t.Context(), Internet(), netip.AddrPortFrom(publicAddress, 80))
		require.NoError(t, err)
		defer func() { _ = c.Close() }()
	}
	for range 5 {
		_, err = l.Accept()
		require.NoError(t, err)
	}
	_, _, err = n.DialPacket(t.Context(), Internet(), netip.AddrPortFrom(publicAddress, 443))
	require.NoError(t, err)
	hanging := outside(t, n, netip.MustParseAddr("198.19.0.2"))
	dropped := make(chan error)
	go func() {
		_, err := n.Dial(context.Background(), Internet(), netip.AddrPortFrom(privateAddress, 80))
		dropped <- err
	}()
	require.NoError(t, n.Close())
	require.NoError(t, n.Close(), "a second time changes nothing")
	require.ErrorIs(t, <-dropped, net.ErrClosed)
	_, err = l.Accept()
	require.ErrorIs(t, err, net.ErrClosed)
	_, err = n.Listen(Place{Name: "late", Addresses: []netip.Addr{publicAddress}}, 81)
	require.ErrorIs(t, err, net.ErrClosed)
	require.NoError(t, hanging.Close())
	deadline := time.Now().Add(soon)
	for runtime.NumGoroutine() > goroutines || openFiles(t) > descriptors {
		require.True(t, time.Now().Before(deadline), "%d goroutines and %d descriptors are left",
			runtime.NumGoroutine()-goroutines, openFiles(t)-descriptors)
		runtime.Gosched()
	}
}

// openFiles is how many descriptors the process has.
func openFiles(t *testing.T) int {
	t.Helper()
	files, err := os.ReadDir("/proc/self/fd")
	require.NoError(t, err)
	return len(files)
}
