#include "protocol/enrol.h"

#include "protocol/fields.h"

#define IMPRESSIONS_MAX 100
#define QUALITY_MAX 100

typedef __typeof__(((EnrolReport *)0)->templates[0]) EnrolTemplate;

static const Field template_rows[] = {
	{1, FIELD_UINT, FIELD_AT(EnrolTemplate, finger), .min = FINGER_FIRST, .max = FINGER_LAST},
	{2, FIELD_UINT, FIELD_AT(EnrolTemplate, quality), .max = QUALITY_MAX},
	{3, FIELD_BYTES, FIELD_AT(EnrolTemplate, sealed), .min = 1, .max = ENROL_SEALED_MAX},
};
static const FieldTable template_table = FIELD_TABLE(0, template_rows);
static const FieldList templates = {
	.table = &template_table,
	.element_size = sizeof(EnrolTemplate),
	.count_offset = offsetof(EnrolReport, n_templates),
};

static const Field rows[] = {
	{1, FIELD_FIXED, FIELD_AT(EnrolReport, enrolment)},
	{2, FIELD_UINT, FIELD_AT(EnrolReport, person), .min = 1, .max = PERSON_ID_MAX},
	{3, FIELD_UINT, FIELD_AT(EnrolReport, state), .min = ENROL_WAITING, .max = ENROL_FAILED},
	{4, FIELD_UINT, FIELD_AT(EnrolReport, finger), .max = FINGER_LAST, .optional = true},
	{5, FIELD_UINT, FIELD_AT(EnrolReport, accepted), .max = IMPRESSIONS_MAX},
	{6, FIELD_UINT, FIELD_AT(EnrolReport, wanted), .max = IMPRESSIONS_MAX},
	{7, FIELD_UINT, FIELD_AT(EnrolReport, hint), .max = ENROL_HINT_RETRY, .optional = true},
	{8, FIELD_LIST, LIST_AT(EnrolReport, templates), .max = ENROL_TEMPLATES_MAX, .optional = true,
	 .list = &templates},
	{9, FIELD_FIXED, FIELD_AT(EnrolReport, journal), .optional = true},
	{10, FIELD_UINT, FIELD_AT(EnrolReport, seq), .max = WIRE_UINT_MAX, .optional = true},
};
static const FieldTable table = FIELD_TABLE(WIRE_V1, rows);

/* Templates leave the terminal when the enrolment is done, naming its event, and never else. */
static bool is_whole(const EnrolReport *report)
{
	bool done = report->state == ENROL_DONE;

	return done == (report->n_templates > 0) && (!done || report->seq > 0);
}

void enrol_report_encode(WireBuffer *out, const EnrolReport *report)
{
	fields_encode(out, &table, report);
	if (!is_whole(report))
		out->failed = true;
}

WireResult enrol_report_decode(Slice payload, EnrolReport *out)
{
	WireResult result = fields_decode_all(payload, &table, out, sizeof *out);

	return result == WIRE_OK && !is_whole(out) ? WIRE_SHAPE : result;
}
