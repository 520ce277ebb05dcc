/* The own account, read from the store; ending its sessions. */
#include <string.h>

#include "server/store/system/audit_log.h"
#include "server/store/system/second_factor.h"
#include "server/store/people/units.h"
#include "server/web/api.h"
#include "server/web/handlers.h"
#include "server/web/system/page_account.h"
#include "server/web/people/page_people.h"
#include "server/web/terms.h"
#include "server/web/words.h"

#define LOOKS_MAX 50

typedef struct {
	GStringChunk *texts;
	GArray *sessions, *grants, *fingers, *looks;
	AccountView view;
} Loaded;

static void loaded_init(Loaded *loaded)
{
	*loaded = (Loaded){
		.texts = g_string_chunk_new(1024),
		.sessions = g_array_new(FALSE, FALSE, sizeof(AccountSession)),
		.grants = g_array_new(FALSE, FALSE, sizeof(AccountGrant)),
		.fingers = g_array_new(FALSE, FALSE, sizeof(PersonFinger)),
		.looks = g_array_new(FALSE, FALSE, sizeof(AccountLook)),
	};
	loaded->view = (AccountView){.sessions = loaded->sessions,
								 .grants = loaded->grants,
								 .fingers = loaded->fingers,
								 .looks = loaded->looks};
}

static void loaded_clear(Loaded *loaded)
{
	g_string_chunk_free(loaded->texts);
	g_array_unref(loaded->sessions);
	g_array_unref(loaded->grants);
	g_array_unref(loaded->fingers);
	g_array_unref(loaded->looks);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Loaded, loaded_clear)

static const char *moment(const Call *call, Loaded *loaded, gint64 at_ms)
{
	gint64 offset_min = call->web->utc_offset_min;
	g_autofree char *date = words_short_date(words_day(at_ms, offset_min));
	g_autofree char *time = words_time(at_ms, offset_min);
	return words_keep(loaded->texts, g_strdup_printf("%s pukul %s", date, time));
}

/* A session's name in a form: its token's hash, from which nobody gets the token. */
static char *key_of(const guint8 hash[TOKEN_HASH_SIZE])
{
	GString *text = g_string_new(NULL);
	for (gsize i = 0; i < TOKEN_HASH_SIZE; i++)
		g_string_append_printf(text, "%02x", hash[i]);
	return g_string_free(text, FALSE);
}

static gboolean parse_key(const char *text, guint8 hash[TOKEN_HASH_SIZE])
{
	if (strlen(text) != (gsize)2 * TOKEN_HASH_SIZE)
		return FALSE;
	for (gsize i = 0; i < TOKEN_HASH_SIZE; i++) {
		int high = g_ascii_xdigit_value(text[2 * i]), low = g_ascii_xdigit_value(text[2 * i + 1]);
		if (high < 0 || low < 0)
			return FALSE;
		hash[i] = (guint8)(high * 16 + low);
	}
	return TRUE;
}

static gboolean load_sessions(const Call *call, Loaded *loaded, GError **error)
{
	g_autoptr(GArray) rows = NULL;
	if (!sessions_list(call->web->sql, call->access->user->id, call->request->now_ms, &rows, error))
		return FALSE;
	for (guint i = 0; i < rows->len; i++) {
		const SessionRow *row = &g_array_index(rows, SessionRow, i);
		AccountSession session = {
			.key = words_keep(loaded->texts, key_of(row->token_hash)),
			.address = row->address[0] == '\0' ? "Alamat tidak diketahui"
											   : g_string_chunk_insert(loaded->texts, row->address),
			.began = moment(call, loaded, row->created_ms),
			.used = moment(call, loaded, row->used_ms),
			.current =
				memcmp(row->token_hash, call->access->session.token_hash, TOKEN_HASH_SIZE) == 0,
		};
		g_array_append_val(loaded->sessions, session);
	}
	return TRUE;
}

