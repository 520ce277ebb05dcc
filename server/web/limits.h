/*
 * How often something may be tried: a bucket per key (an account's name, an address) that holds
 * `burst` attempts and fills again at one per `refill_ms`.
 *
 * Keys come from outside, so their number is bounded: when the table is full, the bucket that has
 * been left alone longest goes, which is the fullest one.
 */
#pragma once

#include <glib.h>

typedef struct Limits Limits;

Limits *limits_new(guint burst, gint64 refill_ms, guint n_keys_max);
void limits_free(Limits *limits);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Limits, limits_free)

/* Takes one attempt. FALSE when there is none left; `wait_ms` (may be NULL) says for how long. */
gboolean limits_take(Limits *limits, const char *key, gint64 now_ms, gint64 *wait_ms);
/* Gives all attempts back: the key has proved itself. */
void limits_reset(Limits *limits, const char *key);
