package declared

import (
	"slices"

	"github.com/lendgate/lendgate/adapters"
	"github.com/lendgate/lendgate/canonical"
)

// The words that some keys choose from.
var (
	phases       = wordsOf(canonical.Phases)
	endings      = wordsOf(canonical.Endings)
	recoveries   = wordsOf(canonical.Recoveries)
	parties      = wordsOf([]canonical.Party{canonical.ForCustomer, canonical.ForMerchant, canonical.ForLender})
	settingKinds = wordsOf([]adapters.SettingKind{
		adapters.TextSetting, adapters.FlagSetting, adapters.IntegerSetting, adapters.DurationSetting, adapters.ChoiceSetting, adapters.ListSetting,
	})
	amountForms = wordsOf([]adapters.AmountForm{adapters.MinorInteger, adapters.MajorNumber, adapters.MajorString})
	finals      = wordsOf([]canonical.FinalCapture{canonical.FinalInOne, canonical.FinalAlways, canonical.FinalThenCancel, canonical.FinalByUpdate})
	optionTypes = wordsOf([]canonical.OptionType{canonical.TextOption, canonical.BooleanOption, canonical.IntegerOption, canonical.ListOption})
	detailTypes = append(slices.Clone(optionTypes), string(canonical.AnyOption))
	meanings    = wordsOf([]adapters.Meaning{
		adapters.MeansDeclined, adapters.MeansRefused, adapters.MeansState, adapters.MeansBusy, adapters.MeansMisconfigured,
		adapters.MeansAlreadyDone, adapters.MeansInDoubt, adapters.MeansAbsent,
	})
	operationKinds = slices.DeleteFunc(wordsOf(canonical.OperationKinds), func(kind string) bool { return kind == string(canonical.OpSync) })
)

func wordsOf[T ~string](all []T) (words []string) {
	for _, one := range all {
		words = append(words, string(one))
	}
	return words
}

var contractForm = mapOf("",
	must("contract", wholeOf(1, 1), "The version of this language: 1."),
	must("name", form{kinds: []kind{text}, pattern: plainName.String()}, "What the lender is called in providers.yaml and in the API: letters, digits, - and _."),
	must("title", textForm, "The lender's name, as people write it."),
	must("docs", textForm, "Address of the lender's public documentation."),
	may("settings", each(settingForm), "What a provider of this contract must or may be given in providers.yaml, by name."),
	must("currencies", many(textForm), "The currencies the lender takes, such as EUR."),
	must("money", moneyForm, "How the lender writes amounts."),
	must("reference", referenceForm, "What the lender takes as our number of an order."),
	may("traits", traitsForm, "How this lender differs from others as a whole."),
	must("auth", authForm, "What proves to the lender who we are. Several of these add up."),
	must("errors", errorsForm, "How the lender says no."),
	may("fold_words", flagForm, "The lender's words are compared without regard to upper and lower case. Left out: false."),
	may("words", each(wordForm), "The lender's states of an order, and what each means here."),
	may("options", each(optionForm), "What a caller may give with a call, by name: =option.name in a body, {option.name} in a path."),
	may("details", each(detailForm), "Facts of an order that are shown as the lender writes them, by name."),
	may("readings", each(readingForm), "How an order is read from a reply, by a name that reads and replies refer to."),
	may("parts", each(treeForm), "Parts of bodies that are written more than once, by name: $part puts one in its place."),
	must("operations", operationsForm, "What can be asked of the lender. Several rows of a kind are tried in their order: the first whose when holds is sent."),
	may("reads", readsForm, "What can be asked without moving anything."),
	may("notifications", noticesForm, "What the lender sends by itself. Each is a hint to read the order, and changes nothing by itself."),
	may("assumed", many(assumedForm), "What the lender's documentation does not say, and was guessed."),
	may(lenderKey, form{unread: true}, "Facts of the lender from its documentation, apart from what this contract claims. Read by certification alone."),
)

var settingForm = mapOf("setting",
	must("help", textForm, "What it is and where to find it."),
	may("kind", choiceOf(settingKinds...), "Left out: text."),
	may("required", flagForm, "There is no provider without it."),
	may("secret", flagForm, "It is never shown or logged."),
	may("identity", flagForm, "It says who we are at the lender: orders belong to it."),
	may("default", textForm, "Its value where none is given."),
	may("example", textForm, "An example, shown with its help."),
	may("choices", many(textForm), "The values it can have, for kind choice."),
	may("assumed", flagForm, "The lender's documentation does not mention it."),
)

var moneyForm = mapOf("money",
	must("form", choiceOf(amountForms...), "minor_integer is 1050, major_number is 10.50, major_string is \"10.50\"."),
	may("object", mapOf("",
		must("amount", textForm, "The key of the figure."),
		must("currency", textForm, "The key of the currency."),
	), "Money is an object of a figure and a currency, under these keys."),
	may("digits", each(wholeOf(0, 18)), "Decimals this lender takes, by currency, where they are fewer than the currency has."),
)

