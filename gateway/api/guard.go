package api

import (
	"net/http"
	"regexp"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humagin"
	"github.com/gin-gonic/gin"

	"github.com/lendgate/lendgate/canonical"
	"github.com/lendgate/lendgate/gateway/engine"
	"github.com/lendgate/lendgate/state"
)

// merchantHeader is how a key that is not one merchant's names the merchant.
const merchantHeader = "Lendgate-Merchant"

var (
	merchantName = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]{0,62}$`)
	plainPathID  = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$`)
)

// guard lets a request of a route in, or refuses it. The checks go from what costs least and tells a
// stranger least to what costs most: the body is read last.
func (a *API) guard(r route) func(huma.Context, func(huma.Context)) {
	return func(ctx huma.Context, next func(huma.Context)) {
		c := humagin.Unwrap(ctx)
		err := a.admit(c, r, ctx.Operation())
		defer visitOf(c.Request.Context()).place.leave()
		if err != nil {
			a.note(c.Request.Context(), r, err)
			a.refuse(c, err)
			return
		}
		next(ctx)
	}
}

func (a *API) admit(c *gin.Context, r route, op *huma.Operation) (err error) {
	if r.message {
		return a.admitMessage(c)
	}
	request, v := c.Request, visitOf(c.Request.Context())
	if r.who != nil {
		if v.call, err = a.whoAsks(request, r); err != nil {
			return err
		}
		v.call.TraceID = v.traceID
		v.prefer(request.Header, c.Writer.Header())
		if err := a.door.allow(c, v, r.class(v.call.Role)); err != nil {
			return err
		}
	}
	if err := acceptable(request.Header); err != nil {
		return err
	}
	for _, id := range c.Params {
		if !plainPathID.MatchString(id.Value) {
			return canonical.Errorf(canonical.NotFound, "there is no such thing")
		}
	}
	if err := a.checkQuery(op.Parameters, request.URL.RawQuery); err != nil {
		return err
	}
	if len(request.Header.Values("If-Match")) > 1 {
		return canonical.Invalid("If-Match", "is given more than once")
	}
	if r.keyed {
		if v.call.Key, err = idempotencyKey(request.Header); err != nil {
			return err
		}
	}
	return a.takeUp(c, r, bodyOf(op))
}

// takeUp begins the work on a request. One that is turned away is so before its body is read where that is
// known; a body that comes slowly keeps no place from others.
func (a *API) takeUp(c *gin.Context, r route, schema *huma.Schema) (err error) {
	v := visitOf(c.Request.Context())
	worth := r.class(v.call.Role)
	if err := a.door.peek(v, worth); err != nil {
		return err
	}
	var body []byte
	if schema != nil {
		if body, err = readJSON(c.Writer, c.Request); err != nil {
			return err
		}
	}
	if err := a.door.enter(c.Request.Context(), v, worth); err != nil || schema == nil {
		return err
	}
	return a.checkBody(c.Request, body, schema)
}

// whoAsks finds whose key it is, and whether its role may use the route.
func (a *API) whoAsks(r *http.Request, to route) (engine.Call, error) {
	token, err := bearer(r.Header)
	if err != nil {
		return engine.Call{}, err
	}
	if err := a.door.try(r, token); err != nil {
		return engine.Call{}, err
	}
	key, err := a.engine.Authenticate(r.Context(), token)
	a.door.tried(r, token, err)
	if err != nil {
		return engine.Call{}, err
	}
	if !slices.Contains(to.who, key.Role) {
		return engine.Call{}, canonical.Errorf(canonical.Forbidden, "a key of role "+string(key.Role)+" may not use this route")
	}
	merchant, err := merchantOf(key, r.Header.Values(merchantHeader), to.ofMerchant)
	return engine.Call{Merchant: merchant, Mode: key.Mode, Role: key.Role, Actor: key.ID}, err
}

func bearer(header http.Header) (string, error) {
	given := header.Values("Authorization")
	if len(given) != 1 {
		return "", canonical.Errorf(canonical.Unauthenticated, "one Authorization header is required")
	}
	scheme, token, _ := strings.Cut(given[0], " ")
	if !strings.EqualFold(scheme, "Bearer") || token == "" || len(token) > 256 {
		return "", canonical.Errorf(canonical.Unauthenticated, "the Authorization header must be: Bearer lg_...")
	}
	return token, nil
}

// merchantOf is the merchant a request is for: the key's own, or the one that the header names. An
// operator names none where nobody's in particular is needed.
func merchantOf(key state.APIKey, named []string, needed bool) (string, error) {
	if len(named) > 1 {
		return "", canonical.Invalid(merchantHeader, "is given more than once")
	}
	name := strings.Join(named, "")
	if name != "" && !merchantName.MatchString(name) {
		return "", canonical.Invalid(merchantHeader, "must be lower case letters, digits, - and _, at most 63")
	}
	if key.Merchant != "" {
		if name != "" && name != key.Merchant {
			return "", canonical.Errorf(canonical.Forbidden, "the key is another merchant's")
		}
		return key.Merchant, nil
	}
	if name == "" && (needed || key.Role == state.RolePlatform) {
		return "", canonical.Invalid(merchantHeader, "is missing: a key of role "+string(key.Role)+" names the merchant in this header")
	}
	return name, nil
}

// acceptable refuses a caller that cannot read JSON, before anything is done for it.
func acceptable(header http.Header) error {
	accept := strings.Join(header.Values("Accept"), ",")
	// huma chooses among the types it can write by this header: there is only one to choose.
	header.Set("Accept", jsonType)
	if strings.TrimSpace(accept) == "" {
		return nil
	}
	for part := range strings.SplitSeq(accept, ",") {
		media, parameters, _ := strings.Cut(part, ";")
		switch strings.ToLower(strings.TrimSpace(media)) {
		case "*/*", "application/*", jsonType, problemType:
			if !unwanted(parameters) {
				return nil
			}
		}
	}
	return canonical.Errorf(canonical.NotAcceptable, "accept application/json")
}

// unwanted says whether the parameters of a media type give it the weight 0.
func unwanted(parameters string) bool {
	for parameter := range strings.SplitSeq(parameters, ";") {
		name, weight, _ := strings.Cut(strings.TrimSpace(parameter), "=")
		if strings.EqualFold(strings.TrimSpace(name), "q") {
			return strings.Trim(weight, "0. ") == ""
		}
	}
	return false
}
