package gateway

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"github.com/lendgate/lendgate/canonical"
	"github.com/lendgate/lendgate/gateway/engine"
	"github.com/lendgate/lendgate/state"
)

// socketName is the socket in the data folder through which the command line speaks to a gateway that
// runs. Whoever may open it is an operator: the file's mode is the check.
const socketName = "lendgate.sock"

// keyring is what the command line does with API keys, here or in the gateway that runs.
type keyring interface {
	NewKey(ctx context.Context, wanted state.APIKey) (state.APIKey, string, error)
	Keys(ctx context.Context) ([]state.APIKey, error)
	RevokeKey(ctx context.Context, id string) error
}

var (
	_ keyring = (*engine.Engine)(nil)
	_ keyring = remote{}
)

func (g *Gateway) openSocket(open func(network, address string, h http.Handler) error) error {
	path := filepath.Join(g.data, socketName)
	// The store's lock says that no other gateway works on this folder: what is there is left over.
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	if err := open("unix", path, g.socketHandler()); err != nil {
		return err
	}
	return os.Chmod(path, 0o600)
}

// newKey is the answer to a request for a key.
type newKey struct {
	state.APIKey
	Key string `json:"key"`
}

func (g *Gateway) socketHandler() http.Handler {
	mux := http.NewServeMux()
	keyRoutes(mux, g.Engine)
	mux.HandleFunc("GET "+backupPath, g.serveBackup)
	mux.HandleFunc("GET /verify", func(w http.ResponseWriter, r *http.Request) {
		_ = http.NewResponseController(w).SetWriteDeadline(time.Time{}) // it takes as long as it takes
		v, err := verifyAll(r.Context(), g.store, g.Engine, 0)
		answer(w, v, err)
	})
	return mux
}

func keyRoutes(mux *http.ServeMux, keys keyring) {
	mux.HandleFunc("POST /keys", func(w http.ResponseWriter, r *http.Request) {
		var wanted state.APIKey
		if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 4096)).Decode(&wanted); err != nil {
			answer(w, nil, canonical.Errorf(canonical.InvalidRequest, err.Error()))
			return
		}
		made, text, err := keys.NewKey(r.Context(), wanted)
		answer(w, newKey{made, text}, err)
	})
	mux.HandleFunc("GET /keys", func(w http.ResponseWriter, r *http.Request) {
		list, err := keys.Keys(r.Context())
		answer(w, list, err)
	})
	mux.HandleFunc("DELETE /keys/{id}", func(w http.ResponseWriter, r *http.Request) {
		answer(w, struct{}{}, keys.RevokeKey(r.Context(), r.PathValue("id")))
	})
}

func answer(w http.ResponseWriter, body any, err error) {
	if err != nil {
		http.Error(w, err.Error(), canonical.ProblemOf(canonical.KindOf(err)).Status)
		return
	}
	_ = json.NewEncoder(w).Encode(body)
}

// remote is the keyring of a gateway that runs.
type remote struct{ client *http.Client }

// dialGateway connects to the gateway that works on a data folder; running is false where there is none.
func dialGateway(data string) (r remote, running bool) {
	path := filepath.Join(data, socketName)
	dial := func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "unix", path)
	}
	conn, err := dial(context.Background(), "", "")
	if err != nil {
		return r, !errors.Is(err, os.ErrNotExist) && !errors.Is(err, syscall.ECONNREFUSED)
	}
	_ = conn.Close()
	return remote{&http.Client{Transport: &http.Transport{DialContext: dial}}}, true
}

func (r remote) NewKey(ctx context.Context, wanted state.APIKey) (state.APIKey, string, error) {
	var made newKey
	err := r.ask(ctx, http.MethodPost, "/keys", wanted, &made)
	return made.APIKey, made.Key, err
}

func (r remote) Keys(ctx context.Context) (keys []state.APIKey, err error) {
	err = r.ask(ctx, http.MethodGet, "/keys", nil, &keys)
	return keys, err
}

func (r remote) RevokeKey(ctx context.Context, id string) error {
	return r.ask(ctx, http.MethodDelete, "/keys/"+id, nil, nil)
}

func (r remote) ask(ctx context.Context, method, path string, body, into any) error {
	text, err := json.Marshal(body)
	if err != nil {
		return err
	}
	request, err := http.NewRequestWithContext(ctx, method, "http://lendgate"+path, bytes.NewReader(text))
	if err != nil {
		return err
	}
	response, err := r.client.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		var said bytes.Buffer
		_, _ = said.ReadFrom(response.Body)
		return fmt.Errorf("%s", bytes.TrimSpace(said.Bytes()))
	}
	if into == nil {
		return nil
	}
	return json.NewDecoder(response.Body).Decode(into)
}
