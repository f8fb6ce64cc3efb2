// Package gateway is the running thing: it reads the configuration, opens the store, makes the
// providers, the engine and the API, and stops them in order.
//
// The names to know: Open (everything wired, nothing listening), Run (the process until it is told to
// stop), Command (the command line). providers.go turns the configuration into adapters' clients;
// runtime.go and clock.go give the engine the machine it works on; socket.go is how the command line
// speaks to a gateway that runs.
//
// It may import everything below it. Nothing imports it but the binary in gateway/lendgate.
package gateway
