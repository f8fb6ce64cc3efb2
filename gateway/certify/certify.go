package certify

import (
	"cmp"
	"context"

	"github.com/lendgate/lendgate/adapters"
	"github.com/lendgate/lendgate/adapters/adaptertest"
	"github.com/lendgate/lendgate/adapters/declared"
)

// Subject is what is certified: a contract or a Go style, with what its lender does and what was recorded of it.
type Subject struct {
	file      string // of the contract, or of the block
	adapter   adapters.Adapter
	define    adapters.Definition
	block     *block
	stories   []*story
	against   string             // the lender itself, where it is one
	only      []fateName         // faults that are tried; nil: all
	real      context.Context    // as long as it lasts; nil: virtual time
	transport adapters.Transport // to the lender itself
	customers Remote
	harness   *adaptertest.Harness // nil: its recorded exchanges are judged in its own tests
	contract  *declared.Contract   // nil: it is written in Go
}

// Report is what certification found.
type Report struct {
	Lender      string      `json:"lender"`
	Title       string      `json:"title"`
	File        string      `json:"file"`
	Source      string      `json:"source"` // of what the lender does
	Against     string      `json:"against,omitempty"`
	Good        bool        `json:"good"`
	Conformance []Complaint `json:"conformance"`
	Matrix      []Cell      `json:"matrix"`
	Claims      []Claim     `json:"claims"`
}

// Complaint is a rule of conformance that does not hold.
type Complaint struct {
	Rule string `json:"rule"`
	What string `json:"what"`
}

// Run certifies. An error means that it could not be tried.
func (s *Subject) Run() (*Report, error) {
	r := &Report{Lender: s.adapter.Name, Title: s.adapter.Title, File: s.file, Source: s.block.Source, Against: named(s.against), Good: true, Conformance: []Complaint{}}
	if s.harness != nil {
		complaints, err := adaptertest.Check(*s.harness)
		if err != nil {
			return nil, err
		}
		for _, c := range complaints {
			r.Conformance = append(r.Conformance, Complaint(c))
		}
	}
	if s.contract != nil && s.harness != nil {
		unseen, err := s.unseen(s.contract)
		if err != nil {
			return nil, err
		}
		r.Conformance = append(r.Conformance, unseen...)
	}
	var err error
	if r.Matrix, err = s.matrix(); err != nil {
		return nil, err
	}
	r.Claims = s.claims(r.Matrix)
	r.judge()
	return r, nil
}

// judge says whether everything holds that could be tried.
func (r *Report) judge() {
	r.Good = len(r.Conformance) == 0
	for _, c := range r.Matrix {
		r.Good = r.Good && c.Verdict != Fail
	}
	for _, c := range r.Claims {
		r.Good = r.Good && c.Standing != Refuted
	}
}

// lender is a fresh lender for one life.
func (s *Subject) lender(told *story) (lender, error) {
	if s.real != nil {
		return &remote{transport: s.transport}, nil
	}
	if s.block.Simulated != nil {
		return newStand(s.adapter.Name)
	}
	return newTeller(told), nil
}

// base is the lender's address. A simulated lender signs and verifies its own.
func (s *Subject) base() string {
	if s.against != "" {
		return s.against
	}
	return baseURL + s.adapter.Name
}

// titled is how a report names the lender.
func (r *Report) titled() string { return cmp.Or(r.Title, r.Lender) }
