package gateway

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/lendgate/lendgate/adapters/adaptertest"
	"github.com/lendgate/lendgate/adapters/declared"
	"github.com/lendgate/lendgate/adapters/workshop"
	"github.com/lendgate/lendgate/gateway/certify"
)

func adapterCommand() *cobra.Command {
	c := &cobra.Command{Use: "adapter", Short: "Describe a new lender: make a contract, try it, record exchanges"}
	c.AddCommand(newAdapterCommand(), checkAdapterCommand(), tryAdapterCommand(), recordAdapterCommand(), rereadAdapterCommand(), adapterSchemaCommand())
	return c
}

func checkAdapterCommand() *cobra.Command {
	return &cobra.Command{Use: "check FILE", Short: "Say everything that is wrong with a contract", Args: cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			text, err := os.ReadFile(args[0])
			if err != nil {
				return err
			}
			_, mistakes := declared.Read(args[0], text)
			return mistakes.Err()
		}}
}

func rereadAdapterCommand() *cobra.Command {
	return &cobra.Command{Use: "reread FILE", Short: "Write recorded cases anew that a contract sends or reads otherwise now; look at the difference", Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			written, err := certify.Reread(args[0])
			for _, file := range written {
				fmt.Fprintln(c.OutOrStdout(), file)
			}
			return err
		}}
}

func adapterSchemaCommand() *cobra.Command {
	return &cobra.Command{Use: "schema", Short: "Print the JSON Schema of contracts", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			_, err := c.OutOrStdout().Write(declared.Schema())
			return err
		}}
}

func newAdapterCommand() *cobra.Command {
	var dir string
	c := &cobra.Command{Use: "new NAME", Short: "Make NAME.yaml, a contract to begin with, and NAME/cases", Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			made, err := workshop.New(args[0], dir)
			for _, file := range made {
				fmt.Fprintln(c.OutOrStdout(), file)
			}
			if err == nil {
				fmt.Fprintf(c.OutOrStdout(), "\nread %s from the top, then: lendgate adapter try %s create --dry\n", made[0], made[0])
			}
			return err
		}}
	c.Flags().StringVar(&dir, "dir", ".", "folder to make it in")
	return c
}

// trialFlags are those of everything that asks a lender, or somebody in its place.
type trialFlags struct {
	workshop.Trial
	caseFile, orderFile, saveFile, from string
	entry                               int
	pasted                              []workshop.Pasted
}

func (f *trialFlags) add(c *cobra.Command) {
	set := c.Flags()
	set.StringVar(&f.caseFile, "case", "", "recorded exchange: what is asked, and without --base-url what is answered")
	set.StringVar(&f.from, "from", "", "copied exchange in place of the lender: HTTP as documentation has it, what curl -v prints, or a HAR file")
	set.IntVar(&f.entry, "entry", 0, "of a HAR file: which of its exchanges, from 1 (default: all, in their order)")
	set.StringVar(&f.orderFile, "order", "", "order that an earlier try has saved")
	set.StringVar(&f.saveFile, "save", "", "file to write the order to, as it is afterwards")
	set.StringVar(&f.BaseURL, "base-url", "", "the lender's address, such as https://sandbox.example.com")
	set.StringArrayVar(&f.Given, "set", nil, "setting, as name=value, name=${env:NAME} or name=${file:/path}")
	set.BoolVar(&f.Yes, "yes", false, "let money move at a lender that is not on this machine")
	set.DurationVar(&f.Timeout, "timeout", 25*time.Second, "how long to wait for each reply")
	set.StringVar(&f.ID, "id", "", "the lender's id of the order, where no --order has it")
	set.StringVar(&f.Phase, "phase", "", "phase of the order: created, pending, approved, open, ended (default: what the operation needs)")
	set.StringToStringVar(&f.Kept, "kept", nil, "what an earlier reply left, as name=value")
	set.StringVar(&f.Amount, "amount", "", "amount, such as 12.00 (default: all there is)")
	set.StringVar(&f.Currency, "currency", "", "currency (default: the first of the contract's)")
	set.StringVar(&f.Country, "country", "", "country of the sample customer (default SE)")
	set.StringVar(&f.Capture, "capture", "", "the lender's id of the capture that a refund belongs to")
	set.StringArrayVar(&f.Options, "option", nil, "provider option, as name=value")
	set.StringVar(&f.Message, "message", "", "message to the customer, where the lender takes one")
	set.StringVar(&f.Reason, "reason", "", "reason, where the lender takes one")
	set.BoolVar(&f.Final, "final", false, "a capture gives back what it leaves")
	set.StringVar(&f.Reference, "reference", "", "our reference of the movement (default: a new one)")
	set.StringVar(&f.Key, "key", "", "idempotency key (default: a new one)")
	set.StringVar(&f.Attempt, "attempt", "", "of find: the operation that is looked for (default create)")
}

// trial completes a trial with what its files hold.
func (f *trialFlags) trial(lender, what string) (*workshop.Trial, error) {
	machine := newMachine((&clock{}).Now, nil)
	f.What, f.Now, f.NewID = what, machine.now, machine.newID
	var err error
	if f.Lender, err = workshop.Open(lender); err != nil {
		return nil, err
	}
	if f.caseFile != "" {
		if f.orderFile != "" {
			return nil, errors.New("--case brings its own order: leave out --order")
		}
		recording, err := adaptertest.ReadRecording(f.caseFile)
		if err != nil {
			return nil, err
		}
		f.Case = &recording
	}
	if f.from != "" {
		if err := f.paste(); err != nil {
			return nil, err
		}
	}
	if f.orderFile != "" {
		if f.Order, err = workshop.ReadOrder(f.orderFile); err != nil {
			return nil, err
		}
	}
	return &f.Trial, nil
}

