package sandbox

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// journal is the list of inputs, one line of JSON each. It is not synced: what it holds survives
// the process, not a power cut.
type journal struct{ file *os.File }

// openJournal replays the journal in dir and opens it for more. A last line that was torn is
// dropped; damage before it is an error.
func openJournal(dir string, replay func(input) error) (*journal, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("journal: %w", err)
	}
	file, err := os.OpenFile(filepath.Join(dir, "journal.jsonl"), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("journal: %w", err)
	}
	end, err := readJournal(file, replay)
	if err == nil {
		err = file.Truncate(end)
	}
	if err == nil {
		_, err = file.Seek(end, io.SeekStart)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("journal %s: %w", file.Name(), err), file.Close())
	}
	return &journal{file}, nil
}

// readJournal replays every whole line and returns where the last one ends.
func readJournal(from io.Reader, replay func(input) error) (end int64, err error) {
	lines := bufio.NewReader(from)
	for number := 1; ; number++ {
		line, err := lines.ReadBytes('\n')
		if err == io.EOF {
			return end, nil
		}
		if err != nil {
			return end, err
		}
		var in input
		if err := json.Unmarshal(bytes.TrimSpace(line), &in); err != nil {
			return end, fmt.Errorf("line %d: %w", number, err)
		}
		if err := replay(in); err != nil {
			return end, fmt.Errorf("line %d: %w", number, err)
		}
		end += int64(len(line))
	}
}

// write adds one input.
func (j *journal) write(in input) error {
	line, err := json.Marshal(in)
	if err != nil {
		return fmt.Errorf("journal: %w", err)
	}
	if _, err := j.file.Write(append(line, '\n')); err != nil {
		return fmt.Errorf("journal: %w", err)
	}
	return nil
}
