#include "firmware/hal/drivers.h"

#include "firmware/hal/clock_system.h"
#include "firmware/hal/display_drm.h"
#include "firmware/hal/indicators_gpiod.h"
#include "firmware/hal/sensor_fprint.h"

static const SensorDriver *const sensors[] = {&sensor_fprint, NULL};
static const DisplayDriver *const displays[] = {&display_drm, NULL};
static const IndicatorsDriver *const indicators[] = {&indicators_gpiod, NULL};
static const ClockDriver *const clocks[] = {&clock_system, NULL};

const HalDrivers hal_drivers = {sensors, displays, indicators, clocks};

#define DEFINE_FIND(what, Driver, member)                                                          \
	const Driver *hal_find_##what(const HalDrivers *drivers, const char *name, GError **error)     \
	{                                                                                              \
		g_autoptr(GString) known = g_string_new(NULL);                                             \
		for (gsize i = 0; drivers->member[i] != NULL; i++) {                                       \
			const Driver *driver = drivers->member[i];                                             \
			if (name == NULL || g_str_equal(driver->name, name))                                   \
				return driver;                                                                     \
			g_string_append_printf(known, "%s%s", i > 0 ? ", " : "", driver->name);                \
		}                                                                                          \
		g_set_error(error, HAL_ERROR, 0, "no " #what " driver \"%s\" (there are: %s)", name,       \
					known->str);                                                                   \
		return NULL;                                                                               \
	}

DEFINE_FIND(sensor, SensorDriver, sensors)
DEFINE_FIND(display, DisplayDriver, displays)
DEFINE_FIND(indicators, IndicatorsDriver, indicators)
DEFINE_FIND(clock, ClockDriver, clocks)
