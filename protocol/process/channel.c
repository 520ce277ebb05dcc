/* Frame: 4 bytes length (little-endian, of what follows), 1 byte type, payload. */
#include "protocol/process/channel.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <glib-unix.h>

#define HEADER_SIZE 5
#define BACKLOG_MAX (16 * 1024 * 1024)
#define READ_SIZE (64 * 1024)

struct Channel {
	int fd;
	ChannelReceived received;
	ChannelClosed closed;
	gpointer user;
	GByteArray *in;
	GByteArray *out;
	gsize out_sent; /* of out, taken by the kernel */
	guint in_source, out_source;
	gboolean dispatching; /* a callback may free the channel: then it is freed after it */
	gboolean freed;
};

static void channel_destroy(Channel *channel)
{
	g_clear_handle_id(&channel->in_source, g_source_remove);
	g_clear_handle_id(&channel->out_source, g_source_remove);
	close(channel->fd);
	g_byte_array_unref(channel->in);
	g_byte_array_unref(channel->out);
	g_free(channel);
}

void channel_free(Channel *channel)
{
	if (channel == NULL)
		return;
	channel->freed = TRUE;
	if (!channel->dispatching)
		channel_destroy(channel);
}

static guint32 frame_size(const guint8 *header)
{
	guint32 size;
	memcpy(&size, header, sizeof size);
	return GUINT32_FROM_LE(size);
}

/* Hands over the whole frames of `in`. FALSE: the framing is broken. */
static gboolean deliver_frames(Channel *channel)
{
	gsize at = 0;

	while (!channel->freed && channel->in->len - at >= HEADER_SIZE) {
		const guint8 *frame = channel->in->data + at;
		guint32 size = frame_size(frame);

		if (size < 1 || size > CHANNEL_SIZE_MAX + 1)
			return FALSE;
		if (channel->in->len - at < 4 + (gsize)size)
			break;
		channel->received(channel, frame[4], frame + HEADER_SIZE, size - 1, channel->user);
		at += 4 + size;
	}
	if (at > 0 && !channel->freed)
		g_byte_array_remove_range(channel->in, 0, (guint)at);
	return TRUE;
}

/* FALSE: the other end has gone. */
static gboolean read_available(Channel *channel)
{
	guint8 bytes[READ_SIZE];
	ssize_t n = recv(channel->fd, bytes, sizeof bytes, MSG_DONTWAIT);

	if (n < 0)
		return errno == EAGAIN || errno == EINTR;
	if (n == 0)
		return FALSE;
	g_byte_array_append(channel->in, bytes, (guint)n);
	return deliver_frames(channel);
}

static gboolean on_readable(gint fd, GIOCondition condition, gpointer user)
{
	Channel *channel = user;
	gboolean more;

	(void)fd;
	(void)condition;
	channel->dispatching = TRUE;
	more = read_available(channel);
	if (!more && !channel->freed) {
		channel->in_source = 0;
		g_clear_handle_id(&channel->out_source, g_source_remove);
		channel->closed(channel, channel->user);
	}
	channel->dispatching = FALSE;
	if (!channel->freed)
		return more ? G_SOURCE_CONTINUE : G_SOURCE_REMOVE;
	channel->in_source = 0;
	channel_destroy(channel);
	return G_SOURCE_REMOVE;
}

/* Sends what the kernel takes. A broken socket is noticed by the reading side. */
static void write_queued(Channel *channel)
{
	while (channel->out_sent < channel->out->len) {
		ssize_t n = send(channel->fd, channel->out->data + channel->out_sent,
						 channel->out->len - channel->out_sent, MSG_DONTWAIT | MSG_NOSIGNAL);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			break;
		channel->out_sent += (gsize)n;
	}
	if (channel->out_sent == channel->out->len) {
		g_byte_array_set_size(channel->out, 0);
		channel->out_sent = 0;
	} else if (channel->out_sent > CHANNEL_SIZE_MAX) {
		g_byte_array_remove_range(channel->out, 0, (guint)channel->out_sent);
		channel->out_sent = 0;
	}
}

static gboolean on_writable(gint fd, GIOCondition condition, gpointer user)
{
	Channel *channel = user;

	(void)fd;
	if ((condition & (G_IO_ERR | G_IO_HUP)) == 0)
		write_queued(channel);
	if (channel->out->len > 0 && (condition & (G_IO_ERR | G_IO_HUP)) == 0)
		return G_SOURCE_CONTINUE;
	channel->out_source = 0;
	return G_SOURCE_REMOVE;
}

Channel *channel_new(int fd, ChannelReceived received, ChannelClosed closed, gpointer user)
{
	Channel *channel = g_new0(Channel, 1);

	channel->fd = fd;
	channel->received = received;
	channel->closed = closed;
	channel->user = user;
	channel->in = g_byte_array_new();
	channel->out = g_byte_array_new();
	channel->in_source = g_unix_fd_add(fd, G_IO_IN | G_IO_HUP | G_IO_ERR, on_readable, channel);
	return channel;
}

gboolean channel_send(Channel *channel, guint8 type, gconstpointer payload, gsize size)
{
	guint32 length = GUINT32_TO_LE((guint32)(size + 1));

	if (channel->in_source == 0 || size > CHANNEL_SIZE_MAX ||
		channel_backlog(channel) + size > BACKLOG_MAX)
		return FALSE;
	g_byte_array_append(channel->out, (const guint8 *)&length, sizeof length);
	g_byte_array_append(channel->out, &type, 1);
	if (size > 0)
		g_byte_array_append(channel->out, payload, (guint)size);
	write_queued(channel);
	if (channel->out->len > 0 && channel->out_source == 0)
		channel->out_source = g_unix_fd_add(channel->fd, G_IO_OUT, on_writable, channel);
	return TRUE;
}

gsize channel_backlog(const Channel *channel)
{
	return channel->out->len - channel->out_sent;
}
