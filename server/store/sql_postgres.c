/*
 * PostgreSQL behind sql_driver.h.  Results come whole, as text: a row is read where it lies.  Numbers
 * go as text too, bytes as bytes.
 *
 * A connection that is lost is made anew outside of transactions only (revive): what was begun on it
 * fails to its end.  Statements prepared on an earlier connection are prepared again when they are used;
 * rows that are being read lie here and stay readable.
 */
#include <poll.h>
#include <string.h>

#include <libpq-fe.h>

#include "server/store/sql_driver.h"

/* Types' numbers in pg_type.dat; they never change. */
enum { OID_BYTES = 17, OID_INT = 20, OID_TEXT = 25, OID_DOUBLE = 701 };

#define COLUMNS_MAX 64

/* How long a connection may take, unless the URL says so itself. */
#define CONNECT_TIMEOUT_S "10"

typedef struct {
	PGconn *connection;
	guint64 n_prepared; /* for the next statement's name */
	guint generation;   /* counts connections: a statement belongs to one */
	gboolean ended;     /* the server has said that it hangs up */
} Connection;

typedef struct {
	Connection *owner;
	char *text, *name;
	guint generation; /* of the connection it was prepared on */
	Oid types[SQL_PARAMETERS_MAX];
	int n_types;
	PGresult *result;
	int row;                           /* the current one; -1: before the first */
	unsigned char *bytes[COLUMNS_MAX]; /* of the current row, decoded */
} Prepared;

/* ── Errors ── */

static SqlError error_code(const Connection *self, const PGresult *result)
{
	static const struct {
		const char *state; /* begins with */
		SqlError code;
	} table[] = {{"23", SQL_ERROR_CONSTRAINT}, {"40", SQL_ERROR_BUSY},    {"55P03", SQL_ERROR_BUSY},
				 {"53100", SQL_ERROR_FULL},    {"08006", SQL_ERROR_LOST}, {"57P", SQL_ERROR_LOST}};
	const char *state = result != NULL ? PQresultErrorField(result, PG_DIAG_SQLSTATE) : NULL;
	if (PQstatus(self->connection) != CONNECTION_OK)
		return SQL_ERROR_LOST;
	for (gsize i = 0; state != NULL && i < G_N_ELEMENTS(table); i++)
		if (g_str_has_prefix(state, table[i].state))
			return table[i].code;
	return SQL_ERROR_FAILED;
}

static void set_error(GError **error, const Connection *self, const PGresult *result,
					  const char *text)
{
	const char *primary =
		result != NULL ? PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY) : NULL;
	g_autofree char *message =
		g_strdup(primary != NULL ? primary : PQerrorMessage(self->connection));
	g_set_error(error, SQL_ERROR, error_code(self, result), "%s (in \"%.80s\")",
				g_strstrip(message), text);
}

static gboolean is_good(const PGresult *result)
{
	ExecStatusType status = PQresultStatus(result);
	return status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK;
}

/* ── Connection ── */

/* Most are not for us; the last word of a server that hangs up is one, too. */
static void on_notice(void *user, const PGresult *result)
{
	Connection *self = user;
	const char *severity = PQresultErrorField(result, PG_DIAG_SEVERITY_NONLOCALIZED);
	if (g_strcmp0(severity, "FATAL") == 0 || g_strcmp0(severity, "PANIC") == 0)
		self->ended = TRUE;
	g_debug("postgresql: %s", PQresultErrorMessage(result));
}

static void postgres_close(gpointer connection)
{
	Connection *self = connection;
	PQfinish(self->connection);
	g_free(self);
}

static gboolean postgres_script(gpointer connection, const char *script, GError **error)
{
	Connection *self = connection;
	PGresult *result = PQexec(self->connection, script);
	gboolean good = is_good(result);
	if (!good)
		set_error(error, self, result, "script");
	PQclear(result);
	return good;
}

static gboolean set_up(Connection *self, GError **error)
{
	if (PQstatus(self->connection) != CONNECTION_OK) {
		set_error(error, self, NULL, "connect");
		return FALSE;
	}
	PQsetNoticeReceiver(self->connection, on_notice, self);
	self->ended = FALSE;
	self->generation++;
	return postgres_script(self,
						   "SET client_encoding='UTF8'; SET synchronous_commit=on;"
						   " SET lock_timeout='10s'",
						   error);
}

static gpointer postgres_open(const char *url, GError **error)
{
	/* What stands before the URL is overridden by it. */
	static const char *const names[] = {"connect_timeout", "dbname", NULL};
	const char *const values[] = {CONNECT_TIMEOUT_S, url, NULL};
	Connection *self = g_new0(Connection, 1);
	self->connection = PQconnectdbParams(names, values, TRUE);
	if (set_up(self, error))
		return self;
	postgres_close(self);
	return NULL;
}

