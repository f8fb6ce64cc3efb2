package gateway

import (
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/spf13/cobra"

	"github.com/lendgate/lendgate/adapters"
	"github.com/lendgate/lendgate/config"
)

func configCommand() *cobra.Command {
	c := &cobra.Command{Use: "config", Short: "Check the configuration, compare two, print the schema"}
	var literal bool
	check := &cobra.Command{Use: "check FILE", Short: "Say everything that is wrong with a configuration", Args: cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			_, err := checkConfig(args[0], literal)
			return err
		}}
	diff := &cobra.Command{Use: "diff OLD NEW", Short: "Say what would change; ends with 0 for nothing, 1 for something, 2 for a file that is wrong", Args: cobra.ExactArgs(2),
		RunE: func(c *cobra.Command, args []string) error {
			return diffConfigs(c.OutOrStdout(), args[0], args[1], literal)
		}}
	for _, each := range []*cobra.Command{check, diff} {
		each.Flags().BoolVar(&literal, "sandbox", false, "take literal secrets")
	}
	schema := &cobra.Command{Use: "schema", Short: "Print the JSON Schema of providers.yaml", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			_, err := c.OutOrStdout().Write(config.Schema(settingSchemas()))
			return err
		}}
	c.AddCommand(check, diff, schema)
	return c
}

// checkConfig tells every mistake: the file's own, and those of every style's settings.
func checkConfig(path string, literal bool) (*config.File, error) {
	file, err := config.Load(path, config.Options{LiteralSecrets: literal})
	var mistakes config.Mistakes
	if err != nil && !errors.As(err, &mistakes) {
		return nil, err
	}
	newProviders(file, environment{publicURL: file.Server.PublicURL, now: (&clock{}).Now}, nil, &mistakes).close(nil)
	return file, mistakes.Err()
}

// The exit codes of a comparison are those of diff(1).
const (
	exitDiffers = 1
	exitWrong   = 2
)

func diffConfigs(out io.Writer, before, after string, literal bool) error {
	was, err := checkConfig(before, literal)
	is, failed := checkConfig(after, literal)
	if err := errors.Join(err, failed); err != nil {
		return exit{exitWrong, err}
	}
	all := config.Compare(was, is)
	for _, d := range all {
		fmt.Fprintln(out, sentence(d, styleOf(was, d.Provider)))
	}
	if len(all) > 0 {
		return exit{exitDiffers, errors.New("")}
	}
	return nil
}

func styleOf(file *config.File, provider string) adapters.Adapter {
	at := slices.IndexFunc(file.Providers, func(p config.Provider) bool { return p.ID == provider })
	if at < 0 {
		return adapters.Adapter{}
	}
	style, _ := newStyles(nil).of(file.Providers[at]) // it was found when the file was checked
	return style
}

// sentence says a difference on one line. What a setting holds is in none.
func sentence(d config.Difference, style adapters.Adapter) string {
	setting := style.Setting(d.Setting)
	line := string(d.Change)
	switch {
	case setting.Secret || d.Name == "store.badger.key":
		line = "secret " + line
	case d.Before != "" && d.After != "":
		line = d.Before + " is now " + d.After
	case d.Before != "" || d.After != "":
		line += " " + d.Before + d.After
	}
	if d.Name != "" {
		line = d.Name + ": " + line
	}
	if d.Provider == "" {
		return line + " (taken by a restart alone)"
	}
	line = d.Provider + ": " + line
	switch {
	case d.Name == "" && d.Change == config.Removed, d.Name == "style", d.Name == "mode", d.Name == "base_url":
		line += " (refused while orders are open)"
	case setting.Identity && d.Merchant != "":
		line += " (refused while orders of this merchant are open)"
	case setting.Identity:
		line += " (refused while orders are open)"
	}
	return line
}
