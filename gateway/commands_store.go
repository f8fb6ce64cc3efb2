package gateway

import (
	"fmt"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"
)

// folder is a gateway's data, and the configuration that may hold its key.
type folder struct{ data, config string }

func folderFlags(c *cobra.Command) *folder {
	var at folder
	c.PersistentFlags().StringVar(&at.data, "data", "data", "data folder of the gateway")
	c.PersistentFlags().StringVar(&at.config, "config", "providers.yaml", "configuration: the key of an encrypted store is in it")
	return &at
}

func verifyCommand() *cobra.Command {
	c := &cobra.Command{Use: "verify", Short: "Check files, records, history, books and timers against each other", Args: cobra.NoArgs}
	at := folderFlags(c)
	c.RunE = func(c *cobra.Command, _ []string) error {
		v, err := verify(c.Context(), at.data, at.config)
		if err != nil {
			return err
		}
		if err := v.print(c.OutOrStdout()); err != nil {
			return err
		}
		if found := len(v.findings()); found > 0 {
			return fmt.Errorf("%d findings", found)
		}
		return nil
	}
	return c
}

func backupCommand() *cobra.Command {
	var to string
	var full bool
	c := &cobra.Command{Use: "backup", Short: "Add a backup to a folder, while the gateway runs or not: what changed since the last one there", Args: cobra.NoArgs}
	at := folderFlags(c)
	c.Flags().StringVar(&to, "to", "", "folder of the backups (required)")
	c.Flags().BoolVar(&full, "full", false, "everything, whatever is there already")
	_ = c.MarkFlagRequired("to")
	c.RunE = func(c *cobra.Command, _ []string) error {
		made, err := backup(c.Context(), *at, to, full)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(c.OutOrStdout(), "commits %d to %d, %d values and %d deletions, as of %s; chain head %s\n",
			made.Since, made.Commit, made.Values, made.Deletions, made.At.Format(time.RFC3339), made.Hash)
		return err
	}
	return c
}

func restoreCommand() *cobra.Command {
	var from string
	c := &cobra.Command{Use: "restore", Short: "Make a new data folder from the newest backups of a folder", Args: cobra.NoArgs}
	at := folderFlags(c)
	c.Flags().StringVar(&from, "from", "", "folder of the backups (required)")
	_ = c.MarkFlagRequired("from")
	c.RunE = func(c *cobra.Command, _ []string) error {
		made, err := restore(c.Context(), from, *at)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(c.OutOrStdout(), restoredText, filepath.Join(at.data, "store"), made.Commit, made.At.Format(time.RFC3339))
		return err
	}
	return c
}

const restoredText = `restored %s up to commit %d: everything acknowledged before %s is in it
When the gateway starts, every provider is in quarantine: nothing is sent until each order that was open has been
read at its lender. A lender that has no list of orders cannot tell what is missing since: look there, then
POST /v1/providers/{id}/release with the reason. GET /v1/providers shows how far it has come.
`
