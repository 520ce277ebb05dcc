#include "server/sandbox_linux.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/landlock.h>
#include <seccomp.h>

/* ── Landlock ── */

/* Rights of later kernels, where Debian 12's headers do not name them. */
#define RIGHT_REFER (1ULL << 13)
#define RIGHT_TRUNCATE (1ULL << 14)

#define RIGHTS_READ                                                                                \
	(LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR)
/* Everything of the first version: its 13 lowest bits. */
#define RIGHTS_FIRST ((1ULL << 13) - 1)
#define RIGHTS_OF_FILES                                                                            \
	(LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE |   \
	 RIGHT_TRUNCATE)

static guint64 rights_of_kernel(long version)
{
	guint64 rights = RIGHTS_FIRST;
	if (version >= 2)
		rights |= RIGHT_REFER;
	if (version >= 3)
		rights |= RIGHT_TRUNCATE;
	return rights;
}

static gboolean allow(int ruleset, const char *path, guint64 rights)
{
	int place = open(path, O_PATH | O_CLOEXEC);
	if (place < 0)
		return errno == ENOENT;
	struct stat status;
	gboolean known = fstat(place, &status) == 0;
	struct landlock_path_beneath_attr rule = {
		.allowed_access = known && S_ISDIR(status.st_mode) ? rights : rights & RIGHTS_OF_FILES,
		.parent_fd = place,
	};
	gboolean ok =
		known && syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0) == 0;
	close(place);
	return ok;
}

static gboolean allow_all(int ruleset, const SandboxRules *rules, guint64 known)
{
	guint64 read = RIGHTS_READ & ~(guint64)LANDLOCK_ACCESS_FS_EXECUTE;
	guint64 write = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE | RIGHT_TRUNCATE;
	for (const char *const *path = rules->readable; *path != NULL; path++)
		if (!allow(ruleset, *path, read & known))
			return FALSE;
	for (const char *const *path = rules->writable; *path != NULL; path++)
		if (!allow(ruleset, *path, write & known))
			return FALSE;
	return TRUE;
}

gboolean sandbox_files(const SandboxRules *rules, const char **why)
{
	long version = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
	*why = "this kernel has no Landlock, or a container forbids it";
	if (version < 1)
		return FALSE;
	struct landlock_ruleset_attr attr = {.handled_access_fs = rights_of_kernel(version)};
	int ruleset = (int)syscall(SYS_landlock_create_ruleset, &attr, sizeof attr, 0);
	if (ruleset < 0)
		return FALSE;
	*why = "Landlock refused its rules";
	gboolean ok = allow_all(ruleset, rules, attr.handled_access_fs) &&
				  prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
				  syscall(SYS_landlock_restrict_self, ruleset, 0) == 0;
	close(ruleset);
	return ok;
}

/* ── seccomp ── */

