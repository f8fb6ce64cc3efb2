package adapters_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"io"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/lendgate/lendgate/adapters"
)

// identity is a certificate for a name that signs itself.
type identity struct {
	pair      tls.Certificate
	cert, key string // PEM
}

func newIdentity(t *testing.T, name string) identity {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, &template, &template, &private.PublicKey, private)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalECPrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	one := identity{
		cert: string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})),
		key:  string(pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: secret})),
	}
	if one.pair, err = tls.X509KeyPair([]byte(one.cert), []byte(one.key)); err != nil {
		t.Fatal(err)
	}
	return one
}

func TestALenderMayAskForOurCertificate(t *testing.T) {
	server, merchant := newIdentity(t, "lender"), newIdentity(t, "merchant")
	trusted := x509.NewCertPool()
	trusted.AppendCertsFromPEM([]byte(merchant.cert))
	lender := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, r.TLS.PeerCertificates[0].Subject.CommonName)
	}))
	lender.TLS = &tls.Config{Certificates: []tls.Certificate{server.pair}, ClientAuth: tls.RequireAndVerifyClientCert, ClientCAs: trusted, MaxVersion: tls.VersionTLS12}
	lender.StartTLS()
	defer lender.Close()
	for _, row := range []struct {
		name   string
		secure *adapters.TLS
		reach  adapters.Reach
	}{
		{"with our certificate and their root", &adapters.TLS{Certificate: merchant.cert, Key: merchant.key, RootCA: server.cert}, adapters.Replied},
		{"without our certificate", &adapters.TLS{RootCA: server.cert}, adapters.NotSent},
		{"without their root", &adapters.TLS{Certificate: merchant.cert, Key: merchant.key}, adapters.NotSent},
	} {
		t.Run(row.name, func(t *testing.T) {
			reply, reach, err := newTransport(t, row.secure).Send(t.Context(), post(lender.URL, `{}`))
			if reach != row.reach || (reach == adapters.Replied && string(reply.Body) != "merchant") {
				t.Errorf("%s %q %v, want %s", reach, reply.Body, err, row.reach)
			}
		})
	}
}

func TestBadCertificatesAreSaidAtOnce(t *testing.T) {
	one := newIdentity(t, "merchant")
	for _, row := range []struct {
		name   string
		secure adapters.TLS
	}{
		{"no key", adapters.TLS{Certificate: one.cert}}, {"another key", adapters.TLS{Certificate: one.cert, Key: newIdentity(t, "other").key}},
		{"no PEM", adapters.TLS{RootCA: "root"}},
	} {
		t.Run(row.name, func(t *testing.T) {
			if _, err := adapters.NewHTTPTransport(adapters.TransportOptions{Requests: 1, TLS: &row.secure}); err == nil {
				t.Error("taken")
			}
		})
	}
}
