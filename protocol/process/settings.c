#include "protocol/process/settings.h"

#include <string.h>

G_DEFINE_QUARK(hadir - settings - error, settings_error)

static gpointer field_of(const SettingSpec *spec, gpointer target)
{
	return (guint8 *)target + spec->offset;
}

static const SettingSpec *find_spec(const SettingSpec *specs, gsize n_specs, const char *group,
									const char *key)
{
	for (gsize i = 0; i < n_specs; i++)
		if (strcmp(specs[i].group, group) == 0 && (key == NULL || strcmp(specs[i].key, key) == 0))
			return &specs[i];
	return NULL;
}

static gboolean check_group(GKeyFile *file, const char *group, const SettingSpec *specs,
							gsize n_specs, GError **error)
{
	g_auto(GStrv) keys = g_key_file_get_keys(file, group, NULL, NULL);

	if (find_spec(specs, n_specs, group, NULL) == NULL) {
		g_set_error(error, SETTINGS_ERROR, 0, "unknown group [%s]", group);
		return FALSE;
	}
	for (gsize i = 0; keys != NULL && keys[i] != NULL; i++) {
		if (find_spec(specs, n_specs, group, keys[i]) == NULL) {
			g_set_error(error, SETTINGS_ERROR, 0, "unknown key '%s' in [%s]", keys[i], group);
			return FALSE;
		}
	}
	return TRUE;
}

static gboolean check_unknown(GKeyFile *file, const SettingSpec *specs, gsize n_specs,
							  GError **error)
{
	g_auto(GStrv) groups = g_key_file_get_groups(file, NULL);

	for (gsize i = 0; groups[i] != NULL; i++)
		if (!check_group(file, groups[i], specs, n_specs, error))
			return FALSE;
	return TRUE;
}

static gboolean parse_int(const SettingSpec *spec, const char *text, gpointer field, GError **error)
{
	if (g_ascii_string_to_signed(text, 10, spec->min, spec->max, field, NULL))
		return TRUE;
	g_set_error(error, SETTINGS_ERROR, 0,
				"[%s] %s = '%s': a whole number from %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT
				" is expected",
				spec->group, spec->key, text, spec->min, spec->max);
	return FALSE;
}

static gboolean parse_bool(const SettingSpec *spec, const char *text, gboolean *field,
						   GError **error)
{
	*field = strcmp(text, "true") == 0;
	if (*field || strcmp(text, "false") == 0)
		return TRUE;
	g_set_error(error, SETTINGS_ERROR, 0, "[%s] %s = '%s': true or false is expected", spec->group,
				spec->key, text);
	return FALSE;
}

static gboolean parse_value(const SettingSpec *spec, const char *text, const char *folder,
							gpointer field, GError **error)
{
	switch (spec->type) {
	case SETTING_TEXT:
		*(char **)field = *text == '\0' ? NULL : g_strdup(text);
		return TRUE;
	case SETTING_PATH:
		*(char **)field = *text == '\0' ? NULL : g_canonicalize_filename(text, folder);
		return TRUE;
	case SETTING_INT:
		return parse_int(spec, text, field, error);
	case SETTING_BOOL:
		return parse_bool(spec, text, field, error);
	default:
		g_assert_not_reached();
	}
}

static gboolean load_one(GKeyFile *file, const SettingSpec *spec, const char *folder,
						 gpointer target, GError **error)
{
	g_autofree char *given = g_key_file_get_string(file, spec->group, spec->key, NULL);
	const char *text = given != NULL ? g_strstrip(given) : spec->fallback;

	if (text == NULL) {
		g_set_error(error, SETTINGS_ERROR, 0, "[%s] %s is missing", spec->group, spec->key);
		return FALSE;
	}
	return parse_value(spec, text, folder, field_of(spec, target), error);
}

gboolean settings_load(const char *path, const SettingSpec *specs, gsize n_specs, gpointer target,
					   GError **error)
{
	g_autoptr(GKeyFile) file = g_key_file_new();
	g_autofree char *absolute = g_canonicalize_filename(path, NULL);
	g_autofree char *folder = g_path_get_dirname(absolute);
	gboolean ok = g_key_file_load_from_file(file, path, G_KEY_FILE_NONE, error) &&
				  check_unknown(file, specs, n_specs, error);

	for (gsize i = 0; ok && i < n_specs; i++)
		ok = load_one(file, &specs[i], folder, target, error);
	if (!ok) {
		settings_clear(specs, n_specs, target);
		g_prefix_error(error, "%s: ", path);
	}
	return ok;
}

void settings_clear(const SettingSpec *specs, gsize n_specs, gpointer target)
{
	for (gsize i = 0; i < n_specs; i++)
		if (specs[i].type == SETTING_TEXT || specs[i].type == SETTING_PATH)
			g_clear_pointer((char **)field_of(&specs[i], target), g_free);
}

void settings_print_help(const SettingSpec *specs, gsize n_specs)
{
	const char *group = "";

	for (gsize i = 0; i < n_specs; i++) {
		if (strcmp(group, specs[i].group) != 0)
			g_print("%s[%s]\n", *group == '\0' ? "" : "\n", specs[i].group);
		group = specs[i].group;
		g_print("  %-24s %s (%s%s)\n", specs[i].key, specs[i].help,
				specs[i].fallback == NULL ? "required" : "default: ",
				specs[i].fallback == NULL ? "" : specs[i].fallback);
	}
}
