#include "server/web/system/page_second.h"

#include <string.h>

#include "server/store/system/audit_log.h"
#include "server/store/system/second_factor.h"
#include "server/store/system/server_state.h"
#include "server/web/system/audit.h"
#include "server/web/handlers.h"
#include "server/web/problem.h"

/* ── rendering ── */

static void add_field(Html *html, const char *label, const char *problem)
{
	html_add(
		html,
		"<div class=\"mb-3\"><label class=\"form-label\" for=\"kode\">%s</label>\n"
		"<input class=\"form-control\" id=\"kode\" name=\"kode\" autocomplete=\"one-time-code\" "
		"autocapitalize=\"none\" spellcheck=\"false\" maxlength=\"40\" required autofocus",
		label);
	if (problem != NULL)
		html_add(html, " aria-invalid=\"true\" aria-describedby=\"kode-salah\"");
	html_add(html, ">\n");
	if (problem != NULL)
		html_add(html, "<div class=\"hd-problem\" id=\"kode-salah\" role=\"alert\">%s</div>\n",
				 problem);
	html_add(html, "</div>\n");
}

/* What is printed for everybody to see protects nothing: the page says so. */
static void add_demo(Html *html, const char *code)
{
	if (code != NULL)
		html_add(
			html,
			"<div class=\"alert alert-warning\">Server contoh, tanpa data sungguhan: kode saat "
			"ini <b id=\"kode-contoh\">%s</b>.</div>\n",
			code);
}

void page_second_render(Html *html, const Frame *frame, const SecondView *view)
{
	layout_begin(html, frame);
	html_add(html,
			 "<div class=\"hd-narrow hd-card\">\n<h1 class=\"h4\">Kode dari telepon</h1>\n"
			 "<p class=\"text-muted\">Buka aplikasi autentikator di telepon Anda, lalu ketik enam "
			 "angka untuk Hadir. Setiap kode berlaku satu kali.</p>\n");
	add_demo(html, view->demo);
	html_add(html, "<form method=\"post\" action=\"/kode\">\n");
	layout_csrf(html, frame);
	add_field(html, "Kode", view->problem);
	html_add(html,
			 "<button class=\"btn btn-primary w-100\" type=\"submit\">Lanjut</button>\n</form>\n"
			 "<p class=\"text-muted hd-hint\">Telepon tidak ada? Ketik salah satu kode pemulihan "
			 "Anda. Bila itu pun tidak ada, mintalah dua orang administrator BKD untuk "
			 "menghapus kode telepon Anda.</p>\n</div>\n");
	layout_end(html, frame);
}

void page_second_render_setup(Html *html, const Frame *frame, const SecondSetup *view)
{
	layout_begin(html, frame);
	html_add(html,
			 "<div class=\"hd-narrow hd-card\">\n<h1 class=\"h4\">Pasang kode telepon</h1>\n");
	if (view->required)
		html_add(html,
				 "<p class=\"text-muted\">Hak akses Anda dapat mengubah data orang lain, maka "
				 "kata sandi saja tidak cukup.</p>\n");
	html_add(html,
			 "<ol class=\"hd-steps\">\n<li>Pasang aplikasi autentikator di telepon (misalnya "
			 "FreeOTP atau Aegis).</li>\n<li>Tambahkan akun dengan kunci ini: "
			 "<b class=\"hd-secret\" id=\"rahasia\">%s</b>\n"
			 "<small>Alamat untuk aplikasi: <span class=\"hd-secret\">%s</span></small></li>\n"
			 "<li>Ketik enam angka yang ditampilkan aplikasi.</li>\n</ol>\n",
			 view->secret, view->url);
	add_demo(html, view->demo);
	html_add(html, "<form method=\"post\" action=\"/kode/pasang\">\n");
	layout_csrf(html, frame);
	html_add(html, "<input type=\"hidden\" name=\"rahasia\" value=\"%s\">\n", view->secret);
	add_field(html, "Kode", view->problem);
	html_add(html, "<button class=\"btn btn-primary w-100\" "
				   "type=\"submit\">Pasang</button>\n</form>\n</div>\n");
	layout_end(html, frame);
}

