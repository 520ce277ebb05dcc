#include "firmware/hal/clock_sim.h"
#include "firmware/hal/clock_system.h"
#include "firmware/hal/display_sim.h"
#include "firmware/hal/drivers.h"
#include "firmware/hal/indicators_sim.h"
#include "firmware/hal/sensor_sim.h"

/* The machine's clock is the default in simulation too: a demo lives today. */
static const SensorDriver *const sensors[] = {&sensor_sim, NULL};
static const DisplayDriver *const displays[] = {&display_sim, NULL};
static const IndicatorsDriver *const indicators[] = {&indicators_sim, NULL};
static const ClockDriver *const clocks[] = {&clock_system, &clock_sim, NULL};

const HalDrivers hal_drivers_sim = {sensors, displays, indicators, clocks};
