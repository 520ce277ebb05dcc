/* The control socket between supervisor and role: one byte says what, one SOCK_SEQPACKET message
 * each.  Private to roles.c and supervisor.c. */
#pragma once

#include <glib.h>

#define CONTROL_FD 3 /* in the role */
#define CONTROL_TEXT_MAX 32

typedef enum {
	CONTROL_READY = 'R', /* role → supervisor */
	CONTROL_PONG = 'A',
	CONTROL_PING = 'P', /* supervisor → role */
	CONTROL_LINK = 'L', /* with the peer's name and a descriptor */
	CONTROL_STOP = 'S',
} ControlKind;

typedef struct {
	ControlKind kind;
	char text[CONTROL_TEXT_MAX];
	int fd; /* -1: none; the receiver owns it */
} ControlMessage;

/* `fd` may be -1. FALSE when the other side has gone or does not read. */
gboolean control_send(int control, ControlKind kind, const char *text, int fd);
typedef enum { CONTROL_GOT, CONTROL_NONE, CONTROL_GONE } ControlResult;
ControlResult control_receive(int control, ControlMessage *out);