/* Between statements the server says little: a notice, or why it hangs up. */
static gboolean is_alive(const Connection *self)
{
	struct pollfd input = {.fd = PQsocket(self->connection), .events = POLLIN};
	while (PQstatus(self->connection) == CONNECTION_OK && !self->ended && poll(&input, 1, 0) > 0) {
		if (PQconsumeInput(self->connection) == 0)
			break;
		PQisBusy(self->connection); /* reads what it says */
	}
	return PQstatus(self->connection) == CONNECTION_OK && !self->ended;
}

static gboolean postgres_revive(gpointer connection, GError **error)
{
	Connection *self = connection;
	if (is_alive(self))
		return TRUE;
	g_message("postgresql: the connection is lost: connecting again");
	PQreset(self->connection);
	return set_up(self, error);
}

/* ── Statements ── */

static Oid type_oid(SqlValueKind type)
{
	switch (type) {
	case SQL_VALUE_DOUBLE:
		return OID_DOUBLE;
	case SQL_VALUE_TEXT:
		return OID_TEXT;
	case SQL_VALUE_BYTES:
		return OID_BYTES;
	case SQL_VALUE_INT:
	case SQL_VALUE_NULL:
	default:
		return OID_INT;
	}
}

/* Forgets the current row's decoded bytes. */
static void drop_bytes(Prepared *self)
{
	for (int i = 0; i < COLUMNS_MAX; i++) {
		PQfreemem(self->bytes[i]);
		self->bytes[i] = NULL;
	}
}

static void postgres_reset(gpointer prepared)
{
	Prepared *self = prepared;
	drop_bytes(self);
	PQclear(self->result);
	self->result = NULL;
}

static void free_prepared(Prepared *self)
{
	postgres_reset(self);
	g_free(self->text);
	g_free(self->name);
	g_free(self);
}

/* The session keeps the statement; the few that are needed twice at once are given back. */
static void postgres_finalize(gpointer prepared)
{
	Prepared *self = prepared;
	g_autofree char *text = g_strdup_printf("DEALLOCATE %s", self->name);
	if (self->generation == self->owner->generation &&
		PQtransactionStatus(self->owner->connection) != PQTRANS_INERROR)
		PQclear(PQexec(self->owner->connection, text));
	free_prepared(self);
}

/* On the connection as it is now. */
static gboolean prepare_here(Prepared *self, GError **error)
{
	Connection *owner = self->owner;
	PGresult *result =
		PQprepare(owner->connection, self->name, self->text, self->n_types, self->types);
	gboolean good = is_good(result);
	if (good)
		self->generation = owner->generation;
	else
		set_error(error, owner, result, self->text);
	PQclear(result);
	return good;
}

static gpointer postgres_prepare(gpointer connection, const char *text, const SqlValue *values,
								 gsize n_values, GError **error)
{
	Connection *owner = connection;
	Prepared *self = g_new0(Prepared, 1);
	self->owner = owner;
	self->text = g_strdup(text);
	self->name = g_strdup_printf("hadir%" G_GUINT64_FORMAT, ++owner->n_prepared);
	self->n_types = (int)n_values;
	for (gsize i = 0; i < n_values; i++)
		self->types[i] = type_oid(values[i].type);
	if (!prepare_here(self, error))
		g_clear_pointer(&self, free_prepared);
	return self;
}

/* Every parameter as libpq wants it; `numbers` holds the texts of numbers. */
typedef struct {
	const char *data[SQL_PARAMETERS_MAX];
	int sizes[SQL_PARAMETERS_MAX], formats[SQL_PARAMETERS_MAX];
	char numbers[SQL_PARAMETERS_MAX][G_ASCII_DTOSTR_BUF_SIZE];
} Parameters;

static void set_parameter(Parameters *parameters, gsize i, const SqlValue *value)
{
	parameters->data[i] = NULL;
	parameters->sizes[i] = 0;
	parameters->formats[i] = value->kind == SQL_VALUE_BYTES;
	switch (value->kind) {
	case SQL_VALUE_INT:
		g_snprintf(parameters->numbers[i], sizeof parameters->numbers[i], "%" G_GINT64_FORMAT,
				   value->integer);
		parameters->data[i] = parameters->numbers[i];
		break;
	case SQL_VALUE_DOUBLE:
		parameters->data[i] =
			g_ascii_dtostr(parameters->numbers[i], sizeof parameters->numbers[i], value->real);
		break;
	case SQL_VALUE_TEXT:
		parameters->data[i] = value->data;
		break;
	case SQL_VALUE_BYTES:
		parameters->data[i] = value->size > 0 ? value->data : "";
		parameters->sizes[i] = (int)value->size;
		break;
	case SQL_VALUE_NULL:
	default:
		break;
	}
}

