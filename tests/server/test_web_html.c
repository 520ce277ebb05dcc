/* The HTML writer: every value is escaped for the place it lands in. */
#include <glib.h>

#include "server/web/html.h"

#define HOSTILE "<script>\"'&x</script>"

static void check(Html *html, const char *expected)
{
	g_autoptr(GBytes) bytes = html_to_bytes(html);
	gsize size;
	const char *data = g_bytes_get_data(bytes, &size);
	g_autofree char *text = g_strndup(data, size);
	g_assert_cmpstr(text, ==, expected);
}

static void test_text(void)
{
	Html *html = html_new();
	html_add(html, "<p>%s</p>", HOSTILE);
	check(html, "<p>&lt;script&gt;&quot;&#39;&amp;x&lt;/script&gt;</p>");
}

static void test_attribute(void)
{
	Html *html = html_new();
	html_add(html, "<input value=\"%s\" disabled><b>%s</b>", HOSTILE, "a");
	check(html,
		  "<input value=\"&lt;script&gt;&quot;&#39;&amp;x&lt;/script&gt;\" disabled><b>a</b>");
}

static void test_url_component(void)
{
	Html *html = html_new();
	html_add(html, "<a href=\"/papan?unit=%s&amp;x=%s\">", "a&b=c/d\"<", "../é");
	check(html, "<a href=\"/papan?unit=a%26b%3Dc%2Fd%22%3C&amp;x=..%2F%C3%A9\">");
}

static void test_whole_url_is_of_this_server(void)
{
	static const struct {
		const char *url, *written;
	} cases[] = {
		{"/papan", "/papan"},
		{"/papan?unit=a&x=\"", "/papan?unit=a&amp;x=&quot;"},
		{"//evil.example/", "#"},
		{"/\\evil.example/", "#"},
		{"https://evil.example/", "#"},
		{"javascript:alert(1)", "#"},
		{"", "#"},
	};
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *expected = g_strdup_printf("<a href=\"%s\">", cases[i].written);
		Html *html = html_new();
		html_add(html, "<a href=\"%s\">", cases[i].url);
		check(html, expected);
	}
}

static void test_numbers_and_null(void)
{
	Html *html = html_new();
	html_add(html, "<i>%d %" G_GINT64_FORMAT " %s 100%%</i>", -1, G_MAXINT64, (const char *)NULL);
	check(html, "<i>-1 9223372036854775807  100%</i>");
}

static void test_bytes_that_are_no_text(void)
{
	Html *html = html_new();
	html_add(html, "<i>%s</i>", "a\xff\x01z");
	check(html, "<i>a\357\277\275\357\277\275z</i>");
}

static void test_state_spans_calls(void)
{
	Html *html = html_new();
	html_add(html, "<a title=\"");
	g_assert_false(html_is_complete(html));
	html_add(html, "%s", "\">");
	html_add(html, "\" href=\"/a?b=");
	html_add(html, "%s", "\">");
	html_add(html, "\">");
	g_assert_true(html_is_complete(html));
	check(html, "<a title=\"&quot;&gt;\" href=\"/a?b=%22%3E\">");
}

/* Where a value would be dangerous the program stops: that is a bug of ours. */
static void write_forbidden(int which)
{
	g_autoptr(Html) html = html_new();
	switch (which) {
	case 0:
		html_add(html, "<p style=\"%s\">", "x");
		break;
	case 1:
		html_add(html, "<p onclick=\"%s\">", "x");
		break;
	case 2:
		html_add(html, "<p title=%s>", "x");
		break;
	case 3:
		html_add(html, "<p %s>", "x");
		break;
	case 4:
		html_add(html, "<%s>", "x");
		break;
	case 5:
		html_add(html, "<script>%s</script>", "x");
		break;
	case 6:
		html_add(html, "<iframe srcdoc=\"%s\">", "x");
		break;
	case 7:
		html_add(html, "<!-- %s -->", "x");
		break;
	default:
		html_add(html, "<p title='%s'>", "x");
	}
}

static void test_dangerous_places_stop_the_program(void)
{
	if (g_test_subprocess()) {
		write_forbidden((int)g_ascii_strtoll(g_getenv("WHICH"), NULL, 10));
		return;
	}
	for (int which = 0; which <= 8; which++) {
		g_autofree char *text = g_strdup_printf("%d", which);
		g_setenv("WHICH", text, TRUE);
		g_test_trap_subprocess(NULL, 0, 0);
		g_test_trap_assert_failed();
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/web/html/text", test_text);
	g_test_add_func("/web/html/attribute", test_attribute);
	g_test_add_func("/web/html/url_component", test_url_component);
	g_test_add_func("/web/html/whole_url_is_of_this_server", test_whole_url_is_of_this_server);
	g_test_add_func("/web/html/numbers_and_null", test_numbers_and_null);
	g_test_add_func("/web/html/bytes_that_are_no_text", test_bytes_that_are_no_text);
	g_test_add_func("/web/html/state_spans_calls", test_state_spans_calls);
	g_test_add_func("/web/html/dangerous_places_stop_the_program",
					test_dangerous_places_stop_the_program);
	return g_test_run();
}