var referenceForm = mapOf("reference",
	must("max", wholeOf(12, 1000), "The most characters the lender takes."),
	may("alphabet", textForm, "The characters the lender takes. Left out: letters, digits and -."),
)

var traitsForm = mapOf("traits",
	may("create_reserves_nothing", flagForm, "A created order can be left alone: nothing is reserved before the customer agrees."),
	may("unreadable", flagForm, "Orders cannot be read at this lender."),
	may("forgets_canceled", flagForm, "A canceled order cannot be read any more."),
	may("final", choiceOf(finals...), "How what is left after the last capture is given back."),
	may("hold_life", durationForm, "How long an authorization stands where the lender names no end."),
	may("offer_life", durationForm, "How long an offer can be chosen where the lender names no end."),
)

var authForm = mapOf("auth",
	may("headers", each(templateForm), "Headers of every request. Secrets come from settings: \"Bearer {setting.api_key}\"."),
	may("basic", basicForm, "HTTP Basic."),
	may("token", tokenForm, "A token that is fetched, sent with every request and renewed."),
	may("sign", mapOf("", must("headers", each(leafForm), "Headers worked out for each request, from request.method, path, query, body and at.")), "Signatures of requests."),
	may("tls", mapOf("",
		may("certificate", textForm, "The setting that holds our certificate, as PEM."),
		may("key", textForm, "The setting that holds its key, as PEM."),
		may("root", textForm, "The setting that holds the lender's root certificate, as PEM."),
	), "What the connection needs beyond the usual."),
)

var basicForm = mapOf("basic",
	must("user", textForm, "The setting that holds the user."),
	must("password", textForm, "The setting that holds the password."),
)

var tokenForm = mapOf("token",
	must("request", requestForm, "POST and the path."),
	must("body", treeForm, "What is sent for it."),
	must("value", leafForm, "Where the reply holds the token."),
	may("encoding", choiceOf("json", "form"), "How the body is written. Left out: json."),
	may("basic", basicForm, "HTTP Basic of this request."),
	may("expires_at", valueForm, "Where the reply says when it ends."),
	may("expires_in", pointerForm, "Where the reply says for how many seconds it is good."),
	may("life", durationForm, "How long it is good, where the reply does not say."),
	may("lead", durationForm, "It is renewed this long before it ends. Left out: 1m."),
	may("scheme", textForm, "What stands before it in Authorization. Left out: Bearer."),
)

var errorsForm = mapOf("errors",
	may("code", many(leafForm), "Where an error says its code: the first of these places that says something."),
	may("message", many(leafForm), "Where an error says its text."),
	may("rows", many(failureForm), "What errors mean. A row's own come before these."),
)

var failureForm = mapOf("error",
	must("means", choiceOf(meanings...), "What it says about the request. Only declined, refused, state, busy and misconfigured say that nothing moved."),
	may("status", statusForm, "The status it comes with. Left out: any."),
	may("code", textForm, "The lender's code. With * at its end a beginning. Left out: any."),
	may("reason", textForm, "Why, in our words."),
	may("note", textForm, "Where this is said; or ASSUMED and why."),
)

var wordForm = mapOf("word",
	must("phase", choiceOf(phases...), "Where the order stands."),
	may("by", choiceOf(endings...), "Who or what ended it, for phase ended."),
	may("waiting_for", choiceOf(parties...), "Who must act next, for phases before open."),
	may("captured", flagForm, "It says that all of it has been captured."),
	may("refunded", flagForm, "It says that all of it has been refunded."),
	may("note", textForm, "Where this is said; or ASSUMED and why."),
)

func optionKeys(types []string) []key {
	return []key{
		must("type", choiceOf(types...), "What it is."),
		must("help", textForm, "What it means, for who gives or reads it."),
		may("values", many(textForm), "The values it can have."),
		may("operations", many(choiceOf(wordsOf(canonical.OperationKinds)...)), "The operations it can be given with."),
		may("offers", flagForm, "It can be given when offers are asked for."),
		may("secret", flagForm, "It is never shown or logged."),
	}
}

var (
	optionForm = mapOf("option", optionKeys(optionTypes)...)
	detailForm = mapOf("detail", optionKeys(detailTypes)...)
)

var assumedForm = mapOf("assumption",
	must("at", textForm, "The key it is about, such as operations.capture.key."),
	must("what", textForm, "What is taken to be so."),
	must("why", textForm, "Why it is taken so, and not another way."),
)

var bodyKeys = []key{
	may("$if", termForm, "The value is left out where this does not hold."),
	may("$each", textForm, "The value is a list with one element for each of these lines, which are called item."),
	may("$part", textForm, "Puts in the keys of a part."),
	may("$is", leafForm, "The value itself, where it is no map."),
	may("$need", textForm, "What a caller is told who left out what the value is made of."),
}
