#include "server/rules/leave_ground.h"

#include <string.h>

static const char *const words[] = {
	[LEAVE_GROUND_NONE] = "",
	[LEAVE_GROUND_NOTE] = "surat",
	[LEAVE_GROUND_DOCTOR] = "dokter",
	[LEAVE_GROUND_GOVERNMENT] = "pemerintah",
	[LEAVE_GROUND_BOARD] = "tim",
	[LEAVE_GROUND_MISCARRIAGE] = "gugur",
	[LEAVE_GROUND_HAJJ] = "haji",
	[LEAVE_GROUND_RELIGION] = "agama",
	[LEAVE_GROUND_BIRTH] = "kelahiran",
	[LEAVE_GROUND_FAMILY] = "keluarga",
	[LEAVE_GROUND_WEDDING] = "nikah",
	[LEAVE_GROUND_WIFE] = "istri",
	[LEAVE_GROUND_DISASTER] = "musibah",
	[LEAVE_GROUND_OTHER] = "lain",
};

static const struct {
	const char *code, *words;
} grounds[] = {
	{"CB", "haji|agama|kelahiran|lain"},
	{"CS", "surat|dokter|pemerintah|tim|gugur"},
	{"CAP", "keluarga|nikah|istri|musibah|lain"},
};

const char *leave_ground_text(LeaveGround ground)
{
	return words[ground];
}

gboolean leave_ground_parse(const char *text, LeaveGround *ground)
{
	for (gsize i = LEAVE_GROUND_NOTE; i < G_N_ELEMENTS(words); i++)
		if (strcmp(words[i], text) == 0) {
			*ground = (LeaveGround)i;
			return TRUE;
		}
	return FALSE;
}

gboolean leave_ground_fits(const char *code, LeaveGround ground, const char **allowed)
{
	*allowed = NULL;
	for (gsize i = 0; i < G_N_ELEMENTS(grounds); i++)
		if (strcmp(grounds[i].code, code) == 0)
			*allowed = grounds[i].words;
	if (ground == LEAVE_GROUND_NONE)
		return TRUE;
	g_auto(GStrv) list = g_strsplit(*allowed != NULL ? *allowed : "", "|", -1);
	return g_strv_contains((const char *const *)list, words[ground]);
}

/* ── Who ── */

static gboolean is_code(const char *code, const char *other)
{
	return strcmp(code, other) == 0;
}

const char *leave_refusal(const char *code, const LeavePerson *person, const LeaveRules *rules)
{
	gboolean is_long = is_code(code, "CB") || is_code(code, "CLTN");
	if (!person->pppk && !person->civil)
		return "bukan PNS, CPNS atau PPPK";
	if (person->pppk && (is_long || is_code(code, "CAP")))
		return "PPPK tidak memiliki jenis cuti ini";
	if (is_long && person->service_months < rules->long_service_months)
		return "masa kerja belum cukup (kecuali haji pertama untuk cuti besar)";
	if (is_code(code, "CM") && !person->female)
		return "hanya untuk perempuan";
	return NULL;
}

/* ── On what grounds ── */

static gboolean say(GString *out, const char *format, ...) G_GNUC_PRINTF(2, 3);

static gboolean say(GString *out, const char *format, ...)
{
	va_list values;
	va_start(values, format);
	g_string_append_vprintf(out, format, values);
	va_end(values);
	return TRUE;
}

/* What follows the last child of CM. */
static const char *after_birth(const LeavePerson *person)
{
	return person->pppk ? "PPPK tidak memiliki CB: menurut keputusan BKD" : "sesudahnya CB";
}

static gboolean object_birth(GString *out, const LeaveAsked *asked, const LeavePerson *person,
							 const LeaveRules *rules)
{
	if (asked->child == 0)
		return say(out, "anak ke berapa tidak disebut; sampai anak ke-%d CM, %s",
				   rules->birth_children, after_birth(person));
	if (asked->child > rules->birth_children)
		return say(out, "anak ke-%d; CM sampai anak ke-%d, %s", asked->child, rules->birth_children,
				   after_birth(person));
	return FALSE;
}

static gboolean is_exempt(const LeaveAsked *asked, const LeaveRules *rules)
{
	return (asked->ground == LEAVE_GROUND_HAJJ && rules->hajj_exempt) ||
		   (asked->ground == LEAVE_GROUND_RELIGION && rules->religion_exempt) ||
		   (asked->ground == LEAVE_GROUND_BIRTH && rules->birth_exempt);
}

