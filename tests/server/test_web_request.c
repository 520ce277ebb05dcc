/* Targets, forms, cookies and cursors as they come from outside. */
#include <string.h>

#include <glib.h>

#include "server/web/api.h"
#include "server/web/request.h"

static void test_targets(void)
{
	static const struct {
		const char *target;
		int n_segments; /* -1: refused */
		const char *last;
	} cases[] = {
		{"/", 0, NULL},
		{"/papan", 1, "papan"},
		{"/papan?unit=BKD", 1, "papan"},
		{"/a%20b/c", 2, "c"},
		{"/x/a%2Fb", 2, "a/b"}, /* decoded after the split: no new part */
		{"/a//b", 3, "b"},      /* an empty part is a part */
		{"/../b", 2, "b"},      /* a name like any other, which no route has */
		{"", -1, NULL},
		{"papan", -1, NULL},
		{"http://x/", -1, NULL},
		{"*", -1, NULL},
		{"/%", -1, NULL},
		{"/%4", -1, NULL},
		{"/%zz", -1, NULL},
		{"/%00", -1, NULL},
		{"/%ff", -1, NULL},    /* no UTF-8 */
		{"/%c0%af", -1, NULL}, /* overlong */
		{"/a?b=1&b=2", -1, NULL},
		{"/a?=1", -1, NULL},
		{"/1/2/3/4/5/6/7/8", 8, "8"},
		{"/1/2/3/4/5/6/7/8/9", -1, NULL},
	};
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(Request) request = request_new("GET", cases[i].target, 0);
		g_test_message("%s", cases[i].target);
		g_assert_cmpint(request == NULL ? -1 : (int)request->n_segments, ==, cases[i].n_segments);
		if (cases[i].last != NULL)
			g_assert_cmpstr(request->segments[request->n_segments - 1], ==, cases[i].last);
	}
}

static void test_forms(void)
{
	static const struct {
		const char *text;
		int n_fields; /* -1: refused */
		const char *a;
	} cases[] = {
		{"", 0, NULL},
		{"a=1", 1, "1"},
		{"a=1&b=2", 2, "1"},
		{"a", 1, ""},
		{"a=", 1, ""},
		{"a=1=2", 1, "1=2"},
		{"a=x+y%2B", 1, "x y+"},
		{"&&a=1&&", 1, "1"},
		{"a=%E2%9C%93", 1, "✓"},
		{"a=x%0D%0Ay", 1, "x\r\ny"},
		{"a=1&a=1", -1, NULL},
		{"%61=1&a=1", -1, NULL},
		{"=1", -1, NULL},
		{"a=%", -1, NULL},
		{"a=%1", -1, NULL},
		{"a=%00", -1, NULL},
		{"a=%1b", -1, NULL},
		{"a=%80", -1, NULL},
		{"a=%ED%A0%80", -1, NULL}, /* a surrogate */
	};
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(Form) form = form_parse(cases[i].text, strlen(cases[i].text));
		g_test_message("%s", cases[i].text);
		g_assert_cmpint(form == NULL ? -1 : (int)form_n_fields(form), ==, cases[i].n_fields);
		if (form != NULL)
			g_assert_cmpstr(form_get(form, "a"), ==, cases[i].a);
	}
}

static void test_forms_are_bounded(void)
{
	g_autoptr(GString) many = g_string_new(NULL);
	for (int i = 0; i <= FORM_FIELDS_MAX; i++)
		g_string_append_printf(many, "f%d=x&", i);
	g_assert_null(form_parse(many->str, many->len));
	g_autofree char *large = g_strnfill(FORM_VALUE_MAX + 1, 'x');
	g_autofree char *text = g_strconcat("a=", large, NULL);
	g_assert_null(form_parse(text, strlen(text)));
	g_autoptr(Form) fits = form_parse(text, strlen(text) - 1);
	g_assert_cmpuint(strlen(form_get(fits, "a")), ==, FORM_VALUE_MAX);
}

static void test_headers(void)
{
	g_autoptr(Request) request = request_new("GET", "/", 0);
	g_assert_true(request_add_header(request, "cookie", "x=1; hadir=abc;hadir2=d"));
	g_assert_false(request_add_header(request, "Cookie", "hadir=second"));
	g_assert_true(request_add_header(request, "X-Other", "ignored"));
	g_assert_true(request_add_header(request, "X-Other", "also twice"));
	g_autofree char *cookie = request_cookie(request, "hadir");
	g_assert_cmpstr(cookie, ==, "abc");
	g_assert_null(request_cookie(request, "adir"));
	g_assert_null(request_bearer(request));
	g_assert_true(request_add_header(request, "AUTHORIZATION", "bearer t0ken"));
	g_assert_cmpstr(request_bearer(request), ==, "t0ken");
}

static void test_cursors(void)
{
	gint64 a, b;
	g_autofree char *cursor = cursor_encode(1740961800123, 3);
	g_assert_true(cursor_decode(cursor, &a, &b));
	g_assert_cmpint(a, ==, 1740961800123);
	g_assert_cmpint(b, ==, 3);
	g_assert_null(strpbrk(cursor, "+/"));
	static const char *const bad[] = {"", "x", "AAAA", "////////////////////////", "%%%"};
	for (gsize i = 0; i < G_N_ELEMENTS(bad); i++)
		g_assert_false(cursor_decode(bad[i], &a, &b));
}

static void test_random_bytes_are_refused_or_read(void)
{
	static const char alphabet[] = "/%?&=+abcAF019\x80\xff<\"';";
	for (int round = 0; round < 20000; round++) {
		char text[48];
		gsize size = (gsize)g_test_rand_int_range(1, sizeof text);
		text[0] = '/';
		for (gsize i = 1; i < size; i++)
			text[i] = alphabet[g_test_rand_int_range(0, sizeof alphabet - 1)];
		text[size - 1] = '\0';
		g_autoptr(Request) request = request_new("GET", text, 0);
		if (request != NULL)
			for (gsize i = 0; i < request->n_segments; i++)
				g_assert_true(g_utf8_validate(request->segments[i], -1, NULL));
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/web/request/targets", test_targets);
	g_test_add_func("/web/request/forms", test_forms);
	g_test_add_func("/web/request/forms_are_bounded", test_forms_are_bounded);
	g_test_add_func("/web/request/headers", test_headers);
	g_test_add_func("/web/request/cursors", test_cursors);
	g_test_add_func("/web/request/random_bytes_are_refused_or_read",
					test_random_bytes_are_refused_or_read);
	return g_test_run();
}
