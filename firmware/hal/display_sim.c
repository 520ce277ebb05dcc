#include "firmware/hal/display_sim.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cairo.h>
#include <glib-unix.h>
#include <glib/gstdio.h>
#include <jansson.h>

#include "firmware/hal/display_draw.h"

#define CLIENTS_MAX 8
#define LINE_MAX_SIZE 256
#define KEYS_MAX 64

typedef struct DisplaySim DisplaySim;

typedef struct {
	DisplaySim *display;
	int fd;
	guint source;
	char line[LINE_MAX_SIZE];
	gsize size;
} Client;

struct DisplaySim {
	const DisplayListener *listener;
	gpointer user;
	char *socket_path, *picture_path;
	int fd;
	guint source;
	GPtrArray *clients; /* of Client */
	cairo_surface_t *surface;
	char *message;  /* the last line, with its newline */
	char *identity; /* what of it counts as a change: all but the running clock */
};

static void client_free(gpointer data)
{
	Client *client = data;
	g_clear_handle_id(&client->source, g_source_remove);
	close(client->fd);
	g_free(client);
}

/* A client that does not read its lines is let go. */
static gboolean client_send(Client *client, const char *message)
{
	gsize size = strlen(message);
	return send(client->fd, message, size, MSG_DONTWAIT | MSG_NOSIGNAL) == (gssize)size;
}

static void press_keys(DisplaySim *self, const char *keys)
{
	for (gsize i = 0; i < KEYS_MAX && keys[i] != '\0'; i++)
		if (strchr("0123456789#*", keys[i]) != NULL)
			self->listener->key(keys[i], self->user);
}

static gboolean obey(DisplaySim *self, const char *line, gsize size)
{
	json_t *root = json_loadb(line, size, JSON_REJECT_DUPLICATES, NULL);
	json_t *keys = json_object_get(root, "keys"), *tamper = json_object_get(root, "tamper");
	gboolean understood = json_is_string(keys) || json_is_boolean(tamper);
	if (json_is_string(keys))
		press_keys(self, json_string_value(keys));
	if (json_is_boolean(tamper))
		self->listener->tamper(json_is_true(tamper), self->user);
	json_decref(root);
	return understood;
}

/* FALSE when the client is to be let go. */
static gboolean client_read(Client *client)
{
	gssize n = read(client->fd, client->line + client->size, sizeof client->line - client->size);
	if (n <= 0)
		return n < 0 && (errno == EAGAIN || errno == EINTR);
	client->size += (gsize)n;
	char *end = NULL;
	while ((end = memchr(client->line, '\n', client->size)) != NULL) {
		gsize used = (gsize)(end - client->line) + 1;
		if (!obey(client->display, client->line, used - 1))
			return FALSE;
		client->size -= used;
		memmove(client->line, client->line + used, client->size);
	}
	return client->size < sizeof client->line;
}

static gboolean on_client(gint fd, GIOCondition condition, gpointer user)
{
	Client *client = user;
	(void)fd, (void)condition;
	if (client_read(client))
		return G_SOURCE_CONTINUE;
	client->source = 0;
	g_ptr_array_remove_fast(client->display->clients, client);
	return G_SOURCE_REMOVE;
}

static gboolean on_connection(gint listener, GIOCondition condition, gpointer user)
{
	DisplaySim *self = user;
	(void)condition;
	int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
	if (fd < 0)
		return G_SOURCE_CONTINUE;
	if (self->clients->len >= CLIENTS_MAX) {
		close(fd);
		return G_SOURCE_CONTINUE;
	}
	Client *client = g_new0(Client, 1);
	client->display = self;
	client->fd = fd;
	client->source = g_unix_fd_add(fd, G_IO_IN | G_IO_HUP | G_IO_ERR, on_client, client);
	g_ptr_array_add(self->clients, client);
	if (self->message != NULL && !client_send(client, self->message))
		g_ptr_array_remove_fast(self->clients, client);
	return G_SOURCE_CONTINUE;
}

