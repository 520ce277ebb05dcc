/*
 * /kode: the second factor of a log-in; /kode/pasang: its set-up, which ends with recovery codes that
 * are shown once.
 */
#pragma once

#include "server/web/layout.h"

typedef struct {
	const char *problem; /* NULL: none */
	const char *demo;    /* the code itself, on a server made for demonstration; else NULL */
} SecondView;

void page_second_render(Html *html, const Frame *frame, const SecondView *view);

typedef struct {
	const char *secret;  /* in groups of four */
	const char *url;     /* otpauth:… */
	const char *problem; /* NULL: none */
	const char *demo;
	gboolean required; /* the account's rights ask for it */
} SecondSetup;

void page_second_render_setup(Html *html, const Frame *frame, const SecondSetup *view);
/* `codes`: of const char *. */
void page_second_render_recovery(Html *html, const Frame *frame, const GPtrArray *codes);
