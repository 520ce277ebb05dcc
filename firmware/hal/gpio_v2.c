/* gpio.h over libgpiod 2.x (Debian 13). */
#include "firmware/hal/gpio.h"

#include <errno.h>

#include <gpiod.h>

#include "firmware/hal/indicators.h"

#define CONSUMER "hadir"

struct GpioOutput {
	struct gpiod_line_request *request;
	unsigned int offset;
	char *name;
};

struct GpioInput {
	struct gpiod_line_request *request;
	struct gpiod_edge_event_buffer *buffer;
	unsigned int offset;
	char *name;
};

static void set_io(const char *what, GError **error)
{
	g_set_error(error, INDICATORS_ERROR, INDICATORS_ERROR_IO, "%s: %s", what, g_strerror(errno));
}

/* `wanted` names this chip: by path, by name, or by label. */
static gboolean is_chip(struct gpiod_chip *chip, const char *path, const char *wanted)
{
	if (wanted == NULL || g_str_equal(path, wanted))
		return TRUE;
	struct gpiod_chip_info *info = gpiod_chip_get_info(chip);
	if (info == NULL)
		return FALSE;
	gboolean same = g_strcmp0(gpiod_chip_info_get_name(info), wanted) == 0 ||
					g_strcmp0(gpiod_chip_info_get_label(info), wanted) == 0;
	gpiod_chip_info_free(info);
	return same;
}

/* (transfer full) the chip that has the line. */
static struct gpiod_chip *find_line(const char *wanted, const char *name, unsigned int *offset,
									GError **error)
{
	g_autoptr(GDir) dir = g_dir_open("/dev", 0, NULL);
	const char *entry = NULL;
	while (dir != NULL && (entry = g_dir_read_name(dir)) != NULL) {
		g_autofree char *path = g_build_filename("/dev", entry, NULL);
		if (!g_str_has_prefix(entry, "gpiochip") || !gpiod_is_gpiochip_device(path))
			continue;
		struct gpiod_chip *chip = gpiod_chip_open(path);
		if (chip == NULL)
			continue;
		int found =
			is_chip(chip, path, wanted) ? gpiod_chip_get_line_offset_from_name(chip, name) : -1;
		if (found >= 0) {
			*offset = (unsigned int)found;
			return chip;
		}
		gpiod_chip_close(chip);
	}
	g_set_error(error, INDICATORS_ERROR, INDICATORS_ERROR_LINE, "no GPIO line \"%s\" on %s", name,
				wanted != NULL ? wanted : "any chip");
	return NULL;
}

static struct gpiod_line_request *request_line(struct gpiod_chip *chip, unsigned int offset,
											   gboolean output)
{
	struct gpiod_line_settings *settings = gpiod_line_settings_new();
	struct gpiod_line_config *lines = gpiod_line_config_new();
	struct gpiod_request_config *config = gpiod_request_config_new();
	struct gpiod_line_request *request = NULL;
	if (settings != NULL && lines != NULL && config != NULL) {
		if (output) {
			gpiod_line_settings_set_direction(settings, GPIOD_LINE_DIRECTION_OUTPUT);
			gpiod_line_settings_set_output_value(settings, GPIOD_LINE_VALUE_INACTIVE);
		} else {
			gpiod_line_settings_set_direction(settings, GPIOD_LINE_DIRECTION_INPUT);
			gpiod_line_settings_set_edge_detection(settings, GPIOD_LINE_EDGE_BOTH);
			gpiod_line_settings_set_bias(settings, GPIOD_LINE_BIAS_PULL_UP);
		}
		gpiod_request_config_set_consumer(config, CONSUMER);
		if (gpiod_line_config_add_line_settings(lines, &offset, 1, settings) == 0)
			request = gpiod_chip_request_lines(chip, config, lines);
	}
	int saved = errno;
	gpiod_request_config_free(config);
	gpiod_line_config_free(lines);
	gpiod_line_settings_free(settings);
	errno = saved;
	return request;
}

/* Finds and requests; the chip need not stay open. */
static struct gpiod_line_request *open_line(const char *wanted, const char *name, gboolean output,
											unsigned int *offset, GError **error)
{
	struct gpiod_chip *chip = find_line(wanted, name, offset, error);
	if (chip == NULL)
		return NULL;
	struct gpiod_line_request *request = request_line(chip, *offset, output);
	if (request == NULL)
		g_set_error(error, INDICATORS_ERROR, INDICATORS_ERROR_LINE, "GPIO line \"%s\": %s", name,
					g_strerror(errno));
	gpiod_chip_close(chip);
	return request;
}

GpioOutput *gpio_output_new(const char *chip, const char *name, GError **error)
{
	unsigned int offset = 0;
	struct gpiod_line_request *request = open_line(chip, name, TRUE, &offset, error);
	if (request == NULL)
		return NULL;
	GpioOutput *output = g_new0(GpioOutput, 1);
	output->request = request;
	output->offset = offset;
	output->name = g_strdup(name);
	return output;
}

gboolean gpio_output_set(GpioOutput *output, gboolean high, GError **error)
{
	enum gpiod_line_value value = high ? GPIOD_LINE_VALUE_ACTIVE : GPIOD_LINE_VALUE_INACTIVE;
	if (gpiod_line_request_set_value(output->request, output->offset, value) == 0)
		return TRUE;
	set_io(output->name, error);
	return FALSE;
}

void gpio_output_free(GpioOutput *output)
{
	if (output == NULL)
		return;
	gpiod_line_request_release(output->request);
	g_free(output->name);
	g_free(output);
}

GpioInput *gpio_input_new(const char *chip, const char *name, GError **error)
{
	unsigned int offset = 0;
	struct gpiod_line_request *request = open_line(chip, name, FALSE, &offset, error);
	if (request == NULL)
		return NULL;
	struct gpiod_edge_event_buffer *buffer = gpiod_edge_event_buffer_new(1);
	if (buffer == NULL) {
		set_io(name, error);
		gpiod_line_request_release(request);
		return NULL;
	}
	GpioInput *input = g_new0(GpioInput, 1);
	input->request = request;
	input->buffer = buffer;
	input->offset = offset;
	input->name = g_strdup(name);
	return input;
}

void gpio_input_free(GpioInput *input)
{
	if (input == NULL)
		return;
	gpiod_edge_event_buffer_free(input->buffer);
	gpiod_line_request_release(input->request);
	g_free(input->name);
	g_free(input);
}

int gpio_input_fd(const GpioInput *input)
{
	return gpiod_line_request_get_fd(input->request);
}

gboolean gpio_input_read_edge(GpioInput *input, GError **error)
{
	if (gpiod_line_request_read_edge_events(input->request, input->buffer, 1) >= 0)
		return TRUE;
	set_io(input->name, error);
	return FALSE;
}

int gpio_input_get(GpioInput *input, GError **error)
{
	enum gpiod_line_value value = gpiod_line_request_get_value(input->request, input->offset);
	if (value == GPIOD_LINE_VALUE_ERROR) {
		set_io(input->name, error);
		return -1;
	}
	return value == GPIOD_LINE_VALUE_ACTIVE ? 1 : 0;
}
