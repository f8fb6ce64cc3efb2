package adaptertest

// Evil hunts with so many answers, and says what is wrong.
func Evil(h Harness, answers uint64) ([]string, error) {
	s, err := newSuite(h, false)
	if err != nil {
		return nil, err
	}
	_, wrong := s.hunt(1, func(n uint64) bool { return n < answers })
	return wrong, nil
}
