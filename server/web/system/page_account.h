/* /akun: the own account: password, sessions, rights, fingers, and who looked at the own data. */
#pragma once

#include "server/web/layout.h"

/* Texts are borrowed. */
typedef struct {
	const char *key; /* names it in a form */
	const char *address, *began, *used;
	gboolean current;
} AccountSession;

typedef struct {
	const char *role, *unit, *until; /* unit NULL: the province; until NULL: open */
	gboolean deputy;                 /* a superior's, by delegation */
} AccountGrant;

typedef struct {
	const char *time, *who, *what;
} AccountLook;

typedef struct {
	const GArray *sessions; /* AccountSession */
	const GArray *grants;   /* AccountGrant */
	gboolean has_second;    /* codes from a phone */
	gboolean has_person;    /* else fingers and looks are left out */
	const GArray *fingers;  /* PersonFinger of page_people.h */
	const GArray *looks;    /* AccountLook, newest first */
	const char *older;      /* cursor of the looks before these; NULL: none */
} AccountView;

void page_account_render(Html *html, const Frame *frame, const AccountView *view);
