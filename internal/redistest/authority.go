package redistest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// authority is a certificate authority and the one certificate that all of its
// servers share.
type authority struct {
	caFile, certFile, keyFile string
	roots                     *x509.CertPool
}

// newAuthority makes one in a folder of the test; nil when o wants no TLS.
func newAuthority(tb testing.TB, o Options) *authority {
	tb.Helper()
	if !o.TLS {
		return nil
	}
	dir := tb.TempDir()
	a := &authority{
		caFile: filepath.Join(dir, "ca.pem"), certFile: filepath.Join(dir, "server.pem"), keyFile: filepath.Join(dir, "server.key"),
		roots: x509.NewCertPool(),
	}
	ca := template("redistest authority")
	ca.IsCA, ca.BasicConstraintsValid, ca.KeyUsage = true, true, x509.KeyUsageCertSign
	caKey := newKey(tb)
	signed := sign(tb, ca, ca, caKey, caKey)
	a.roots.AddCert(signed)
	writePEM(tb, a.caFile, "CERTIFICATE", signed.Raw)

	server := template("redistest server")
	server.IPAddresses, server.DNSNames = []net.IP{net.ParseIP(loopback)}, []string{"localhost"}
	server.KeyUsage = x509.KeyUsageDigitalSignature
	// Replicas and nodes of a cluster show it as clients.
	server.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth}
	key := newKey(tb)
	writePEM(tb, a.certFile, "CERTIFICATE", sign(tb, server, signed, key, caKey).Raw)
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		tb.Fatal(err)
	}
	writePEM(tb, a.keyFile, "PRIVATE KEY", der)
	return a
}

// template is a certificate for the hours around now.
func template(name string) *x509.Certificate {
	now := time.Now()
	return &x509.Certificate{
		SerialNumber: big.NewInt(now.UnixNano()), Subject: pkix.Name{CommonName: name},
		NotBefore: now.Add(-time.Hour), NotAfter: now.Add(24 * time.Hour),
	}
}

func newKey(tb testing.TB) *ecdsa.PrivateKey {
	tb.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		tb.Fatal(err)
	}
	return key
}

func sign(tb testing.TB, cert, parent *x509.Certificate, key, parentKey *ecdsa.PrivateKey) *x509.Certificate {
	tb.Helper()
	der, err := x509.CreateCertificate(rand.Reader, cert, parent, key.Public(), parentKey)
	if err != nil {
		tb.Fatal(err)
	}
	signed, err := x509.ParseCertificate(der)
	if err != nil {
		tb.Fatal(err)
	}
	return signed
}

func writePEM(tb testing.TB, file, kind string, der []byte) {
	tb.Helper()
	if err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600); err != nil {
		tb.Fatal(err)
	}
}
