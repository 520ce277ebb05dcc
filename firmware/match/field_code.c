#include "firmware/match/field_code.h"
#include "firmware/match/template.h"

#define LEVELS (MATCH_HALF_TURN / MATCH_FIELD_STEP + 1)
#define RUN_BITS 3  /* Rice parameter of the runs */
#define TURN_BITS 0 /* and of the differences */
#define ONES_MAX 16 /* then the number itself */
#define NUMBER_BITS 10
#define HEADER_SIZE 3

typedef struct {
	GByteArray *out;
	guint n; /* bits of the last byte */
} Writer;

static void put_bit(Writer *writer, guint bit)
{
	guint8 none = 0;

	if (writer->n % 8 == 0)
		g_byte_array_append(writer->out, &none, 1);
	writer->out->data[writer->out->len - 1] |= (guint8)(bit << (writer->n % 8));
	writer->n++;
}

static void put_bits(Writer *writer, guint value, guint n)
{
	for (guint i = 0; i < n; i++)
		put_bit(writer, value >> i & 1);
}

/* value >> k ones, a zero, the k low bits; a large one after ONES_MAX ones. */
static void put_rice(Writer *writer, guint value, guint k)
{
	guint ones = MIN(value >> k, ONES_MAX);

	for (guint i = 0; i < ones; i++)
		put_bit(writer, 1);
	if (ones == ONES_MAX) {
		put_bits(writer, value, NUMBER_BITS);
		return;
	}
	put_bit(writer, 0);
	put_bits(writer, value, k);
}

typedef struct {
	const guint8 *data;
	gsize n_bits, at;
} Reader;

/* 0 behind the end. */
static guint get_bit(Reader *reader)
{
	gsize at = reader->at++;

	return at < reader->n_bits ? reader->data[at / 8] >> (at % 8) & 1 : 0;
}

static guint get_bits(Reader *reader, guint n)
{
	guint value = 0;

	for (guint i = 0; i < n; i++)
		value |= get_bit(reader) << i;
	return value;
}

static guint get_rice(Reader *reader, guint k)
{
	guint ones = 0;

	while (ones < ONES_MAX && get_bit(reader))
		ones++;
	if (ones == ONES_MAX)
		return get_bits(reader, NUMBER_BITS);
	return ones << k | get_bits(reader, k);
}

/* 0, -1, 1, -2, … → 0, 1, 2, 3, … of the nearer way round. */
static guint fold(guint level, guint before)
{
	guint ahead = (level + LEVELS - before) % LEVELS;

	return ahead <= LEVELS / 2 ? 2 * ahead : 2 * (LEVELS - ahead) - 1;
}

static guint unfold(guint value, guint before)
{
	guint by = (value + 1) / 2 % LEVELS;

	return (before + (value % 2 == 0 ? by : LEVELS - by)) % LEVELS;
}

static gboolean is_on(const MatchField *field, guint i)
{
	return field->direction[i] != MATCH_NO_DIRECTION;
}

static guint level_at(const MatchField *field, guint i)
{
	return field->direction[i] / MATCH_FIELD_STEP;
}

/* Half way between the cell to the left and the one above, or what there is of them. */
static guint guess(const MatchField *field, guint i, guint before)
{
	gboolean left = i % field->columns > 0 && is_on(field, i - 1);
	gboolean above = i >= field->columns && is_on(field, i - field->columns);

	if (left && above) {
		guint from = level_at(field, i - field->columns), to = level_at(field, i - 1);
		guint ahead = (to + LEVELS - from) % LEVELS;

		return ahead <= LEVELS / 2 ? (from + ahead / 2) % LEVELS
								   : (to + (LEVELS - ahead) / 2) % LEVELS;
	}
	if (above)
		return level_at(field, i - field->columns);
	return left ? level_at(field, i - 1) : before;
}

/* Runs of cells off and on the finger in turn, the first off it. */
static void encode_mask(Writer *writer, const MatchField *field, guint n)
{
	gboolean on = FALSE;
	guint run = 0;

	for (guint i = 0; i < n; i++, run++)
		if (is_on(field, i) != on) {
			put_rice(writer, run, RUN_BITS);
			on = !on;
			run = 0;
		}
	put_rice(writer, run, RUN_BITS);
}

void match_field_encode(const MatchField *field, GByteArray *out)
{
	const guint8 header[HEADER_SIZE] = {field->cell, field->columns, field->rows};
	guint n = (guint)field->columns * field->rows, before = 0;
	Writer writer = {out, 0};

	g_byte_array_append(out, header, sizeof header);
	encode_mask(&writer, field, n);
	for (guint i = 0; i < n; i++)
		if (is_on(field, i)) {
			guint level = level_at(field, i);

			before = guess(field, i, before);
			put_rice(&writer, fold(level, before), TURN_BITS);
			before = level;
		}
}

static void decode_mask(Reader *reader, MatchField *field)
{
	guint n = (guint)field->columns * field->rows;
	guint8 value = MATCH_NO_DIRECTION;

	for (guint i = 0; i < n;) {
		guint run = get_rice(reader, RUN_BITS);

		for (run = MIN(run, n - i); run > 0; run--)
			field->direction[i++] = value;
		if (reader->at > reader->n_bits) {
			while (i < n)
				field->direction[i++] = MATCH_NO_DIRECTION;
		}
		value = value == 0 ? MATCH_NO_DIRECTION : 0;
	}
}

MatchField match_field_decode(const guint8 *data, gsize size)
{
	MatchField field = {data[0], data[1], data[2], NULL};
	Reader reader = {data + HEADER_SIZE, 8 * (size - HEADER_SIZE), 0};
	guint n = (guint)field.columns * field.rows, before = 0;

	field.direction = g_malloc(n + 1);
	decode_mask(&reader, &field);
	for (guint i = 0; i < n; i++)
		if (is_on(&field, i)) {
			before = unfold(get_rice(&reader, TURN_BITS), guess(&field, i, before));
			field.direction[i] = (guint8)(before * MATCH_FIELD_STEP);
		}
	return field;
}
