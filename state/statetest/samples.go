package statetest

import (
	"encoding/json"
	"fmt"
	"reflect"
	"time"

	"github.com/lendgate/lendgate/canonical"
	"github.com/lendgate/lendgate/state"
)

var noon = time.Date(2026, time.May, 4, 12, 0, 0, 123456789, time.UTC)

// filled makes a record with something in every field that is stored, so that a field a store loses is missed.
func filled[R any](seed string) R {
	var record R
	fill(reflect.ValueOf(&record).Elem(), seed)
	return record
}

// exact are the types that are filled as a whole.
func exact(seed string) []any {
	amount, err := canonical.ParseAmount(fmt.Sprintf("%d.50", 100+len(seed)))
	if err != nil {
		panic(err)
	}
	return []any{
		amount,
		canonical.MustMoney("12.30", "EUR"),
		noon,
		json.RawMessage(fmt.Sprintf("%q", seed)),
	}
}

func fill(v reflect.Value, seed string) {
	for _, whole := range exact(seed) {
		if v.Type() == reflect.TypeOf(whole) {
			v.Set(reflect.ValueOf(whole))
			return
		}
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(seed)
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int64:
		v.SetInt(int64(len(seed)))
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem(), seed)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		fill(v.Index(0), seed)
	case reflect.Uint8:
		v.SetUint(uint64(seed[0]))
	case reflect.Map:
		fillMap(v, seed)
	case reflect.Struct:
		for i := range v.NumField() {
			fill(v.Field(i), seed+"."+v.Type().Field(i).Name)
		}
	default:
		panic("statetest: nothing to fill a " + v.Type().String() + " with")
	}
}

func fillMap(v reflect.Value, seed string) {
	key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
	fill(key, seed)
	fill(value, seed)
	v.Set(reflect.MakeMap(v.Type()))
	v.SetMapIndex(key, value)
}

// scramble overwrites, in place, everything a copy of a record may share with it.
func scramble(v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			fill(v.Elem(), "scrambled")
		}
	case reflect.Slice:
		for i := range v.Len() {
			fill(v.Index(i), "scrambled")
		}
	case reflect.Map:
		for _, key := range v.MapKeys() {
			value := reflect.New(v.Type().Elem()).Elem()
			fill(value, "scrambled")
			v.SetMapIndex(key, value)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				scramble(v.Field(i))
			}
		}
	}
}

// order makes a plain order of a scope.
func order(scope state.Scope, id string) canonical.Order {
	return canonical.Order{ID: id, Merchant: scope.Merchant, Mode: scope.Mode, Amount: canonical.MustMoney("250.00", "EUR")}
}

func operation(scope state.Scope, id string, in canonical.OperationState) canonical.Operation {
	return canonical.Operation{ID: id, Merchant: scope.Merchant, Mode: scope.Mode, Kind: canonical.OpCapture, State: in}
}

// event makes the n-th event of an order.
func event(scope state.Scope, order string, n int) canonical.SealedEvent {
	return canonical.SealedEvent{
		ID: fmt.Sprintf("evt_%s_%d", order, n), Order: order, Merchant: scope.Merchant, Mode: scope.Mode,
		Sequence: n, Body: json.RawMessage(fmt.Sprintf(`{"n":%d}`, n)),
	}
}

func timer(id string, due time.Time) state.Timer {
	return state.Timer{ID: id, Kind: "recover", Subject: "op_" + id, Due: due}
}
