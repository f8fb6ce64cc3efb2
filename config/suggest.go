package config

import (
	"fmt"
	"slices"
	"strings"
)

// Closest is the known word that was probably meant, "" where none is near enough.
func Closest(word string, known []string) string {
	const farthest = 2
	best, nearest := "", farthest+1
	if len(word) > 64 {
		return ""
	}
	for _, candidate := range known {
		far := distance(strings.ToLower(word), candidate)
		if far < nearest && far < len(candidate) {
			best, nearest = candidate, far
		}
	}
	return best
}

func advice(word string, known []string) string {
	if near := Closest(word, known); near != "" {
		return fmt.Sprintf("did you mean %q?", near)
	}
	if len(known) == 0 {
		return "remove it"
	}
	sorted := slices.Sorted(slices.Values(known))
	return "remove it, or use one of " + strings.Join(sorted, ", ")
}

// distance counts the letters to add, drop or replace between two words (Levenshtein).
func distance(a, b string) int {
	previous := make([]int, len(b)+1)
	for j := range previous {
		previous[j] = j
	}
	for i := range len(a) {
		current := make([]int, len(b)+1)
		current[0] = i + 1
		for j := range len(b) {
			replaced := previous[j]
			if a[i] != b[j] {
				replaced++
			}
			current[j+1] = min(previous[j+1]+1, current[j]+1, replaced)
		}
		previous = current
	}
	return previous[len(b)]
}
