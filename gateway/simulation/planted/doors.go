package planted

// doors are slips in who may come in, and with what.
var doors = []Bug{
	{
		Name: "another merchant's orders can be read", File: "gateway/engine/ask.go",
		Old:  "return c.Mode == mode && (c.Merchant == merchant || (c.Role == state.RoleOperator && c.Merchant == \"\"))",
		New:  "return c.Mode == mode && (c.Merchant != \"\" || c.Role == state.RoleOperator)",
		Rule: "SEC-1: nobody's records but one's own", Invariant: othersData,
	},
	{
		Name: "a live key reads test orders", File: "gateway/engine/ask.go",
		Old:  "return c.Mode == mode && (c.Merchant == merchant ||",
		New:  "return mode != \"\" && (c.Merchant == merchant ||",
		Rule: "SEC-11: test and live never meet", Invariant: othersData,
	},
	{
		Name: "a list shows everyone's orders", File: "gateway/engine/engine.go",
		Old:  "\tif c.Merchant == \"\" {\n\t\treturn state.Scope{}\n",
		New:  "\tif c.Role != state.RoleRead {\n\t\treturn state.Scope{}\n",
		Rule: "SEC-1: nobody's records but one's own", Invariant: othersData,
	},
	{
		Name: "the history of an order is anyone's", File: "gateway/engine/read.go",
		Old:  "\t\tif _, err := owned(r, call, order); err != nil {\n",
		New:  "\t\tif _, err := r.Order(order); err != nil {\n",
		Rule: "SEC-1: nobody's records but one's own", Invariant: othersData,
	},
	{
		Name: "a key names whatever merchant it likes", File: "gateway/api/guard.go",
		Old:  "\t\tif name != \"\" && name != key.Merchant {\n\t\t\treturn \"\", canonical.Errorf(canonical.Forbidden, \"the key is another merchant's\")\n\t\t}\n\t\treturn key.Merchant, nil\n",
		New:  "\t\tif name == \"\" {\n\t\t\tname = key.Merchant\n\t\t}\n\t\treturn name, nil\n",
		Rule: "SEC-1: the merchant comes from the key", Invariant: othersData,
	},
	{
		Name: "every role may use every route", File: "gateway/api/guard.go",
		Old:  "\tif !slices.Contains(to.who, key.Role) {\n",
		New:  "\tif !slices.Contains(state.Roles, key.Role) {\n",
		Rule: "SEC-4: what a role may do", Invariant: whoSaidSo,
	},
	{
		Name: "merchants resolve doubts themselves", File: "gateway/api/routes.go",
		Old:  "summary: \"Say how an operation in doubt ended\", who: operator,",
		New:  "summary: \"Say how an operation in doubt ended\", who: actors,",
		Rule: "SEC-4: what a role may do", Invariant: whoSaidSo,
	},
	{
		Name: "a read key captures", File: "gateway/api/routes.go",
		Old:  "summary: \"Claim all or a part because goods were delivered\", who: actors,",
		New:  "summary: \"Claim all or a part because goods were delivered\", who: anyKey,",
		Rule: "SEC-4: what a role may do", Invariant: whoSaidSo,
	},
	{
		Name: "merchants book captures made elsewhere", File: "gateway/engine/record.go",
		Old:  "\tcase ask.Kind != canonical.OpRefund:\n\t\treturn canonical.Errorf(canonical.Forbidden,",
		New:  "\tcase ask.Kind == canonical.OpCreate:\n\t\treturn canonical.Errorf(canonical.Forbidden,",
		Rule: "SEC-4: what a role may do", Invariant: equalBooks,
	},
	{
		Name: "a revoked key is still good", File: "gateway/engine/keys.go",
		Old:  "\tif err != nil || !same || key.RevokedAt != nil {\n",
		New:  "\tif err != nil || !same {\n",
		Rule: "SEC-10: revoked at once", Invariant: othersData,
	},
	{
		Name: "the id of a key is enough", File: "gateway/engine/keys.go",
		Old:  "\tif err != nil || !same || key.RevokedAt != nil {\n",
		New:  "\tif err != nil || (same && key.RevokedAt != nil) {\n",
		Rule: "SEC-9: compared with its hash", Invariant: othersData,
	},
	{
		Name: "the meaning of a request is its route alone", File: "gateway/api/idempotency.go",
		Old:  "return append([]byte(r.method+\" \"+r.path+\"\\n\"), text...), nil",
		New:  "return []byte(r.method + \" \" + r.path + \"\\n\"), nil",
		Rule: "IDM-5: a fingerprint of the whole request", Invariant: otherPayload,
	},
	{
		Name: "large numbers are compared as floats", File: "gateway/api/idempotency.go",
		Old:  "text.Canonicalize(jsontext.CanonicalizeRawInts(false), jsontext.CanonicalizeRawFloats(false))",
		New:  "text.Canonicalize()",
		Rule: "IDM-5: a fingerprint of the whole request", Invariant: otherPayload,
	},
	{
		Name: "a request without a key is let in", File: "gateway/api/guard.go",
		Old:  "\t\tif v.call.Key, err = idempotencyKey(request.Header); err != nil {\n",
		New:  "\t\tif v.call.Key, err = idempotencyKey(request.Header); err != nil && len(request.Header[keyHeader]) > 0 {\n",
		Rule: "IDM-1: what moves money needs a key", Invariant: oneForEachKey,
	},
	{
		Name: "of two keys in one request the first counts", File: "gateway/api/idempotency.go",
		Old:  "\tcase len(given) > 1:\n\t\treturn \"\", canonical.Invalid(keyHeader, \"is given more than once\")\n",
		New:  "",
		Rule: "IDM-3: exactly one header field", Invariant: oneForEachKey,
	},
	{
		Name: "of a name that stands twice the last counts", File: "gateway/api/body.go",
		Old:  "decoder := jsontext.NewDecoder(bytes.NewBuffer(body))",
		New:  "decoder := jsontext.NewDecoder(bytes.NewBuffer(body), jsontext.AllowDuplicateNames(true))",
		Rule: "SEC-24: no name twice", Invariant: noTrace,
	},
	{
		Name: "a body may be of any length", File: "gateway/api/body.go",
		Old:  "body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, most))",
		New:  "body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, most<<10))",
		Rule: "SEC-23: bodies are bounded", Invariant: memoryStays,
	},
	{
		Name: "fields that nobody knows are passed over", File: "gateway/api/check.go",
		Old:  "\t\t\tk.wrong(below(at, name), unknown(name, slices.Sorted(maps.Keys(s.Properties))))\n",
		New:  "\t\t\t_ = unknown(name, nil)\n",
		Rule: "SEC-3: unknown fields are refused", Invariant: noTrace,
	},
	{
		Name: "a caller who hangs up stops what it began", File: "gateway/api/routes.go",
		Old:  "context.WithTimeout(context.WithoutCancel(ctx), r.patience())",
		New:  "context.WithTimeout(ctx, r.patience())",
		Rule: "UNK-12: a client that hangs up cancels nothing", Invariant: hangingUp,
	},
	{
		Name: "what is not settled is answered 200", File: "gateway/api/orders.go",
		Old:  "\tcase op.State.Unresolved():\n\t\tout.Status,",
		New:  "\tcase op.State == canonical.Queued:\n\t\tout.Status,",
		Rule: "UNK-11: 202 for what is in doubt", Invariant: doneThere,
	},
	{
		Name: "what broke inside is told to the caller", File: "gateway/api/problem.go",
		Old:  "e = canonical.Errorf(canonical.Internal, \"the gateway's log has the cause, under the trace id\")",
		New:  "e = canonical.Errorf(canonical.Internal, err.Error())",
		Rule: "SEC-18: details by id, in the log", Invariant: secretsStay,
	},
}
