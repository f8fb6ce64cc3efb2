package telemetry_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// alert is a rule as the file has it.
type alert struct {
	Name        string `yaml:"alert"`
	Expr        string
	Labels      map[string]string
	Annotations map[string]string
}

func alerts(t *testing.T) (all []alert) {
	t.Helper()
	var file struct{ Groups []struct{ Rules []alert } }
	if err := yaml.Unmarshal([]byte(read(t, "alerts.yaml")), &file); err != nil {
		t.Fatal(err)
	}
	for _, group := range file.Groups {
		all = append(all, group.Rules...)
	}
	if len(all) == 0 {
		t.Fatal("there are no alerts")
	}
	return all
}

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestEveryAlertSaysWhatToDoAndHasARunbookSectionAndATest(t *testing.T) {
	runbook, tests := read(t, "../../RUNBOOK.md"), read(t, "alerts_test.yaml")
	for _, a := range alerts(t) {
		if !strings.Contains(runbook, "\n## "+a.Name+"\n") || a.Annotations["runbook"] != "RUNBOOK.md#"+strings.ToLower(a.Name) {
			t.Errorf("%s has no section in the runbook, or does not name it: %q", a.Name, a.Annotations["runbook"])
		}
		if a.Annotations["summary"] == "" || a.Annotations["action"] == "" || !slices.Contains([]string{"page", "ticket"}, a.Labels["severity"]) {
			t.Errorf("%s: got %v %v", a.Name, a.Labels, a.Annotations)
		}
		if !strings.Contains(tests, "alertname: "+a.Name+"\n        exp_alerts:") {
			t.Errorf("%s is never seen to fire in the tests of the rules", a.Name)
		}
	}
}

// TestTheRules has Prometheus' own tool judge the rules, where it is on the machine.
func TestTheRules(t *testing.T) {
	promtool, err := exec.LookPath("promtool")
	if err != nil {
		t.Skip("promtool is not on this machine")
	}
	for _, arguments := range [][]string{{"check", "rules", "alerts.yaml"}, {"test", "rules", "alerts_test.yaml"}} {
		if said, err := exec.Command(promtool, arguments...).CombinedOutput(); err != nil {
			t.Errorf("promtool %v: %v\n%s", arguments, err, said)
		}
	}
}

func TestTheDashboardCanBeRead(t *testing.T) {
	var dashboard struct {
		Panels []struct {
			Title   string
			Targets []struct{ Expr string }
		}
	}
	if err := json.Unmarshal([]byte(read(t, "dashboard.json")), &dashboard); err != nil {
		t.Fatal(err)
	}
	if len(dashboard.Panels) == 0 {
		t.Error("there are no panels")
	}
	for _, p := range dashboard.Panels {
		if p.Title == "" || len(p.Targets) == 0 || p.Targets[0].Expr == "" {
			t.Errorf("got %v", p)
		}
	}
}
