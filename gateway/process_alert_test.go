package gateway_test

import (
	"encoding/json"
	"fmt"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// Whether an alert fires is judged by Prometheus' own tool, where it is on the machine: it is given what the
// gateway showed before and while something was wrong, as if it had been scraped every minute.

// sample is a series and its value at one scrape.
type sample struct {
	series string
	value  float64
}

func samples(t testing.TB, metrics string) (all []sample) {
	t.Helper()
	for line := range strings.Lines(metrics) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		series, value, found := strings.Cut(strings.TrimSpace(line), "} ")
		if found {
			series += "}"
		} else {
			series, value, _ = strings.Cut(series, " ")
		}
		number, err := strconv.ParseFloat(value, 64)
		if err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		all = append(all, sample{series, number})
	}
	return all
}

// counts says whether a series only ever grows.
func (s sample) counts() bool {
	name, _, _ := strings.Cut(s.series, "{")
	return slices.ContainsFunc([]string{"_total", "_count", "_sum", "_bucket"}, func(suffix string) bool { return strings.HasSuffix(name, suffix) })
}

// wrongFor is for how many minutes something is wrong before the alerts are looked at.
const wrongFor = 10

// values are what is scraped: some minutes as before, then some in which a count grows, and all else is as it
// is now. A series that was not there begins as Prometheus sees it: with its first value.
func (s sample) values(before float64, was bool) string {
	now, past := strconv.FormatFloat(s.value, 'f', -1, 64), "_"
	if was {
		past = strconv.FormatFloat(before, 'f', -1, 64)
	}
	if was && s.counts() {
		return fmt.Sprintf("%sx9 %s+%sx%d", past, past, strconv.FormatFloat((s.value-before)/wrongFor, 'f', -1, 64), wrongFor)
	}
	return fmt.Sprintf("%sx9 %sx%d", past, now, wrongFor)
}

// wantAlerts wants the shipped rules to raise these alerts and no others, by what was shown before and while
// something was wrong: each is written as Prometheus writes its labels, without the severity.
func wantAlerts(t testing.TB, before, during string, want ...string) {
	t.Helper()
	promtool, err := exec.LookPath("promtool")
	if err != nil {
		t.Log("promtool is not on this machine: the alerts are not looked at")
		return
	}
	type series struct {
		Series string `json:"series"`
		Values string `json:"values"`
	}
	type expected struct {
		Labels string  `json:"labels"`
		Value  float64 `json:"value"`
	}
	was := make(map[string]float64)
	for _, s := range samples(t, before) {
		was[s.series] = s.value
	}
	shown := []series{{`up{job="lendgate"}`, "1x30"}}
	for _, s := range samples(t, during) {
		value, known := was[s.series]
		shown = append(shown, series{s.series, s.values(value, known)})
	}
	alerts := []expected{}
	for _, labels := range want {
		alerts = append(alerts, expected{"{" + labels + "}", 1})
	}
	rules, err := filepath.Abs("telemetry/alerts.yaml")
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(map[string]any{
		"rule_files": []string{rules}, "evaluation_interval": "1m",
		"tests": []any{map[string]any{"interval": "1m", "input_series": shown, "promql_expr_test": []any{map[string]any{
			"expr": `max by (alertname, provider, class, cause) (ALERTS{alertstate="firing"})`, "eval_time": fmt.Sprintf("%dm", 10+wrongFor), "exp_samples": alerts,
		}}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "alerts.json")
	write(t, path, string(text))
	if said, err := exec.Command(promtool, "test", "rules", path).CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, said)
	}
}

// wantShown wants lines among the metrics.
func wantShown(t testing.TB, metrics string, lines ...string) {
	t.Helper()
	for _, line := range lines {
		if !strings.Contains(metrics, line+"\n") {
			t.Errorf("the metrics do not show %s", line)
		}
	}
}
