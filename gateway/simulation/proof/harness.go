package proof

// Harness is a test that hunts, and what its counts mean.
type Harness struct {
	Name    string // of its record
	Title   string
	What    string // it does, and what must not happen
	Package string // below the module
	Run     string // pattern of its tests
	Goal    []Goal // of the recorded long run
}

// Goal is a count that a long run must reach; one of zero must stay there.
type Goal struct {
	Count string
	Least int64
	Never bool
}

// Harnesses lists every harness once, in the order they are run and shown.
var Harnesses = []Harness{
	{
		Name: "simulation", Title: "Simulated lives", Package: "./gateway/simulation", Run: "^TestSimulatedLivesKeepEveryInvariant$",
		What: "The real engine and the real adapters on virtual time and one goroutine: two orders of different styles, merchants that retry, double-click and hang up, faults of every kind, crashes at any point, then healing; every invariant is checked.",
		Goal: []Goal{{Count: "operations", Least: 10_000_000}},
	},
	{
		Name: "crashes", Title: "Every single crash", Package: "./gateway/simulation", Run: "^TestEveryCrashHeals$",
		What: "Each scenario is stopped at each of its crash points, for every style and with lost and failing replies; short ones at pairs of points.",
		Goal: []Goal{{Count: "cases", Least: 20_000}},
	},
}
