/*
 * One role's end of a socket pair to another role: whole messages, length-checked, in order.
 *
 * The other end may be taken over by an attacker: every message is bounded (CHANNEL_SIZE_MAX) and
 * its content is the receiver's to check.  Main-loop use: callbacks come from the default main
 * context of the thread that made the channel, never before channel_new() has returned.
 */
#pragma once

#include <glib.h>

#define CHANNEL_SIZE_MAX (1024 * 1024)

typedef struct Channel Channel;

/* `payload` is borrowed until the callback returns. */
typedef void (*ChannelReceived)(Channel *channel, guint8 type, const guint8 *payload, gsize size,
								gpointer user);
/* Once, when the other end has gone or broke the framing; the channel may be freed in it. */
typedef void (*ChannelClosed)(Channel *channel, gpointer user);

/* Takes `fd` (a stream socket). */
Channel *channel_new(int fd, ChannelReceived received, ChannelClosed closed, gpointer user);
void channel_free(Channel *channel);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Channel, channel_free)

/* Queues one message. FALSE when it is too large, the other end has gone, or the queue holds more
 * than 16 MiB: the peer has stopped reading. */
gboolean channel_send(Channel *channel, guint8 type, gconstpointer payload, gsize size);
/* Bytes queued and not yet taken by the kernel. */
gsize channel_backlog(const Channel *channel);
