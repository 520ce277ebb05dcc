#include "server/web/assets.h"

#include <string.h>

#include "server/web/static_data.h"

/* Of Debian's packages. The first is a symbolic link there: it is followed. */
static const struct {
	const char *name, *path, *package;
} libraries[] = {
	{"bootstrap.css", "/usr/share/javascript/bootstrap5/css/bootstrap.min.css", "libjs-bootstrap5"},
	{"chart.js", "/usr/share/javascript/chart.js/chart.min.js", "libjs-chart.js"},
};

#define URL_FOLDER "/aset/"
#define HASH_DIGITS 12

struct Assets {
	GPtrArray *all;
};

static const struct {
	const char *suffix, *content_type;
} types[] = {
	{".css", "text/css; charset=utf-8"},
	{".js", "text/javascript; charset=utf-8"},
	{".svg", "image/svg+xml"},
	{".yaml", "application/yaml"},
};

static const char *type_of(const char *name)
{
	for (gsize i = 0; i < G_N_ELEMENTS(types); i++)
		if (g_str_has_suffix(name, types[i].suffix))
			return types[i].content_type;
	g_assert_not_reached();
}

static void asset_free(gpointer data)
{
	Asset *asset = data;
	g_free(asset->url);
	g_bytes_unref(asset->body);
	g_free(asset);
}

/* Takes `body`; "app.css" becomes "/aset/app.1a2b3c4d5e6f.css". */
static void add(Assets *assets, const char *name, GBytes *body)
{
	g_autofree char *hash = g_compute_checksum_for_bytes(G_CHECKSUM_SHA256, body);
	const char *dot = strrchr(name, '.');
	Asset *asset = g_new0(Asset, 1);
	asset->name = name;
	asset->content_type = type_of(name);
	asset->body = body;
	asset->url =
		g_strdup_printf(URL_FOLDER "%.*s.%.*s%s", (int)(dot - name), name, HASH_DIGITS, hash, dot);
	g_ptr_array_add(assets->all, asset);
}

static gboolean add_library(Assets *assets, gsize i, GError **error)
{
	char *text;
	gsize size;
	if (!g_file_get_contents(libraries[i].path, &text, &size, error)) {
		g_prefix_error(error, "Debian's package %s is needed: ", libraries[i].package);
		return FALSE;
	}
	add(assets, libraries[i].name, g_bytes_new_take(text, size));
	return TRUE;
}

Assets *assets_load(GError **error)
{
	g_autoptr(Assets) assets = g_new0(Assets, 1);
	assets->all = g_ptr_array_new_with_free_func(asset_free);
	for (gsize i = 0; i < G_N_ELEMENTS(libraries); i++)
		if (!add_library(assets, i, error))
			return NULL;
	for (gsize i = 0; i < n_static_files; i++)
		add(assets, static_files[i].name,
			g_bytes_new_static(static_files[i].data, static_files[i].size));
	return g_steal_pointer(&assets);
}

void assets_free(Assets *assets)
{
	if (assets == NULL)
		return;
	g_ptr_array_unref(assets->all);
	g_free(assets);
}

const Asset *assets_get(const Assets *assets, const char *name)
{
	for (guint i = 0; i < assets->all->len; i++) {
		const Asset *asset = assets->all->pdata[i];
		if (strcmp(asset->name, name) == 0)
			return asset;
	}
	g_error("no asset '%s'", name);
}

const Asset *assets_find(const Assets *assets, const char *file)
{
	for (guint i = 0; i < assets->all->len; i++) {
		const Asset *asset = assets->all->pdata[i];
		if (strcmp(asset->url + strlen(URL_FOLDER), file) == 0)
			return asset;
	}
	return NULL;
}
