#include "protocol/crypto.h"

#include <string.h>

void key_id_of(const PublicKey *key, ProtocolSha256 sha256, KeyId *out)
{
	Slice point = slice_of(key->bytes, sizeof key->bytes);
	Hash hash;

	sha256(&point, 1, &hash);
	memcpy(out->bytes, hash.bytes, sizeof out->bytes);
}
