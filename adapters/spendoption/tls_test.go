package spendoption_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/lendgate/lendgate/adapters"
	"github.com/lendgate/lendgate/adapters/sandbox"
	"github.com/lendgate/lendgate/adapters/sandbox/lender"
	simulated "github.com/lendgate/lendgate/adapters/sandbox/spendoption"
	"github.com/lendgate/lendgate/canonical"
)

const subject = "newdaytech-mtls.shop.example"

// issued is a certificate that signed itself, with its key, as PEM.
func issued(t *testing.T) (certificate, key string) {
	t.Helper()
	secret, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: subject}, NotAfter: time.Now().Add(time.Hour),
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
		IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &secret.PublicKey, secret)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(secret)
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})),
		string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private}))
}

func TestTheLenderKnowsUsByOurCertificate(t *testing.T) {
	certificate, key := issued(t)
	world, err := sandbox.New(sandbox.Options{Lenders: []lender.Lender{simulated.New(simulated.Settings{
		MerchantID: sandboxed["merchant_id"], TenantID: sandboxed["tenant_id"], ClientCert: subject,
	})}})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewUnstartedServer(world.Handler())
	clients := x509.NewCertPool()
	clients.AppendCertsFromPEM([]byte(certificate))
	server.TLS = &tls.Config{ClientAuth: tls.VerifyClientCertIfGiven, ClientCAs: clients}
	server.StartTLS()
	t.Cleanup(func() { server.Close(); _ = world.Close() })
	root := string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw}))
	for _, test := range []struct {
		name  string
		given adapters.Values
		want  canonical.Kind
	}{
		{"with certificate, key and root", adapters.Values{"client_certificate": certificate, "client_key": key, "root_ca": root}, ""},
		{"without a certificate", adapters.Values{"root_ca": root}, canonical.ProviderMisconfigured},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := client(t, server.URL+"/spendoption", test.given)
			if _, err := c.Read(t.Context(), canonical.Query{Read: "probe"}); kindOf(err) != test.want {
				t.Errorf("%v, want %q", err, test.want)
			}
		})
	}
}
