#include "firmware/hal/clock_sim.h"
#include "firmware/hal/display_sim.h"
#include "firmware/hal/drivers.h"
#include "firmware/hal/indicators_sim.h"
#include "firmware/hal/sensor_sim.h"

static const SensorDriver *const sensors[] = {&sensor_sim, NULL};
static const DisplayDriver *const displays[] = {&display_sim, NULL};
static const IndicatorsDriver *const indicators[] = {&indicators_sim, NULL};
static const ClockDriver *const clocks[] = {&clock_host, &clock_sim, NULL};

const HalDrivers hal_drivers_sim = {sensors, displays, indicators, clocks};
