// Package firstboot runs the first boot of a TLSInstance: the script from the
// registered user data, with Debian's nginx and certbot, and an ACME server that
// validates against the account's hosted zone.
//
// Its tests need those programs, so they carry the build tag "firstboot" and run
// by `make verify-first-boot`. Nothing leaves loopback, no port is privileged,
// and nothing is written outside the tests' temporary directories. Route 53's HTTP
// API, which certbot calls, and the tests of that API need no tag.
package firstboot
