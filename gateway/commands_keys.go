package gateway

import (
	"context"
	"errors"
	"fmt"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/lendgate/lendgate/canonical"
	"github.com/lendgate/lendgate/state"
)

func keysCommand() *cobra.Command {
	c := &cobra.Command{Use: "keys", Short: "Create, list and revoke API keys"}
	at := folderFlags(c)
	c.AddCommand(createKeyCommand(at), listKeysCommand(at), revokeKeyCommand(at))
	return c
}

// withKeys uses the gateway that runs on the data folder, or the store itself where none runs.
func withKeys(ctx context.Context, folder folder, use func(keyring) error) error {
	if running, up := dialGateway(folder.data); up {
		return use(running)
	}
	store, err := openStore(folder.data, folder.config)
	if err != nil {
		return err
	}
	e, err := offline(ctx, folder.data, store)
	if err == nil {
		err = use(e)
	}
	return errors.Join(err, store.Close())
}

func createKeyCommand(at *folder) *cobra.Command {
	var wanted state.APIKey
	var role, mode string
	c := &cobra.Command{Use: "create", Short: "Make a key; it is shown once", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			wanted.Role, wanted.Mode = state.Role(role), canonical.Mode(mode)
			return withKeys(c.Context(), *at, func(keys keyring) error {
				made, text, err := keys.NewKey(c.Context(), wanted)
				if err == nil {
					fmt.Fprintf(c.OutOrStdout(), "%s\n%s\n", made.ID, text)
				}
				return err
			})
		}}
	c.Flags().StringVar(&role, "role", "merchant", "merchant, read, platform or operator")
	c.Flags().StringVar(&mode, "mode", "test", "live or test")
	c.Flags().StringVar(&wanted.Merchant, "merchant", "", "whose key it is, for merchant and read")
	c.Flags().StringVar(&wanted.Name, "name", "", "what it is for")
	return c
}

func listKeysCommand(at *folder) *cobra.Command {
	return &cobra.Command{Use: "list", Short: "List the keys", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return withKeys(c.Context(), *at, func(keys keyring) error {
				list, err := keys.Keys(c.Context())
				w := tabwriter.NewWriter(c.OutOrStdout(), 0, 0, 2, ' ', 0)
				fmt.Fprintln(w, "ID\tROLE\tMODE\tMERCHANT\tCREATED\tREVOKED\tNAME")
				for _, k := range list {
					revoked := ""
					if k.RevokedAt != nil {
						revoked = k.RevokedAt.Format("2006-01-02 15:04")
					}
					fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s\n", k.ID, k.Role, k.Mode, k.Merchant, k.CreatedAt.Format("2006-01-02 15:04"), revoked, k.Name)
				}
				return errors.Join(err, w.Flush())
			})
		}}
}

func revokeKeyCommand(at *folder) *cobra.Command {
	return &cobra.Command{Use: "revoke ID", Short: "End a key at once", Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			return withKeys(c.Context(), *at, func(keys keyring) error { return keys.RevokeKey(c.Context(), args[0]) })
		}}
}
