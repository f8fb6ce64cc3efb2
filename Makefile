# The two commands a newcomer needs: make run, make test.

GO     ?= go
BINARY := bin/lendgate

.PHONY: run build test check lint generate bench prove certify clean

run: build ## start the gateway with the simulated lenders
	./$(BINARY) serve --sandbox

build:
	CGO_ENABLED=0 $(GO) build -trimpath -o $(BINARY) ./gateway/lendgate

test: ## all tests, in any order, with the race detector
	$(GO) test -race -shuffle=on ./...

check: lint test ## what must hold before a change lands
	$(GO) mod tidy -diff

lint:
	@unformatted=$$(gofmt -l $$(git ls-files '*.go')); if [ -n "$$unformatted" ]; then echo "not formatted: $$unformatted"; exit 1; fi
	$(GO) vet ./...
	$(GO) tool staticcheck ./...

generate: ## render the documents that are made from tables
	$(GO) test ./canonical ./adapters/all ./gateway/api ./docs/harbor -update

prove: ## try to break it: SHORT=1 for some minutes, FOR=40m for a part of the long hunts, ONLY=simulation for one of them
	$(GO) run ./gateway/simulation/prove $(if $(SHORT),-short,-for $(FOR)) $(if $(ONLY),-only $(ONLY))

certify: build ## every lender that comes with Lendgate, under every fault there is; and that lies about them are found
	./$(BINARY) certify
	$(GO) test ./gateway/certify

bench: ## speed, side by side with what it is compared to
	$(GO) test -run '^$$' -bench . -benchmem ./gateway ./gateway/api ./state/badger

clean:
	rm -rf bin data
