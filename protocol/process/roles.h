/*
 * One binary, several processes: the supervisor starts each role as a process of its own, gives
 * each pair of roles a socket pair, and restarts what dies.
 *
 *   main ── supervisor ──control──> role "core"  ──link──  role "sensor"
 *
 * A role that dies is started again after a pause (0.2 s, doubled to 10 s while it keeps dying
 * within 3 s); its peers get a fresh link.  One that does not answer for 30 s is killed.
 * SIGTERM to the supervisor stops the roles one by one in reverse order, and waits for each 15 s
 * before SIGKILL; the roles themselves ignore SIGTERM and SIGINT, so that a signal to the whole
 * process group keeps that order.  A role that ends with ROLE_EXIT_CONFIG ends everything: it
 * found something that no restart mends.
 * systemd is told READY=1 once all roles are ready, and WATCHDOG=1 while all roles answer.
 */
#pragma once

#include <glib.h>

#define ROLES_MAX 4
#define ROLE_EXIT_CONFIG 78 /* EX_CONFIG of sysexits.h */

typedef struct {
	const char *name;
	const char *links[ROLES_MAX]; /* peers' names, NULL-terminated; stated on one side only */
} RoleSpec;

/* Runs until SIGTERM or SIGINT; gives the exit status for main().  `argv` is this program's own;
 * a role is started as `argv[0] … --role NAME`, its control socket being descriptor 3.  Roles are
 * started in the order of `specs`. */
int supervisor_run(const RoleSpec *specs, gsize n_specs, char **argv);

/* In a role: its side of the control socket, and its main loop. */
typedef struct RoleContext RoleContext;

/* A link to `peer` is there (again). The callee owns `fd`; the former channel is dead. */
typedef void (*RoleLinked)(const char *peer, int fd, gpointer user);
/* The supervisor says stop, or has gone: finish the work in hand, then role_quit(). */
typedef void (*RoleStopping)(gpointer user);

/* Once per process, before anything that takes time. */
RoleContext *role_new(RoleLinked linked, RoleStopping stopping, gpointer user);
/* Says READY to the supervisor, then runs the default main loop until role_quit(). */
void role_run(RoleContext *role);
void role_quit(RoleContext *role);
void role_free(RoleContext *role);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RoleContext, role_free)
