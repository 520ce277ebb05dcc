/* Questions to the vault and their answers, and the gallery it searches for duplicates. */
#include "server/core/core.h"

#include "server/store/terminals/references.h"

#define PAGE 256
/* Stop filling the channel here, and go on when the vault has read. */
#define BACKLOG_MAX (4 * 1024 * 1024)

VaultRequest *core_vault_request(Core *core, VaultRequestKind kind, const TerminalId *terminal)
{
	VaultRequest *request = g_new0(VaultRequest, 1);
	request->number = ++core->last_request;
	request->kind = kind;
	request->terminal = *terminal;
	return request;
}

void core_vault_request_free(VaultRequest *request)
{
	g_clear_pointer(&request->report, g_bytes_unref);
	g_clear_pointer(&request->plan, distribute_plan_free);
	g_free(request);
}

gboolean core_vault_send(Core *core, VaultRequest *request, guint8 type, const WireBuffer *message)
{
	if (core->vault == NULL || message->failed ||
		!channel_send(core->vault, type, message->data, message->size)) {
		core_vault_request_free(request);
		return FALSE;
	}
	g_hash_table_insert(core->requests, &request->number, request);
	return TRUE;
}

gboolean core_vault_waits_for(Core *core, VaultRequestKind kind)
{
	GHashTableIter iter;
	gpointer value;
	g_hash_table_iter_init(&iter, core->requests);
	while (g_hash_table_iter_next(&iter, NULL, &value))
		if (((VaultRequest *)value)->kind == kind)
			return TRUE;
	return FALSE;
}

/* Takes the request out; NULL: never asked, or of another kind. */
static VaultRequest *take(Core *core, guint64 number, VaultRequestKind kind)
{
	VaultRequest *request = g_hash_table_lookup(core->requests, &number);
	if (request == NULL || request->kind != kind) {
		g_warning("the vault answered what was not asked");
		return NULL;
	}
	g_hash_table_steal(core->requests, &number);
	return request;
}

static gboolean on_enrolled(Core *core, Slice payload)
{
	VaultEnrolled answer;
	if (!vault_enrolled_decode(payload, &answer))
		return FALSE;
	VaultRequest *request = take(core, answer.request, VAULT_REQUEST_ENROL);
	if (request == NULL)
		return TRUE;
	core_enrolled(core, &request->terminal, request->report, request->references, &answer);
	core_vault_request_free(request);
	return TRUE;
}

static gboolean on_resealed(Core *core, Slice payload)
{
	VaultResealed answer;
	if (!vault_resealed_decode(payload, &answer))
		return FALSE;
	VaultRequest *request = take(core, answer.request, VAULT_REQUEST_RESEAL);
	if (request == NULL)
		return TRUE;
	core_roster_sealed(core, request, &answer);
	core_vault_request_free(request);
	return TRUE;
}

static gboolean on_verified(Core *core, Slice payload)
{
	VaultVerified answer;
	if (!vault_verified_decode(payload, &answer))
		return FALSE;
	VaultRequest *request = take(core, answer.request, VAULT_REQUEST_VERIFY);
	if (request == NULL)
		return TRUE;
	core_claim_verified(core, request->journal, request->seq, &answer);
	core_vault_request_free(request);
	return TRUE;
}

static void on_message(Channel *channel, guint8 type, const guint8 *payload, gsize size,
					   gpointer user)
{
	Core *core = user;
	Slice slice = {payload, size};
	gboolean ok = FALSE;
	(void)channel;
	if (type == SERVER_VAULT_ENROLLED)
		ok = on_enrolled(core, slice);
	else if (type == SERVER_VAULT_RESEALED)
		ok = on_resealed(core, slice);
	else if (type == SERVER_VAULT_VERIFIED)
		ok = on_verified(core, slice);
	if (!ok)
		g_warning("the vault sent a malformed message of type %u", type);
}

/* What it was asked is asked again: rosters by wants, enrolments by the terminal, claims by the
 * scan. */
static void forget_requests(Core *core)
{
	GHashTableIter iter;
	gpointer value;
	g_hash_table_remove_all(core->requests);
	g_hash_table_iter_init(&iter, core->sessions);
	while (g_hash_table_iter_next(&iter, NULL, &value))
		((Session *)value)->roster_busy = FALSE;
}

static void on_closed(Channel *channel, gpointer user)
{
	Core *core = user;
	if (core->vault == channel)
		core->vault = NULL;
	g_clear_handle_id(&core->gallery_source, g_source_remove);
	forget_requests(core);
	channel_free(channel);
}

/* ── the gallery ── */

void core_vault_load(Core *core, const VaultReference *reference)
{
	g_auto(WireBuffer) message = {0};
	vault_reference_encode(&message, reference);
	if (core->vault != NULL && !message.failed)
		channel_send(core->vault, SERVER_VAULT_LOAD, message.data, message.size);
}

void core_vault_forget(Core *core, gint64 reference)
{
	g_auto(WireBuffer) message = {0};
	vault_forget_encode(&message, reference);
	if (core->vault != NULL && !message.failed)
		channel_send(core->vault, SERVER_VAULT_FORGET, message.data, message.size);
}

static gboolean load_page(Core *core)
{
	g_autoptr(GArray) page = NULL;
	g_autoptr(GError) error = NULL;
	if (!references_page(core->sql, core->gallery_after, PAGE, &page, &error)) {
		g_warning("loading the vault's gallery: %s", error->message);
		return FALSE;
	}
	for (guint i = 0; i < page->len; i++) {
		const SealedReference *row = &g_array_index(page, SealedReference, i);
		VaultReference reference = {row->person, row->id, slice_of_bytes(row->sealed)};
		core_vault_load(core, &reference);
		core->gallery_after = row->id;
	}
	return page->len == PAGE;
}

static gboolean on_gallery(gpointer user)
{
	Core *core = user;
	if (channel_backlog(core->vault) > BACKLOG_MAX || load_page(core))
		return G_SOURCE_CONTINUE;
	core->gallery_source = 0;
	/* The question waits behind the references, so that it is asked of all of them. */
	core_scan_claims(core);
	return G_SOURCE_REMOVE;
}

void core_vault_linked(Core *core, int fd)
{
	g_clear_handle_id(&core->gallery_source, g_source_remove);
	g_clear_pointer(&core->vault, channel_free);
	forget_requests(core);
	core->vault = channel_new(fd, on_message, on_closed, core);
	core->gallery_after = 0;
	core->gallery_source = g_timeout_add(10, on_gallery, core);
}
