#include "tests/support/virtual_finger.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

int virtual_finger_connect(const char *path)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	g_assert_cmpuint(g_strlcpy(address.sun_path, path, sizeof address.sun_path), <,
					 sizeof address.sun_path);
	gint64 deadline = g_get_monotonic_time() + 10 * G_USEC_PER_SEC;
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	g_assert_cmpint(fd, >=, 0);
	while (connect(fd, (struct sockaddr *)&address, sizeof address) != 0) {
		g_assert_cmpint(g_get_monotonic_time(), <, deadline);
		g_main_context_iteration(NULL, FALSE);
		g_usleep(5000);
	}
	return fd;
}

static void send_all(int fd, gconstpointer data, gsize size)
{
	/* Less than a socket's buffer: the device reads nothing while it is not armed. */
	g_assert_cmpuint(size, <, 200000);
	g_assert_cmpint(send(fd, data, size, MSG_NOSIGNAL), ==, (gssize)size);
}

void virtual_finger_image(int fd, const guint8 *pixels, guint width, guint height)
{
	gint32 head[2] = {(gint32)width, (gint32)height};
	send_all(fd, head, sizeof head);
	send_all(fd, pixels, (gsize)width * height);
}

void virtual_finger_command(int fd, VirtualCommand command, gint32 value)
{
	gint32 head[2] = {command, value};
	send_all(fd, head, sizeof head);
}
