#include "server/rules/settings.h"

#include <stddef.h>
#include <string.h>

#define LIMIT(name, field, fallback, min, max, meaning)                                            \
	{name, offsetof(RuleSet, field), fallback, min, max, FALSE, meaning}
#define CHOICE(name, field, fallback, meaning)                                                     \
	{name, offsetof(RuleSet, field), fallback, 0, 1, TRUE, meaning}

/* Sources of the defaults: windows, Kota Pekalongan; bands, Permentan 68/2012; a missing punch,
 * Permenko Infrastruktur 10/2025 art. 22; 450 minutes a day, elucidation of PP 53/2010 art. 3(11);
 * the rest are open choices (domain 9). */
const RuleSetting rule_settings[RULE_SETTINGS] = {
	LIMIT("in_before", in_before_min, 90, 0, 720, "menit sebelum mulai, jendela masuk dibuka"),
	LIMIT("out_after", out_after_min, 240, 0, 720, "menit setelah selesai, jendela pulang ditutup"),
	LIMIT("repeat_s", repeat_s, 300, 0, 3600, "detik; sentuhan berulang di dalamnya satu presensi"),
	LIMIT("band1", bands_min[0], 30, 0, 1440, "menit terakhir TL1 dan PSW1"),
	LIMIT("band2", bands_min[1], 60, 0, 1440, "menit terakhir TL2 dan PSW2"),
	LIMIT("band3", bands_min[2], 90, 0, 1440, "menit terakhir TL3 dan PSW3"),
	CHOICE("flex_excess", flex_excess, 0,
		   "datang melewati waktu fleksibel: ya, hanya kelebihannya terlambat; tidak, seluruhnya"),
	CHOICE("flex_unmade_late", flex_unmade_late, 0,
		   "menit fleksibel yang tidak diganti: ya, dihitung TL; tidak, PSW"),
	LIMIT("missing_min", missing_min, 91, 0, 1440,
		  "menit yang ditambahkan satu presensi kosong ke 450 menit setahun"),
	CHOICE("pp94_deducted", pp94_deducted, 1,
		   "menit yang sudah memotong TPP juga dihitung ke 450 menit setahun"),
	LIMIT("travel_min", travel_min, 10, 0, 1440,
		  "menit; presensi di dua lokasi di dalamnya saling bertentangan; 0: tidak pernah"),
	LIMIT("day_ramadan_min", day_ramadan_min, 450, 60, 1440, "menit satu hari dalam Ramadan"),
	LIMIT("day_six_min", day_six_min, 450, 60, 1440, "menit satu hari pada unit enam hari kerja"),
	LIMIT("day_night_min", day_night_min, 450, 60, 1440,
		  "menit satu hari bagi jaga malam sepuluh jam atau lebih"),
	CHOICE("sick_unlettered_absent", sick_unlettered_absent, 0,
		   "sakit tanpa surat (nomor -): ya, TK sampai suratnya ada; tidak, S"),
	CHOICE("death_day_judged", death_day_judged, 0,
		   "hari meninggal: ya, dinilai dan yang kosong didispensasi; tidak, tanpa penilaian"),
	LIMIT("event_min", event_min, 0, 0, 1440,
		  "menit yang ditambahkan apel atau upacara yang tidak diikuti ke 450 menit setahun"),
	LIMIT("rest_min", rest_min, 480, 0, 1440, "menit istirahat paling sedikit di antara dua jaga"),
	LIMIT("week_slack_min", week_slack_min, 0, 0, 2250,
		  "menit; selisih jam kerja seminggu dalam jadwal jaga yang tidak diberitahukan"),
	LIMIT("submit_day", submit_day, 3, 1, 28,
		  "tanggal bulan berikutnya, atau hari kerja sesudahnya: paling lambat mengajukan bulan"),
};

gint32 rule_setting_get(const RuleSet *rules, const RuleSetting *setting)
{
	gint32 value;
	memcpy(&value, (const char *)rules + setting->offset, sizeof value);
	return value;
}

void rule_setting_set(RuleSet *rules, const RuleSetting *setting, gint32 value)
{
	memcpy((char *)rules + setting->offset, &value, sizeof value);
}

gboolean rule_settings_equal(const RuleSet *a, const RuleSet *b)
{
	for (gsize i = 0; i < RULE_SETTINGS; i++)
		if (rule_setting_get(a, &rule_settings[i]) != rule_setting_get(b, &rule_settings[i]))
			return FALSE;
	return TRUE;
}
