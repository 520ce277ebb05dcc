/*
 * Names and values as forms and query strings send them (application/x-www-form-urlencoded).
 *
 * Outside input: bounded, valid UTF-8 without control characters (but line ends), each name once.
 */
#pragma once

#include <glib.h>

#define FORM_FIELDS_MAX 64
#define FORM_VALUE_MAX 4096 /* bytes, decoded */

typedef struct Form Form;

/* `text` need not be terminated. NULL when it is no form: too many fields, a bad escape, bytes that
 * are no text, a name twice. */
Form *form_parse(const char *text, gsize size);
void form_free(Form *form);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Form, form_free)

/* Borrowed; NULL when the form does not have it. */
const char *form_get(const Form *form, const char *name);
gsize form_n_fields(const Form *form);
/* The first name that is not in the NULL-terminated list; NULL when all are. */
const char *form_unknown(const Form *form, const char *const *names);

/* Decodes %XX into a new text; NULL when it is no text. `plus` turns '+' into a space. */
char *percent_decode(const char *text, gsize size, gboolean plus);
