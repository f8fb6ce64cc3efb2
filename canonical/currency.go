package canonical

import "strings"

// currencies lists, by number of decimals, every currency Lendgate takes: ISO 4217 (codes that are, or
// lately were, means of payment) and three assets that crypto lenders price in.
var currencies = []struct {
	digits int
	codes  string
}{
	{0, "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"},
	{2, "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF CHW CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG"},
	{3, "BHD IQD JOD KWD LYD OMR TND"},
	{4, "CLF UYW"},
	{6, "USDT USDC"},
	{8, "BTC"},
}

var digitsOf = func() map[string]int {
	digits := make(map[string]int)
	for _, row := range currencies {
		for _, code := range strings.Fields(row.codes) {
			digits[code] = row.digits
		}
	}
	return digits
}()

// Digits returns how many decimals a currency has; known is false for a code that is none.
func Digits(currency string) (digits int, known bool) {
	digits, known = digitsOf[currency]
	return digits, known
}