static gboolean load_grants(const Call *call, Loaded *loaded, GError **error)
{
	const GPtrArray *grants = call->access->grants;
	for (guint i = 0; i < grants->len; i++) {
		const Grant *grant = grants->pdata[i];
		g_autoptr(GError) inner = NULL;
		AccountGrant row = {.role = terms_role(grant->role),
							.deputy = grant->account != call->access->user->id};
		if (grant->role == ROLE_PEGAWAI)
			row.unit = "Data sendiri";
		else if (grant->unit != 0)
			row.unit = words_keep(loaded->texts,
								  units_name(call->web->sql, grant->unit, call->today, &inner));
		if (inner != NULL) {
			g_propagate_error(error, g_steal_pointer(&inner));
			return FALSE;
		}
		if (grant->to_day != G_MAXINT64)
			row.until = words_keep(loaded->texts, words_date(grant->to_day - 1));
		g_array_append_val(loaded->grants, row);
	}
	return TRUE;
}

static gboolean load_looks(const Call *call, Loaded *loaded, GError **error)
{
	gint64 before = G_MAXINT64, unused;
	const char *cursor = call_query(call, "sebelum");
	if (cursor != NULL && !cursor_decode(cursor, &before, &unused))
		before = G_MAXINT64;
	g_autoptr(GPtrArray) looks = audit_log_looks(call->web->sql, call->access->user->person,
												 call->today, before, LOOKS_MAX + 1, error);
	for (guint i = 0; looks != NULL && i < MIN(looks->len, LOOKS_MAX); i++) {
		const AuditLook *look = looks->pdata[i];
		const char *who = look->name != NULL ? look->name : look->account;
		AccountLook row = {
			.time = moment(call, loaded, look->at_ms),
			.who = who == NULL ? "Administrator server" : g_string_chunk_insert(loaded->texts, who),
			.what = g_string_chunk_insert(loaded->texts, terms_action(look->action)),
		};
		g_array_append_val(loaded->looks, row);
		if (i + 1 == LOOKS_MAX && looks->len > LOOKS_MAX)
			loaded->view.older = words_keep(loaded->texts, cursor_encode(look->seq, 0));
	}
	return looks != NULL;
}

/* Programs have no sessions. */
static gboolean is_person(const Call *call)
{
	return call->access->kind == ACCESS_SESSION;
}

Response *page_account(Call *call, GError **error)
{
	if (!is_person(call))
		return problem_for(call, 403, NULL);
	g_auto(Loaded) loaded;
	loaded_init(&loaded);
	gint64 person = call->access->user->person;
	loaded.view.has_person = person != 0;
	if (!second_factor_known(call->web->sql, call->access->user->id, &loaded.view.has_second,
							 error) ||
		!load_sessions(call, &loaded, error) || !load_grants(call, &loaded, error) ||
		(person != 0 && (!page_fingers_load(call, person, loaded.texts, loaded.fingers, error) ||
						 !load_looks(call, &loaded, error))))
		return NULL;
	Frame frame = layout_frame(call, "Akun", NAV_ACCOUNT);
	Html *html = html_new();
	page_account_render(html, &frame, &loaded.view);
	return call_html(html_to_bytes(html));
}

Response *page_session_end(Call *call, GError **error)
{
	guint8 hash[TOKEN_HASH_SIZE];
	gboolean found = FALSE;
	if (!is_person(call) || !parse_key(call->params[0], hash))
		return problem_for(call, 404, NULL);
	if (!sessions_end_own(call->web->sql, call->access->user->id, hash, &found, error))
		return NULL;
	return found ? response_redirect("/akun") : problem_for(call, 404, NULL);
}

Response *page_sessions_end(Call *call, GError **error)
{
	if (!is_person(call))
		return problem_for(call, 404, NULL);
	if (!sessions_end_all(call->web->sql, call->access->user->id, call->access->session.token_hash,
						  error))
		return NULL;
	return response_redirect("/akun");
}
