package state

// Mend hands over, in this order, the writes that make the indexes fit the records: what no record
// leads to goes, then what is missing comes. The feeds are left as they are, as they do not follow from
// the records alone. It can be broken off and begun again at any point. It fails where a record cannot
// be read.
func Mend(s Snapshot, write func(Write) error) error {
	if err := dropStrays(s, write); err != nil {
		return err
	}
	for _, b := range books {
		if b.indexed {
			if err := addMissing(s, b, write); err != nil {
				return err
			}
		}
	}
	return nil
}

func dropStrays(s Snapshot, write func(Write) error) error {
	return s.Scan(Range{Prefix: indexPrefix}, func(key string, named []byte) (bool, error) {
		if !followsFromRecords(key) {
			return true, nil
		}
		wrong, err := stray(s, key, string(named))
		if err == nil && wrong != "" {
			err = write(Write{Key: key, Delete: true})
		}
		return err == nil, err
	})
}

func addMissing(s Snapshot, b book, write func(Write) error) error {
	return s.Scan(Range{Prefix: b.prefix}, func(key string, text []byte) (bool, error) {
		entries, err := b.entries(key, text)
		if err != nil {
			return false, err
		}
		absent, err := missing(s, key, entries)
		if err != nil {
			return false, err
		}
		for _, entry := range absent {
			if err := write(Write{Key: entry, Value: []byte(key)}); err != nil {
				return false, err
			}
		}
		return true, nil
	})
}