static gboolean object_long(GString *out, const LeaveAsked *asked, const LeavePerson *person,
							const LeaveRules *rules)
{
	if (person->service_months < rules->long_service_months && !is_exempt(asked, rules))
		return say(out, "masa kerja %d bulan, disyaratkan %d%s", (gint32)person->service_months,
				   rules->long_service_months, rules->hajj_exempt ? " (kecuali haji pertama)" : "");
	if (asked->ground == LEAVE_GROUND_HAJJ && asked->hajj_taken)
		return say(out, "haji pertama sudah pernah diberikan");
	if (asked->ground != LEAVE_GROUND_BIRTH)
		return FALSE;
	if (!person->female)
		return say(out, "kelahiran: hanya untuk perempuan");
	if (asked->child == 0)
		return say(out, "anak ke berapa tidak disebut");
	if (asked->child <= rules->birth_children)
		return say(out, "anak ke-%d memakai CM", asked->child);
	return FALSE;
}

static gboolean object_miscarriage(GString *out, const LeaveAsked *asked, const LeavePerson *person,
								   const LeaveRules *rules)
{
	if (!person->female)
		return say(out, "gugur kandungan: hanya untuk perempuan");
	if (asked->days > rules->miscarriage_days)
		return say(out, "gugur kandungan: %d hari, paling lama %d", asked->days,
				   rules->miscarriage_days);
	return FALSE;
}

/* The least that vouches for so many days. */
static LeaveGround sick_needs(gint32 days, const LeaveRules *rules)
{
	if (days > rules->sick_year_days)
		return LEAVE_GROUND_BOARD;
	if (days > rules->sick_doctor_days)
		return LEAVE_GROUND_GOVERNMENT;
	return days > rules->sick_note_days ? LEAVE_GROUND_DOCTOR : LEAVE_GROUND_NOTE;
}

static gboolean object_sick(GString *out, const LeaveAsked *asked, const LeavePerson *person,
							const LeaveRules *rules)
{
	static const char *const who[] = {
		[LEAVE_GROUND_NOTE] = "surat kepada atasan",
		[LEAVE_GROUND_DOCTOR] = "surat dokter",
		[LEAVE_GROUND_GOVERNMENT] = "surat dokter pemerintah",
		[LEAVE_GROUND_BOARD] = "pernyataan tim penguji kesehatan",
	};
	gint32 days = MAX(asked->row_days, asked->days);
	const char *together = days > asked->days ? " bersama surat yang bersambung" : "";
	LeaveGround needed = sick_needs(days, rules);
	if (asked->ground == LEAVE_GROUND_MISCARRIAGE)
		return object_miscarriage(out, asked, person, rules);
	if (days > rules->sick_days)
		return say(out, "%d hari%s, paling lama %d", days, together, rules->sick_days);
	if (asked->ground == LEAVE_GROUND_NONE && needed > LEAVE_GROUND_NOTE)
		return say(out, "%d hari%s memerlukan %s; jenis surat tidak disebut", days, together,
				   who[needed]);
	if (asked->ground != LEAVE_GROUND_NONE && asked->ground < needed)
		return say(out, "%d hari%s memerlukan %s, ada %s", days, together, who[needed],
				   who[asked->ground]);
	return FALSE;
}

static gboolean object_urgent(GString *out, const LeaveAsked *asked, const LeavePerson *person)
{
	if (asked->ground == LEAVE_GROUND_WIFE && person->female)
		return say(out, "istri melahirkan: hanya untuk laki-laki");
	return FALSE;
}

gboolean leave_objection(GString *out, const LeaveAsked *asked, const LeavePerson *person,
						 const LeaveRules *rules)
{
	gboolean is_big = is_code(asked->code, "CB");
	const char *refusal = leave_refusal(asked->code, person, rules);
	/* The service that a big leave asks for depends on its ground. */
	if (refusal != NULL && (!is_big || !person->civil))
		return say(out, "%s", refusal);
	if (is_big)
		return object_long(out, asked, person, rules);
	if (is_code(asked->code, "CM"))
		return object_birth(out, asked, person, rules);
	if (is_code(asked->code, "CS"))
		return object_sick(out, asked, person, rules);
	return is_code(asked->code, "CAP") && object_urgent(out, asked, person);
}

void leave_conditions(GString *out, const char *code, const LeavePerson *person,
					  const LeaveRules *rules)
{
	if (is_code(code, "CM"))
		say(out, "perempuan; anak ke-1 s.d. ke-%d, %s", rules->birth_children, after_birth(person));
	else if (is_code(code, "CB"))
		say(out, "masa kerja %d bulan%s%s%s", rules->long_service_months,
			rules->hajj_exempt ? "; tidak untuk haji pertama" : "",
			rules->religion_exempt ? "; tidak untuk kepentingan agama" : "",
			rules->birth_exempt ? "; tidak untuk kelahiran" : "");
	else if (is_code(code, "CLTN"))
		say(out, "masa kerja %d bulan", rules->long_service_months);
	else if (is_code(code, "CS"))
		say(out,
			"sampai %d hari surat kepada atasan; sampai %d hari surat dokter; lebih: dokter"
			" pemerintah; di atas %d hari: tim penguji kesehatan; gugur kandungan paling lama %d "
			"hari",
			rules->sick_note_days, rules->sick_doctor_days, rules->sick_year_days,
			rules->miscarriage_days);
}
