package workshop

import (
	"bytes"
	"encoding/json"
	"regexp"
	"strconv"
	"strings"
)

// copying goes through JSON and copies it, with invented values in place of some.
type copying struct {
	*invention
	decoder *json.Decoder
	source  []byte
	done    int64 // of the text, copied so far
	made    bytes.Buffer
}

// value copies what stands at a pointer.
func (c *copying) value(at string) {
	begin := c.decoder.InputOffset()
	token, err := c.decoder.Token()
	if err != nil {
		return
	}
	switch token := token.(type) {
	case json.Delim:
		c.within(at, token == '{')
	case string:
		if by := c.spoken(at, token); by != token {
			quoted, _ := json.Marshal(by)
			c.put(begin, quoted)
		}
	case json.Number:
		if _, personal := nobodys(at); personal && token != "0" {
			c.tell(at)
			c.put(begin, []byte("0"))
		}
	}
}

func (c *copying) within(at string, object bool) {
	for i := 0; c.decoder.More(); i++ {
		name := strconv.Itoa(i)
		if object {
			key, err := c.decoder.Token()
			if err != nil {
				return
			}
			name, _ = key.(string)
		}
		c.value(at + "/" + strings.NewReplacer("~", "~0", "/", "~1").Replace(name))
	}
	_, _ = c.decoder.Token()
}

// put writes a value in place of the one that was read last, which begins after begin.
func (c *copying) put(begin int64, by []byte) {
	for strings.IndexByte(" \t\r\n:,", c.source[begin]) >= 0 {
		begin++
	}
	c.made.Write(c.source[c.done:begin])
	c.made.Write(by)
	c.done = c.decoder.InputOffset()
}

// spoken is a text of a reply as a case has it.
func (c *copying) spoken(at, text string) string {
	if by, personal := nobodys(at); personal && text != "" {
		if text != by {
			c.tell(at)
		}
		return by
	}
	if secretive(at[strings.LastIndexByte(at, '/')+1:]) && !strings.Contains(text, "://") {
		return c.token(text, at)
	}
	return c.text(text, at)
}

var secret = regexp.MustCompile(`token|secret|password|passwd|apikey|accesskey|signature|credential|^authorization$|cookie|session`)

// secretive says whether a name is one for something that nobody else is to have.
func secretive(name string) bool { return secret.MatchString(bare(name)) }

// bare is a name however it is spelled.
func bare(name string) string {
	return strings.NewReplacer("_", "", "-", "", " ", "", ".", "").Replace(strings.ToLower(name))
}

// persons are names that replies have for what is personal, each with what nobody has. The first that fits is taken.
var persons = []struct {
	name *regexp.Regexp
	by   string
}{
	{regexp.MustCompile(`e?mail(address)?$`), "alva@example.com"},
	{regexp.MustCompile(`phone|mobile|msisdn`), "+46700000012"},
	{regexp.MustCompile(`(first|given)names?$`), "Alva Maria"},
	{regexp.MustCompile(`(last|family)names?$|surname`), "Sandlund"},
	{regexp.MustCompile(`^(full|customer|consumer|buyer|holder|cardholder|accountholder|recipient)name$`), "Alva Maria Sandlund"},
	{regexp.MustCompile(`birth|^dob$`), "1990-01-01"},
	{regexp.MustCompile(`ssn|personalnumber|nationalid|socialsecurity|identificationnumber|taxid|passport`), "19900101-0000"},
	{regexp.MustCompile(`iban|bankaccount|accountnumber`), "SE0000000000000000000000"},
	{regexp.MustCompile(`cardnumber|^pan$`), "0000000000000000"},
	{regexp.MustCompile(`^(street|streetname|address|addressline)\d?$|^line1$|^address1$`), "Example Street 1"},
	{regexp.MustCompile(`^(addressline2|line2|address2)$`), "Door 2"},
	{regexp.MustCompile(`^(postalcode|postcode|zip|zipcode)$`), "11122"},
	{regexp.MustCompile(`^(city|town|postalplace)$`), "Sampletown"},
	{regexp.MustCompile(`^(ip|ipaddress|clientip|remoteip)$`), "192.0.2.1"},
}

// somebody is the name of what is about a person: there even a plain name is one.
var somebody = regexp.MustCompile(`customer|consumer|buyer|borrower|debtor|person|contact|billing|shipping|recipient|applicant`)

// nobodys is what nobody has in the place of something personal; false: it is not personal.
func nobodys(at string) (by string, personal bool) {
	steps := strings.Split(at, "/")
	name := bare(steps[len(steps)-1])
	for _, one := range persons {
		if one.name.MatchString(name) {
			return one.by, true
		}
	}
	if name == "name" && somebody.MatchString(bare(strings.Join(steps[:len(steps)-1], "/"))) {
		return "Alva Maria Sandlund", true
	}
	return "", false
}
