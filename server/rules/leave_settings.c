#include "server/rules/leave_settings.h"

#include <stddef.h>
#include <string.h>

#define LIMIT(field, fallback, max, confidence, meaning)                                           \
	{#field, offsetof(LeaveRules, field), fallback, max, FALSE, confidence, meaning}
#define CHOICE(field, fallback, confidence, meaning)                                               \
	{#field, offsetof(LeaveRules, field), fallback, 1, TRUE, confidence, meaning}

/* Sources: PP 11/2017 art. 311–333 jo PP 17/2020; PerBKN 24/2017 jo 7/2021.  Months of the law are
 * the most calendar days that many months have.  Low: the texts do not say whether CB for a birth asks for
 * the five years; that a religious duty other than the hajj does not is said by the PP, not by PerBKN. */
const LeaveSetting leave_settings[LEAVE_SETTINGS] = {
	LIMIT(annual_days, 12, 366, "HIGH", "CT: hari kerja setahun"),
	LIMIT(carry_days, 6, 366, "HIGH", "CT: hari yang dibawa ke tahun berikutnya, paling banyak"),
	LIMIT(deferred_days, 12, 366, "HIGH", "CT: hari yang dibawa bila ditangguhkan karena dinas"),
	LIMIT(total_days, 24, 366, "HIGH", "CT: hari setahun bersama sisa tahun-tahun lalu"),
	LIMIT(service_months, 12, 600, "HIGH", "CT: bulan masa kerja"),
	LIMIT(long_service_months, 60, 600, "HIGH", "CB dan CLTN: bulan masa kerja"),
	LIMIT(long_days, 92, 3660, "HIGH", "CB: hari kalender paling lama"),
	LIMIT(sick_days, 545, 3660, "HIGH", "CS: hari kalender paling lama, dengan perpanjangan"),
	LIMIT(birth_days, 92, 3660, "HIGH", "CM: hari kalender paling lama"),
	LIMIT(urgent_days, 31, 3660, "HIGH", "CAP: hari kalender paling lama"),
	LIMIT(birth_children, 3, 20, "HIGH", "CM: sampai anak ke berapa; sesudahnya CB"),
	CHOICE(birth_exempt, 0, "LOW", "CB untuk kelahiran: tanpa syarat masa kerja"),
	CHOICE(hajj_exempt, 1, "HIGH", "CB untuk haji pertama: tanpa syarat masa kerja"),
	CHOICE(religion_exempt, 0, "MED", "CB untuk kepentingan agama lain: tanpa syarat masa kerja"),
	LIMIT(sick_note_days, 1, 3660, "HIGH", "CS: sampai sekian hari cukup surat kepada atasan"),
	LIMIT(sick_doctor_days, 14, 3660, "HIGH",
		  "CS: sampai sekian hari surat dokter; lebih: dokter"
		  " pemerintah"),
	LIMIT(sick_year_days, 365, 3660, "HIGH", "CS: lebih dari sekian hari: tim penguji kesehatan"),
	LIMIT(miscarriage_days, 45, 366, "MED", "CS gugur kandungan: hari kalender paling lama"),
};

gint32 leave_setting_get(const LeaveRules *rules, const LeaveSetting *setting)
{
	gint32 value;
	memcpy(&value, (const char *)rules + setting->offset, sizeof value);
	return value;
}

void leave_setting_set(LeaveRules *rules, const LeaveSetting *setting, gint32 value)
{
	memcpy((char *)rules + setting->offset, &value, sizeof value);
}
