/*
 * HTML that cannot be injected into.  Markup comes only from literals (the compiler refuses anything
 * else: -Wformat-nonliteral), and every value is escaped for the place it lands in, which the
 * writer knows because it follows the literals:
 *
 *   html_add(html, "<a href=\"/pegawai/%s\" title=\"%s\">%s</a>", id, title, name);
 *                                      URL component   attribute   text
 *
 * Literals may not contain comments, scripts with content, unquoted or single-quoted attributes, nor
 * values in `style` or `on…` attributes: those are bugs of ours, and the program stops.
 */
#pragma once

#include <glib.h>

typedef struct Html Html;

Html *html_new(void);
void html_free(Html *html);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Html, html_free)

/* Directives: %s (const char *, NULL writes nothing), %d (int), %" G_GINT64_FORMAT "
 * (gint64), %%. */
void html_add(Html *html, const char *format, ...) G_GNUC_PRINTF(2, 3);
/* Every start tag closed and no quote open? For tests. */
gboolean html_is_complete(const Html *html);
gsize html_size(const Html *html);
/* Ends the writer. */
GBytes *html_to_bytes(Html *html);
