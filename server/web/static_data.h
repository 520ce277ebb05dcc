/* The files of static/ and openapi.yaml, in the program; written by tools/cmake/embed_static.cmake. */
#pragma once

#include <stddef.h>

typedef struct {
	const char *name;
	const unsigned char *data;
	size_t size;
} StaticFile;

extern const StaticFile static_files[];
extern const size_t n_static_files;
