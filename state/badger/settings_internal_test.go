package badger

import "testing"

// TestACommitIsOnTheDiskBeforeItIsAnswered: power cuts show it too, where there are loop devices.
func TestACommitIsOnTheDiskBeforeItIsAnswered(t *testing.T) {
	if settings := (Options{Path: t.TempDir()}).badger(); !settings.SyncWrites || settings.InMemory {
		t.Errorf("synchronous writes %t, in memory %t", settings.SyncWrites, settings.InMemory)
	}
}
