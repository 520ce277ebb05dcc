/*
 * GPIO lines by name: the little of libgpiod we use, the same over its 1.6 and its 2.x.
 *
 * gpio_v1.c or gpio_v2.c is compiled, as the installed library wants; their sources have nothing in
 * common.  A line is released by its free function.
 */
#pragma once

#include <glib.h>

typedef struct GpioOutput GpioOutput;

/* `chip` is a name, label or path; NULL searches all.  The line starts low.  NULL with
 * INDICATORS_ERROR_LINE (hal/indicators.h): there is none, or it is taken. */
GpioOutput *gpio_output_new(const char *chip, const char *name, GError **error);
gboolean gpio_output_set(GpioOutput *output, gboolean high, GError **error);
void gpio_output_free(GpioOutput *output);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(GpioOutput, gpio_output_free)

typedef struct GpioInput GpioInput;

/* Pulled up, reporting both edges. */
GpioInput *gpio_input_new(const char *chip, const char *name, GError **error);
void gpio_input_free(GpioInput *input);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(GpioInput, gpio_input_free)
/* Readable when an edge waits; belongs to the input. */
int gpio_input_fd(const GpioInput *input);
/* Takes one edge off the descriptor. */
gboolean gpio_input_read_edge(GpioInput *input, GError **error);
/* The level now: 1 high, 0 low, -1 with an error. */
int gpio_input_get(GpioInput *input, GError **error);
