package adapters

import (
	"fmt"
	"net/url"
	"strings"

	"github.com/lendgate/lendgate/canonical"
)

// Templates in paths and headers name what they need in braces:
//
//	{id}         the lender's id of the order
//	{reference}  the number we gave the lender
//	{customer}   the reference of the customer
//	{capture}    the lender's reference of the capture a refund belongs to
//	{key}        the idempotency key of the attempt
//	{kept.x}     what an earlier reply left to be kept under x
//	{option.x}   a provider option of this call or of the order
//
// A name that has no value is an error: a request is never sent with a hole in it.
func expand(template string, value func(name string) string, escape func(string) string) (string, error) {
	var text strings.Builder
	for {
		before, rest, found := strings.Cut(template, "{")
		text.WriteString(before)
		if !found {
			return text.String(), nil
		}
		name, after, closed := strings.Cut(rest, "}")
		if !closed {
			return "", fmt.Errorf("template has an open brace")
		}
		filled := value(name)
		if filled == "" {
			return "", fmt.Errorf("{%s} is not known for this order", name)
		}
		text.WriteString(escape(filled))
		template = after
	}
}

func expandPath(template string, value func(string) string) (string, error) {
	path, query, has := strings.Cut(template, "?")
	path, err := expand(path, value, url.PathEscape)
	if err != nil || !has {
		return path, err
	}
	query, err = expand(query, value, url.QueryEscape)
	return path + "?" + query, err
}

func expandHeader(template string, value func(string) string) (string, error) {
	return expand(template, value, func(s string) string { return s })
}

// named gives templates the values of a command.
func named(cmd *canonical.Command) func(string) string {
	return func(name string) string {
		switch name {
		case "key":
			return cmd.Key
		case "capture":
			if cmd.Capture == nil {
				return ""
			}
			return cmd.Capture.Reference
		}
		if option, is := strings.CutPrefix(name, "option."); is {
			if given := cmd.Options.Text(option); given != "" {
				return given
			}
			return cmd.Order.ProviderOptions.Text(option)
		}
		return namedOfOrder(&cmd.Order, name)
	}
}

func namedOfOrder(o *canonical.Order, name string) string {
	switch name {
	case "id":
		return o.ProviderOrder.ID
	case "reference":
		return o.ProviderOrder.Reference
	case "customer":
		return o.Customer.Reference
	}
	if kept, is := strings.CutPrefix(name, "kept."); is {
		return o.Hidden.Kept[kept]
	}
	return ""
}
