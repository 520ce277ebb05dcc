/*
 * Lamps, buzzer and tamper switch on an emulated gpiochip, without a kernel module: umockdev hands
 * the chip's ioctls to the code below, which answers both the first uAPI (libgpiod 1.6) and the
 * second (libgpiod 2).  The program starts itself again under umockdev-wrapper.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <glib/gstdio.h>
#include <linux/gpio.h>
#include <umockdev.h>

#include "firmware/hal/indicators_gpiod.h"

enum { RED, GREEN, BLUE, BUZZER, TAMPER, N_LINES };

static const char *const names[N_LINES] = {
	"hadir-led-red", "hadir-led-green", "hadir-led-blue", "hadir-buzzer", "hadir-tamper",
};

typedef struct {
	UMockdevTestbed *testbed;
	UMockdevIoctlBase *handler;
	/* Read by umockdev's thread and written by the test: accessed atomically. */
	gint value[N_LINES], busy[N_LINES];
	guint n_set[N_LINES];    /* how often each was switched on */
	int request_fd[N_LINES]; /* handed out once, then closed by libgpiod; -1: was handed out */
	int tamper_fd;           /* the other end of the switch's line */
} Chip;

static gboolean give_line(Chip *chip, guint offset, gint32 *fd)
{
	if (offset >= N_LINES || g_atomic_int_get(&chip->busy[offset]) || chip->request_fd[offset] < 0)
		return FALSE;
	*fd = chip->request_fd[offset];
	chip->request_fd[offset] = -1;
	return TRUE;
}

static void set_value(Chip *chip, guint offset, gboolean on)
{
	if (on && !g_atomic_int_get(&chip->value[offset]))
		chip->n_set[offset]++;
	g_atomic_int_set(&chip->value[offset], on);
}

static int chip_info(Chip *chip, gpointer data)
{
	struct gpiochip_info *info = data;

	(void)chip;
	g_strlcpy(info->name, "gpiochip0", sizeof info->name);
	g_strlcpy(info->label, "emulated", sizeof info->label);
	info->lines = N_LINES;
	return 0;
}

static int line_info(Chip *chip, gpointer data)
{
	struct gpioline_info *info = data;

	(void)chip;
	if (info->line_offset >= N_LINES)
		return EINVAL;
	g_strlcpy(info->name, names[info->line_offset], sizeof info->name);
	return 0;
}

static int line_handle(Chip *chip, gpointer data)
{
	struct gpiohandle_request *request = data;

	return give_line(chip, request->lineoffsets[0], &request->fd) ? 0 : EBUSY;
}

static int line_event(Chip *chip, gpointer data)
{
	struct gpioevent_request *request = data;

	return give_line(chip, request->lineoffset, &request->fd) ? 0 : EBUSY;
}

static int line_info_v2(Chip *chip, gpointer data)
{
	struct gpio_v2_line_info *info = data;

	(void)chip;
	if (info->offset >= N_LINES)
		return EINVAL;
	g_strlcpy(info->name, names[info->offset], sizeof info->name);
	return 0;
}

static int line_request_v2(Chip *chip, gpointer data)
{
	struct gpio_v2_line_request *request = data;

	return give_line(chip, request->offsets[0], &request->fd) ? 0 : EBUSY;
}

static const struct {
	gulong request;
	gsize size;
	int (*answer)(Chip *chip, gpointer data);
} chip_calls[] = {
	{GPIO_GET_CHIPINFO_IOCTL, sizeof(struct gpiochip_info), chip_info},
	{GPIO_GET_LINEINFO_IOCTL, sizeof(struct gpioline_info), line_info},
	{GPIO_GET_LINEHANDLE_IOCTL, sizeof(struct gpiohandle_request), line_handle},
	{GPIO_GET_LINEEVENT_IOCTL, sizeof(struct gpioevent_request), line_event},
	{GPIO_V2_GET_LINEINFO_IOCTL, sizeof(struct gpio_v2_line_info), line_info_v2},
	{GPIO_V2_GET_LINE_IOCTL, sizeof(struct gpio_v2_line_request), line_request_v2},
};

