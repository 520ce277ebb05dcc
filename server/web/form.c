#include "server/web/form.h"

#include <string.h>

struct Form {
	GHashTable *fields;
};

/* Valid UTF-8 without control characters; line ends and tabs belong to texts. */
static gboolean is_text(const char *text, gsize size)
{
	if (!g_utf8_validate_len(text, size, NULL))
		return FALSE;
	for (const char *c = text; c < text + size; c = g_utf8_next_char(c)) {
		gunichar point = g_utf8_get_char(c);
		if (g_unichar_iscntrl(point) && point != '\n' && point != '\r' && point != '\t')
			return FALSE;
	}
	return TRUE;
}

char *percent_decode(const char *text, gsize size, gboolean plus)
{
	g_autoptr(GString) out = g_string_sized_new(size);
	for (gsize i = 0; i < size; i++) {
		char c = text[i];
		if (c == '%') {
			int high = i + 2 < size ? g_ascii_xdigit_value(text[i + 1]) : -1;
			int low = i + 2 < size ? g_ascii_xdigit_value(text[i + 2]) : -1;
			if (high < 0 || low < 0)
				return NULL;
			c = (char)(high << 4 | low);
			i += 2;
		} else if (c == '+' && plus)
			c = ' ';
		g_string_append_c(out, c);
	}
	return is_text(out->str, out->len) ? g_string_free(g_steal_pointer(&out), FALSE) : NULL;
}

/* One "name=value". */
static gboolean add_pair(Form *form, const char *pair, gsize size)
{
	const char *equals = memchr(pair, '=', size);
	gsize name_size = equals == NULL ? size : (gsize)(equals - pair);
	gsize value_size = equals == NULL ? 0 : size - name_size - 1;
	g_autofree char *name = percent_decode(pair, name_size, TRUE);
	g_autofree char *value = percent_decode(equals == NULL ? pair : equals + 1, value_size, TRUE);
	if (name == NULL || value == NULL || name[0] == '\0' || strlen(value) > FORM_VALUE_MAX ||
		g_hash_table_size(form->fields) >= FORM_FIELDS_MAX ||
		g_hash_table_contains(form->fields, name))
		return FALSE;
	g_hash_table_insert(form->fields, g_steal_pointer(&name), g_steal_pointer(&value));
	return TRUE;
}

Form *form_parse(const char *text, gsize size)
{
	g_autoptr(Form) form = g_new0(Form, 1);
	form->fields = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	gsize at = 0;
	while (at < size) {
		const char *end = memchr(text + at, '&', size - at);
		gsize pair_size = end == NULL ? size - at : (gsize)(end - (text + at));
		if (pair_size > 0 && !add_pair(form, text + at, pair_size))
			return NULL;
		at += pair_size + 1;
	}
	return g_steal_pointer(&form);
}

void form_free(Form *form)
{
	if (form == NULL)
		return;
	g_hash_table_unref(form->fields);
	g_free(form);
}

const char *form_get(const Form *form, const char *name)
{
	return g_hash_table_lookup(form->fields, name);
}

gsize form_n_fields(const Form *form)
{
	return g_hash_table_size(form->fields);
}

const char *form_unknown(const Form *form, const char *const *names)
{
	GHashTableIter iter;
	gpointer name;
	g_hash_table_iter_init(&iter, form->fields);
	while (g_hash_table_iter_next(&iter, &name, NULL))
		if (!g_strv_contains(names, name))
			return name;
	return NULL;
}
