package gateway

import (
	"context"
	"io/fs"
	"os"
	"slices"
	"time"
)

// How often it is looked at the files of the configuration, and how long they must have been as they are before
// they are read: whoever writes one may not be done.
const (
	fileWatch   = 2 * time.Second
	fileSettles = 200 * time.Millisecond
)

// sight is what there is to see of files without reading them. A link is seen as what it leads to.
type sight map[string]fs.FileInfo // nil: it is not there, or not to be seen

func look(paths []string) sight {
	seen := make(sight, len(paths))
	for _, path := range paths {
		seen[path], _ = os.Stat(path)
	}
	return seen
}

// with adds other files as they look now.
func (s sight) with(paths []string) sight {
	for path, info := range look(paths) {
		if _, known := s[path]; !known {
			s[path] = info
		}
	}
	return s
}

func (s sight) same(other sight) bool {
	if len(s) != len(other) {
		return false
	}
	for path, was := range s {
		is, both := other[path]
		if !both || (was == nil) != (is == nil) {
			return false
		}
		if was != nil && (!os.SameFile(was, is) || !was.ModTime().Equal(is.ModTime()) || was.Size() != is.Size() || was.Mode() != is.Mode()) {
			return false
		}
	}
	return true
}

// watch takes the configuration when its files change, on SIGHUP, and when it is asked to, until stop. seen is how
// the files looked before they were read first.
func (r *reloads) watch(seen sight) {
	ctx, cancel := context.WithCancel(context.Background())
	r.cancel, r.done = cancel, make(chan struct{})
	go func() {
		defer close(r.done)
		r.loop(ctx, seen)
	}()
}

func (r *reloads) stop() {
	if r.cancel != nil {
		r.cancel()
		<-r.done
	}
}

// ask has the configuration taken soon.
func (r *reloads) ask() {
	select {
	case r.asked <- struct{}{}:
	default: // it will be
	}
}

func (r *reloads) loop(ctx context.Context, seen sight) {
	tick := time.NewTicker(fileWatch)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			if now := look(r.watched()); now.same(seen) || r.settle(ctx, now) != nil {
				continue
			}
		case <-r.hangup:
		case <-r.asked:
		}
		seen = r.reread(ctx)
	}
}

// settle waits until the files have stayed as they are for a while.
func (r *reloads) settle(ctx context.Context, seen sight) error {
	for {
		if err := sleep(ctx, fileSettles); err != nil {
			return err
		}
		now := look(r.watched())
		if now.same(seen) {
			return nil
		}
		seen = now
	}
}

// reread takes the file, and returns how all that it is made of looked before: once more where that is not known
// before it is read.
func (r *reloads) reread(ctx context.Context) sight {
	for {
		paths := r.watched()
		seen := look(paths)
		_ = r.load(ctx) // logged
		if now := r.watched(); ctx.Err() != nil || slices.Equal(now, paths) {
			return seen
		}
	}
}

func (r *reloads) watched() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.files)
}
