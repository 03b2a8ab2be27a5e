package wire

import (
	"context"
	"io"
	"net"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// sent is a connection on which a client has sent a text and nothing more.
func sent(t *testing.T, text string) net.Conn {
	t.Helper()
	client, server := net.Pipe()
	t.Cleanup(func() { assert.NoError(t, client.Close()) })
	go func() {
		_, _ = io.WriteString(client, text) // it may be closed first
		_ = client.Close()
	}()
	return server
}

func TestPeekLeavesTheFirstByte(t *testing.T) {
	for text, want := range map[string]struct{ tls, http bool }{
		"\x16\x03\x01": {tls: true}, "GET /": {http: true}, "PRI * HTTP/2.0": {http: true}, "get /": {},
	} {
		c, err := Peek(t.Context(), sent(t, text), time.Minute)
		require.NoError(t, err)
		assert.Equal(t, want.tls, c.First.IsTLS(), "%q", text)
		assert.Equal(t, want.http, c.First.IsHTTP(), "%q", text)
		all, err := io.ReadAll(c)
		require.NoError(t, err)
		assert.Equal(t, text, string(all))
		assert.NoError(t, c.Close())
	}
}

func TestPeekGivesUp(t *testing.T) {
	_, err := Peek(t.Context(), sent(t, ""), 0)
	require.ErrorIs(t, err, io.EOF)

	silent, server := net.Pipe()
	defer func() { assert.NoError(t, silent.Close()) }()
	_, err = Peek(t.Context(), server, time.Millisecond)
	require.ErrorIs(t, err, os.ErrDeadlineExceeded)

	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = Peek(ctx, server, 0)
	require.Error(t, err, "the connection is closed")
}

func TestAQueueHandsConnectionsOver(t *testing.T) {
	q := NewQueue(&net.TCPAddr{Port: 443})
	assert.EqualValues(t, 443, addrPort(q.Addr()).Port())
	first := sent(t, "")
	go q.Hand(first)
	got, err := q.Accept()
	require.NoError(t, err)
	assert.Same(t, first, got)

	require.NoError(t, q.Close())
	require.NoError(t, q.Close(), "a second time")
	_, err = q.Accept()
	require.ErrorIs(t, err, net.ErrClosed)
	late := sent(t, "")
	q.Hand(late)
	_, err = late.Read(make([]byte, 1))
	assert.ErrorIs(t, err, io.ErrClosedPipe, "a closed queue closes what it is handed")
}
