package declared

// form is what may stand at a place of a contract. A key that no form has is refused by the reader, and
// the schema is made of the forms alone, so that the two cannot disagree.
type form struct {
	name        string   // of one that stands in several places
	kinds       []kind   // of what is no map and no list
	words       []string // the text is one of these; none: any text
	pattern     string   // of the text
	least, most int      // of a number
	keys        []key    // of a map
	each        *form    // of a map whose names are the contract's own: what stands under each
	items       *form    // of a list
	fixed       int      // how many items such a list has; 0: any number
	or          []form   // several ways to write it
	tree        bool     // of a body: keys of its own, and those that begin with $
	unread      bool     // of others; anything
}

// key is one that a map may have.
type key struct {
	name string
	form form
	must bool
	help string
}

func must(name string, f form, help string) key { return key{name, f, true, help} }
func may(name string, f form, help string) key  { return key{name, f, false, help} }

func mapOf(name string, keys ...key) form { return form{name: name, keys: keys} }
func each(f form) form                    { return form{each: &f} }
func listOf(f form) form                  { return form{items: &f} }
func either(ways ...form) form            { return form{or: ways} }
func choiceOf(words ...string) form       { return form{kinds: []kind{text}, words: words} }
func wholeOf(least, most int) form        { return form{kinds: []kind{number}, least: least, most: most} }

// many is a list, or one that stands for a list of one.
func many(f form) form { return either(f, listOf(f)) }

// The forms of what is no map.
var (
	textForm     = form{kinds: []kind{text}}
	flagForm     = form{kinds: []kind{boolean}}
	durationForm = form{kinds: []kind{text}, pattern: `^\+?(([0-9]+(\.[0-9]*)?|\.[0-9]+)(ns|us|µs|μs|ms|s|m|h))+$`}
	pointerForm  = form{kinds: []kind{text}, pattern: `^/`}
	termForm     = form{kinds: []kind{text, boolean}}          // an expression that is true or false
	leafForm     = form{kinds: []kind{text, number, boolean}}  // text, a pointer, or =expression
	valueForm    = form{kinds: []kind{text}, pattern: `^[=/]`} // a pointer, or =expression: money or a time
	templateForm = form{kinds: []kind{text}}
	requestForm  = form{kinds: []kind{text}, pattern: `^[A-Z]+ +/`}
	statusForm   = wholeOf(100, 599)
	treeForm     = form{name: "body", tree: true}
)

// find is the form that a test holds for: itself, or one of the ways to write it, or that of its items.
func (f *form) find(fits func(*form) bool) *form {
	if fits(f) {
		return f
	}
	for i := range f.or {
		if found := f.or[i].find(fits); found != nil {
			return found
		}
	}
	if f.items != nil {
		return f.items.find(fits)
	}
	return nil
}

// nothing is the form of what no form has.
var nothing form

// within is the form of the map that may stand there.
func (f *form) within() *form {
	if found := f.find(func(one *form) bool { return one.keys != nil || one.each != nil }); found != nil {
		return found
	}
	return &nothing
}

// choices are the words that a text may be.
func (f *form) choices() []string {
	if found := f.find(func(one *form) bool { return one.words != nil }); found != nil {
		return found.words
	}
	return nil
}

// key is the form under a name; nil where the map has no such key.
func (f *form) key(name string) *form {
	for i := range f.keys {
		if f.keys[i].name == name {
			return &f.keys[i].form
		}
	}
	return f.each
}

func (f *form) names() (names []string) {
	for _, k := range f.keys {
		names = append(names, k.name)
	}
	return names
}
