/*
 * A configuration file: `[group]` and `key = value`, described by one typed table per program.
 * Unknown groups and keys, missing required ones, and values out of range are errors that name
 * file, group and key.
 */
#pragma once

#include <glib.h>

typedef enum {
	SETTING_TEXT, /* char *, freed by settings_clear() */
	SETTING_PATH, /* the same; relative to the folder of the file, made absolute */
	SETTING_INT,  /* gint64 within min … max */
	SETTING_BOOL, /* gboolean, "true" or "false" */
} SettingType;

typedef struct {
	const char *group, *key;
	SettingType type;
	gsize offset;         /* of the field in the target struct */
	const char *fallback; /* as text; NULL: required; "" for TEXT and PATH gives NULL */
	gint64 min, max;      /* SETTING_INT */
	const char *help;     /* one line, printed by --help-config */
} SettingSpec;

#define SETTINGS_ERROR (settings_error_quark())
GQuark settings_error_quark(void);

/* Fills `target` (zeroed before).  On FALSE nothing is left allocated. */
gboolean settings_load(const char *path, const SettingSpec *specs, gsize n_specs, gpointer target,
					   GError **error);
void settings_clear(const SettingSpec *specs, gsize n_specs, gpointer target);
void settings_print_help(const SettingSpec *specs, gsize n_specs);
