package gateway

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"net/url"
	"time"

	"github.com/spf13/cobra"

	"github.com/lendgate/lendgate/gateway/certify"
)

// The exit codes of certify.
const (
	exitRefuted = 1
	exitUntried = 2
)

// certifying is what certify is asked for.
type certifying struct {
	asJSON bool
	sure   bool
	certify.Remote
}

func certifyCommand() *cobra.Command {
	var o certifying
	c := &cobra.Command{
		Use: "certify [FILE|STYLE]", Short: "Try a contract or a style under every fault, and say what would go wrong with money",
		Long: certifyHelp, Args: cobra.MaximumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) == 0 {
				return o.all(c.OutOrStdout())
			}
			o.Out = c.ErrOrStderr()
			report, err := o.run(c.Context(), args[0])
			if err != nil {
				return exit{exitUntried, err}
			}
			return o.write(c.OutOrStdout(), report)
		},
	}
	c.Flags().BoolVar(&o.asJSON, "json", false, "print the report as JSON")
	c.Flags().StringVar(&o.URL, "against", "", "try the lender itself: the address of its sandbox")
	c.Flags().StringArrayVar(&o.Set, "set", nil, "with --against, a setting: name=value, for secrets name=${env:NAME}")
	c.Flags().StringArrayVar(&o.Faults, "fault", nil, "with --against, a fault to try, such as \"lost after acting\" (default: all that can be made from here)")
	c.Flags().DurationVar(&o.Wait, "wait", 5*time.Minute, "with --against, how long to wait for a customer at the lender")
	c.Flags().BoolVar(&o.sure, "yes", false, "with --against, this is a sandbox, and what the lives say may happen there")
	return c
}

// all certifies every lender that comes with Lendgate, a line each, and says of those that are not good why.
func (o *certifying) all(out io.Writer) error {
	if o.asJSON || o.URL != "" {
		return exit{exitUntried, errors.New("--json and --against are about one lender: name it")}
	}
	good := true
	for _, name := range certify.Names() {
		report, err := o.run(context.Background(), name)
		if err != nil {
			return exit{exitUntried, err}
		}
		if good = good && report.Good; !report.Good {
			report.Write(out)
			continue
		}
		fmt.Fprintf(out, "%-12s good: %d operations under faults, %d claims\n", name, len(report.Matrix), len(report.Claims))
	}
	if !good {
		return exit{exitRefuted, errors.New("")}
	}
	return nil
}

func (o *certifying) run(ctx context.Context, target string) (*certify.Report, error) {
	subject, err := certify.Load(target)
	if err != nil {
		return nil, err
	}
	if o.URL == "" {
		return subject.Run()
	}
	if !o.sure && !onThisMachine(o.URL) {
		return nil, errors.New("--against makes orders and moves money there: say --yes if this is the lender's sandbox, never where money is real")
	}
	if subject, err = subject.Against(ctx, o.Remote); err != nil {
		return nil, err
	}
	return subject.Run()
}

// onThisMachine says whether an address is a loopback one.
func onThisMachine(address string) bool {
	u, err := url.Parse(address)
	if err != nil {
		return false
	}
	ip, err := netip.ParseAddr(u.Hostname())
	return u.Hostname() == "localhost" || (err == nil && ip.IsLoopback())
}

func (o *certifying) write(out io.Writer, report *certify.Report) (err error) {
	if o.asJSON {
		encoder := json.NewEncoder(out)
		encoder.SetEscapeHTML(false)
		encoder.SetIndent("", "  ")
		err = encoder.Encode(report)
	} else {
		report.Write(out)
	}
	if err == nil && !report.Good {
		err = exit{exitRefuted, errors.New("")}
	}
	return err
}

const certifyHelp = `Try a contract, or a style that comes with Lendgate, before it moves money.

The real engine and the real client play the lives of an order that the contract's "lender:" block tells, in
virtual time, against a lender that does what the block says. Every operation is tried under every fault: replies
lost before and after the lender acts, errors, slow lenders, requests that arrive twice, wrong replies, forged
notifications. Then our books are held against what the lender did.

FILE is a contract with its recorded cases in the folder NAME/cases beside it; STYLE is a lender that comes with
Lendgate. Without a name all of these are tried. Nothing is sent anywhere, but with --against: then the same lives happen at the lender's sandbox, with the
faults that can be made on this side of the network, and the lender's own reads judge. Where a customer must act, the
address is printed.

Ends with 0 where everything holds, 1 where something does not, 2 where it could not be tried.`
