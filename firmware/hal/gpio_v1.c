/* gpio.h over libgpiod 1.6 (Debian 12). */
#include "firmware/hal/gpio.h"

#include <errno.h>

#include <gpiod.h>

#include "firmware/hal/indicators.h"

#define CONSUMER "hadir"

struct GpioOutput {
	struct gpiod_chip *chip;
	struct gpiod_line *line;
};

struct GpioInput {
	struct gpiod_chip *chip;
	struct gpiod_line *line;
};

/* The chip stays open as long as the line is used. */
static struct gpiod_line *find_line(const char *chip, const char *name, GError **error)
{
	struct gpiod_line *line = NULL;
	if (chip == NULL) {
		line = gpiod_line_find(name);
	} else {
		struct gpiod_chip *open = gpiod_chip_open_lookup(chip);
		line = open != NULL ? gpiod_chip_find_line(open, name) : NULL;
		if (open != NULL && line == NULL)
			gpiod_chip_close(open);
	}
	if (line == NULL)
		g_set_error(error, INDICATORS_ERROR, INDICATORS_ERROR_LINE, "no GPIO line \"%s\" on %s",
					name, chip != NULL ? chip : "any chip");
	return line;
}

static void set_taken(const char *name, GError **error)
{
	g_set_error(error, INDICATORS_ERROR, INDICATORS_ERROR_LINE, "GPIO line \"%s\": %s", name,
				g_strerror(errno));
}

static void set_io(const char *what, GError **error)
{
	g_set_error(error, INDICATORS_ERROR, INDICATORS_ERROR_IO, "%s: %s", what, g_strerror(errno));
}

GpioOutput *gpio_output_new(const char *chip, const char *name, GError **error)
{
	struct gpiod_line *line = find_line(chip, name, error);
	if (line == NULL)
		return NULL;
	if (gpiod_line_request_output(line, CONSUMER, 0) != 0) {
		set_taken(name, error);
		gpiod_chip_close(gpiod_line_get_chip(line));
		return NULL;
	}
	GpioOutput *output = g_new0(GpioOutput, 1);
	output->chip = gpiod_line_get_chip(line);
	output->line = line;
	return output;
}

gboolean gpio_output_set(GpioOutput *output, gboolean high, GError **error)
{
	if (gpiod_line_set_value(output->line, high ? 1 : 0) == 0)
		return TRUE;
	set_io(gpiod_line_name(output->line), error);
	return FALSE;
}

void gpio_output_free(GpioOutput *output)
{
	if (output == NULL)
		return;
	gpiod_chip_close(output->chip); /* releases its lines */
	g_free(output);
}

GpioInput *gpio_input_new(const char *chip, const char *name, GError **error)
{
	struct gpiod_line *line = find_line(chip, name, error);
	if (line == NULL)
		return NULL;
	if (gpiod_line_request_both_edges_events_flags(line, CONSUMER,
												   GPIOD_LINE_REQUEST_FLAG_BIAS_PULL_UP) != 0) {
		set_taken(name, error);
		gpiod_chip_close(gpiod_line_get_chip(line));
		return NULL;
	}
	GpioInput *input = g_new0(GpioInput, 1);
	input->chip = gpiod_line_get_chip(line);
	input->line = line;
	return input;
}

void gpio_input_free(GpioInput *input)
{
	if (input == NULL)
		return;
	gpiod_chip_close(input->chip);
	g_free(input);
}

int gpio_input_fd(const GpioInput *input)
{
	return gpiod_line_event_get_fd(input->line);
}

gboolean gpio_input_read_edge(GpioInput *input, GError **error)
{
	struct gpiod_line_event event;
	if (gpiod_line_event_read(input->line, &event) == 0)
		return TRUE;
	set_io(gpiod_line_name(input->line), error);
	return FALSE;
}

int gpio_input_get(GpioInput *input, GError **error)
{
	int value = gpiod_line_get_value(input->line);
	if (value < 0)
		set_io(gpiod_line_name(input->line), error);
	return value;
}