static gpointer argument(UMockdevIoctlClient *client, gsize size)
{
	UMockdevIoctlData *data =
		umockdev_ioctl_data_resolve(umockdev_ioctl_client_get_arg(client), 0, size, NULL);

	gpointer bytes = data != NULL ? data->data : NULL;

	g_clear_pointer(&data, umockdev_ioctl_data_unref); /* its parent keeps the bytes */
	return bytes;
}

static gboolean on_chip_call(UMockdevIoctlBase *base, UMockdevIoctlClient *client, gpointer user)
{
	gulong request = umockdev_ioctl_client_get_request(client);

	(void)base;
	for (gsize i = 0; i < G_N_ELEMENTS(chip_calls); i++) {
		if (chip_calls[i].request != request)
			continue;
		int problem = chip_calls[i].answer(user, argument(client, chip_calls[i].size));
		umockdev_ioctl_client_complete(client, problem == 0 ? 0 : -1, problem);
		return TRUE;
	}
	umockdev_ioctl_client_complete(client, -1, ENOTTY);
	return TRUE;
}

static int line_call(Chip *chip, guint offset, gulong request, UMockdevIoctlClient *client)
{
	if (request == GPIOHANDLE_SET_LINE_VALUES_IOCTL) {
		struct gpiohandle_data *data = argument(client, sizeof *data);
		set_value(chip, offset, data->values[0]);
	} else if (request == GPIOHANDLE_GET_LINE_VALUES_IOCTL) {
		struct gpiohandle_data *data = argument(client, sizeof *data);
		data->values[0] = (guint8)g_atomic_int_get(&chip->value[offset]);
	} else if (request == GPIO_V2_LINE_SET_VALUES_IOCTL) {
		struct gpio_v2_line_values *data = argument(client, sizeof *data);
		set_value(chip, offset, (data->bits & 1) != 0);
	} else if (request == GPIO_V2_LINE_GET_VALUES_IOCTL) {
		struct gpio_v2_line_values *data = argument(client, sizeof *data);
		data->bits = (guint64)g_atomic_int_get(&chip->value[offset]);
	} else {
		return ENOTTY;
	}
	return 0;
}

static gboolean on_line_call(UMockdevIoctlBase *base, UMockdevIoctlClient *client, gpointer user)
{
	guint offset = 0;
	int problem = ENODEV;

	(void)base;
	if (sscanf(umockdev_ioctl_client_get_devnode(client), "/dev/gpioreq%u", &offset) == 1 &&
		offset < N_LINES)
		problem = line_call(user, offset, umockdev_ioctl_client_get_request(client), client);
	umockdev_ioctl_client_complete(client, problem == 0 ? 0 : -1, problem);
	return TRUE;
}

static void add_node(Chip *chip, const char *node, int minor, const char *subsystem)
{
	/* libgpiod 1.6 cuts the last character of the file "dev": hence the line feed. */
	g_autofree char *description =
		g_strdup_printf("P: /devices/%s\nN: %s\nE: DEVNAME=/dev/%s\nE: SUBSYSTEM=%s\n"
						"A: dev=254:%d\\n\n",
						node, node, node, subsystem, minor);
	g_autoptr(GError) error = NULL;

	umockdev_testbed_add_from_string(chip->testbed, description, &error);
	g_assert_no_error(error);
}

static void attach(Chip *chip, const char *node, GCallback handler)
{
	g_autofree char *path = g_strdup_printf("/dev/%s", node);
	g_autoptr(GError) error = NULL;
	UMockdevIoctlBase *base = umockdev_ioctl_base_new();

	g_signal_connect(base, "handle-ioctl", handler, chip);
	umockdev_testbed_attach_ioctl(chip->testbed, path, base, &error);
	g_assert_no_error(error);
	g_object_unref(base);
}

