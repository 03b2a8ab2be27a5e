package traffic

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/portico-iac/portico/local/cloud"
)

func TestTheSeededAccount(t *testing.T) {
	a, err := cloud.Seed()
	require.NoError(t, err)
	w, err := Serve(a, Options{})
	require.NoError(t, err)
	for _, e := range w.Entries() {
		t.Logf("%+v", e)
	}
	require.NoError(t, w.Close())
}
