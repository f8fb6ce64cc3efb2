package proof

// Harness is a test that hunts, and what its counts mean.
type Harness struct {
	Name    string // of its record
	Title   string
	What    string   // it does, and what must not happen
	Package string   // below the module
	Run     string   // pattern of its tests
	Goal    []Goal   // of the recorded long run
	Of      []string // folders its record speaks for; nil: all that serves
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
		What: "The real engine and the real adapters on virtual time and one goroutine: two orders of different styles, merchants that retry, double-click and hang up, faults of every kind, crashes at any point, then healing; every invariant is checked against the lenders' own ledger.",
		Goal: []Goal{{Count: "operations", Least: 10_000_000}},
	},
	{
		Name: "crashes", Title: "Every single crash", Package: "./gateway/simulation", Run: "^TestEveryCrashHeals$",
		What: "Each scenario is stopped at each of its crash points, for every style and with lost and failing replies; short ones at pairs of points.",
		Goal: []Goal{{Count: "cases", Least: 20_000}},
	},
	{
		Name: "planted-bugs", Title: "Planted bugs", Package: "./gateway/simulation/planted", Run: "^TestEveryPlantedBugIsCaught$",
		What: "Slips that somebody could make, planted one at a time into the code of the product: the suite must go red and name what broke.",
		Goal: []Goal{{Count: "planted", Least: 60}, {Count: "caught", Least: 60}},
	},
	evil("creditkey"), evil("spendoption"), evil("ecster"), evil("iwocapay"), evil("cryptopay"),
	{
		Name: "bad-requests", Title: "Bad requests", Package: "./gateway/api", Run: "^TestBadRequestsAreRefusedAndDoNothing$",
		What: "Requests that break the contract in every way a generator over the OpenAPI document can find: a well-formed problem, no 5xx, nothing written, no lender called.",
		Goal: []Goal{{Count: "requests", Least: 1_000_000}, {Count: "5xx", Never: true}, {Count: "store writes", Never: true}, {Count: "lender calls", Never: true}},
	},
	{
		Name: "process-kill", Title: "Killed under load", Package: "./gateway", Run: "^TestKilledUnderLoad$",
		What: "The real binary, real badger and the lenders as another process: merchants at work, kill -9 again and again, then the books of every order, every answer and every key are compared.",
		Goal: []Goal{{Count: "kills of the gateway", Least: 1_000}},
	},
	{
		Name: "process-restore", Title: "Restore drills", Package: "./gateway", Run: "^TestRestoreDrill$",
		What: "Backups under load, life that goes on after the last one, the data folder destroyed: the restored gateway sends nothing before it has compared what it knows, and in the end the books are the lenders' again.",
		Goal: []Goal{{Count: "never: requests that moved something in quarantine", Never: true}},
	},
	{
		Name: "process-clock", Title: "Time under load", Package: "./gateway", Run: "^TestTimePassesWhileMerchantsWork$",
		What: "The clock is moved again and again while merchants work and lenders misbehave; then the books are compared.",
	},
	{
		Name: "process-damage", Title: "Flipped bits under the binary", Package: "./gateway", Run: "^TestAFlippedBitIsNeverSilent$",
		What: "One bit of the data folder is changed after a stop or a kill: the gateway refuses to start and says why, or all that it ever told is there.",
		Goal: []Goal{{Count: "never: silent", Never: true}},
	},
	{
		Name: "store-kill", Title: "The store killed", Package: "./state/badger", Of: storing, Run: "^TestAKilledProcessLosesNothingItAcknowledged$",
		What: "kill -9 of a process that writes: nothing acknowledged is lost, nothing is half there.",
		Goal: []Goal{{Count: "kills", Least: 1_000}, {Count: "lost", Never: true}},
	},
	{
		Name: "store-corruption", Title: "Damaged files", Package: "./state/badger", Of: storing, Run: "^TestADamagedFileIsNeverSilent$",
		What: "Bits flipped in any file of the store: it is refused, or whole; never silently less.",
		Goal: []Goal{{Count: "files corrupted", Least: 5_000}, {Count: "silent", Never: true}},
	},
	never("store-missing-file", "A file is missing", "^TestAMissingFileIsNeverSilent$", "Each file of the store is removed in turn.", "silent"),
	never("store-stale-file", "A file of an earlier time", "^TestAFileOfAnEarlierTimeIsNeverSilent$", "One file is rolled back to an earlier state of the same store.", "silent"),
	never("store-torn-tail", "Torn tails", "^TestATornTailIsAllOrNothing$", "The newest log is cut at any byte of its tail: what a commit wrote is all there or not at all.", "silent"),
	never("store-full-disk", "Full disks", "^TestAFullDiskLosesNothingThatWasAcknowledged$", "A disk is filled step by step while a process writes; then there is room again.", "lost"),
	never("store-power-cut", "Power cuts", "^TestAPowerCutLosesNothingThatWasAcknowledged$", "The image of a mounted disk is copied as a power cut would leave it. Where there are no loop devices it is skipped.", "lost"),
}

// never is a harness of the store that must never find one thing.
func never(name, title, run, what, count string) Harness {
	return Harness{Name: name, Title: title, Package: "./state/badger", Run: run, What: what, Of: storing, Goal: []Goal{{Count: count, Never: true}}}
}

// evil is the harness of one style's replies.
func evil(style string) Harness {
	return Harness{
		Name: "evil-answers-" + style, Title: "Evil answers of " + style, Package: "./adapters/" + style, Of: asking, Run: "^TestEvilAnswers$",
		What: "Answers that are bent in every way: never a panic, and never money taken for moved unless the answer says so for this amount, currency and reference.",
	}
}
