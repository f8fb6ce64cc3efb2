package api

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humagin"
	"github.com/gin-gonic/gin"

	"github.com/lendgate/lendgate/canonical"
	"github.com/lendgate/lendgate/gateway/engine"
)

// Options is what an API is made of.
type Options struct {
	Engine    *engine.Engine
	PublicURL string // what the addresses of problems begin with
	Log       *slog.Logger
	Ready     func() error // nil: always ready
	Version   string
	Telemetry Telemetry
	Now       func() time.Time // business time, the engine's; nil: the machine's
	Limits    Limits
	// Advance moves business time and returns what it is once nothing is due any more; where ctx ends before,
	// how far it came, and the error of ctx. nil: there is no /clock/advance.
	Advance func(ctx context.Context, by time.Duration) (time.Time, error)
	// Accepted is told that an operator has accepted a change of a provider; nil: nobody wants to know.
	Accepted func()
}

// API answers HTTP requests. It is safe for use by many at the same time.
type API struct {
	engine    *engine.Engine
	publicURL string
	log       *slog.Logger
	ready     func() error
	now       func() time.Time
	advance   func(context.Context, time.Duration) (time.Time, error)
	accepted  func()
	door      *door
	telemetry Telemetry
	names     map[string]string // of the routes
	routes    []route
	router    *gin.Engine
	huma      huma.API
	patterns  sync.Map // compiled patterns of the schemas, by their text
}

// New makes the API. It refuses a public address that is not an absolute one.
func New(o Options) (*API, error) {
	public, err := url.Parse(o.PublicURL)
	if err != nil || public.Host == "" || (public.Scheme != "http" && public.Scheme != "https") {
		return nil, errors.New("the public address must be an absolute http or https address")
	}
	a := &API{engine: o.Engine, publicURL: strings.TrimSuffix(o.PublicURL, "/"), log: o.Log, ready: o.Ready, now: o.Now, advance: o.Advance, accepted: o.Accepted, door: newDoor(o.Limits), telemetry: o.Telemetry, routes: routesWith(o)}
	if a.log == nil {
		a.log = slog.New(slog.DiscardHandler)
	}
	if a.ready == nil {
		a.ready = func() error { return nil }
	}
	if a.accepted == nil {
		a.accepted = func() {}
	}
	if a.now == nil {
		a.now = func() time.Time { return time.Now().UTC() }
	}
	if a.router, err = a.newRouter(); err != nil {
		return nil, err
	}
	a.huma = humagin.New(a.router, a.describe(o.Version))
	for _, r := range a.routes {
		r.add(a, r)
	}
	a.polish(a.huma.OpenAPI())
	err = a.addPages()
	a.names = namesOf(a.router)
	return a, err
}

// Handler answers every request.
func (a *API) Handler() http.Handler { return a.router }

// newRouter turns off what gin does by itself: it trusts every proxy, redirects, and answers in plain text.
func (a *API) newRouter() (*gin.Engine, error) {
	gin.SetMode(gin.ReleaseMode)
	router := gin.New()
	router.HandleMethodNotAllowed = true
	router.RedirectTrailingSlash = false
	router.RedirectFixedPath = false
	router.ContextWithFallback = true
	router.Use(a.follow, a.visit, a.survive)
	router.NoRoute(func(c *gin.Context) {
		a.refuse(c, canonical.Errorf(canonical.NotFound, "there is no such route"))
	})
	router.NoMethod(func(c *gin.Context) {
		a.refuse(c, canonical.Errorf(canonical.MethodNotAllowed, "the Allow header lists the methods of this route"))
	})
	return router, router.SetTrustedProxies(nil)
}
