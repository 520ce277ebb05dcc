/*
 * Which drivers a program was linked with: main.c picks from its table by the configured name.
 * `hal_drivers` has the real ones; `hal_drivers_sim`, only in hadir-hal-sim, adds the simulated.
 */
#pragma once

#include "firmware/hal/clock.h"
#include "firmware/hal/display.h"
#include "firmware/hal/indicators.h"
#include "firmware/hal/sensor.h"

/* Each is NULL-terminated; the first is the default. */
typedef struct {
	const SensorDriver *const *sensors;
	const DisplayDriver *const *displays;
	const IndicatorsDriver *const *indicators;
	const ClockDriver *const *clocks;
} HalDrivers;

extern const HalDrivers hal_drivers;
extern const HalDrivers hal_drivers_sim;

#define HAL_ERROR (hal_error_quark())
GQuark hal_error_quark(void);

/* By name; NULL takes the default.  NULL with an error that lists the names there are. */
const SensorDriver *hal_find_sensor(const HalDrivers *drivers, const char *name, GError **error);
const DisplayDriver *hal_find_display(const HalDrivers *drivers, const char *name, GError **error);
const IndicatorsDriver *hal_find_indicators(const HalDrivers *drivers, const char *name,
											GError **error);
const ClockDriver *hal_find_clock(const HalDrivers *drivers, const char *name, GError **error);
