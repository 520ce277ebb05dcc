#include "firmware/keystore.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <psa/crypto.h>

#include "firmware/crypto_psa.h"

/* Persistent ids of our two keys, PSA_KEY_ID_USER_MIN and on. */
#define SIGNING_ID ((psa_key_id_t)1)
#define SEALING_ID ((psa_key_id_t)2)

#define SIGNING_ALGORITHM PSA_ALG_ECDSA(PSA_ALG_SHA_256)

struct Keystore {
	PublicKey signing, sealing;
	KeyId signing_id;
};

G_DEFINE_QUARK(hadir_keystore_error, keystore_error)

static gboolean fail(GError **error, const char *what, psa_status_t status)
{
	g_set_error(error, KEYSTORE_ERROR, KEYSTORE_ERROR_FAILED, "%s: PSA error %d", what,
				(int)status);
	return FALSE;
}

static gboolean fail_errno(GError **error, const char *what, const char *path)
{
	g_set_error(error, KEYSTORE_ERROR, KEYSTORE_ERROR_FAILED, "%s %s: %s", what, path,
				g_strerror(errno));
	return FALSE;
}

/* PSA writes key files without fsync: a power cut could leave an empty one. */
static gboolean sync_folder(const char *folder, GError **error)
{
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	gboolean done;

	if (fd < 0)
		return fail_errno(error, "open", folder);
	done = syncfs(fd) == 0 || fail_errno(error, "sync", folder);
	close(fd);
	return done;
}

static gboolean enter_folder(const char *folder, GError **error)
{
	umask(077);
	if (g_mkdir_with_parents(folder, 0700) != 0)
		return fail_errno(error, "make", folder);
	if (chmod(folder, 0700) != 0)
		return fail_errno(error, "close to others", folder);
	if (chdir(folder) != 0)
		return fail_errno(error, "enter", folder);
	return TRUE;
}

static gboolean make_key(psa_key_id_t id, psa_key_usage_t usage, psa_algorithm_t algorithm,
						 const char *folder, GError **error)
{
	psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;
	psa_key_id_t made = 0;
	psa_status_t status;

	psa_set_key_id(&attributes, id);
	psa_set_key_lifetime(&attributes, PSA_KEY_LIFETIME_PERSISTENT);
	psa_set_key_usage_flags(&attributes, usage);
	psa_set_key_algorithm(&attributes, algorithm);
	psa_set_key_type(&attributes, PSA_KEY_TYPE_ECC_KEY_PAIR(PSA_ECC_FAMILY_SECP_R1));
	psa_set_key_bits(&attributes, 256);
	status = psa_generate_key(&attributes, &made);
	if (status != PSA_SUCCESS)
		return fail(error, "make a key", status);
	return sync_folder(folder, error);
}

/* The public half of key `id`, which is made when there is none. */
static gboolean have_key(psa_key_id_t id, psa_key_usage_t usage, psa_algorithm_t algorithm,
						 const char *folder, PublicKey *out, GError **error)
{
	size_t size = 0;
	psa_status_t status = psa_export_public_key(id, out->bytes, sizeof out->bytes, &size);

	if (status == PSA_ERROR_INVALID_HANDLE || status == PSA_ERROR_DOES_NOT_EXIST) {
		if (!make_key(id, usage, algorithm, folder, error))
			return FALSE;
		status = psa_export_public_key(id, out->bytes, sizeof out->bytes, &size);
	}
	if (status != PSA_SUCCESS || size != sizeof out->bytes) {
		g_set_error(error, KEYSTORE_ERROR, KEYSTORE_ERROR_FAILED, "read key %u in %s: PSA error %d",
					(unsigned)id, folder, (int)status);
		return FALSE;
	}
	return TRUE;
}

Keystore *keystore_open(const char *folder, GError **error)
{
	g_autoptr(Keystore) keystore = g_new0(Keystore, 1);
	psa_status_t status;

	if (!enter_folder(folder, error)) {
		g_prefix_error(error, "keys: ");
		return NULL;
	}
	status = psa_crypto_init();
	if (status != PSA_SUCCESS) {
		fail(error, "keys: start PSA", status);
		return NULL;
	}
	if (!have_key(SIGNING_ID, PSA_KEY_USAGE_SIGN_MESSAGE, SIGNING_ALGORITHM, folder,
				  &keystore->signing, error) ||
		!have_key(SEALING_ID, PSA_KEY_USAGE_DERIVE, PSA_ALG_ECDH, folder, &keystore->sealing,
				  error)) {
		g_prefix_error(error, "keys: ");
		return NULL;
	}
	key_id_of(&keystore->signing, crypto_sha256, &keystore->signing_id);
	return g_steal_pointer(&keystore);
}

void keystore_free(Keystore *keystore)
{
	if (keystore == NULL)
		return;
	/* Takes the private keys out of memory; the files stay. */
	psa_purge_key(SIGNING_ID);
	psa_purge_key(SEALING_ID);
	g_free(keystore);
}

const PublicKey *keystore_signing(const Keystore *keystore)
{
	return &keystore->signing;
}

const KeyId *keystore_signing_id(const Keystore *keystore)
{
	return &keystore->signing_id;
}

const PublicKey *keystore_sealing(const Keystore *keystore)
{
	return &keystore->sealing;
}

bool keystore_sign(void *keystore, Slice message, uint8_t signature[64])
{
	size_t size = 0;

	(void)keystore;
	return psa_sign_message(SIGNING_ID, SIGNING_ALGORITHM, message.data, message.size, signature,
							64, &size) == PSA_SUCCESS &&
		   size == 64;
}

gboolean keystore_agree(const Keystore *keystore, const PublicKey *peer, uint8_t secret[32],
						GError **error)
{
	size_t size = 0;
	psa_status_t status = psa_raw_key_agreement(PSA_ALG_ECDH, SEALING_ID, peer->bytes,
												sizeof peer->bytes, secret, 32, &size);

	(void)keystore;
	if (status == PSA_SUCCESS && size == 32)
		return TRUE;
	g_set_error(error, KEYSTORE_ERROR, KEYSTORE_ERROR_SEAL, "agree on a key: PSA error %d",
				(int)status);
	return FALSE;
}
