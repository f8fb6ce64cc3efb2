package config

// quota is a rate with what it is when not written.
type quota struct{ name, usual, help string }

var (
	requestsQuota   = quota{"requests", "1000/s", "requests of one API key for one merchant, in each class: quotes, reads, orders, and work on orders that exist"}
	failedKeysQuota = quota{"failed_keys", "60/m", "API keys from one address that are not valid; beyond it only keys that were valid a short time ago are looked at"}
)

var (
	servedCount                = count{"in_flight", 64, 1, 10_000, "requests that are worked on at the same time; those that only wait for a lender do not count"}
	connectionsCount           = count{"connections", 4096, 1, 1_000_000, "connections of callers at the same time"}
	connectionsPerAddressCount = count{"connections_per_address", 1024, 1, 1_000_000, "of these, from one address; a proxy in front is one address"}
)

func readServerLimits(s *Settings) ServerLimits {
	return ServerLimits{
		Requests:              s.quota(requestsQuota),
		FailedKeys:            s.quota(failedKeysQuota),
		InFlight:              s.count(servedCount),
		Connections:           s.count(connectionsCount),
		ConnectionsPerAddress: s.count(connectionsPerAddressCount),
	}
}

func (s *Settings) quota(q quota) Rate { return rate(s.formOr(q.name, rateForm, q.usual)) }

func serverLimitsSchema() schema {
	properties := schema{}
	for _, q := range []quota{requestsQuota, failedKeysQuota} {
		properties[q.name] = q.schema()
	}
	for _, c := range []count{servedCount, connectionsCount, connectionsPerAddressCount} {
		properties[c.name] = c.schema()
	}
	return closed(properties)
}

func (q quota) schema() schema {
	s := rateForm.schema(q.help)
	s["default"] = q.usual
	return s
}