/* What GLib's loop, libmicrohttpd, SQLite, libpq and the C library ask for. */
static const int calls[] = {
	SCMP_SYS(read),
	SCMP_SYS(write),
	SCMP_SYS(readv),
	SCMP_SYS(writev),
	SCMP_SYS(pread64),
	SCMP_SYS(pwrite64),
	SCMP_SYS(preadv),
	SCMP_SYS(pwritev),
	SCMP_SYS(close),
	SCMP_SYS(lseek),
	SCMP_SYS(open),
	SCMP_SYS(openat),
	SCMP_SYS(stat),
	SCMP_SYS(fstat),
	SCMP_SYS(lstat),
	SCMP_SYS(newfstatat),
	SCMP_SYS(statx),
	SCMP_SYS(access),
	SCMP_SYS(faccessat),
	SCMP_SYS(faccessat2),
	SCMP_SYS(readlink),
	SCMP_SYS(readlinkat),
	SCMP_SYS(getdents64),
	SCMP_SYS(getcwd),
	SCMP_SYS(unlink),
	SCMP_SYS(unlinkat),
	SCMP_SYS(fcntl),
	SCMP_SYS(flock),
	SCMP_SYS(fsync),
	SCMP_SYS(fdatasync),
	SCMP_SYS(ftruncate),
	SCMP_SYS(fallocate),
	SCMP_SYS(mmap),
	SCMP_SYS(munmap),
	SCMP_SYS(mprotect),
	SCMP_SYS(mremap),
	SCMP_SYS(madvise),
	SCMP_SYS(msync),
	SCMP_SYS(mlock),
	SCMP_SYS(munlock),
	SCMP_SYS(brk),
	SCMP_SYS(membarrier),
	SCMP_SYS(poll),
	SCMP_SYS(ppoll),
	SCMP_SYS(select),
	SCMP_SYS(pselect6),
	SCMP_SYS(epoll_create1),
	SCMP_SYS(epoll_ctl),
	SCMP_SYS(epoll_wait),
	SCMP_SYS(epoll_pwait),
	SCMP_SYS(eventfd2),
	SCMP_SYS(pipe2),
	SCMP_SYS(dup),
	SCMP_SYS(dup3),
	SCMP_SYS(accept),
	SCMP_SYS(accept4),
	SCMP_SYS(recvfrom),
	SCMP_SYS(recvmsg),
	SCMP_SYS(sendto),
	SCMP_SYS(sendmsg),
	SCMP_SYS(sendmmsg),
	SCMP_SYS(shutdown),
	SCMP_SYS(getsockopt),
	SCMP_SYS(setsockopt),
	SCMP_SYS(getsockname),
	SCMP_SYS(getpeername),
	SCMP_SYS(sendfile),
	SCMP_SYS(ioctl),
	SCMP_SYS(futex),
	SCMP_SYS(set_robust_list),
	SCMP_SYS(get_robust_list),
	SCMP_SYS(rseq),
	SCMP_SYS(set_tid_address),
	SCMP_SYS(exit),
	SCMP_SYS(exit_group),
	SCMP_SYS(rt_sigaction),
	SCMP_SYS(rt_sigprocmask),
	SCMP_SYS(rt_sigreturn),
	SCMP_SYS(sigaltstack),
	SCMP_SYS(tgkill),
	SCMP_SYS(gettid),
	SCMP_SYS(getpid),
	SCMP_SYS(getppid),
	SCMP_SYS(getuid),
	SCMP_SYS(geteuid),
	SCMP_SYS(getgid),
	SCMP_SYS(getegid),
	SCMP_SYS(clock_gettime),
	SCMP_SYS(clock_getres),
	SCMP_SYS(clock_nanosleep),
	SCMP_SYS(nanosleep),
	SCMP_SYS(gettimeofday),
	SCMP_SYS(time),
	SCMP_SYS(getrandom),
	SCMP_SYS(uname),
	SCMP_SYS(sched_yield),
	SCMP_SYS(sched_getaffinity),
	SCMP_SYS(sched_getparam),
	SCMP_SYS(sched_getscheduler),
	SCMP_SYS(prlimit64),
	SCMP_SYS(getrlimit),
	SCMP_SYS(getrusage),
	SCMP_SYS(sysinfo),
	SCMP_SYS(restart_syscall),
};

static const int connecting[] = {SCMP_SYS(connect), SCMP_SYS(socket)};
/* All that is refused to a program under a sanitizer, whose checker at the end asks for much. */
static const int starting[] = {SCMP_SYS(execve), SCMP_SYS(execveat), SCMP_SYS(socket),
							   SCMP_SYS(bind),   SCMP_SYS(connect),  SCMP_SYS(listen)};

static gboolean add_calls(scmp_filter_ctx filter, guint32 action, const int *list, gsize n)
{
	for (gsize i = 0; i < n; i++)
		/* A call that this machine's architecture does not have is no error. */
		if (seccomp_rule_add(filter, action, list[i], 0) < 0)
			return FALSE;
	return TRUE;
}

/* Threads, no processes; the flags of clone3 cannot be looked at: "not there" makes the C library
 * take clone.  Of prctl only the name of a thread. */
static gboolean allow_threads(scmp_filter_ctx filter)
{
	return seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(clone), 1,
							SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_THREAD, CLONE_THREAD)) == 0 &&
		   seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0) == 0 &&
		   seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(prctl), 1,
							SCMP_A0(SCMP_CMP_EQ, PR_SET_NAME)) == 0;
}

static gboolean load(scmp_filter_ctx filter, const SandboxRules *rules)
{
	if (seccomp_attr_set(filter, SCMP_FLTATR_CTL_TSYNC, 1) != 0)
		return FALSE;
	if (rules->leak_checker)
		return (rules->sockets ||
				add_calls(filter, SCMP_ACT_ERRNO(EPERM), starting, G_N_ELEMENTS(starting))) &&
			   seccomp_load(filter) == 0;
	return add_calls(filter, SCMP_ACT_ALLOW, calls, G_N_ELEMENTS(calls)) && allow_threads(filter) &&
		   (!rules->sockets ||
			add_calls(filter, SCMP_ACT_ALLOW, connecting, G_N_ELEMENTS(connecting))) &&
		   seccomp_load(filter) == 0;
}

gboolean sandbox_calls(const SandboxRules *rules, const char **why)
{
	scmp_filter_ctx filter =
		seccomp_init(rules->leak_checker ? SCMP_ACT_ALLOW : SCMP_ACT_ERRNO(EPERM));
	*why = "no seccomp filter could be loaded";
	if (filter == NULL)
		return FALSE;
	gboolean ok = load(filter, rules);
	seccomp_release(filter);
	return ok;
}
