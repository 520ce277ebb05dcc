#include "server/web/layout.h"

static const struct {
	Nav nav;
	const char *href, *text;
} entries[] = {
	{NAV_TODAY, "/hari-ini", "Hari ini"},
	{NAV_MONTH, "/bulan", "Bulan"},
	{NAV_CORRECTIONS, "/koreksi", "Koreksi"},
	{NAV_TASKS, "/tugas", "Kotak tugas"},
	{NAV_TEAM, "/tim", "Tim"},
	{NAV_BOARD, "/papan", "Papan hari ini"},
	{NAV_ENROL, "/perekaman", "Perekaman"},
	{NAV_PEOPLE, "/pegawai", "Pegawai"},
	{NAV_MUTATION, "/mutasi", "Mutasi"},
	{NAV_UNITS, "/unit", "Unit kerja"},
	{NAV_ROSTER, "/jadwal", "Jadwal"},
	{NAV_RECAP, "/rekap", "Rekap"},
	{NAV_CLOSING, "/akhir-bulan", "Akhir bulan"},
	{NAV_DISCIPLINE, "/disiplin", "Disiplin"},
	{NAV_CHARTS, "/grafik", "Grafik"},
	{NAV_TERMINALS, "/mesin", "Mesin"},
	{NAV_OUTAGES, "/gangguan", "Gangguan"},
	{NAV_GRANTS, "/hak-akses", "Hak akses"},
	{NAV_CLAIMS, "/persetujuan", "Persetujuan"},
	{NAV_WAITING, "/putusan", "Putusan"},
	{NAV_AUDIT, "/audit", "Audit"},
	{NAV_ANOMALIES, "/anomali", "Anomali"},
};

static const struct {
	Right right;
	int nav;
} by_right[] = {
	{RIGHT_SEE_PEOPLE,
	 NAV_BOARD | NAV_PEOPLE | NAV_RECAP | NAV_CHARTS | NAV_CLOSING | NAV_DISCIPLINE},
	{RIGHT_ENROL, NAV_ENROL | NAV_TASKS},
	{RIGHT_SEE_TERMINALS, NAV_TERMINALS | NAV_OUTAGES},
	{RIGHT_GRANT, NAV_GRANTS},
	{RIGHT_APPROVE, NAV_CLAIMS | NAV_TASKS},
	{RIGHT_CORRECT, NAV_CORRECTIONS},
	{RIGHT_ROSTER, NAV_ROSTER},
	{RIGHT_DECIDE, NAV_WAITING},
	{RIGHT_AUDIT, NAV_AUDIT | NAV_UNITS | NAV_ANOMALIES},
	{RIGHT_MUTATE, NAV_MUTATION | NAV_UNITS},
};

Frame layout_frame(const Call *call, const char *title, Nav current)
{
	const Assets *assets = call->web->assets;
	Frame frame = {
		.title = title,
		.current = current,
		.bootstrap_css = assets_get(assets, "bootstrap.css")->url,
		.app_css = assets_get(assets, "app.css")->url,
		.app_js = assets_get(assets, "app.js")->url,
		.icon = assets_get(assets, "ikon.svg")->url,
	};
	const Access *access = call->access;
	if (access == NULL || access->kind != ACCESS_SESSION)
		return frame;
	frame.user = access->user->name;
	frame.csrf = access->csrf;
	if (access->user->one_time || access->second_due)
		return frame;
	if (access->user->person != 0)
		frame.nav |= NAV_TODAY | NAV_MONTH | NAV_CORRECTIONS;
	for (gsize i = 0; i < G_N_ELEMENTS(by_right); i++)
		if (access_has_right(access, by_right[i].right))
			frame.nav |= by_right[i].nav;
	if (access_has_role(access, ROLE_ATASAN))
		frame.nav |= NAV_TEAM;
	return frame;
}

void layout_charts(Frame *frame, const Call *call)
{
	frame->chart_js = assets_get(call->web->assets, "chart.js")->url;
	frame->grafik_js = assets_get(call->web->assets, "grafik.js")->url;
}

