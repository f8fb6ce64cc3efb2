// Package console is what the gateway shows to its operator in a browser: pages without scripts, made of
// what is in memory. Who asks must give an operator's key as the password of HTTP's basic authentication.
package console