static int listen_at(const char *path, GError **error)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	if (g_strlcpy(address.sun_path, path, sizeof address.sun_path) >= sizeof address.sun_path) {
		g_set_error(error, DISPLAY_ERROR, DISPLAY_ERROR_IO,
					"%s: too long for a socket, choose a shorter run folder", path);
		return -1;
	}
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	g_unlink(path);
	if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof address) != 0 ||
		g_chmod(path, 0600) != 0 || listen(fd, CLIENTS_MAX) != 0) {
		g_set_error(error, DISPLAY_ERROR, DISPLAY_ERROR_IO, "%s: %s", path, g_strerror(errno));
		if (fd >= 0)
			close(fd);
		return -1;
	}
	return fd;
}

static gpointer display_sim_open(const DisplayOptions *options, const DisplayListener *listener,
								 gpointer user, GError **error)
{
	g_autofree char *path = g_build_filename(options->run, DISPLAY_SIM_SOCKET, NULL);
	int fd = listen_at(path, error);
	if (fd < 0)
		return NULL;
	DisplaySim *self = g_new0(DisplaySim, 1);
	self->listener = listener;
	self->user = user;
	self->socket_path = g_steal_pointer(&path);
	self->picture_path = g_build_filename(options->run, DISPLAY_SIM_PICTURE, NULL);
	self->fd = fd;
	self->source = g_unix_fd_add(fd, G_IO_IN, on_connection, self);
	self->clients = g_ptr_array_new_with_free_func(client_free);
	self->surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, DISPLAY_WIDTH, DISPLAY_HEIGHT);
	return self;
}

static char *describe(const DisplayView *view)
{
	json_t *root = json_pack("{s:s, s:b, s:s, s:s, s:s, s:s, s:s?, s:o, s:I, s:s?}", "screen",
							 view->screen, "ready", view->ready, "large", view->large, "small",
							 view->small, "symbol", symbol_name(view->symbol), "lamp",
							 lamp_name(view->lamp), "outcome", view->outcome, "person",
							 view->person != 0 ? json_integer(view->person) : json_null(), "touch",
							 (json_int_t)view->touch, "typed", view->keypad ? view->typed : NULL);
	char *text = json_dumps(root, JSON_COMPACT);
	char *line = g_strdup_printf("%s\n", text);
	free(text);
	json_decref(root);
	return line;
}

static void paint(DisplaySim *self, const DisplayView *view)
{
	cairo_t *cairo = cairo_create(self->surface);
	display_draw(cairo, view);
	cairo_destroy(cairo);
}

static gboolean save_picture(DisplaySim *self, GError **error)
{
	g_autofree char *fresh = g_strconcat(self->picture_path, ".new", NULL);
	cairo_status_t status = cairo_surface_write_to_png(self->surface, fresh);
	if (status != CAIRO_STATUS_SUCCESS || g_rename(fresh, self->picture_path) != 0) {
		g_set_error(error, DISPLAY_ERROR, DISPLAY_ERROR_IO, "%s: %s", self->picture_path,
					cairo_status_to_string(status));
		return FALSE;
	}
	return TRUE;
}

static gboolean display_sim_show(gpointer display, const DisplayView *view, GError **error)
{
	DisplaySim *self = display;
	DisplayView still = *view;
	if (g_str_has_prefix(view->screen, "ready"))
		still.large = "";
	g_autofree char *identity = describe(&still);
	paint(self, view);
	g_free(self->message);
	self->message = describe(view);
	if (g_strcmp0(identity, self->identity) == 0)
		return TRUE;
	g_free(self->identity);
	self->identity = g_steal_pointer(&identity);
	for (guint i = self->clients->len; i > 0; i--)
		if (!client_send(g_ptr_array_index(self->clients, i - 1), self->message))
			g_ptr_array_remove_index_fast(self->clients, i - 1);
	return save_picture(self, error);
}

static void display_sim_free(gpointer display)
{
	DisplaySim *self = display;
	g_ptr_array_unref(self->clients);
	g_source_remove(self->source);
	close(self->fd);
	g_unlink(self->socket_path);
	cairo_surface_destroy(self->surface);
	g_free(self->socket_path);
	g_free(self->picture_path);
	g_free(self->message);
	g_free(self->identity);
	g_free(self);
}

const DisplayDriver display_sim = {
	.name = "sim",
	.simulated = TRUE,
	.open = display_sim_open,
	.show = display_sim_show,
	.free = display_sim_free,
};
