package lender

import "time"

// What some lenders can do besides. A lender that has no such thing does not implement it.

// Timed is a lender that does something when its time has come, whether or not anybody asks.
type Timed interface {
	// Due says when the next is.
	Due() (at time.Time, waiting bool)
	// Wake does what is due up to now. Nothing that is due by then is left.
	Wake(now time.Time)
}

// Liar is a lender whose answers name something that can be said wrongly.
type Liar interface {
	// Lies lists the places in its answers.
	Lies() []Lie
}

// Sealer is a lender that signs answers.
type Sealer interface {
	// Seal signs an answer whose body was changed, if it is one that was signed.
	Seal(*Reply)
}

// Forger is a lender whose notifications somebody else can imitate.
type Forger interface {
	// Forge returns what somebody sends who knows how a notification looks but not the secret: the
	// same shape and the same names, another message.
	Forge(Notice) Notice
}

// Rewinder is a lender that can be asked as it was.
type Rewinder interface {
	// Rewound returns the lender as it was before anything happened to it.
	Rewound() Lender
}
