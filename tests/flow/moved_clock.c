/*
 * A wall clock that can be moved, for a running program and all it starts:
 *
 *   LD_PRELOAD=…/libmoved-clock.so MOVED_CLOCK=FILE program
 *
 * FILE begins with a signed 64-bit number of milliseconds in the machine's byte order, which is
 * added to what the program reads from its wall clock, from the moment it is written.  The
 * monotonic clocks and the kernel are as they are: just what a program sees when somebody sets the
 * clock.
 */
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#define EXPORT __attribute__((visibility("default")))
#define S_NS INT64_C(1000000000)
#define MS_NS INT64_C(1000000)

static const int64_t *offset_ms; /* NULL: the clock is not moved */

__attribute__((constructor)) static void open_offset(void)
{
	const char *path = getenv("MOVED_CLOCK");
	int fd = path == NULL ? -1 : open(path, O_RDONLY | O_CLOEXEC);
	void *shared;

	if (fd < 0)
		return;
	shared = mmap(NULL, sizeof *offset_ms, PROT_READ, MAP_SHARED, fd, 0);
	close(fd);
	if (shared != MAP_FAILED)
		offset_ms = shared;
}

/* The system call itself: what this library replaces would come back to it. */
static int read_clock(clockid_t id, struct timespec *out)
{
	int64_t ns;

	if (syscall(SYS_clock_gettime, id, out) != 0)
		return -1;
	if (offset_ms == NULL || (id != CLOCK_REALTIME && id != CLOCK_REALTIME_COARSE))
		return 0;
	ns = out->tv_sec * S_NS + out->tv_nsec + __atomic_load_n(offset_ms, __ATOMIC_RELAXED) * MS_NS;
	if (ns < 0)
		ns = 0;
	out->tv_sec = (time_t)(ns / S_NS);
	out->tv_nsec = (long)(ns % S_NS);
	return 0;
}

EXPORT int clock_gettime(clockid_t clock_id, struct timespec *tp)
{
	return read_clock(clock_id, tp);
}

EXPORT int gettimeofday(struct timeval *restrict tv, void *restrict tz)
{
	struct timespec now;

	(void)tz; /* obsolete: nobody asks for it */
	if (read_clock(CLOCK_REALTIME, &now) != 0)
		return -1;
	tv->tv_sec = now.tv_sec;
	tv->tv_usec = (suseconds_t)(now.tv_nsec / 1000);
	return 0;
}

EXPORT time_t time(time_t *timer)
{
	struct timespec now;

	if (read_clock(CLOCK_REALTIME, &now) != 0)
		return (time_t)-1;
	if (timer != NULL)
		*timer = now.tv_sec;
	return now.tv_sec;
}
