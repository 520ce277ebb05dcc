/* The words by which logs and the simulated panel call lamps and symbols, and the names of the
 * drivers' errors. */
#include "firmware/hal/display.h"
#include "firmware/hal/drivers.h"
#include "firmware/hal/sensor.h"

G_DEFINE_QUARK(hadir_hal_error, hal_error)
G_DEFINE_QUARK(hadir_sensor_error, sensor_error)
G_DEFINE_QUARK(hadir_display_error, display_error)
G_DEFINE_QUARK(hadir_indicators_error, indicators_error)

const char *lamp_name(Lamp lamp)
{
	static const char *const names[] = {
		[LAMP_OFF] = "off",
		[LAMP_WHITE] = "white",
		[LAMP_GREEN] = "green",
		[LAMP_YELLOW] = "yellow",
		[LAMP_RED] = "red",
		[LAMP_BLUE] = "blue",
		[LAMP_GREEN_BLUE] = "green-blue",
	};
	return names[lamp];
}

const char *symbol_name(Symbol symbol)
{
	static const char *const names[] = {
		[SYMBOL_NONE] = "none",   [SYMBOL_CHECK] = "check", [SYMBOL_DOUBLE_CHECK] = "double-check",
		[SYMBOL_ALERT] = "alert", [SYMBOL_CROSS] = "cross", [SYMBOL_WAIT] = "wait",
	};
	return names[symbol];
}
