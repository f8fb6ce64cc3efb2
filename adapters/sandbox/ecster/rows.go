package ecster

import (
	"unicode/utf8"

	"github.com/shopspring/decimal"
)

// row is a line of an order or a transaction, as Ecster shows it.
type row struct {
	Name           string   `json:"name"`
	Quantity       quantity `json:"quantity"`
	UnitAmount     int64    `json:"unitAmount"`
	VATRate        int64    `json:"vatRate"`
	PartNumber     string   `json:"partNumber"`
	Description    string   `json:"description"`
	Unit           string   `json:"unit"`
	DiscountAmount int64    `json:"discountAmount"`
	Serials        []string `json:"serials"`
	Fee            bool     `json:"fee"`
}

// newRows checks the rows and that they add up to the amount.
// ASSUMED: Ecster insists on an exact sum; its public clients add a rounding row to reach it.
func newRows(sent []rowRequest, amount int64) ([]row, error) {
	if len(sent) == 0 {
		return nil, invalid("rows are missing")
	}
	sum := decimal.Zero
	var rows []row
	for i, s := range sent {
		if err := s.check(i); err != nil {
			return nil, err
		}
		rows = append(rows, s.row())
		sum = sum.Add(s.Quantity.Mul(decimal.NewFromInt(*s.UnitAmount))).Sub(decimal.NewFromInt(s.DiscountAmount))
	}
	if !sum.Equal(decimal.NewFromInt(amount)) {
		return nil, invalid("rows add up to %s, the amount is %d", sum, amount)
	}
	return rows, nil
}

func (s rowRequest) check(i int) error {
	switch {
	case s.Name == nil || *s.Name == "":
		return invalid("rows[%d].name is missing", i)
	case s.Quantity == nil || !s.Quantity.IsPositive():
		return invalid("rows[%d].quantity is missing or not above 0", i)
	case s.UnitAmount == nil:
		return invalid("rows[%d].unitAmount is missing", i)
	case s.VATRate == nil || *s.VATRate < 0 || *s.VATRate > 100_00:
		return invalid("rows[%d].vatRate is missing or not a percentage times 100", i)
	case s.DiscountAmount < 0:
		return invalid("rows[%d].discountAmount is below 0", i)
	case utf8.RuneCountInString(s.PartNumber) > 32:
		return invalid("rows[%d].partNumber is longer than 32", i)
	case utf8.RuneCountInString(s.Description) > 128:
		return invalid("rows[%d].description is longer than 128", i)
	}
	return nil
}

func (s rowRequest) row() row {
	serials := s.Serials
	if serials == nil {
		serials = []string{}
	}
	return row{
		Name: *s.Name, Quantity: *s.Quantity, UnitAmount: *s.UnitAmount, VATRate: *s.VATRate,
		PartNumber: s.PartNumber, Description: s.Description, Unit: s.Unit,
		DiscountAmount: s.DiscountAmount, Serials: serials, Fee: s.Fee,
	}
}

// oneRow is the line of a movement that nobody itemized.
func oneRow(name string, amount int64, fee bool) row {
	return row{Name: name, Quantity: quantity{decimal.NewFromInt(1)}, UnitAmount: amount, VATRate: 25_00, Unit: "st", Serials: []string{}, Fee: fee}
}
