/*
 * A field of directions in about 4 bits a cell: where the finger is as lengths of runs, the
 * directions in steps of MATCH_FIELD_STEP as differences from the cell before, both in Rice codes.
 */
#pragma once

#include "firmware/match/match.h"

/* Appends to `out`; a field without cells too. */
void match_field_encode(const MatchField *field, GByteArray *out);
/* `data` was written by match_field_encode(). The result's `direction` is the caller's. */
MatchField match_field_decode(const guint8 *data, gsize size);
