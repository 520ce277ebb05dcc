#include "server/rules/reason_pack.h"

#include <string.h>

#define HEADER "1;"

static const struct {
	char letter;
	gsize offset;
} texts[] = {
	{'c', G_STRUCT_OFFSET(Reason, code)},      {'n', G_STRUCT_OFFSET(Reason, name)},
	{'d', G_STRUCT_OFFSET(Reason, document)},  {'D', G_STRUCT_OFFSET(Reason, document_out)},
	{'p', G_STRUCT_OFFSET(Reason, place)},     {'P', G_STRUCT_OFFSET(Reason, place_out)},
	{'t', G_STRUCT_OFFSET(Reason, terminal)},  {'e', G_STRUCT_OFFSET(Reason, event)},
	{'E', G_STRUCT_OFFSET(Reason, event_out)}, {'w', G_STRUCT_OFFSET(Reason, by)},
};

static const struct {
	char letter;
	gsize offset;
} numbers[] = {
	{'m', G_STRUCT_OFFSET(Reason, minutes)}, {'b', G_STRUCT_OFFSET(Reason, percent_bp)},
	{'l', G_STRUCT_OFFSET(Reason, day_min)}, {'f', G_STRUCT_OFFSET(Reason, from_ms)},
	{'o', G_STRUCT_OFFSET(Reason, to_ms)},   {'y', G_STRUCT_OFFSET(Reason, day)},
	{'i', G_STRUCT_OFFSET(Reason, number)},
};

/* ── Writing ── */

static void add_text(GString *out, char letter, const char *text)
{
	g_string_append_c(out, ';');
	g_string_append_c(out, letter);
	for (gsize n = strcspn(text, ";\\\n"); text[n] != '\0'; n = strcspn(text, ";\\\n")) {
		g_string_append_len(out, text, (gssize)n);
		g_string_append_c(out, '\\');
		g_string_append_c(out, text[n] == '\n' ? 'n' : text[n]);
		text += n + 1;
	}
	g_string_append(out, text);
}

/* As "%" G_GINT64_FORMAT does, which is slow. */
static void add_number(GString *out, char letter, gint64 number)
{
	char digits[24];
	char *at = digits + sizeof digits;
	guint64 rest = number < 0 ? 0 - (guint64)number : (guint64)number;
	for (; rest > 0; rest /= 10)
		*--at = (char)('0' + rest % 10);
	if (number < 0)
		*--at = '-';
	g_string_append_c(out, ';');
	g_string_append_c(out, letter);
	g_string_append_len(out, at, digits + sizeof digits - at);
}

static void add_reason(GString *out, const Reason *reason)
{
	g_string_append_c(out, '\n');
	g_string_append(out, reason_kind_text(reason->kind));
	if (reason->slot != 0)
		add_number(out, 's', reason->slot);
	for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
		const char *text = G_STRUCT_MEMBER(const char *, reason, texts[i].offset);
		if (text != NULL)
			add_text(out, texts[i].letter, text);
	}
	for (gsize i = 0; i < G_N_ELEMENTS(numbers); i++) {
		gint64 number = G_STRUCT_MEMBER(gint64, reason, numbers[i].offset);
		if (number != 0)
			add_number(out, numbers[i].letter, number);
	}
}

char *reasons_pack(const Reason *reasons, gsize n, gint64 utc_offset_min)
{
	g_autoptr(GString) out = g_string_sized_new(384);
	g_string_append_printf(out, HEADER "%" G_GINT64_FORMAT, utc_offset_min);
	for (gsize i = 0; i < n; i++)
		add_reason(out, &reasons[i]);
	return g_string_free(g_steal_pointer(&out), FALSE);
}

/* ── Reading, in place ── */

/* The field that begins at `at`, without its escapes; *at then points behind its separator, NULL: it
 * was the last of the text.  `ends_line`: it was the last of its line. */
static char *take_field(char **at, gboolean *ends_line)
{
	char *field = *at, *from = *at, *to = *at;
	for (; *from != '\0' && *from != ';' && *from != '\n'; from++) {
		if (*from == '\\' && from[1] != '\0') {
			from++;
			*to++ = *from == 'n' ? '\n' : *from;
		} else {
			*to++ = *from;
		}
	}
	*ends_line = *from != ';';
	*at = *from != '\0' ? from + 1 : NULL;
	*to = '\0';
	return field;
}

static void set_field(Reason *reason, const char *field)
{
	char letter = *field;
	if (letter == 's')
		reason->slot = (int)g_ascii_strtoll(field + 1, NULL, 10);
	for (gsize i = 0; i < G_N_ELEMENTS(texts); i++)
		if (texts[i].letter == letter)
			G_STRUCT_MEMBER(const char *, reason, texts[i].offset) = field + 1;
	for (gsize i = 0; i < G_N_ELEMENTS(numbers); i++)
		if (numbers[i].letter == letter)
			G_STRUCT_MEMBER(gint64, reason, numbers[i].offset) =
				g_ascii_strtoll(field + 1, NULL, 10);
}

/* FALSE: of no kind that is known. */
static gboolean take_reason(char **at, Reason *reason)
{
	gboolean ends_line = FALSE;
	*reason = (Reason){0};
	gboolean known = reason_kind_find(take_field(at, &ends_line), &reason->kind);
	while (!ends_line)
		set_field(reason, take_field(at, &ends_line));
	return known;
}

char *reasons_unpack_json(const char *packed)
{
	if (!g_str_has_prefix(packed, HEADER))
		return g_strdup(packed);
	g_autofree char *text = g_strdup(packed + strlen(HEADER));
	g_autoptr(GArray) reasons = g_array_new(FALSE, FALSE, sizeof(Reason));
	gboolean ends_line = FALSE;
	char *at = text;
	gint64 utc_offset_min = g_ascii_strtoll(take_field(&at, &ends_line), NULL, 10);
	while (at != NULL) {
		Reason reason;
		if (take_reason(&at, &reason))
			g_array_append_val(reasons, reason);
	}
	return reasons_json((const Reason *)(void *)reasons->data, reasons->len, utc_offset_min);
}
