#include "server/web/system/page_account.h"

#include "server/web/people/page_people.h"

static void add_session(Html *html, const Frame *frame, const AccountSession *session)
{
	html_add(html, "<li><span><b>%s</b><small>masuk %s · terakhir dipakai %s</small></span>",
			 session->address, session->began, session->used);
	if (session->current) {
		html_add(html, "<span class=\"hd-mark hd-tone-ok\">sesi ini</span></li>\n");
		return;
	}
	html_add(html, "<form class=\"hd-right\" method=\"post\" action=\"/akun/sesi/%s/akhiri\">\n",
			 session->key);
	layout_csrf(html, frame);
	html_add(html,
			 "<button class=\"btn btn-sm btn-outline-danger\" type=\"submit\" "
			 "aria-label=\"Akhiri sesi dari %s\">Akhiri</button>\n</form></li>\n",
			 session->address);
}

static void add_sessions(Html *html, const Frame *frame, const AccountView *view)
{
	html_add(html,
			 "<section class=\"hd-section hd-tone-mute\" id=\"sesi\">\n<h2>Sesi <small>%d "
			 "perangkat</small></h2>\n<ul class=\"hd-people hd-wide\">\n",
			 (int)view->sessions->len);
	for (guint i = 0; i < view->sessions->len; i++)
		add_session(html, frame, &g_array_index(view->sessions, AccountSession, i));
	html_add(html, "</ul>\n");
	if (view->sessions->len > 1) {
		html_add(html, "<form class=\"hd-foot\" method=\"post\" action=\"/akun/sesi/akhiri\">\n");
		layout_csrf(html, frame);
		html_add(html, "<button class=\"btn btn-outline-danger\" type=\"submit\">Akhiri semua sesi "
					   "lain</button>\n</form>\n");
	}
	html_add(html, "</section>\n");
}

static void add_grants(Html *html, const AccountView *view)
{
	html_add(html, "<section class=\"hd-section hd-tone-mute\">\n<h2>Hak akses Anda</h2>\n");
	if (view->grants->len == 0)
		html_add(html, "<p>Tidak ada hak akses yang berlaku hari ini. Hubungi pengelola "
					   "kepegawaian Anda.</p>\n");
	else
		html_add(html, "<ul class=\"hd-people\">\n");
	for (guint i = 0; i < view->grants->len; i++) {
		const AccountGrant *grant = &g_array_index(view->grants, AccountGrant, i);
		html_add(html, "<li><span><b>%s%s</b><small>%s · %s%s</small></span></li>\n", grant->role,
				 grant->deputy ? ", sebagai pengganti" : "",
				 grant->unit == NULL ? "Seluruh provinsi" : grant->unit,
				 grant->until == NULL ? "tanpa batas waktu" : "sampai ",
				 grant->until == NULL ? "" : grant->until);
	}
	if (view->grants->len > 0)
		html_add(html, "</ul>\n");
	html_add(html, "</section>\n");
}

static void add_fingers(Html *html, const AccountView *view)
{
	html_add(html, "<section class=\"hd-section hd-tone-mute\">\n<h2>Sidik jari Anda</h2>\n");
	if (view->fingers->len == 0)
		html_add(html, "<p>Sidik jari Anda belum direkam. Datanglah ke pengelola kepegawaian unit "
					   "kerja Anda.</p>\n");
	page_fingers_list(html, view->fingers);
	html_add(html, "</section>\n");
}

static void add_looks(Html *html, const AccountView *view)
{
	html_add(html, "<section class=\"hd-section hd-tone-mute\" id=\"dilihat\">\n"
				   "<h2>Siapa yang membuka data Anda</h2>\n");
	if (view->looks->len == 0)
		html_add(html, "<p>Belum ada orang lain yang membuka data Anda satu per satu. Papan dan "
					   "daftar unit kerja tidak disebut di sini.</p>\n");
	else
		html_add(html, "<ul class=\"hd-people hd-wide\">\n");
	for (guint i = 0; i < view->looks->len; i++) {
		const AccountLook *look = &g_array_index(view->looks, AccountLook, i);
		html_add(html,
				 "<li><span><b>%s</b><small>%s</small></span><span class=\"hd-right\">%s</span>"
				 "</li>\n",
				 look->who, look->what, look->time);
	}
	if (view->looks->len > 0)
		html_add(html, "</ul>\n");
	if (view->older != NULL)
		html_add(html, "<p><a href=\"/akun?sebelum=%s#dilihat\">Yang lebih lama</a></p>\n",
				 view->older);
	html_add(html, "</section>\n");
}

void page_account_render(Html *html, const Frame *frame, const AccountView *view)
{
	layout_begin(html, frame);
	html_add(
		html,
		"<div class=\"hd-title\"><div><h1>Akun</h1>\n<p>%s</p></div>\n<div class=\"hd-pager\">\n"
		"<a class=\"btn btn-outline-secondary\" href=\"/kata-sandi\">Ganti kata sandi</a>\n"
		"<a class=\"btn btn-outline-secondary\" href=\"/kode/pasang\">%s</a>\n"
		"</div></div>\n",
		frame->user, view->has_second ? "Ganti kode telepon" : "Pasang kode telepon");
	add_sessions(html, frame, view);
	add_grants(html, view);
	if (view->has_person) {
		add_fingers(html, view);
		add_looks(html, view);
	}
	layout_end(html, frame);
}
