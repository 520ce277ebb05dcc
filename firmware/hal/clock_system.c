#include "firmware/hal/clock_system.h"

#include <errno.h>
#include <string.h>
#include <sys/timex.h>
#include <time.h>

#define BOOT_ID_PATH "/proc/sys/kernel/random/boot_id"

typedef struct {
	guint8 boot[16];
} ClockSystem;

static gint64 clock_ms(clockid_t id)
{
	struct timespec now;
	clock_gettime(id, &now);
	return (gint64)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* A UUID in text: its hex digits in order. */
static gboolean parse_boot_id(const char *text, guint8 out[16])
{
	gsize n = 0;
	for (const char *c = text; *c != '\0' && n < 32; c++) {
		if (!g_ascii_isxdigit(*c))
			continue;
		guint8 digit = (guint8)g_ascii_xdigit_value(*c);
		out[n / 2] = n % 2 == 0 ? (guint8)(digit << 4) : (guint8)(out[n / 2] | digit);
		n++;
	}
	return n == 32;
}

static gpointer clock_system_open(const ClockOptions *options, GError **error)
{
	(void)options;
	g_autofree char *text = NULL;
	if (!g_file_get_contents(BOOT_ID_PATH, &text, NULL, error)) {
		g_prefix_error(error, "boot id: ");
		return NULL;
	}
	ClockSystem *self = g_new0(ClockSystem, 1);
	if (!parse_boot_id(text, self->boot)) {
		g_free(self);
		g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_INVAL, "%s holds no id", BOOT_ID_PATH);
		return NULL;
	}
	return self;
}

static void clock_system_read(gpointer self, ClockTime *out)
{
	(void)self;
	struct timex kernel = {0};
	int state = adjtimex(&kernel);
	out->wall_ms = clock_ms(CLOCK_REALTIME);
	out->mono_ms = (guint64)clock_ms(CLOCK_BOOTTIME);
	out->synchronised = state >= 0 && state != TIME_ERROR && (kernel.status & STA_UNSYNC) == 0;
	/* maxerror is in µs (adjtimex(2)) and grows by itself while nothing corrects the clock. */
	out->error_ms = out->synchronised ? (guint32)(kernel.maxerror / 1000) + 1 : G_MAXUINT32;
}

static void clock_system_boot_id(gpointer self, guint8 out[16])
{
	memcpy(out, ((ClockSystem *)self)->boot, 16);
}

const ClockDriver clock_system = {
	.name = "system",
	.open = clock_system_open,
	.read = clock_system_read,
	.boot_id = clock_system_boot_id,
	.free = g_free,
};
