/*
 * A sensor without hardware: libfprint's own virtual_image device, fed through RUN/sensor.sock by
 * whoever may write there (`hadir touch`, tests).  Everything but the choice of the device is
 * sensor_fprint.c.
 */
#pragma once

#include "firmware/hal/sensor.h"

#define SENSOR_SIM_SOCKET "sensor.sock"

extern const SensorDriver sensor_sim;
