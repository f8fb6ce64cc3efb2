package gateway

import (
	"fmt"

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
