package gateway_test

import (
	"os"
	"testing"

	"github.com/lendgate/lendgate/gateway"
)

// asBinary makes this test binary be the gateway's own: processes are started and killed for real.
const asBinary = "LENDGATE_TEST_AS_BINARY"

func TestMain(m *testing.M) {
	if os.Getenv(asBinary) != "" {
		os.Exit(gateway.Main())
	}
	if target := os.Getenv(asProxy); target != "" {
		os.Exit(serveProxy(target, os.Args[1]))
	}
	os.Exit(m.Run())
}