void layout_csrf(Html *html, const Frame *frame)
{
	html_add(html, "<input type=\"hidden\" name=\"csrf\" value=\"%s\">\n", frame->csrf);
}

/* One entry; the current page's says so to those who do not see it. */
static void add_entry(Html *html, const char *href, const char *text, gboolean current)
{
	if (current)
		html_add(
			html,
			"<li><a class=\"hd-link hd-current\" aria-current=\"page\" href=\"%s\">%s</a></li>\n",
			href, text);
	else
		html_add(html, "<li><a class=\"hd-link\" href=\"%s\">%s</a></li>\n", href, text);
}

/* On a phone a menu of more entries than fit in two lines is folded, without script. */
#define MENU_OPEN_MAX 4

static void add_fold(Html *html, const Frame *frame)
{
	int n = 0;
	for (gsize i = 0; i < G_N_ELEMENTS(entries); i++)
		n += (frame->nav & (int)entries[i].nav) != 0;
	if (n > MENU_OPEN_MAX)
		html_add(html, "<input class=\"hd-open\" id=\"menu\" type=\"checkbox\">"
					   "<label for=\"menu\">Menu</label>\n");
}

static void add_menu(Html *html, const Frame *frame)
{
	add_fold(html, frame);
	html_add(html, "<nav aria-label=\"Menu utama\"><ul class=\"hd-menu\">\n");
	for (gsize i = 0; i < G_N_ELEMENTS(entries); i++)
		if ((frame->nav & (int)entries[i].nav) != 0)
			add_entry(html, entries[i].href, entries[i].text, entries[i].nav == frame->current);
	html_add(html, "</ul></nav>\n");
}

static void add_account(Html *html, const Frame *frame)
{
	html_add(html,
			 "<div class=\"hd-account\">\n<a class=\"hd-link hd-user\" href=\"/akun\">%s</a>\n"
			 "<form method=\"post\" action=\"/keluar\">\n",
			 frame->user);
	layout_csrf(html, frame);
	html_add(html, "<button class=\"hd-link\" type=\"submit\">Keluar</button>\n</form>\n</div>\n");
}

static void add_head(Html *html, const Frame *frame)
{
	html_add(html,
			 "<!doctype html>\n<html lang=\"id\">\n<head>\n<meta charset=\"utf-8\">\n"
			 "<title>%s · Hadir</title>\n"
			 "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
			 "<link rel=\"icon\" href=\"%s\">\n<link rel=\"stylesheet\" href=\"%s\">\n"
			 "<link rel=\"stylesheet\" href=\"%s\">\n<script src=\"%s\" defer></script>\n",
			 frame->title, frame->icon, frame->bootstrap_css, frame->app_css, frame->app_js);
	if (frame->refresh_s != NULL)
		html_add(html, "<noscript><meta http-equiv=\"refresh\" content=\"%s\"></noscript>\n",
				 frame->refresh_s);
	if (frame->chart_js != NULL)
		html_add(html, "<script src=\"%s\" defer></script>\n<script src=\"%s\" defer></script>\n",
				 frame->chart_js, frame->grafik_js);
	html_add(html, "</head>\n");
}

void layout_begin(Html *html, const Frame *frame)
{
	add_head(html, frame);
	html_add(
		html,
		"<body>\n<a class=\"visually-hidden-focusable hd-skip\" href=\"#isi\">Langsung ke isi</a>\n"
		"<header class=\"hd-header\">\n<div class=\"container-xl hd-bar\">\n"
		"<a class=\"hd-brand\" href=\"/\"><img src=\"%s\" alt=\"\" width=\"28\" height=\"28\">"
		"<span>Hadir</span></a>\n",
		frame->icon);
	if (frame->user != NULL) {
		add_menu(html, frame);
		add_account(html, frame);
	}
	html_add(html, "</div>\n</header>\n<main id=\"isi\" class=\"container-xl hd-main\">\n");
}

void layout_end(Html *html, const Frame *frame)
{
	(void)frame;
	html_add(html,
			 "</main>\n<footer class=\"container-xl hd-footer\">Hadir · Badan Kepegawaian Daerah "
			 "Provinsi Jawa Tengah</footer>\n</body>\n</html>\n");
}
