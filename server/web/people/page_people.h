/* /pegawai: finding people by name, NIP or number; /pegawai/{id}: one person's file. */
#pragma once

#include "server/web/choices.h"
#include "server/web/layout.h"

#define PEOPLE_LIST_MAX 100

/* Texts are borrowed. */
typedef struct {
	gint64 id;
	const char *name, *number, *unit; /* number NULL: none */
	gint64 n_fingers;
} PeopleRow;

typedef struct {
	const GArray *choices; /* UnitChoice */
	const char *unit_code, *unit_name;
	const char *text;   /* what was searched; "": nothing */
	const GArray *rows; /* PeopleRow, by name */
	gboolean more;      /* there are more than are shown */
} PeopleView;

void page_people_render(Html *html, const Frame *frame, const PeopleView *view);

typedef struct {
	const char *finger, *since;
	gint64 quality;
} PersonFinger;

typedef struct {
	const char *unit, *from, *to; /* to NULL: until now */
} PersonService;

typedef struct {
	gint64 id;
	const char *name;                 /* with titles */
	const char *number_kind, *number; /* NULL: none */
	const char *employment, *unit, *places;
	const GArray *fingers;  /* PersonFinger */
	const GArray *services; /* PersonService, newest first */
	gboolean may_mutate, may_enrol;
} PersonView;

/* Enrolled fingers of a person, as PersonFinger. */
gboolean page_fingers_load(const Call *call, gint64 person, GStringChunk *texts, GArray *fingers,
						   GError **error);
/* The list of them, nothing when there are none. */
void page_fingers_list(Html *html, const GArray *fingers);

void page_person_render(Html *html, const Frame *frame, const PersonView *view);
