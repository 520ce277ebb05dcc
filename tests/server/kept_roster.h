/* A roster as a terminal keeps it, in a folder of its own: a unit by itself, because both sides name
 * their databases alike. */
#pragma once

#include <glib.h>

#include "protocol/ids.h"
#include "protocol/roster.h"

typedef struct KeptRoster KeptRoster;
KeptRoster *kept_roster_open(const TerminalId *terminal);
void kept_roster_close(KeptRoster *kept);

guint64 kept_roster_version(const KeptRoster *kept);
/* One encoded chunk, after which nothing more is to come. */
void kept_roster_apply(KeptRoster *kept, Slice text);
/* What a punch would be told: "unknown", "in", "out", "outside". */
const char *kept_roster_direction(const KeptRoster *kept, PersonId person, gint64 at_ms);
