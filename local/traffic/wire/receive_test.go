package wire

import (
	"errors"
	"io"
	"net"
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

// receiving runs Receive until the test ends.
func receiving(t *testing.T, timeout time.Duration) (*Queue, chan *Received) {
	t.Helper()
	q, received, done := NewQueue(), make(chan *Received), make(chan struct{})
	go func() {
		Receive(q, timeout, func(r *Received) { received <- r })
		close(done)
	}()
	t.Cleanup(func() {
		assert.NoError(t, q.Close())
		<-done
	})
	return q, received
}

func TestReceiveLeavesTheFirstByte(t *testing.T) {
	q, received := receiving(t, time.Minute)
	for text, isTLS := range map[string]bool{"\x16\x03\x01": true, "GET /": false, "PRI * HTTP/2.0": false} {
		q.Hand(sent(t, text))
		c := <-received
		assert.Equal(t, isTLS, c.IsTLS, "%q", text)
		assert.WithinDuration(t, time.Now(), c.Since, time.Minute)
		all, err := io.ReadAll(c)
		require.NoError(t, err)
		assert.Equal(t, text, string(all))
		assert.NoError(t, c.Close())
	}
}

func TestAConnectionWithoutAByteIsClosed(t *testing.T) {
	for _, timeout := range []time.Duration{time.Millisecond, time.Hour, 0} {
		q, _ := receiving(t, timeout)
		silent, server := net.Pipe()
		defer func() { assert.NoError(t, silent.Close()) }()
		q.Hand(server)
		if timeout != time.Millisecond {
			require.NoError(t, q.Close(), "the listener is closed first")
		}
		_, err := silent.Read(make([]byte, 1))
		require.ErrorIs(t, err, io.EOF)
	}
	q, _ := receiving(t, 0)
	gone := sent(t, "")
	q.Hand(gone)
	require.Eventually(t, func() bool {
		_, err := gone.Read(make([]byte, 1))
		return errors.Is(err, io.ErrClosedPipe)
	}, soon, time.Millisecond, "its client closed it")
}

func TestAQueueHandsConnectionsOver(t *testing.T) {
	q := NewQueue()
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
