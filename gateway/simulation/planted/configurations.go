package planted

// configurations are slips in how a configuration takes the place of another while orders are open.
var configurations = []Bug{
	{
		Name: "open orders do not hold a provider where it is", File: "gateway/engine/clash.go",
		Old:  "if parts, leaves := all[i].leaves(o); leaves {",
		New:  "if parts, leaves := all[i].leaves(o); leaves && o.Phase == \"\" {",
		Rule: "UNK-6: only the right lender's word ends a doubt", Invariant: undoneThere,
		Suite: by("gateway/engine", "TestWhichConfigurationsOpenOrdersForbid"),
	},
	{
		Name: "an order may begin at a lender that is being left", File: "gateway/engine/configured.go",
		Old:  "if err == nil && lenderOf(record.Lender, p.Credential) != p.Lender {",
		New:  "if err == nil && lenderOf(record.Lender, p.Credential) == \"\" {",
		Rule: "UNK-6: only the right lender's word ends a doubt", Invariant: undoneThere,
		Suite: by("gateway/engine", "TestANewOrderAtALenderThatIsLeft"),
	},
	{
		Name: "a replaced secret is taken for ever", File: "adapters/client.go",
		Old:  "if m.At.Before(former.Until) && former.Verify(m) {",
		New:  "if former.Verify(m) {",
		Rule: "SEC-12: secrets are rotated", Invariant: secretsStay,
		Suite: by("gateway", "TestAReplacedSecretIsTakenNoLongerThanADay"),
	},
	{
		Name: "a configuration with mistakes is taken as far as it can be read", File: "gateway/reload.go",
		Old:  "\tif len(mistakes) > 0 {\n\t\tfor",
		New:  "\tif len(mistakes) > 1000 {\n\t\tfor",
		Rule: "CONF-116: a file is taken whole or not at all", Invariant: noTrace,
		Suite: by("gateway", "TestAFileThatIsWrongChangesNothing"),
	},
}
