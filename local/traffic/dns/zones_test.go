package dns

import (
	"net/netip"
	"strings"
	"sync"
	"testing"

	"github.com/miekg/dns"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func zones(t *testing.T) *Zones {
	t.Helper()
	z, err := New([]Zone{
		{ID: "Z1", Name: "example.com", Records: []Record{
			{Name: "example.com", Type: "A", Alias: "d1.cloudfront.net"},
			{Name: "example.com", Type: "AAAA", Alias: "d1.cloudfront.net"},
			{Name: "www.example.com", Type: "A", Alias: "example.com"},
			{Name: "alb.example.com", Type: "A", Alias: "dualstack.web-1.ap-northeast-1.elb.amazonaws.com"},
			{Name: "host.example.com", Type: "A", TTL: 300, Values: []string{"203.0.113.1", "203.0.113.2"}},
			{Name: "Short.Example.com.", Type: "CNAME", TTL: 300, Values: []string{"host.example.com"}},
			{Name: "long.example.com", Type: "CNAME", TTL: 300, Values: []string{"short.example.com."}},
			{Name: "away.example.com", Type: "CNAME", TTL: 300, Values: []string{"d1.cloudfront.net"}},
			{Name: "elsewhere.example.com", Type: "CNAME", TTL: 300, Values: []string{"example.org"}},
			{Name: "round.example.com", Type: "CNAME", TTL: 300, Values: []string{"round.example.com"}},
			{Name: "circle.example.com", Type: "A", Alias: "circle.example.com"},
			{Name: "*.wild.example.com", Type: "A", Values: []string{"203.0.113.3"}},
			{Name: "text.wild.example.com", Type: "TXT", Values: []string{`a \"quoted\" \052 text`, `one""two" "three\\`}},
			{Name: "deep.below.wild.example.com", Type: "A", Values: []string{"203.0.113.4"}},
			{Name: "both.example.com", Type: "A", Values: []string{"203.0.113.5"}},
			{Name: "long.text.example.com", Type: "TXT", Values: []string{strings.Repeat("x", 255) + `""` + strings.Repeat("x", 255) + `" "` + strings.Repeat("x", 90)}},
		}},
		{ID: "Z2", Name: "example.com", Private: true, Records: []Record{
			{Name: "both.example.com", Type: "A", Values: []string{"10.0.0.5"}},
			{Name: "inside.example.com", Type: "AAAA", Values: []string{"fd00::1"}},
		}},
		{ID: "Z3", Name: "sub.example.com", Records: []Record{
			{Name: "a.sub.example.com", Type: "A", Values: []string{"203.0.113.6"}},
		}},
	}, map[string][]netip.Addr{
		"d1.cloudfront.net":                        addresses("198.18.0.1", "2001:db8::1"),
		"web-1.ap-northeast-1.elb.amazonaws.com":   addresses("198.19.0.1", "198.19.0.2"),
		"Mixed-1.ap-northeast-1.ELB.amazonaws.com": addresses("198.19.0.3"),
	})
	require.NoError(t, err)
	return z
}

func addresses(texts ...string) []netip.Addr {
	var out []netip.Addr
	for _, text := range texts {
		out = append(out, netip.MustParseAddr(text))
	}
	return out
}

func TestLookup(t *testing.T) {
	z := zones(t)
	for _, c := range []struct {
		name      string
		v6, inVPC bool
		want      []netip.Addr
	}{
		{"d1.cloudfront.net", false, false, addresses("198.18.0.1")},
		{"d1.cloudfront.net.", true, false, addresses("2001:db8::1")},
		{"dualstack.d1.cloudfront.net", false, false, nil},
		{"web-1.ap-northeast-1.elb.amazonaws.com", false, false, addresses("198.19.0.1", "198.19.0.2")},
		{"DUALSTACK.web-1.ap-northeast-1.elb.amazonaws.com", false, false, addresses("198.19.0.1", "198.19.0.2")},
		{"web-1.ap-northeast-1.elb.amazonaws.com", true, false, nil},
		{"mixed-1.ap-northeast-1.elb.amazonaws.com", false, false, addresses("198.19.0.3")},
		{"example.com", false, false, addresses("198.18.0.1")},
		{"example.com", true, false, addresses("2001:db8::1")},
		{"www.example.com", false, false, addresses("198.18.0.1")},
		{"www.example.com", true, false, nil},
		{"alb.example.com", false, false, addresses("198.19.0.1", "198.19.0.2")},
		{"host.example.com", false, false, addresses("203.0.113.1", "203.0.113.2")},
		{"HOST.example.com", true, false, nil},
		{"short.example.com", false, false, addresses("203.0.113.1", "203.0.113.2")},
		{"long.example.com", false, false, addresses("203.0.113.1", "203.0.113.2")},
		{"away.example.com", true, false, addresses("2001:db8::1")},
		{"elsewhere.example.com", false, false, nil},
		{"round.example.com", false, false, nil},
		{"circle.example.com", false, false, nil},
		{"x.wild.example.com", false, false, addresses("203.0.113.3")},
		{"x.y.wild.example.com", false, false, addresses("203.0.113.3")},
		{"text.wild.example.com", false, false, nil},
		{"below.wild.example.com", false, false, nil},
		{"x.below.wild.example.com", false, false, nil},
		{"wild.example.com", false, false, nil},
		{"both.example.com", false, false, addresses("203.0.113.5")},
		{"both.example.com", false, true, addresses("10.0.0.5")},
		{"inside.example.com", true, true, addresses("fd00::1")},
		{"inside.example.com", true, false, nil},
		{"host.example.com", false, true, nil}, // the private zone answers alone
		{"a.sub.example.com", false, false, addresses("203.0.113.6")},
		{"b.sub.example.com", false, false, nil},
		{"example.org", false, false, nil},
		{"", false, false, nil},
	} {
		got, ok := z.Lookup(c.name, c.v6, c.inVPC)
		assert.Equal(t, c.want, got, "%s, IPv6 %v, in the VPC %v", c.name, c.v6, c.inVPC)
		assert.Equal(t, c.want != nil, ok)
	}
}

func TestSetAndDelete(t *testing.T) {
	z := zones(t)
	require.NoError(t, z.Set("Z1", "New.example.com.", "A", []string{"203.0.113.9"}))
	got, ok := z.Lookup("new.example.com", false, false)
	require.True(t, ok)
	assert.Equal(t, addresses("203.0.113.9"), got)
	require.NoError(t, z.Set("Z1", "new.example.com", "A", []string{"203.0.113.10"}))
	got, _ = z.Lookup("new.example.com", false, false)
	assert.Equal(t, addresses("203.0.113.10"), got)
	require.NoError(t, z.Delete("Z1", "new.example.com", "A"))
	require.NoError(t, z.Delete("Z1", "new.example.com", "A"))
	_, ok = z.Lookup("new.example.com", false, false)
	assert.False(t, ok)

	require.ErrorContains(t, z.Set("Z9", "a.example.com", "A", []string{"203.0.113.9"}), "no hosted zone Z9")
	require.ErrorContains(t, z.Delete("Z9", "a.example.com", "A"), "no hosted zone Z9")
	require.ErrorContains(t, z.Set("Z1", "a.example.org", "A", []string{"203.0.113.9"}), "is not in zone example.com")
	require.ErrorContains(t, z.Set("Z1", "a.example.com", "A", []string{"nonsense"}), "a value is not valid")
	_, err := New([]Zone{{Name: "example.com", Records: []Record{{Name: "a.example.com", Type: "AAAA", Values: []string{"203.0.113.9"}}}}}, nil)
	require.ErrorContains(t, err, "record a.example.com of type AAAA")
}

// serving is a server over the zones.
func serving(t *testing.T, z *Zones) *Server {
	t.Helper()
	s, err := z.Serve()
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, s.Close()) })
	return s
}

