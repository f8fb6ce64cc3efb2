package gateway

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/lendgate/lendgate/adapters/sandbox"
	"github.com/lendgate/lendgate/gateway/api"
)

// heapGrowth is how much garbage is made before it is collected, in percent of what is live. What is live
// is small here and most work is short, so collecting less often costs little memory and saves processor time.
const heapGrowth = 400

// Main runs the command line and returns the exit code.
func Main() int {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(heapGrowth)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	err := Command(os.Stdout, os.Stderr).ExecuteContext(ctx)
	var ends exit
	switch {
	case err == nil:
		return 0
	case !errors.As(err, &ends):
		ends.code = 1
	}
	if said := err.Error(); said != "" {
		fmt.Fprintln(os.Stderr, said)
	}
	return ends.code
}

// exit is how a command ends whose exit code says more than whether it went well.
type exit struct {
	code int
	error
}

// Command is the command line.
func Command(out, logs io.Writer) *cobra.Command {
	root := &cobra.Command{
		Use: "lendgate", Short: "One gateway between merchant platforms and financing providers",
		SilenceUsage: true, SilenceErrors: true, Version: Version,
	}
	root.SetOut(out)
	root.AddCommand(adapterCommand())
	root.AddCommand(serveCommand(out, logs), sandboxCommand(out, logs), keysCommand(), configCommand(), verifyCommand(), backupCommand(), restoreCommand())
	root.AddCommand(certifyCommand())
	return root
}

func newLog(w io.Writer) *slog.Logger { return slog.New(slog.NewJSONHandler(w, nil)) }

func serveCommand(out, logs io.Writer) *cobra.Command {
	o := Options{Out: out, Log: newLog(logs)}
	c := &cobra.Command{Use: "serve", Short: "Run the gateway", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return Run(c.Context(), o) }}
	c.Flags().StringVar(&o.Config, "config", "providers.yaml", "configuration file")
	c.Flags().StringVar(&o.Data, "data", "", "data folder (default: the configuration's)")
	c.Flags().StringVar(&o.Address, "address", "", "host:port to listen on (default: the configuration's)")
	c.Flags().BoolVar(&o.Sandbox, "sandbox", false, "start the simulated lenders too, and take literal secrets")
	c.Flags().StringVar(&o.Lenders, "lenders", "127.0.0.1:8081", "host:port of the simulated lenders; empty: they run elsewhere")
	return c
}

func sandboxCommand(out, logs io.Writer) *cobra.Command {
	var address, data string
	c := &cobra.Command{Use: "sandbox", Short: "Run the simulated lenders alone", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return runSandbox(c.Context(), address, data, out, newLog(logs))
		}}
	c.Flags().StringVar(&address, "address", "127.0.0.1:8081", "host:port to listen on")
	c.Flags().StringVar(&data, "data", "", "folder of the journal (default: keep none)")
	return c
}

func runSandbox(ctx context.Context, address, data string, out io.Writer, log *slog.Logger) error {
	world, err := sandbox.New(sandbox.Options{Dir: data, Now: time.Now, Lenders: sandbox.Defaults(), Log: log})
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return err
	}
	server := api.NewServer(address, world.Handler())
	stopped := context.AfterFunc(ctx, func() { _ = server.Close() })
	defer stopped()
	fmt.Fprintf(out, "simulated lenders on http://%s\n", address)
	_ = server.Serve(listener)
	return world.Close()
}
