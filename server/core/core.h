/*
 * The core role's inside, shared by the core_*.c files only.
 *
 *   broker ─> link ─> core_receive: collect, verify ─> core_jobs: merge … on the commit thread
 *                                                             │ done
 *   broker <─ core_send <─ core_roster, core_commands  <──────┘      vault <─> core_vault
 *
 * The main loop reads with a connection of its own, signs and sends; the commit thread alone
 * writes, judges, works rosters out and keeps the certificates.
 */
#pragma once

#include "protocol/process/channel.h"
#include "protocol/process/handover.h"
#include "protocol/process/roles.h"
#include "server/authority.h"
#include "server/commit.h"
#include "server/config.h"
#include "server/distribute.h"
#include "server/judge/judge.h"
#include "server/link_mosquitto.h"
#include "server/merge.h"
#include "server/store/time/rosters.h"
#include "server/verify.h"
#include "server/wire.h"

/* Messages of one terminal that may wait for the commit thread; more are dropped, and sent again by
 * the terminal when no receipt comes. */
#define SESSION_PENDING_MAX 8

/* What the main loop remembers of a terminal. */
typedef struct {
	TerminalId id;
	guint n_pending;     /* its messages on the commit thread */
	gboolean has_roster; /* roster_version is what it said, or was sent since */
	gint64 roster_version;
	gboolean roster_busy;  /* a chunk is with the vault */
	gboolean roster_again; /* and another must follow it */
	gboolean roster_reset; /* the next chunk begins a snapshot */
	gboolean revoked;      /* the revocation was carried out */
} Session;

/* Counted between two writes. */
typedef struct {
	guint64 n;
	char *topic;
	GBytes *sample;
} Refusal;

/* The commit thread's own. */
typedef struct {
	Judge *judge;
	Authority *authority;
	gint64 tick_at_ms, certificates_at_ms, refresh_at_ms, retention_at_ms, outages_at_ms;
	gint64 outages_place;      /* proposed for up to this one; 0: a round begins */
	gint64 discipline_at_ms;   /* when the next people's accounts are due */
	PersonId discipline_after; /* whose were the last */
	guint refresh_next;        /* of the terminals, in order */
	guint refresh_left;        /* of a round through all that is due at once */
} CoreWork;

typedef struct {
	const ServerConfig *config;
	RoleContext *role;
	char *database;
	/* Constant once started. */
	gboolean demo;
	RandomId epoch;
	ServerKey *signing;
	KeyId signing_id;
	MergePolicy merge;
	DistributePolicy distribute;
	/* The main loop's. */
	Sql *sql;
	KeyRing *keys;
	Link *link;
	gint64 certificate_time; /* of the file that the link uses, seconds */
	Channel *vault, *web;
	Commit *commit;
	Handover *notices;
	GHashTable *sessions; /* id text → Session */
	GHashTable *refusals; /* cause (literal) → Refusal */
	GHashTable *requests; /* number → VaultRequest */
	guint64 last_request;
	gint64 next_number, end_number;
	gboolean numbers_asked;
	gboolean deciding;      /* a decision is on the commit thread */
	gint64 decisions_after; /* those up to it failed in this round */
	gint64 gallery_after;   /* the last reference sent to the vault; -1: all are there */
	guint tick_source, gallery_source;
	/* Set by the main loop, read by the commit thread. */
	gint refresh_all; /* atomic */
	CoreWork work;
} Core;

gint64 core_now_ms(void);
/* Made when it is not there yet. */
Session *core_session(Core *core, const TerminalId *terminal);

/* ── core_receive.c; `user` is the Core, here and below ── */
void core_receive(const char *topic, GBytes *message, gpointer user);
/* Writes the counters of refused messages. */
void core_flush_refusals(Core *core);

