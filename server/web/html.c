#include "server/web/html.h"

#include <stdarg.h>
#include <string.h>

/*
 *  TEXT --<--> TAG_NAME --space--> IN_TAG --letter--> ATTRIBUTE --=--> BEFORE_VALUE --"--> VALUE
 *   ^             |                   |  ^                                                  |
 *   '------>------'---------->--------'  '--------------------------------"-----------------'
 */
typedef enum { TEXT, TAG_NAME, IN_TAG, ATTRIBUTE, BEFORE_VALUE, VALUE } State;

typedef enum {
	VALUE_PLAIN,
	VALUE_URL_START, /* of href, src or action, nothing written yet */
	VALUE_URL,       /* after its first character: values are components */
	VALUE_FORBIDDEN, /* style, on…: no value may go there */
} ValueKind;

#define NAME_SIZE 24 /* longer names are cut: none that matters is as long */

struct Html {
	GString *out;
	State state;
	ValueKind kind;
	char tag[NAME_SIZE];
	char attribute[NAME_SIZE];
};

Html *html_new(void)
{
	Html *html = g_new0(Html, 1);
	html->out = g_string_sized_new(16 * 1024);
	return html;
}

void html_free(Html *html)
{
	if (html == NULL)
		return;
	g_string_free(html->out, TRUE);
	g_free(html);
}

static void name_append(char name[NAME_SIZE], char c)
{
	gsize size = strlen(name);
	if (size + 1 < NAME_SIZE) {
		name[size] = c;
		name[size + 1] = '\0';
	}
}

static ValueKind kind_of(const char *attribute)
{
	static const char *const urls[] = {"href", "src", "action", "formaction"};
	for (gsize i = 0; i < G_N_ELEMENTS(urls); i++)
		if (strcmp(attribute, urls[i]) == 0)
			return VALUE_URL_START;
	gboolean forbidden = strcmp(attribute, "style") == 0 || strcmp(attribute, "srcdoc") == 0 ||
						 g_str_has_prefix(attribute, "on");
	return forbidden ? VALUE_FORBIDDEN : VALUE_PLAIN;
}

static void follow_in_tag(Html *html, char c)
{
	if (c == '>')
		html->state = TEXT;
	else if (g_ascii_isalpha(c)) {
		html->state = ATTRIBUTE;
		html->attribute[0] = '\0';
		name_append(html->attribute, c);
	} else
		g_assert(c == ' ' || c == '\n' || c == '\t' || c == '/');
}

static void follow_attribute(Html *html, char c)
{
	if (c == '=')
		html->state = BEFORE_VALUE;
	else if (g_ascii_isalnum(c) || c == '-')
		name_append(html->attribute, c);
	else {
		html->state = IN_TAG; /* an attribute without a value */
		follow_in_tag(html, c);
	}
}

static void follow_tag_name(Html *html, char c)
{
	if (g_ascii_isalnum(c) || c == '/' || c == '!')
		name_append(html->tag, c);
	else {
		html->state = IN_TAG;
		follow_in_tag(html, c);
	}
}

/* What a literal's character means for the values that follow it. */
static void follow(Html *html, char c)
{
	switch (html->state) {
	case TEXT:
		if (c == '<') {
			html->state = TAG_NAME;
			html->tag[0] = '\0';
		}
		break;
	case TAG_NAME:
		follow_tag_name(html, c);
		break;
	case IN_TAG:
		follow_in_tag(html, c);
		break;
	case ATTRIBUTE:
		follow_attribute(html, c);
		break;
	case BEFORE_VALUE:
		g_assert(c == '"');
		html->state = VALUE;
		html->kind = kind_of(html->attribute);
		break;
	case VALUE:
		if (c == '"')
			html->state = IN_TAG;
		else if (html->kind == VALUE_URL_START)
			html->kind = VALUE_URL;
		break;
	}
}

static void put_literal(Html *html, char c)
{
	follow(html, c);
	g_string_append_c(html->out, c);
}

/* Text and quoted attributes alike. Control characters and what is no UTF-8 become U+FFFD. */
static void put_escaped(Html *html, const char *value)
{
	g_autofree char *valid = g_utf8_make_valid(value, -1);
	for (const char *c = valid; *c != '\0'; c++) {
		switch (*c) {
		case '&':
			g_string_append(html->out, "&amp;");
			break;
		case '<':
			g_string_append(html->out, "&lt;");
			break;
		case '>':
			g_string_append(html->out, "&gt;");
			break;
		case '"':
			g_string_append(html->out, "&quot;");
			break;
		case '\'':
			g_string_append(html->out, "&#39;");
			break;
		default:
			if (g_ascii_iscntrl(*c) && *c != '\n' && *c != '\t')
				g_string_append(html->out, "\357\277\275");
			else
				g_string_append_c(html->out, *c);
		}
	}
}

/* A whole URL as a value: only a path of this server. Anything else leads nowhere. */
static void put_local_url(Html *html, const char *value)
{
	gboolean local = value[0] == '/' && value[1] != '/' && strchr(value, '\\') == NULL;
	put_escaped(html, local ? value : "#");
}

static void put_value(Html *html, const char *value)
{
	g_assert(html->state == TEXT || html->state == VALUE);
	if (html->state == TEXT) {
		g_assert(strcmp(html->tag, "script") != 0 && strcmp(html->tag, "style") != 0);
		put_escaped(html, value);
		return;
	}
	switch (html->kind) {
	case VALUE_PLAIN:
		put_escaped(html, value);
		break;
	case VALUE_URL_START:
		put_local_url(html, value);
		html->kind = VALUE_URL;
		break;
	case VALUE_URL: {
		g_autofree char *component = g_uri_escape_string(value, NULL, FALSE);
		g_string_append(html->out, component);
		break;
	}
	case VALUE_FORBIDDEN:
		g_assert_not_reached();
	}
}

static void put_number(Html *html, gint64 value)
{
	char text[24];
	g_snprintf(text, sizeof text, "%" G_GINT64_FORMAT, value);
	put_value(html, text);
}

void html_add(Html *html, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	for (const char *c = format; *c != '\0'; c++) {
		if (*c != '%') {
			put_literal(html, *c);
			continue;
		}
		c++;
		if (*c == 's') {
			const char *value = va_arg(args, const char *);
			put_value(html, value == NULL ? "" : value);
		} else if (*c == 'd')
			put_number(html, va_arg(args, int));
		else if (g_str_has_prefix(c, G_GINT64_FORMAT)) {
			put_number(html, va_arg(args, gint64));
			c += strlen(G_GINT64_FORMAT) - 1;
		} else {
			g_assert(*c == '%');
			put_literal(html, '%');
		}
	}
	va_end(args);
}

gboolean html_is_complete(const Html *html)
{
	return html->state == TEXT;
}

gsize html_size(const Html *html)
{
	return html->out->len;
}

GBytes *html_to_bytes(Html *html)
{
	g_assert(html_is_complete(html));
	GBytes *bytes = g_string_free_to_bytes(html->out);
	g_free(html);
	return bytes;
}
