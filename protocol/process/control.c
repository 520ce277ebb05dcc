#include "protocol/process/control.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

/* Room for one descriptor, aligned as cmsghdr wants it. */
typedef union {
	struct cmsghdr header;
	char bytes[CMSG_SPACE(sizeof(int))];
} FdSpace;

gboolean control_send(int control, ControlKind kind, const char *text, int fd)
{
	char bytes[1 + CONTROL_TEXT_MAX] = {(char)kind};
	struct iovec part = {bytes, 1};
	struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
	FdSpace space = {0};

	if (text != NULL)
		part.iov_len += g_strlcpy(bytes + 1, text, CONTROL_TEXT_MAX);
	if (fd >= 0) {
		message.msg_control = &space;
		message.msg_controllen = sizeof space.bytes;
		space.header.cmsg_level = SOL_SOCKET;
		space.header.cmsg_type = SCM_RIGHTS;
		space.header.cmsg_len = CMSG_LEN(sizeof fd);
		memcpy(CMSG_DATA(&space.header), &fd, sizeof fd);
	}
	return sendmsg(control, &message, MSG_NOSIGNAL | MSG_DONTWAIT) >= 0;
}

static int received_fd(struct msghdr *message)
{
	struct cmsghdr *header = CMSG_FIRSTHDR(message);
	int fd = -1;

	if (header != NULL && header->cmsg_level == SOL_SOCKET && header->cmsg_type == SCM_RIGHTS &&
		header->cmsg_len == CMSG_LEN(sizeof fd))
		memcpy(&fd, CMSG_DATA(header), sizeof fd);
	return fd;
}

ControlResult control_receive(int control, ControlMessage *out)
{
	char bytes[1 + CONTROL_TEXT_MAX] = {0};
	struct iovec part = {bytes, sizeof bytes - 1};
	FdSpace space = {0};
	struct msghdr message = {.msg_iov = &part,
							 .msg_iovlen = 1,
							 .msg_control = &space,
							 .msg_controllen = sizeof space.bytes};
	ssize_t n = recvmsg(control, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return CONTROL_NONE;
	if (n <= 0)
		return CONTROL_GONE;
	out->kind = (ControlKind)bytes[0];
	g_strlcpy(out->text, bytes + 1, sizeof out->text);
	out->fd = received_fd(&message);
	return CONTROL_GOT;
}
