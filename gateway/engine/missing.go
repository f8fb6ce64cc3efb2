package engine

import (
	"context"

	"github.com/lendgate/lendgate/canonical"
)

// missing stands for a provider that is switched off or not configured any more, where its orders must be
// written all the same. It can do nothing.
type missing struct{ id string }

func (m missing) Describe() canonical.Provider { return canonical.Provider{ID: m.id} }

func (missing) Able(canonical.Order) []canonical.Ability { return nil }

func (m missing) Prepare(canonical.Command) (canonical.Request, error) {
	return canonical.Request{}, m.off()
}

func (m missing) Send(context.Context, canonical.Command, canonical.Request) (canonical.Outcome, error) {
	return canonical.Outcome{}, m.off()
}

func (m missing) Read(context.Context, canonical.Query) (canonical.Report, error) {
	return canonical.Report{}, m.off()
}

func (missing) Evidence(string) canonical.Evidence { return canonical.Evidence{} }

func (m missing) Notice(canonical.Message) (canonical.Notice, error) {
	return canonical.Notice{}, m.off()
}

func (m missing) off() error {
	return &canonical.Error{Kind: canonical.ProviderOff, Provider: m.id, Detail: "provider " + m.id + " is switched off"}
}
