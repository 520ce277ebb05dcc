#include "server/web/people/page_people.h"

static void add_search(Html *html, const PeopleView *view)
{
	html_add(html,
			 "<form class=\"hd-choose\" method=\"get\" action=\"/pegawai\" role=\"search\">\n");
	choices_render(html, view->choices, view->unit_code);
	html_add(
		html,
		"<label class=\"visually-hidden\" for=\"q\">Nama, NIP, atau nomor Hadir</label>\n"
		"<input class=\"form-control\" id=\"q\" name=\"q\" type=\"search\" value=\"%s\" "
		"placeholder=\"Nama, NIP, atau nomor\" maxlength=\"100\" autocomplete=\"off\">\n"
		"<button class=\"btn btn-primary\" type=\"submit\" data-tetap>Cari</button>\n</form>\n",
		view->text);
}

static void add_row(Html *html, const PeopleRow *row)
{
	html_add(html,
			 "<li><span><b><a href=\"/pegawai/%" G_GINT64_FORMAT "\">%s</a></b>"
			 "<small>%s%s%s</small></span>",
			 row->id, row->name, row->number == NULL ? "" : row->number,
			 row->number == NULL || row->unit == NULL ? "" : " · ", row->unit);
	if (row->n_fingers == 0)
		html_add(html, "<span class=\"hd-mark hd-tone-late\">belum direkam</span>");
	html_add(html, "</li>\n");
}

void page_people_render(Html *html, const Frame *frame, const PeopleView *view)
{
	layout_begin(html, frame);
	html_add(html, "<div class=\"hd-title\">\n<div><h1>Pegawai</h1>\n<p>%s</p></div>\n",
			 view->unit_name);
	add_search(html, view);
	html_add(html,
			 "</div>\n<section class=\"hd-section hd-tone-mute\">\n<h2>Hasil <small>%d%s orang"
			 "</small></h2>\n",
			 (int)view->rows->len, view->more ? " pertama dari lebih banyak" : "");
	if (view->rows->len == 0)
		html_add(html, "<p>Tidak ada pegawai yang cocok. Periksa ejaan nama atau angka NIP, atau "
					   "pilih unit kerja yang lebih luas.</p>\n");
	else
		html_add(html, "<ul class=\"hd-people\">\n");
	for (guint i = 0; i < view->rows->len; i++)
		add_row(html, &g_array_index(view->rows, PeopleRow, i));
	if (view->rows->len > 0)
		html_add(html, "</ul>\n");
	if (view->more)
		html_add(html, "<p>Ketik nama atau NIP untuk mempersempit daftar.</p>\n");
	html_add(html, "</section>\n");
	layout_end(html, frame);
}

/* ── one person ── */

static void add_fact(Html *html, const char *name, const char *value)
{
	if (value != NULL && value[0] != '\0')
		html_add(html, "<div><dt>%s</dt><dd>%s</dd></div>\n", name, value);
}

void page_fingers_list(Html *html, const GArray *fingers)
{
	if (fingers->len == 0)
		return;
	html_add(html, "<ul class=\"hd-people\">\n");
	for (guint i = 0; i < fingers->len; i++) {
		const PersonFinger *finger = &g_array_index(fingers, PersonFinger, i);
		html_add(html,
				 "<li><span><b>%s</b><small>direkam %s</small></span>"
				 "<span class=\"hd-mark\">mutu %" G_GINT64_FORMAT "</span></li>\n",
				 finger->finger, finger->since, finger->quality);
	}
	html_add(html, "</ul>\n");
}

static void add_fingers(Html *html, const PersonView *view)
{
	html_add(html,
			 "<section class=\"hd-section %s\">\n<h2>Sidik jari <small>%d jari</small></h2>\n",
			 view->fingers->len == 0 ? "hd-tone-late" : "hd-tone-ok", (int)view->fingers->len);
	if (view->fingers->len == 0)
		html_add(html,
				 "<p>Sidik jari belum direkam. Sampai direkam, kehadiran dicatat dengan daftar "
				 "manual oleh pengelola.</p>\n");
	page_fingers_list(html, view->fingers);
	html_add(html, "</section>\n");
}

static void add_services(Html *html, const PersonView *view)
{
	html_add(html, "<section class=\"hd-section hd-tone-mute\">\n<h2>Riwayat penempatan</h2>\n");
	if (view->services->len == 0)
		html_add(html, "<p>Belum ada penempatan yang dicatat.</p>\n");
	else
		html_add(html, "<ul class=\"hd-people hd-wide\">\n");
	for (guint i = 0; i < view->services->len; i++) {
		const PersonService *service = &g_array_index(view->services, PersonService, i);
		html_add(html, "<li><span><b>%s</b><small>%s sampai %s</small></span></li>\n",
				 service->unit, service->from, service->to == NULL ? "sekarang" : service->to);
	}
	if (view->services->len > 0)
		html_add(html, "</ul>\n");
	html_add(html, "</section>\n");
}

void page_person_render(Html *html, const Frame *frame, const PersonView *view)
{
	layout_begin(html, frame);
	html_add(html,
			 "<div class=\"hd-title\"><div><h1>%s</h1>\n<p>%s</p></div>\n<div class=\"hd-pager\">\n"
			 "<a class=\"btn btn-outline-secondary\" href=\"/pegawai/%" G_GINT64_FORMAT "/bulan\">"
			 "Bulan ini</a>\n",
			 view->name, view->unit, view->id);
	if (view->may_enrol)
		html_add(html,
				 "<a class=\"btn btn-primary\" href=\"/perekaman/baru?pegawai=%" G_GINT64_FORMAT
				 "\">Rekam sidik jari</a>\n",
				 view->id);
	if (view->may_mutate)
		html_add(html,
				 "<a class=\"btn btn-outline-secondary\" href=\"/mutasi?pegawai=%" G_GINT64_FORMAT
				 "\">Mutasi</a>\n",
				 view->id);
	if (view->may_enrol) {
		html_add(html, "<form method=\"post\" action=\"/pegawai/%" G_GINT64_FORMAT "/aktivasi\">\n",
				 view->id);
		layout_csrf(html, frame);
		html_add(html, "<button class=\"btn btn-outline-secondary\" type=\"submit\">Cetak kode "
					   "aktivasi</button>\n</form>\n");
	}
	html_add(html, "</div></div>\n<dl class=\"hd-card hd-facts\">\n");
	add_fact(html, view->number_kind, view->number);
	g_autofree char *id = g_strdup_printf("%" G_GINT64_FORMAT, view->id);
	add_fact(html, "Nomor Hadir", id);
	add_fact(html, "Status kepegawaian", view->employment);
	add_fact(html, "Lokasi presensi", view->places);
	html_add(html, "</dl>\n");
	add_fingers(html, view);
	add_services(html, view);
	layout_end(html, frame);
}
