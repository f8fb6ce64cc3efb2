// Command lendgate is the gateway's binary.
package main

import (
	"os"

	"github.com/lendgate/lendgate/gateway"
)

func main() { os.Exit(gateway.Main()) }