void page_second_render_recovery(Html *html, const Frame *frame, const GPtrArray *codes)
{
	layout_begin(html, frame);
	html_add(html, "<div class=\"hd-narrow hd-card\">\n<h1 class=\"h4\">Kode pemulihan</h1>\n"
				   "<p>Cetak atau tulis kode ini dan simpan di tempat aman. Setiap kode "
				   "menggantikan telepon satu kali. Kode ini tidak ditampilkan lagi.</p>\n"
				   "<ul class=\"hd-codes\">\n");
	for (guint i = 0; i < codes->len; i++)
		html_add(html, "<li>%s</li>\n", (const char *)codes->pdata[i]);
	html_add(html, "</ul>\n<p><a class=\"btn btn-primary w-100\" href=\"/\">Sudah saya simpan</a>"
				   "</p>\n</div>\n");
	layout_end(html, frame);
}

/* ── showing ── */

/* The present code on a server made for demonstration; NULL on any other. */
static char *demo_code(const Call *call, const SecondSecret *secret)
{
	gboolean demo = FALSE;
	if (!server_state_demo(call->web->sql, &demo, NULL) || !demo)
		return NULL;
	return second_secret_code(secret, call->request->now_ms);
}

static Response *page(Html *html, guint status)
{
	Response *response = call_html(html_to_bytes(html));
	response->status = status;
	return response;
}

static Response *show(const Call *call, guint status, const char *problem, GError **error)
{
	SecondSecret secret;
	g_autoptr(GError) inner = NULL;
	gboolean found = second_factor_secret(call->web->sql, call->access->user->id, &secret, &inner);
	if (inner != NULL) {
		g_propagate_error(error, g_steal_pointer(&inner));
		return NULL;
	}
	if (!found)
		return response_redirect("/kode/pasang");
	g_autofree char *demo = demo_code(call, &secret);
	SecondView view = {.problem = problem, .demo = demo};
	Frame frame = layout_frame(call, "Kode dari telepon", NAV_NONE);
	Html *html = html_new();
	page_second_render(html, &frame, &view);
	return page(html, status);
}

static Response *show_setup(const Call *call, guint status, const SecondSecret *secret,
							const char *problem)
{
	g_autofree char *text = second_secret_text(secret);
	g_autofree char *url = second_secret_url(secret, call->access->user->name);
	g_autofree char *demo = demo_code(call, secret);
	SecondSetup view = {.secret = text,
						.url = url,
						.problem = problem,
						.demo = demo,
						.required = access_needs_second(call->access)};
	Frame frame = layout_frame(call, "Pasang kode telepon", NAV_NONE);
	Html *html = html_new();
	page_second_render_setup(html, &frame, &view);
	return page(html, status);
}

/* Programs and those who have not chosen a password do not come here. */
static Response *refuse(const Call *call)
{
	if (call->access->kind != ACCESS_SESSION)
		return problem_for(call, 403, NULL);
	return call->access->user->one_time ? response_redirect("/kata-sandi") : NULL;
}

Response *page_second(Call *call, GError **error)
{
	Response *refusal = refuse(call);
	if (refusal != NULL)
		return refusal;
	return call->access->second_due ? show(call, 200, NULL, error) : response_redirect("/");
}

/* A new phone takes the place of the old one only for who has shown the old one. */
static Response *refuse_setup(const Call *call)
{
	Response *refusal = refuse(call);
	if (refusal == NULL && call->access->second_due && call->access->second_known)
		refusal = response_redirect("/kode");
	return refusal;
}

Response *page_second_setup(Call *call, GError **error)
{
	(void)error;
	Response *refusal = refuse_setup(call);
	if (refusal != NULL)
		return refusal;
	SecondSecret secret;
	second_secret_make(&secret);
	return show_setup(call, 200, &secret, NULL);
}