/* A requested line is a FIFO: its descriptor can be polled, read, and asked by ioctl. */
static void add_request_node(Chip *chip, int line)
{
	g_autofree char *node = g_strdup_printf("gpioreq%d", line);
	g_autofree char *root = umockdev_testbed_get_root_dir(chip->testbed);
	g_autofree char *path = g_build_filename(root, "dev", node, NULL);
	g_autofree char *seen = g_strdup_printf("/dev/%s", node);

	add_node(chip, node, line + 1, "gpioreq");
	g_unlink(path);
	g_assert_cmpint(mkfifo(path, 0600), ==, 0);
	attach(chip, node, G_CALLBACK(on_line_call));
	chip->request_fd[line] = open(seen, O_RDWR | O_CLOEXEC | O_NONBLOCK);
	g_assert_cmpint(chip->request_fd[line], >=, 0);
}

static void chip_init(Chip *chip)
{
	memset(chip, 0, sizeof *chip);
	chip->testbed = umockdev_testbed_new();
	add_node(chip, "gpiochip0", 0, "gpio");
	attach(chip, "gpiochip0", G_CALLBACK(on_chip_call));
	for (int i = 0; i < N_LINES; i++)
		add_request_node(chip, i);
	chip->tamper_fd = open("/dev/gpioreq4", O_RDWR | O_CLOEXEC | O_NONBLOCK);
	g_assert_cmpint(chip->tamper_fd, >=, 0);
}

static void chip_clear(Chip *chip)
{
	for (int i = 0; i < N_LINES; i++)
		if (chip->request_fd[i] >= 0)
			close(chip->request_fd[i]);
	close(chip->tamper_fd);
	g_object_unref(chip->testbed);
}

/* An edge at the switch. Both uAPIs' records; the driver only drains them. */
static void move_switch(Chip *chip, gboolean open)
{
#define RECORD_SIZE MAX(sizeof(struct gpioevent_data), sizeof(struct gpio_v2_line_event))
	guint8 record[RECORD_SIZE] = {0};

	g_atomic_int_set(&chip->value[TAMPER], open);
	g_assert_cmpint(write(chip->tamper_fd, record, sizeof record), ==, sizeof record);
}

typedef struct {
	guint n_told;
	gboolean open;
} Told;

static void on_tamper(gboolean open, gpointer user)
{
	Told *told = user;

	told->n_told++;
	told->open = open;
}

static void run_loop(guint ms)
{
	g_autoptr(GMainLoop) loop = g_main_loop_new(NULL, FALSE);

	g_timeout_add(ms, G_SOURCE_FUNC(g_main_loop_quit), loop);
	g_main_loop_run(loop);
}

static gpointer open_indicators(const char *chip, Told *told, GError **error)
{
	const IndicatorsOptions options = {.chip = chip};

	return indicators_gpiod.open(&options, on_tamper, told, error);
}

static void each_lamp_lights_its_line(void)
{
	/* In the order of names[]. */
	static const struct {
		Lamp lamp;
		gboolean lit[BUZZER];
	} cases[] = {
		{LAMP_WHITE, {1, 1, 1}},  {LAMP_GREEN, {0, 1, 0}},
		{LAMP_YELLOW, {1, 1, 0}}, {LAMP_RED, {1, 0, 0}},
		{LAMP_BLUE, {0, 0, 1}},   {LAMP_GREEN_BLUE, {0, 1, 0}}, /* at first */
		{LAMP_OFF, {0, 0, 0}},
	};
	Chip chip;
	Told told = {0};
	g_autoptr(GError) error = NULL;

	chip_init(&chip);
	gpointer self = open_indicators("gpiochip0", &told, &error);
	g_assert_no_error(error);
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		indicators_gpiod.lamp(self, cases[i].lamp);
		for (int line = RED; line < BUZZER; line++)
			g_assert_cmpint(g_atomic_int_get(&chip.value[line]), ==, cases[i].lit[line]);
	}
	indicators_gpiod.free(self);
	chip_clear(&chip);
}

static void green_and_blue_light_in_turn(void)
{
	Chip chip;
	Told told = {0};
	gboolean seen_blue = FALSE, seen_green = FALSE;

	chip_init(&chip);
	gpointer self = open_indicators("gpiochip0", &told, NULL);
	indicators_gpiod.lamp(self, LAMP_GREEN_BLUE);
	for (int i = 0; i < 12; i++) {
		run_loop(100);
		seen_green |= g_atomic_int_get(&chip.value[GREEN]);
		seen_blue |= g_atomic_int_get(&chip.value[BLUE]);
		g_assert_false(g_atomic_int_get(&chip.value[GREEN]) && g_atomic_int_get(&chip.value[BLUE]));
	}
	g_assert_true(seen_green && seen_blue);
	indicators_gpiod.free(self);
	chip_clear(&chip);
}

