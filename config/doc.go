// Package config reads providers.yaml, the one file that says which lenders Lendgate talks to.
//
// It parses and locates. It knows every key of the file except the settings of a provider, because
// those belong to the provider's style and this package knows no style: they stay a located tree
// which the caller reads by name. Whatever is wrong, here or in what the caller finds, ends up in
// one list that names file, line, column and path and says what to do:
//
//	file, err := config.Load("providers.yaml", config.Options{})
//	var mistakes config.Mistakes
//	mistakes.Include(err)
//	for _, provider := range file.Providers {
//		settings := provider.For("")              // or a merchant's name
//		settings.Require("client_id", "client_secret")
//		id := settings.Text("client_id")
//		secret := settings.Secret("client_secret") // prints as [redacted]
//		mistakes.Include(settings.Mistakes().Err()) // what was read wrong, and what nobody read
//		if unknown(provider.Style) {
//			mistakes.Add(provider.At.Field("style"), "is not a style; did you mean %q?", ...)
//		}
//	}
//	return mistakes.Err()
//
// A file with mistakes still gives a File, so that all of them can be found in one go and so that
// one bad provider does not stop the others: mistakes.Under(provider.At) tells which are its own.
//
// The names to know: File (what the file says, defaults filled in), Settings (one map of the file,
// read by name with a type), Mistakes (everything that is wrong).
//
// The file is YAML without its surprises: no anchors, aliases, merge keys, tags, empty values or
// second document; text that looks like a number is quoted. A secret never stands in the file.
// ${env:NAME} and ${file:/path} are looked up after parsing, inside a single value, so nothing in a
// variable can add a key or a provider. No message repeats a value of the file.
//
// A contract that a provider names is read as text, beside the file; what it says is the caller's business.
//
// Compare says what two files say differently, by name, and shows no setting.
//
// Schema describes the same file for editors; forms.go holds what both it and the reader obey.
//
// The package imports the standard library and YAML only, and nothing of Lendgate.
package config
