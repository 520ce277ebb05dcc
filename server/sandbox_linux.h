/*
 * What a taken-over role could still do: next to nothing.  Landlock leaves it the files it is given,
 * seccomp the system calls of a program that serves and stores; no program can be started, no socket
 * opened, no process looked into.  What is refused fails with EPERM or EACCES.
 */
#pragma once

#include <glib.h>

typedef struct {
	const char *const *readable; /* files and folders; NULL-terminated; missing ones are left out */
	const char *const *writable; /* files that exist */
	gboolean sockets;            /* may open connections: a database elsewhere */
	gboolean leak_checker;       /* a sanitizer's, which looks into its own process at the end */
} SandboxRules;

/* Before any other thread is started.  FALSE: this kernel, or a container around it, has no Landlock;
 * `why` (static) says so. */
gboolean sandbox_files(const SandboxRules *rules, const char **why);
/* For all threads, and those to come.  FALSE: no seccomp; `why` (static) says so. */
gboolean sandbox_calls(const SandboxRules *rules, const char **why);
