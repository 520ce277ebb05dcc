#include "protocol/process/roles.h"

#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include <glib-unix.h>

#include "protocol/process/control.h"

struct RoleContext {
	RoleLinked linked;
	RoleStopping stopping;
	gpointer user;
	GMainLoop *loop;
	guint source;
	gboolean is_stopping;
};

static void stop_once(RoleContext *role)
{
	if (!role->is_stopping)
		role->stopping(role->user);
	role->is_stopping = TRUE;
}

static void handle(RoleContext *role, const ControlMessage *message)
{
	switch (message->kind) {
	case CONTROL_PING:
		control_send(CONTROL_FD, CONTROL_PONG, NULL, -1);
		break;
	case CONTROL_LINK:
		if (message->fd >= 0)
			role->linked(message->text, message->fd, role->user);
		break;
	case CONTROL_STOP:
		stop_once(role);
		break;
	case CONTROL_READY:
	case CONTROL_PONG:
	default:
		g_warning("the supervisor said '%c', which it never says", message->kind);
	}
}

static gboolean on_control(gint fd, GIOCondition condition, gpointer user)
{
	RoleContext *role = user;
	ControlMessage message;

	(void)condition;
	switch (control_receive(fd, &message)) {
	case CONTROL_GOT:
		handle(role, &message);
		return G_SOURCE_CONTINUE;
	case CONTROL_NONE:
		return G_SOURCE_CONTINUE;
	case CONTROL_GONE:
	default:
		role->source = 0;
		stop_once(role);
		return G_SOURCE_REMOVE;
	}
}

RoleContext *role_new(RoleLinked linked, RoleStopping stopping, gpointer user)
{
	RoleContext *role = g_new0(RoleContext, 1);

	signal(SIGTERM, SIG_IGN);
	signal(SIGINT, SIG_IGN);
	signal(SIGPIPE, SIG_IGN);
	unsetenv("NOTIFY_SOCKET");
	role->linked = linked;
	role->stopping = stopping;
	role->user = user;
	role->loop = g_main_loop_new(NULL, FALSE);
	return role;
}

void role_run(RoleContext *role)
{
	role->source = g_unix_fd_add(CONTROL_FD, G_IO_IN | G_IO_HUP | G_IO_ERR, on_control, role);
	control_send(CONTROL_FD, CONTROL_READY, NULL, -1);
	g_main_loop_run(role->loop);
}

void role_quit(RoleContext *role)
{
	g_main_loop_quit(role->loop);
}

void role_free(RoleContext *role)
{
	if (role == NULL)
		return;
	g_clear_handle_id(&role->source, g_source_remove);
	g_main_loop_unref(role->loop);
	g_free(role);
}
