/*
 * What pages need besides HTML: our own files of static/, which are in the program, and Bootstrap's
 * style sheet from Debian's package, read once at the start.  Each is served under a name with its
 * hash in it, so that browsers may keep it for ever.
 */
#pragma once

#include <glib.h>

typedef struct {
	const char *name; /* "app.css" */
	const char *content_type;
	char *url; /* "/aset/app.1a2b3c4d5e6f.css" */
	GBytes *body;
} Asset;

typedef struct Assets Assets;

Assets *assets_load(GError **error);
void assets_free(Assets *assets);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Assets, assets_free)
/* A name of ours that does not exist is a bug. */
const Asset *assets_get(const Assets *assets, const char *name);
/* By the last part of its URL; NULL: no such file. */
const Asset *assets_find(const Assets *assets, const char *file);
