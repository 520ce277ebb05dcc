/*
 * Pages from plain views, compared with tests/server/web_pages/NAME.html.  After a wanted change:
 * HADIR_WRITE_PAGES=1 build-debug/tests/server_web_pages…, look at the difference, commit it.
 */
#pragma once

#include <glib.h>

#include "server/web/layout.h"

#define PAGE_SIZE_MAX (300 * 1024)

static const Frame golden_page_nobody = {
	.title = "Masuk",
	.bootstrap_css = "/aset/bootstrap.css",
	.app_css = "/aset/app.css",
	.app_js = "/aset/app.js",
	.icon = "/aset/ikon.svg",
};

static inline Frame golden_page_frame(const char *title, Nav current)
{
	Frame frame = golden_page_nobody;
	frame.title = title;
	frame.user = "siti";
	frame.csrf = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
	frame.nav =
		NAV_TODAY | NAV_MONTH | NAV_BOARD | NAV_ENROL | NAV_PEOPLE | NAV_TERMINALS | NAV_RECAP;
	frame.current = current;
	frame.refresh_s = "60";
	return frame;
}

static inline void golden_page_check(const char *name, Html *html)
{
	g_autoptr(GBytes) bytes = html_to_bytes(html);
	gsize size;
	const char *text = g_bytes_get_data(bytes, &size);
	g_autofree char *file = g_strconcat(name, ".html", NULL);
	g_autofree char *path =
		g_build_filename(g_getenv("HADIR_SOURCE"), "tests", "server", "web_pages", file, NULL);
	g_autofree char *golden = NULL;
	g_assert_cmpuint(size, <=, PAGE_SIZE_MAX);
	if (g_getenv("HADIR_WRITE_PAGES") != NULL)
		g_assert_true(g_file_set_contents(path, text, (gssize)size, NULL));
	g_assert_true(g_file_get_contents(path, &golden, NULL, NULL));
	g_autofree char *copy = g_strndup(text, size);
	g_assert_cmpstr(copy, ==, golden);
}
