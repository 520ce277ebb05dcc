#include "firmware/hal/sensor_sim.h"

#include <string.h>
#include <sys/un.h>

#include "firmware/hal/sensor_fprint.h"

static gpointer sensor_sim_open(const SensorOptions *options, const SensorListener *listener,
								gpointer user, GError **error)
{
	g_autofree char *path = g_build_filename(options->run, SENSOR_SIM_SOCKET, NULL);
	/* libfprint cuts a longer path and then listens where nobody looks. */
	if (strlen(path) >= sizeof(((struct sockaddr_un *)NULL)->sun_path)) {
		g_set_error(error, SENSOR_ERROR, SENSOR_ERROR_PATH,
					"%s: too long for a socket, choose a shorter run folder", path);
		return NULL;
	}
	g_setenv("FP_VIRTUAL_IMAGE", path, TRUE);
	return sensor_fprint_start("virtual_image", path, listener, user);
}

const SensorDriver sensor_sim = {
	.name = "sim",
	.simulated = TRUE,
	.open = sensor_sim_open,
	.arm = sensor_fprint_arm,
	.free = sensor_fprint_free,
};
