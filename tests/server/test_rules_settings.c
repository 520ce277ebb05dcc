/* Limits and choices by name: each is its own, within its range, and told apart. */
#include "server/rules/settings.h"

static void each_default_lies_in_its_range(void)
{
	for (gsize i = 0; i < RULE_SETTINGS; i++) {
		const RuleSetting *setting = &rule_settings[i];
		g_assert_cmpint(setting->fallback, >=, setting->min);
		g_assert_cmpint(setting->fallback, <=, setting->max);
		g_assert_cmpstr(setting->meaning, !=, "");
	}
}

static void each_is_its_own(void)
{
	for (gsize i = 0; i < RULE_SETTINGS; i++) {
		RuleSet a = {0}, b = {0};
		g_assert_true(rule_settings_equal(&a, &b));
		rule_setting_set(&a, &rule_settings[i], 7);
		g_assert_false(rule_settings_equal(&a, &b));
		for (gsize j = 0; j < RULE_SETTINGS; j++)
			g_assert_cmpint(rule_setting_get(&a, &rule_settings[j]), ==, i == j ? 7 : 0);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/rules/settings/each_default_lies_in_its_range",
					each_default_lies_in_its_range);
	g_test_add_func("/rules/settings/each_is_its_own", each_is_its_own);
	return g_test_run();
}