// ask sends one question.
func ask(t *testing.T, s *Server, transport, name string, kind uint16) *dns.Msg {
	t.Helper()
	m := new(dns.Msg).SetQuestion(dns.Fqdn(name), kind)
	answer, _, err := (&dns.Client{Net: transport}).Exchange(m, s.Address())
	require.NoError(t, err)
	return answer
}

// shown are records as "owner ttl type value".
func shown(rrs []dns.RR) []string {
	out := []string{}
	for _, rr := range rrs {
		out = append(out, strings.ReplaceAll(strings.ReplaceAll(rr.String(), "\tIN\t", " "), "\t", " "))
	}
	return out
}

func TestTheServer(t *testing.T) {
	s := serving(t, zones(t))
	soa := []string{"example.com. 900 SOA ns-1.awsdns-00.com. awsdns-hostmaster.amazon.com. 1 7200 900 1209600 86400"}
	for _, c := range []struct {
		name   string
		kind   uint16
		code   int
		answer []string
		soa    []string
	}{
		{"host.example.com", dns.TypeA, 0, []string{"host.example.com. 300 A 203.0.113.1", "host.example.com. 300 A 203.0.113.2"}, nil},
		{"www.example.com", dns.TypeA, 0, []string{"www.example.com. 60 A 198.18.0.1"}, nil},
		{"short.example.com", dns.TypeCNAME, 0, []string{"short.example.com. 300 CNAME host.example.com."}, nil},
		{"away.example.com", dns.TypeAAAA, 0, []string{"away.example.com. 300 CNAME d1.cloudfront.net.", "d1.cloudfront.net. 60 AAAA 2001:db8::1"}, nil},
		{"host.example.com", dns.TypeAAAA, 0, nil, soa},
		{"below.wild.example.com", dns.TypeA, 0, nil, soa},
		{"short.example.com", dns.TypeAAAA, 0, []string{"short.example.com. 300 CNAME host.example.com."}, soa},
		{"none.example.com", dns.TypeA, dns.RcodeNameError, nil, soa},
		{"text.wild.example.com", dns.TypeTXT, 0, []string{
			`text.wild.example.com. 60 TXT "a \"quoted\" * text"`, `text.wild.example.com. 60 TXT "one" "two" "three\\"`}, nil},
		{"x.wild.example.com", dns.TypeA, 0, []string{"x.wild.example.com. 60 A 203.0.113.3"}, nil},
		{"example.com", dns.TypeNS, 0, []string{"example.com. 172800 NS ns-1.awsdns-00.com."}, nil},
		{"example.com", dns.TypeSOA, 0, soa, nil},
		{"both.example.com", dns.TypeA, 0, []string{"both.example.com. 60 A 203.0.113.5"}, nil},
		{"inside.example.com", dns.TypeAAAA, dns.RcodeNameError, nil, soa},
		{"web-1.ap-northeast-1.elb.amazonaws.com", dns.TypeAAAA, 0, nil,
			[]string{"amazonaws.com. 900 SOA ns-1.awsdns-00.com. awsdns-hostmaster.amazon.com. 1 7200 900 1209600 86400"}},
		{"example.org", dns.TypeA, dns.RcodeRefused, nil, nil},
		{"elsewhere.example.com", dns.TypeA, 0, []string{"elsewhere.example.com. 300 CNAME example.org."}, nil},
		{"circle.example.com", dns.TypeA, 0, nil, soa},
	} {
		for _, transport := range []string{"udp", "tcp"} {
			got := ask(t, s, transport, c.name, c.kind)
			assert.Equal(t, c.code, got.Rcode, c.name)
			assert.True(t, got.Authoritative)
			assert.Equal(t, append([]string{}, c.answer...), shown(got.Answer), c.name)
			assert.Equal(t, append([]string{}, c.soa...), shown(got.Ns), c.name)
		}
	}
}

