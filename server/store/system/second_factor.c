#include "server/store/system/second_factor.h"

#include <string.h>

#include <liboath/oath.h>
#include <sodium.h>

#include "server/store/system/password.h"
#include "server/store/read.h"
#include "server/store/system/sessions.h"

#define STEP_S 30
#define DIGITS 6
/* Phones' clocks are seldom right: one step before and one after (RFC 6238, 5.2). */
#define WINDOW 1

/* ── secrets ── */

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

void second_secret_make(SecondSecret *secret)
{
	randombytes_buf(secret->bytes, sizeof secret->bytes);
}

/* 20 bytes are 32 letters, without padding; `group` 0: no spaces. */
static char *base32(const SecondSecret *secret, guint group)
{
	GString *text = g_string_new(NULL);
	guint32 bits = 0;
	guint n_bits = 0, n = 0;
	for (gsize i = 0; i < SECOND_SECRET_SIZE; i++) {
		bits = (bits << 8) | secret->bytes[i];
		for (n_bits += 8; n_bits >= 5; n_bits -= 5) {
			if (group != 0 && n > 0 && n % group == 0)
				g_string_append_c(text, ' ');
			g_string_append_c(text, alphabet[(bits >> (n_bits - 5)) & 31]);
			n++;
		}
	}
	return g_string_free(text, FALSE);
}

char *second_secret_text(const SecondSecret *secret)
{
	return base32(secret, 4);
}

gboolean second_secret_parse(const char *text, SecondSecret *secret)
{
	guint32 bits = 0;
	guint n_bits = 0;
	gsize n = 0;
	for (const char *c = text; *c != '\0'; c++) {
		const char *letter = strchr(alphabet, g_ascii_toupper(*c));
		if (*c == ' ')
			continue;
		if (letter == NULL)
			return FALSE;
		bits = (bits << 5) | (guint32)(letter - alphabet);
		n_bits += 5;
		if (n_bits < 8)
			continue;
		if (n == SECOND_SECRET_SIZE)
			return FALSE;
		n_bits -= 8;
		secret->bytes[n++] = (guint8)(bits >> n_bits);
	}
	return n == SECOND_SECRET_SIZE && n_bits == 0;
}

char *second_secret_url(const SecondSecret *secret, const char *account)
{
	g_autofree char *text = base32(secret, 0);
	g_autofree char *name = g_uri_escape_string(account, NULL, FALSE);
	char *url =
		g_strdup_printf("otpauth://totp/Hadir:%s?secret=%s&issuer=Hadir&digits=%d&period=%d", name,
						text, DIGITS, STEP_S);
	sodium_memzero(text, strlen(text));
	return url;
}

char *second_secret_code(const SecondSecret *secret, gint64 at_ms)
{
	char code[DIGITS + 1] = "";
	if (oath_totp_generate((const char *)secret->bytes, SECOND_SECRET_SIZE, (time_t)(at_ms / 1000),
						   STEP_S, 0, DIGITS, code) != OATH_OK)
		code[0] = '\0';
	return g_strdup(code);
}

/* The step for which the text is the code; -1: for none near now. */
static gint64 step_of(const SecondSecret *secret, const char *code, gint64 now_ms)
{
	guint64 step = 0;
	if (strlen(code) != DIGITS || strspn(code, "0123456789") != DIGITS)
		return -1;
	int found = oath_totp_validate3((const char *)secret->bytes, SECOND_SECRET_SIZE,
									(time_t)(now_ms / 1000), STEP_S, 0, WINDOW, NULL, &step, code);
	return found >= 0 ? (gint64)step : -1;
}

/* ── the account's ── */

gboolean second_factor_known(Sql *sql, gint64 account, gboolean *known, GError **error)
{
	gint64 n;
	gboolean ok = sql_get_int(
		sql, &n, 0, error, "SELECT count(*) FROM second_factor WHERE account = $1", "i", account);
	*known = ok && n > 0;
	return ok;
}

static gboolean read_secret(Sql *sql, gint64 account, SecondSecret *secret, gint64 *last_step,
							gboolean *found, GError **error)
{
	g_autoptr(SqlStatement) row = sql_query(
		sql, error, "SELECT secret, last_step FROM second_factor WHERE account = $1", "i", account);
	if (!read_first(row, found, error))
		return FALSE;
	*found = *found && read_fixed(row, 0, secret, sizeof *secret);
	*last_step = *found ? sql_int(row, 1) : 0;
	return TRUE;
}

gboolean second_factor_secret(Sql *sql, gint64 account, SecondSecret *secret, GError **error)
{
	gint64 last_step;
	gboolean found;
	return read_secret(sql, account, secret, &last_step, &found, error) && found;
}

static void wipe_code(gpointer code)
{
	password_free(code);
}

static gboolean make_recovery(Sql *sql, gint64 account, GPtrArray **codes, GError **error)
{
	g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func(wipe_code);
	if (!sql_run(sql, error, "DELETE FROM recovery_code WHERE account = $1", "i", account))
		return FALSE;
	for (int i = 0; i < SECOND_RECOVERY_CODES; i++) {
		guint8 hash[TOKEN_HASH_SIZE];
		char *code = password_one_time();
		g_ptr_array_add(list, code);
		token_hash(code, hash);
		if (!sql_run(sql, error, "INSERT INTO recovery_code (account, code_hash) VALUES ($1, $2)",
					 "ib", account, hash, sizeof hash))
			return FALSE;
	}
	*codes = g_steal_pointer(&list);
	return TRUE;
}