static void sounds_differ_by_rhythm_and_end_silent(void)
{
	static const struct {
		Sound sound;
		guint n_tones;
	} cases[] = {{SOUND_OK, 2}, {SOUND_AGAIN, 1}, {SOUND_WAIT, 3}};
	Chip chip;
	Told told = {0};

	chip_init(&chip);
	gpointer self = open_indicators("gpiochip0", &told, NULL);
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		chip.n_set[BUZZER] = 0;
		indicators_gpiod.sound(self, cases[i].sound);
		run_loop(600);
		g_assert_cmpuint(chip.n_set[BUZZER], ==, cases[i].n_tones);
		g_assert_false(g_atomic_int_get(&chip.value[BUZZER]));
	}
	indicators_gpiod.free(self);
	chip_clear(&chip);
}

static void a_bouncing_switch_is_told_once(void)
{
	Chip chip;
	Told told = {0};

	chip_init(&chip);
	gpointer self = open_indicators("gpiochip0", &told, NULL);
	g_assert_cmpuint(told.n_told, ==, 0); /* never before open() has returned */
	run_loop(150);
	g_assert_cmpuint(told.n_told, ==, 1); /* the state found */
	g_assert_false(told.open);
	for (int i = 0; i < 5; i++)
		move_switch(&chip, i % 2 == 0);
	run_loop(200);
	g_assert_cmpuint(told.n_told, ==, 2);
	g_assert_true(told.open);
	indicators_gpiod.free(self);
	chip_clear(&chip);
}

static void a_missing_or_taken_line_is_an_error_that_names_it(void)
{
	Chip chip;
	Told told = {0};
	g_autoptr(GError) error = NULL;

	chip_init(&chip);
	for (int i = 0; i < N_LINES; i++)
		g_atomic_int_set(&chip.busy[i], TRUE);
	g_assert_null(open_indicators("gpiochip0", &told, &error));
	g_assert_error(error, INDICATORS_ERROR, INDICATORS_ERROR_LINE);
	g_assert_nonnull(strstr(error->message, "hadir-led-red"));
	g_clear_error(&error);
	g_assert_null(open_indicators("gpiochip7", &told, &error));
	g_assert_error(error, INDICATORS_ERROR, INDICATORS_ERROR_LINE);
	chip_clear(&chip);
}

static void restart_under_umockdev(char **argv)
{
	g_autofree char *self = g_file_read_link("/proc/self/exe", NULL);
	char *arguments[] = {(char *)"umockdev-wrapper", self, argv[1], argv[1] ? argv[2] : NULL, NULL};

	g_setenv("ASAN_OPTIONS", "verify_asan_link_order=0", TRUE);
	execvp(arguments[0], arguments);
	g_error("umockdev-wrapper: %s", g_strerror(errno));
}

int main(int argc, char **argv)
{
	const char *preload = g_getenv("LD_PRELOAD");

	if (preload == NULL || strstr(preload, "umockdev") == NULL)
		restart_under_umockdev(argv);
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/indicators/gpiod/each_lamp_lights_its_line", each_lamp_lights_its_line);
	g_test_add_func("/indicators/gpiod/green_and_blue_light_in_turn", green_and_blue_light_in_turn);
	g_test_add_func("/indicators/gpiod/sounds_differ_by_rhythm_and_end_silent",
					sounds_differ_by_rhythm_and_end_silent);
	g_test_add_func("/indicators/gpiod/a_bouncing_switch_is_told_once",
					a_bouncing_switch_is_told_once);
	g_test_add_func("/indicators/gpiod/a_missing_or_taken_line_is_an_error_that_names_it",
					a_missing_or_taken_line_is_an_error_that_names_it);
	return g_test_run();
}