func TestALongAnswerOverUDPIsCutShort(t *testing.T) {
	s := serving(t, zones(t))
	assert.True(t, ask(t, s, "udp", "long.text.example.com", dns.TypeTXT).Truncated)
	whole := ask(t, s, "tcp", "long.text.example.com", dns.TypeTXT)
	assert.False(t, whole.Truncated)
	text := whole.Answer[0].(*dns.TXT).Txt
	assert.Equal(t, strings.Repeat("x", 600), strings.Join(text, ""))
	assert.Len(t, text, 3)
	m := new(dns.Msg).SetQuestion("long.text.example.com.", dns.TypeTXT)
	m.SetEdns0(4096, false)
	got, _, err := (&dns.Client{UDPSize: 4096}).Exchange(m, s.Address())
	require.NoError(t, err)
	assert.False(t, got.Truncated)
}

func TestRecordsChangeWhileTheServerAnswers(t *testing.T) {
	z := zones(t)
	s := serving(t, z)
	var work sync.WaitGroup
	for range 4 {
		work.Go(func() {
			for range 50 {
				assert.NoError(t, z.Set("Z1", "_acme-challenge.example.com", "TXT", []string{`"a"`, `"b"`}))
				assert.NoError(t, z.Delete("Z1", "_acme-challenge.example.com", "TXT"))
			}
		})
		work.Go(func() {
			for range 50 {
				got := ask(t, s, "udp", "_acme-challenge.example.com", dns.TypeTXT)
				assert.Contains(t, []int{0, 2}, len(got.Answer))
			}
		})
	}
	work.Wait()
}

func TestClosingTwiceIsClosingOnce(t *testing.T) {
	s := serving(t, zones(t))
	require.NoError(t, s.Close())
	require.NoError(t, s.Close())
}