gboolean second_factor_set(Sql *sql, gint64 account, const SecondSecret *secret, const char *code,
						   gint64 now_ms, gboolean *right, GPtrArray **recovery, GError **error)
{
	gint64 step = step_of(secret, code, now_ms);
	*right = step >= 0;
	return !*right ||
		   (sql_run(sql, error,
					"INSERT INTO second_factor (account, secret, last_step, set_ms)"
					" VALUES ($1, $2, $3, $4) ON CONFLICT (account) DO UPDATE SET"
					" secret = excluded.secret, last_step = excluded.last_step,"
					" set_ms = excluded.set_ms",
					"ibii", account, secret->bytes, sizeof secret->bytes, step, now_ms) &&
			make_recovery(sql, account, recovery, error));
}

static gboolean take_recovery(Sql *sql, gint64 account, const char *text, gint64 now_ms,
							  SecondProof *proof, GError **error)
{
	guint8 hash[TOKEN_HASH_SIZE];
	g_autofree char *code = g_strstrip(g_ascii_strdown(text, -1));
	token_hash(code, hash);
	sodium_memzero(code, strlen(code));
	gint64 n = sql_change(sql, error,
						  "UPDATE recovery_code SET used_ms = $3 WHERE account = $1"
						  " AND code_hash = $2 AND used_ms IS NULL",
						  "ibi", account, hash, sizeof hash, now_ms);
	if (n > 0)
		*proof = SECOND_RECOVERY;
	return n >= 0;
}

gboolean second_factor_prove(Sql *sql, gint64 account, const char *text, gint64 now_ms,
							 SecondProof *proof, GError **error)
{
	SecondSecret secret;
	gint64 last_step;
	gboolean found;
	*proof = SECOND_WRONG;
	if (!read_secret(sql, account, &secret, &last_step, &found, error))
		return FALSE;
	gint64 step = found ? step_of(&secret, text, now_ms) : -1;
	sodium_memzero(&secret, sizeof secret);
	if (step < 0)
		return !found || take_recovery(sql, account, text, now_ms, proof, error);
	/* Each code once: only a later step than the last one moves the row. */
	gint64 n = sql_change(
		sql, error, "UPDATE second_factor SET last_step = $2 WHERE account = $1 AND last_step < $2",
		"ii", account, step);
	if (n > 0)
		*proof = SECOND_CODE;
	return n >= 0;
}

gboolean second_factor_recovery_left(Sql *sql, gint64 account, gint64 *n, GError **error)
{
	return sql_get_int(sql, n, 0, error,
					   "SELECT count(*) FROM recovery_code WHERE account = $1 AND used_ms IS NULL",
					   "i", account);
}

/* ── a lost phone ── */

gboolean second_factor_reset_asked(Sql *sql, gint64 account, gint64 now_ms, gboolean *asked,
								   gint64 *by, GError **error)
{
	g_autoptr(SqlStatement) row = sql_query(
		sql, error, "SELECT asked_by FROM second_factor_reset WHERE account = $1 AND asked_ms > $2",
		"ii", account, now_ms - SECOND_RESET_MS);
	if (!read_first(row, asked, error))
		return FALSE;
	*by = *asked ? sql_int(row, 0) : 0;
	return TRUE;
}

static gboolean ask(Sql *sql, gint64 account, gint64 by, gint64 now_ms, GError **error)
{
	return sql_run(sql, error,
				   "INSERT INTO second_factor_reset (account, asked_by, asked_ms)"
				   " VALUES ($1, $2, $3) ON CONFLICT (account) DO UPDATE SET"
				   " asked_by = excluded.asked_by, asked_ms = excluded.asked_ms",
				   "iii", account, by, now_ms);
}

static gboolean forget(Sql *sql, gint64 account, GError **error)
{
	return sql_run(sql, error, "DELETE FROM second_factor_reset WHERE account = $1", "i",
				   account) &&
		   sql_run(sql, error, "DELETE FROM recovery_code WHERE account = $1", "i", account) &&
		   sql_run(sql, error, "DELETE FROM second_factor WHERE account = $1", "i", account) &&
		   sessions_end_all(sql, account, NULL, error);
}

gboolean second_factor_reset(Sql *sql, gint64 account, gint64 by, gint64 now_ms, SecondReset *reset,
							 GError **error)
{
	gboolean known, asked;
	gint64 asked_by;
	*reset = SECOND_RESET_NONE;
	if (!second_factor_known(sql, account, &known, error) ||
		!second_factor_reset_asked(sql, account, now_ms, &asked, &asked_by, error))
		return FALSE;
	if (!known || by == account)
		return TRUE;
	*reset = asked && asked_by != by ? SECOND_RESET_DONE : SECOND_RESET_ASKED;
	if (*reset == SECOND_RESET_DONE)
		return forget(sql, account, error);
	return asked || ask(sql, account, by, now_ms, error);
}
