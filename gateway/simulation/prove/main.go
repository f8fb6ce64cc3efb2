// Command prove runs the harnesses, one after the other, and prints what they counted.
//
//	go run ./gateway/simulation/prove -short              short forms, nothing is recorded
//	go run ./gateway/simulation/prove -for 40m            long forms, so long each; records add up, RELIABILITY.md is rendered
//	go run ./gateway/simulation/prove -for 1h -only simulation
package main

import (
	"errors"
	"flag"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/lendgate/lendgate/gateway/simulation/proof"
)

const (
	recordsFolder = "gateway/simulation/records"
	page          = "RELIABILITY.md"
)

func main() {
	short := flag.Bool("short", false, "run the short forms and record nothing")
	long := flag.Duration("for", 0, "how long each long form may run")
	only := flag.String("only", "", "names of the harnesses to run, with commas between them; empty: all")
	flag.Parse()
	if err := prove(*short, *long, *only); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func prove(short bool, long time.Duration, only string) error {
	if !short && long <= 0 {
		return errors.New("say -short, or -for how long")
	}
	folder := recordsFolder
	if short {
		temporary, err := os.MkdirTemp("", "records")
		if err != nil {
			return err
		}
		defer os.RemoveAll(temporary)
		folder = temporary
	}
	folder, err := absolute(folder)
	if err != nil {
		return err
	}
	var failed error
	for _, h := range proof.Harnesses {
		if only == "" || slices.Contains(strings.Split(only, ","), h.Name) {
			failed = errors.Join(failed, run(h, folder, long))
		}
	}
	return errors.Join(failed, report(folder, short))
}

func run(h proof.Harness, folder string, long time.Duration) error {
	fmt.Printf("\n%s: %s\n", h.Name, h.Title)
	test := exec.Command("go", "test", "-count=1", "-timeout=0", "-run", h.Run, h.Package)
	test.Env = append(os.Environ(), proof.Environment(folder, long)...)
	test.Stdout, test.Stderr = os.Stdout, os.Stderr
	if err := test.Run(); err != nil {
		return fmt.Errorf("%s: %w", h.Name, err)
	}
	return nil
}

func absolute(folder string) (string, error) {
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return "", err
	}
	here, err := os.Getwd()
	if err != nil || strings.HasPrefix(folder, "/") {
		return folder, err
	}
	return here + "/" + folder, nil
}

// report prints the counts; of recorded runs it renders the page too, and says which goals are not reached yet.
func report(folder string, short bool) error {
	runs, err := proof.Records(folder)
	if err != nil {
		return err
	}
	to := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
	for _, r := range runs {
		fmt.Fprintf(to, "\n%s\t\t\n", r.Harness)
		for _, name := range slices.Sorted(maps.Keys(r.Counts)) {
			fmt.Fprintf(to, "%s\t%d\t\n", name, r.Counts[name])
		}
	}
	if err := to.Flush(); err != nil || short {
		return err
	}
	for _, h := range proof.Harnesses {
		for _, r := range runs {
			if r.Harness == h.Name {
				for _, missed := range h.Missed(r) {
					fmt.Printf("%s: not there yet: %s\n", h.Name, missed)
				}
			}
		}
	}
	return os.WriteFile(page, []byte(proof.Render(runs)), 0o644)
}