/* ── core_jobs.c: each queues one job; FALSE: the queue is full ── */
gboolean core_job_batch(Core *core, Collected *collected, const EventBatch *batch);
gboolean core_job_held(Core *core, Collected *collected, const EventBatch *batch);
gboolean core_job_health(Core *core, Collected *collected);
gboolean core_job_want(Core *core, Collected *collected);
gboolean core_job_numbers(Core *core);
gboolean core_job_refusal(Core *core, const char *cause, const Refusal *refusal);
gboolean core_job_revoked(Core *core, const TerminalId *terminal);

/* Takes over the open connection of a revoked terminal (core_evict.c). */
void core_evict(Core *core, const TerminalId *terminal);

/* ── core_join.c ── */
gboolean core_job_join(Core *core, Collected *collected);

/* ── core_enrol.c ── */
gboolean core_job_enrol(Core *core, Collected *collected);
void core_enrolled(Core *core, const TerminalId *terminal, GBytes *report, const gint64 *references,
				   const VaultEnrolled *answer);

/* ── core_claim.c ── */
/* Sends waiting claims to the vault, unless some are there already. */
void core_scan_claims(Core *core);
void core_claim_verified(Core *core, gint64 journal, gint64 seq, const VaultVerified *answer);

/* ── core_decide.c ── */
/* The next decision that somebody made, unless one is being carried out. */
void core_scan_decisions(Core *core);

/* ── core_vault.c ── */
typedef enum { VAULT_REQUEST_ENROL, VAULT_REQUEST_RESEAL, VAULT_REQUEST_VERIFY } VaultRequestKind;

typedef struct {
	guint64 number;
	VaultRequestKind kind;
	TerminalId terminal;
	GBytes *report; /* ENROL: the message's payload */
	gint64 references[ENROL_TEMPLATES_MAX];
	DistributePlan *plan; /* RESEAL */
	gint64 journal, seq;  /* VERIFY */
} VaultRequest;

/* A request with a fresh number; core_vault_send() takes it. */
VaultRequest *core_vault_request(Core *core, VaultRequestKind kind, const TerminalId *terminal);
void core_vault_request_free(VaultRequest *request);
/* FALSE: the vault is not there; the request is freed. */
gboolean core_vault_send(Core *core, VaultRequest *request, guint8 type, const WireBuffer *message);
gboolean core_vault_waits_for(Core *core, VaultRequestKind kind);
void core_vault_linked(Core *core, int fd);
void core_vault_load(Core *core, const VaultReference *reference);
void core_vault_forget(Core *core, gint64 reference);

/* ── core_send.c ── */
gboolean core_send(Core *core, const TerminalId *terminal, TopicKind kind, MessageType type,
				   Slice payload);
void core_send_receipt(Core *core, const TerminalId *terminal, const Receipt *receipt);
/* The oldest pending one. */
void core_send_command(Core *core, const TerminalId *terminal);
/* The next roster chunk from what the terminal holds. */
void core_send_roster(Core *core, Session *session);
void core_roster_sealed(Core *core, VaultRequest *request, const VaultResealed *answer);
void core_tell_web_changed(Core *core, PersonId person, gint64 day, const TerminalId *terminal);
void core_tell_web_terminal(Core *core, const TerminalId *terminal);
void core_tell_web_enrolment(Core *core, const RandomId *enrolment);

/* ── core_work.c: what the commit thread does by itself ── */
void core_work_begin(Sql *sql, gpointer user);
gboolean core_work_idle(Sql *sql, gpointer user);
void core_work_end(Sql *sql, gpointer user);
/* The revocation list, and SIGHUP to the broker. On the commit thread, inside a transaction. */
gboolean core_work_write_crl(Core *core, Sql *sql, GError **error);

/* From the commit thread to the main loop. */
typedef struct {
	enum { NOTICE_CHANGED, NOTICE_ROSTER, NOTICE_FORGET } kind;
	gint64 reference; /* FORGET */
	PersonId person;
	gint64 day;
	TerminalId terminal;
} Notice;
