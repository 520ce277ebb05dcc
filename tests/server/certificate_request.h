/* What a device asks the authority to sign. */
#pragma once

#include <openssl/x509.h>

#include "server/crypto_openssl.h"

/* PKCS #10, DER, signed with the key. (transfer full) */
static inline GBytes *certificate_request(const ServerKey *key, const char *name)
{
	X509_REQ *csr = X509_REQ_new();
	X509_REQ_set_pubkey(csr, server_key_native(key));
	X509_NAME_add_entry_by_NID(X509_REQ_get_subject_name(csr), NID_commonName, MBSTRING_UTF8,
							   (const unsigned char *)name, -1, -1, 0);
	g_assert_cmpint(X509_REQ_sign(csr, server_key_native(key), EVP_sha256()), >, 0);
	unsigned char *der = NULL;
	int size = i2d_X509_REQ(csr, &der);
	GBytes *bytes = g_bytes_new(der, (gsize)size);
	OPENSSL_free(der);
	X509_REQ_free(csr);
	return bytes;
}
