package gateway_test

import (
	"context"
	"log/slog"
	"os"
	"os/signal"
	"syscall"
	"testing"
	"time"

	"github.com/lendgate/lendgate/gateway"
)

// This test binary can be other programs, so that processes are started and killed for real: which
// one, an environment variable says.
const (
	asBinary  = "LENDGATE_TEST_AS_BINARY"    // the gateway's own
	asGateway = "LENDGATE_TEST_AS_SLOW_DISK" // a gateway on a disk as slow as the value says: config, data, address
	asProxy   = "LENDGATE_TEST_AS_PROXY"     // a plain reverse proxy to the address in the value
	asGin     = "LENDGATE_TEST_AS_GIN"       // a gin handler that answers with a constant
)

func TestMain(m *testing.M) {
	switch {
	case os.Getenv(asBinary) != "":
		os.Exit(gateway.Main())
	case os.Getenv(asGateway) != "":
		os.Exit(runSlow(os.Getenv(asGateway)))
	case os.Getenv(asProxy) != "":
		os.Exit(serveProxy(os.Getenv(asProxy), os.Args[1]))
	case os.Getenv(asGin) != "":
		os.Exit(serveConstant(os.Args[1]))
	}
	os.Exit(m.Run())
}

func runSlow(disk string) int {
	pause, err := time.ParseDuration(disk)
	if err != nil {
		return 2
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	err = gateway.Run(ctx, gateway.Options{
		Config: os.Args[1], Data: os.Args[2], Address: os.Args[3], Sandbox: true, Out: os.Stdout,
		Log: slog.New(slog.DiscardHandler), CommitPause: pause,
	})
	if err != nil {
		return 1
	}
	return 0
}