/* COMMIT of a transaction in which something failed is a ROLLBACK that calls itself a success. */
static gboolean was_undone(const Prepared *self)
{
	return strcmp(self->text, "COMMIT") == 0 && strcmp(PQcmdStatus(self->result), "COMMIT") != 0;
}

static gboolean postgres_start(gpointer prepared, const SqlValue *values, gsize n_values,
							   GError **error)
{
	Prepared *self = prepared;
	Parameters parameters;
	for (gsize i = 0; i < n_values; i++)
		set_parameter(&parameters, i, &values[i]);
	self->row = -1;
	if (self->generation != self->owner->generation && !prepare_here(self, error))
		return FALSE;
	self->result = PQexecPrepared(self->owner->connection, self->name, (int)n_values,
								  parameters.data, parameters.sizes, parameters.formats, 0);
	if (!is_good(self->result)) {
		set_error(error, self->owner, self->result, self->text);
		return FALSE;
	}
	if (was_undone(self)) {
		g_set_error(error, SQL_ERROR, SQL_ERROR_FAILED, "the transaction had failed before");
		return FALSE;
	}
	g_assert(PQnfields(self->result) <= COLUMNS_MAX);
	return TRUE;
}

static SqlStep postgres_next(gpointer prepared, GError **error G_GNUC_UNUSED)
{
	Prepared *self = prepared;
	drop_bytes(self);
	if (self->row + 1 >= PQntuples(self->result))
		return SQL_DONE;
	self->row++;
	return SQL_ROW;
}

static gint64 postgres_changes(gpointer prepared)
{
	return g_ascii_strtoll(PQcmdTuples(((Prepared *)prepared)->result), NULL, 10);
}

/* ── Columns ── */

static gboolean postgres_is_null(gpointer prepared, int column)
{
	Prepared *self = prepared;
	return PQgetisnull(self->result, self->row, column) != 0;
}

static const char *postgres_get_text(gpointer prepared, int column)
{
	Prepared *self = prepared;
	return postgres_is_null(prepared, column) ? NULL : PQgetvalue(self->result, self->row, column);
}

static gint64 postgres_get_int(gpointer prepared, int column)
{
	const char *text = postgres_get_text(prepared, column);
	return text != NULL ? g_ascii_strtoll(text, NULL, 10) : 0;
}

static double postgres_get_double(gpointer prepared, int column)
{
	const char *text = postgres_get_text(prepared, column);
	return text != NULL ? g_ascii_strtod(text, NULL) : 0;
}

static gconstpointer postgres_get_bytes(gpointer prepared, int column, gsize *size)
{
	Prepared *self = prepared;
	const char *text = postgres_get_text(prepared, column);
	*size = 0;
	if (text == NULL)
		return NULL;
	PQfreemem(self->bytes[column]);
	self->bytes[column] = PQunescapeBytea((const unsigned char *)text, size);
	return self->bytes[column];
}

const SqlDriver sql_postgres = {
	.scheme = "postgresql:",
	.begin = "BEGIN",
	/* Dead rows stay in their pages until the table is written anew. */
	.purge = "VACUUM (FULL) reference, held_reference",
	.list_columns = "SELECT c.relname, a.attname, format_type(a.atttypid, NULL) FROM pg_class c"
					" JOIN pg_attribute a ON a.attrelid=c.oid AND a.attnum>0 AND NOT a.attisdropped"
					" JOIN pg_namespace n ON n.oid=c.relnamespace"
					" WHERE n.nspname=current_schema() AND c.relkind='r'"
					" ORDER BY c.relname, a.attnum",
	.list_references = "SELECT DISTINCT c.relname, p.relname FROM pg_constraint f"
					   " JOIN pg_class c ON c.oid=f.conrelid JOIN pg_class p ON p.oid=f.confrelid"
					   " WHERE f.contype='f'",
	.whole_results = TRUE,
	.open = postgres_open,
	.close = postgres_close,
	.revive = postgres_revive,
	.script = postgres_script,
	.prepare = postgres_prepare,
	.finalize = postgres_finalize,
	.start = postgres_start,
	.next = postgres_next,
	.changes = postgres_changes,
	.reset = postgres_reset,
	.is_null = postgres_is_null,
	.get_int = postgres_get_int,
	.get_double = postgres_get_double,
	.get_text = postgres_get_text,
	.get_bytes = postgres_get_bytes,
};
