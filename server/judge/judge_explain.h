/*
 * The reasons of stored verdicts, said again by the rules from the facts as known now: they are stored only where
 * facts may move on without the verdict (verdicts_keep_reasons()).
 */
#pragma once

#include "server/store/sql.h"

/* Every connection over which verdicts are read with their reasons needs it once; judge_new() sees to its own. */
void judge_explain(Sql *sql, gint64 utc_offset_min);