/* ── proving ── */

static const char *field(const Call *call, const char *name)
{
	const char *text = form_get(call->form, name);
	return text == NULL ? "" : text;
}

/* Guessing six digits is slowed down as guessing a password is. */
static gboolean may_try(const Call *call)
{
	g_autofree char *key = g_strconcat("kode:", call->access->user->name, NULL);
	return limits_take(call->web->by_account, key, call->request->now_ms, NULL);
}

static void reset_limit(const Call *call)
{
	g_autofree char *key = g_strconcat("kode:", call->access->user->name, NULL);
	limits_reset(call->web->by_account, key);
}

static gboolean commit(Call *call, const char *action, GError **error)
{
	AuditEntry entry = audit_entry(call);
	entry.action = action;
	return audit_change_commit(call->web->sql, &entry, error);
}

static gboolean prove(Call *call, SecondProof *proof, GError **error)
{
	static const char *const actions[] = {[SECOND_WRONG] = "second.refused",
										  [SECOND_CODE] = "second.prove",
										  [SECOND_RECOVERY] = "second.recover"};
	Sql *sql = call->web->sql;
	gint64 now_ms = call->request->now_ms;
	if (!audit_change_begin(sql, error))
		return FALSE;
	if (second_factor_prove(sql, call->access->user->id, field(call, "kode"), now_ms, proof,
							error) &&
		(*proof == SECOND_WRONG ||
		 sessions_prove(sql, call->access->session.token_hash, now_ms, error)) &&
		commit(call, actions[*proof], error))
		return TRUE;
	audit_change_rollback(sql);
	return FALSE;
}

Response *page_second_post(Call *call, GError **error)
{
	SecondProof proof;
	Response *refusal = refuse(call);
	if (refusal != NULL)
		return refusal;
	if (!may_try(call))
		return show(call, 429, "Terlalu banyak percobaan. Tunggu beberapa menit.", error);
	if (!prove(call, &proof, error))
		return NULL;
	if (proof == SECOND_WRONG)
		return show(call, 422, "Kode ini salah atau sudah dipakai. Tunggu kode berikutnya.", error);
	reset_limit(call);
	return response_redirect("/");
}

static gboolean set(Call *call, const SecondSecret *secret, gboolean *right, GPtrArray **codes,
					GError **error)
{
	Sql *sql = call->web->sql;
	gint64 now_ms = call->request->now_ms;
	if (!audit_change_begin(sql, error))
		return FALSE;
	if (second_factor_set(sql, call->access->user->id, secret, field(call, "kode"), now_ms, right,
						  codes, error) &&
		(!*right || sessions_prove(sql, call->access->session.token_hash, now_ms, error)) &&
		commit(call, *right ? "second.set" : "second.refused", error))
		return TRUE;
	audit_change_rollback(sql);
	return FALSE;
}

Response *page_second_setup_post(Call *call, GError **error)
{
	SecondSecret secret;
	gboolean right;
	g_autoptr(GPtrArray) codes = NULL;
	Response *refusal = refuse_setup(call);
	if (refusal != NULL)
		return refusal;
	if (!second_secret_parse(field(call, "rahasia"), &secret))
		return problem_for(call, 400, NULL);
	if (!may_try(call))
		return show_setup(call, 429, &secret, "Terlalu banyak percobaan. Tunggu beberapa menit.");
	if (!set(call, &secret, &right, &codes, error))
		return NULL;
	if (!right)
		return show_setup(call, 422, &secret,
						  "Kode ini salah. Periksa kunci dan jam telepon, lalu coba lagi.");
	reset_limit(call);
	/* The menu is shown again from the next page on. */
	Frame frame = layout_frame(call, "Kode pemulihan", NAV_NONE);
	Html *html = html_new();
	page_second_render_recovery(html, &frame, codes);
	return page(html, 200);
}
