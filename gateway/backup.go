package gateway

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	"github.com/lendgate/lendgate/state/badger"
)

// A backup folder holds files whose names say what they are: the commit a file is since (0: it is full)
// and the one it reaches. A file that goes on where another ends belongs after it.
const backupName = "lendgate-%016d-%016d.backup"

// backupFile is one file of a backup folder.
type backupFile struct {
	path        string
	since, upTo uint64
}

// backupFiles lists the files of a backup folder, the one that reaches farthest last.
func backupFiles(folder string) ([]backupFile, error) {
	entries, err := os.ReadDir(folder)
	var files []backupFile
	for _, entry := range entries {
		f := backupFile{path: filepath.Join(folder, entry.Name())}
		if _, err := fmt.Sscanf(entry.Name(), backupName, &f.since, &f.upTo); err == nil && entry.Name() == fmt.Sprintf(backupName, f.since, f.upTo) {
			files = append(files, f)
		}
	}
	slices.SortFunc(files, func(a, b backupFile) int { return cmp.Compare(a.upTo, b.upTo) })
	return files, err
}

// newestChain is the newest full backup and those that go on from it, in order.
func newestChain(files []backupFile) []backupFile {
	var chain []backupFile
	for _, f := range files {
		switch {
		case f.since == 0:
			chain = []backupFile{f}
		case len(chain) > 0 && f.since == chain[len(chain)-1].upTo:
			chain = append(chain, f)
		}
	}
	return chain
}

// backupSource writes a backup; it is a store, or the gateway that has it open.
type backupSource func(ctx context.Context, w io.Writer, since uint64) (badger.Backup, error)

// backup adds a file to a backup folder: what changed since the last one, or everything.
func backup(ctx context.Context, at folder, to string, full bool) (badger.Backup, error) {
	if err := os.MkdirAll(to, 0o700); err != nil {
		return badger.Backup{}, err
	}
	files, err := backupFiles(to)
	if err != nil {
		return badger.Backup{}, err
	}
	var since uint64
	if chain := newestChain(files); len(chain) > 0 && !full {
		since = chain[len(chain)-1].upTo
	}
	source, end, err := backupSourceOf(at)
	if err != nil {
		return badger.Backup{}, err
	}
	made, err := backupTo(ctx, source, to, since)
	if since > 0 && errors.Is(err, badger.ErrFullNeeded) {
		made, err = backupTo(ctx, source, to, 0)
	}
	return made, errors.Join(err, end())
}

func backupSourceOf(at folder) (source backupSource, end func() error, err error) {
	if running, up := dialGateway(at.data); up {
		return running.backup, func() error { return nil }, nil
	}
	store, err := openStore(at.data, at.config)
	if err != nil {
		return nil, nil, err
	}
	return store.Backup, store.Close, nil
}

// backupTo writes one file. It gets its name when it is whole and on the disk.
func backupTo(ctx context.Context, source backupSource, folder string, since uint64) (made badger.Backup, err error) {
	file, err := os.CreateTemp(folder, "unfinished-*")
	if err != nil {
		return made, err
	}
	defer os.Remove(file.Name())
	made, err = source(ctx, file, since)
	if err = errors.Join(err, file.Sync(), file.Close()); err != nil {
		return made, err
	}
	return made, os.Rename(file.Name(), filepath.Join(folder, fmt.Sprintf(backupName, made.Since, made.Commit)))
}

// restore makes the store of a new data folder from the newest backups of a folder.
func restore(ctx context.Context, from string, at folder) (badger.Backup, error) {
	files, err := backupFiles(from)
	if err != nil {
		return badger.Backup{}, err
	}
	chain := newestChain(files)
	if len(chain) == 0 {
		return badger.Backup{}, fmt.Errorf("there is no full backup in %s", from)
	}
	if err := os.MkdirAll(at.data, 0o700); err != nil {
		return badger.Backup{}, err
	}
	var readers []io.Reader
	for _, f := range chain {
		file, err := os.Open(f.path)
		if err != nil {
			return badger.Backup{}, err
		}
		defer file.Close()
		readers = append(readers, file)
	}
	return badger.Restore(ctx, badger.RestoreOptions{Path: filepath.Join(at.data, "store"), Key: storeKey(at.config)}, readers...)
}

// The socket's route for backups: the file is the body, what it holds comes after it.
const (
	backupTrailer = "Lendgate-Backup"
	backupPath    = "/backup"
)

func (g *Gateway) serveBackup(w http.ResponseWriter, r *http.Request) {
	_ = http.NewResponseController(w).SetWriteDeadline(time.Time{}) // it takes as long as it takes
	since, err := strconv.ParseUint(r.URL.Query().Get("since"), 10, 64)
	if err != nil {
		http.Error(w, "since is a number", http.StatusBadRequest)
		return
	}
	w.Header().Set("Trailer", backupTrailer)
	body := &counted{to: w}
	made, err := g.store.Backup(r.Context(), body, since)
	switch {
	case err == nil:
		text, _ := json.Marshal(made) // numbers and texts: it cannot fail
		w.Header().Set(backupTrailer, string(text))
	case body.bytes > 0:
		panic(http.ErrAbortHandler) // what came so far must not be taken for a backup
	case errors.Is(err, badger.ErrFullNeeded):
		http.Error(w, err.Error(), http.StatusConflict)
	default:
		http.Error(w, err.Error(), http.StatusInternalServerError)
	}
}

type counted struct {
	to    io.Writer
	bytes int
}

func (c *counted) Write(p []byte) (int, error) {
	n, err := c.to.Write(p)
	c.bytes += n
	return n, err
}

// backup is the backupSource of a gateway that runs.
func (r remote) backup(ctx context.Context, w io.Writer, since uint64) (made badger.Backup, err error) {
	query := url.Values{"since": {strconv.FormatUint(since, 10)}}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://lendgate"+backupPath+"?"+query.Encode(), nil)
	if err != nil {
		return made, err
	}
	response, err := r.client.Do(request)
	if err != nil {
		return made, err
	}
	defer response.Body.Close()
	switch response.StatusCode {
	case http.StatusOK:
	case http.StatusConflict:
		return made, badger.ErrFullNeeded
	default:
		text, _ := io.ReadAll(io.LimitReader(response.Body, 4096))
		return made, errors.New(string(text))
	}
	if _, err := io.Copy(w, response.Body); err != nil {
		return made, err
	}
	if err := json.Unmarshal([]byte(response.Trailer.Get(backupTrailer)), &made); err != nil {
		return made, fmt.Errorf("the gateway broke off: %w", err)
	}
	return made, nil
}