// paste takes what was copied for what is answered; of a notification, for what arrived.
func (f *trialFlags) paste() error {
	text, err := os.ReadFile(f.from)
	if err != nil {
		return err
	}
	if f.pasted, err = workshop.Paste(text); err != nil {
		return fmt.Errorf("%s: %w", f.from, err)
	}
	if f.entry > len(f.pasted) {
		return fmt.Errorf("%s has %d exchanges, and no entry %d", f.from, len(f.pasted), f.entry)
	}
	if f.entry > 0 {
		f.pasted = f.pasted[f.entry-1 : f.entry]
	}
	if f.What == workshop.Notification {
		f.Arrived = f.pasted[0].Message()
		return nil
	}
	if f.Replies = workshop.Crossings(f.pasted); f.Replies == nil {
		return fmt.Errorf("%s has no reply: paste it with its status line, such as HTTP/1.1 200 OK", f.from)
	}
	return nil
}

// show writes what was tried, and saves the order that it leaves.
func (f *trialFlags) show(out io.Writer, result *workshop.Result) error {
	if _, err := result.WriteTo(out); err != nil {
		return err
	}
	if all := result.Differences(f.pasted); len(all) > 0 {
		fmt.Fprintln(out, "\ncompared with what was copied")
		fmt.Fprintln(out, "  "+strings.Join(all, "\n  "))
	}
	if f.saveFile == "" || (!result.Changed && !f.Dry) {
		return nil
	}
	return workshop.SaveOrder(f.saveFile, result.After)
}

const (
	tryHelp = `Run one operation (create, authenticate, authorize, update, capture, cancel, refund), one read (sync, find, list, probe,
offers, customer_offers) or one notification of a lender, and show which row was taken and why, the request, the reply,
how each value was read, and what it means. A lender is a contract's file, or a style that comes with Lendgate.

Who answers: --base-url asks a lender; --case plays a recorded exchange and --from a copied one, without a network;
--dry sends nothing. The order is a sample, or the one that --order has and an earlier --save has written; with --dry and --save the sample is written, to be changed.
Money moves at a lender that is not on this machine only with --yes. Secrets are never shown.`
	tryExamples = `  lendgate adapter try acme.yaml create --dry
  lendgate adapter try acme.yaml sync --case acme/cases/sync.json
  lendgate adapter try acme.yaml capture --from copied.txt --id ord-1 --amount 12.00
  lendgate adapter try acme.yaml create --base-url http://127.0.0.1:9000 --set api_key=test --save order.json
  lendgate adapter try acme.yaml capture --base-url http://127.0.0.1:9000 --set api_key=test --order order.json --save order.json --amount 12.00`
)

func tryAdapterCommand() *cobra.Command {
	f := &trialFlags{}
	c := &cobra.Command{Use: "try FILE|STYLE OPERATION", Short: "Run one operation, read or notification, and show how each value was read", Args: cobra.ExactArgs(2),
		Long: tryHelp, Example: tryExamples,
		RunE: func(c *cobra.Command, args []string) error {
			trial, err := f.trial(args[0], args[1])
			if err != nil {
				return err
			}
			result, err := trial.Run(c.Context())
			if err != nil {
				return err
			}
			return f.show(c.OutOrStdout(), result)
		}}
	f.add(c)
	c.Flags().BoolVar(&f.Dry, "dry", false, "show the request, and send nothing")
	return c
}

const recordExamples = `  lendgate adapter record acme.yaml sync --base-url https://sandbox.example.com --set 'api_key=${env:ACME_API_KEY}' --order order.json --out acme/cases/sync.json
  lendgate adapter record acme.yaml capture --from copied.txt --id ord-1 --amount 12.00 --reference att-1 --out acme/cases/capture.json
  lendgate adapter record acme.yaml notification --from copied.txt --out acme/cases/notice.json`

func recordAdapterCommand() *cobra.Command {
	f := &trialFlags{}
	var out, says string
	var force bool
	c := &cobra.Command{Use: "record FILE|STYLE OPERATION --out CASE.json", Short: "As try, and write the exchange as a case, with invented values in place of secrets and persons", Args: cobra.ExactArgs(2),
		Example: recordExamples,
		RunE: func(c *cobra.Command, args []string) error {
			trial, err := f.trial(args[0], args[1])
			if err != nil {
				return err
			}
			if err := workshop.FreeForCase(out); err != nil && !force {
				return err
			}
			made, err := trial.Record(c.Context(), says)
			if made != nil {
				err = errors.Join(err, f.show(c.OutOrStdout(), made.Result))
			}
			if err != nil {
				return err
			}
			if force {
				_ = os.Remove(out) // where there is none, there is none to remove
			}
			if err := workshop.SaveCase(out, made.Text); err != nil {
				return err
			}
			made.WriteSummary(c.OutOrStdout(), out)
			return nil
		}}
	f.add(c)
	c.Flags().StringVar(&out, "out", "", "file of the case, such as acme/cases/capture.json")
	c.Flags().StringVar(&says, "says", "", "a sentence: what the case shows")
	c.Flags().BoolVar(&force, "force", false, "write over a case that is there")
	_ = c.MarkFlagRequired("out")
	return c
}
