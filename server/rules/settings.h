/*
 * The limits and choices of RuleSet by name: what `hadir import settings` sets and `hadir settings`
 * lists.  Each has a stated default; what is chosen has a validity period (table attendance_rule).
 */
#pragma once

#include "server/rules/rules.h"

typedef struct {
	const char *name; /* also the column of attendance_rule, of the import, and of the list */
	gsize offset;     /* of a gint32 in RuleSet */
	gint32 fallback;  /* what holds until BKD decides */
	gint32 min, max;
	gboolean choice;     /* 0 or 1: tidak, ya */
	const char *meaning; /* Indonesian */
} RuleSetting;

#define RULE_SETTINGS 20
/* In the order of the columns. */
extern const RuleSetting rule_settings[RULE_SETTINGS];

gint32 rule_setting_get(const RuleSet *rules, const RuleSetting *setting);
void rule_setting_set(RuleSet *rules, const RuleSetting *setting, gint32 value);
/* The same choices, whatever the version. */
gboolean rule_settings_equal(const RuleSet *a, const RuleSet *b);
