#include "server/web/handlers.h"

#define PUBLIC NEED_NOTHING, 0
#define LOGIN NEED_LOGIN, 0
#define SEE NEED_RIGHT, RIGHT_SEE_PEOPLE
#define ENROL NEED_RIGHT, RIGHT_ENROL
#define APPROVE NEED_RIGHT, RIGHT_APPROVE
#define DECIDE NEED_RIGHT, RIGHT_DECIDE
#define TERMINALS NEED_RIGHT, RIGHT_SEE_TERMINALS
#define GRANT NEED_RIGHT, RIGHT_GRANT
#define MUTATE NEED_RIGHT, RIGHT_MUTATE
#define AUDIT NEED_RIGHT, RIGHT_AUDIT

/* clang-format off */
const Route routes[] = {
	/* pages */
	{"GET", "/", LOGIN, ROUTE_ONE_TIME | ROUTE_SECOND, NULL, NULL, page_start},
	{"GET", "/masuk", PUBLIC, ROUTE_ONE_TIME, NULL, NULL, page_login},
	{"POST", "/masuk", PUBLIC, ROUTE_ONE_TIME | ROUTE_FORM | ROUTE_OPEN_FORM | ROUTE_LATER, NULL, NULL, page_login_post},
	{"POST", "/keluar", LOGIN, ROUTE_ONE_TIME | ROUTE_SECOND | ROUTE_FORM, "session.end", NULL, page_logout_post},
	{"GET", "/kata-sandi", LOGIN, ROUTE_ONE_TIME, NULL, NULL, page_password},
	{"POST", "/kata-sandi", LOGIN, ROUTE_ONE_TIME | ROUTE_FORM | ROUTE_LATER, NULL, NULL, page_password_post},
	{"GET", "/kode", LOGIN, ROUTE_SECOND, NULL, NULL, page_second},
	{"POST", "/kode", LOGIN, ROUTE_SECOND | ROUTE_FORM | ROUTE_LATER, NULL, NULL, page_second_post},
	{"GET", "/kode/pasang", LOGIN, ROUTE_SECOND, NULL, NULL, page_second_setup},
	{"POST", "/kode/pasang", LOGIN, ROUTE_SECOND | ROUTE_FORM | ROUTE_LATER, NULL, NULL, page_second_setup_post},
	{"GET", "/hari-ini", NEED_RIGHT, RIGHT_OWN_DATA, ROUTE_OWN, NULL, subject_self, page_today},
	{"GET", "/bulan", NEED_RIGHT, RIGHT_OWN_DATA, ROUTE_OWN, NULL, subject_self_month, page_own_month},
	{"GET", "/akun", LOGIN, 0, NULL, NULL, page_account},
	{"POST", "/akun/sesi/akhiri", LOGIN, ROUTE_FORM, "session.end.other", NULL, page_sessions_end},
	{"POST", "/akun/sesi/{key}/akhiri", LOGIN, ROUTE_FORM, "session.end.other", NULL, page_session_end},
	{"GET", "/pegawai", SEE, 0, "people.search", subject_people_search, page_people},
	{"GET", "/pegawai/{id}", SEE, ROUTE_OWN, "person.file.read", subject_person_page, page_person},
	{"POST", "/pegawai/{id}/aktivasi", ENROL, ROUTE_NOT_OWN | ROUTE_FORM | ROUTE_LATER, "account.code", subject_person_page, page_activation_post},
	{"GET", "/pegawai/{id}/bulan", SEE, ROUTE_OWN, "person.month.read", subject_person_month, page_person_month},
	{"GET", "/mutasi", MUTATE, 0, NULL, NULL, page_mutation},
	{"GET", "/mutasi/dampak", MUTATE, 0, "mutation.preview", NULL, page_mutation_preview},
	{"POST", "/mutasi", MUTATE, ROUTE_FORM, "mutation.enter", NULL, page_mutation_post},
	{"GET", "/unit", SEE, 0, NULL, NULL, page_units},
	{"GET", "/rekap", SEE, 0, "recap.read", subject_recap, page_recap},
	{"GET", "/rekap/csv", SEE, 0, "recap.export", subject_recap, page_recap_csv},
	{"GET", "/rekap/xlsx", SEE, 0, "recap.export", subject_recap, page_recap_xlsx},
	{"GET", "/mesin", TERMINALS, 0, NULL, NULL, page_terminals},
	{"GET", "/mesin/{id}", TERMINALS, 0, NULL, NULL, page_terminal},
	{"GET", "/papan", SEE, 0, "board.read", subject_unit, page_board},
	{"GET", "/papan/aliran", SEE, 0, "board.watch", subject_unit, page_board_stream},
	{"GET", "/perekaman", ENROL, 0, "enrolments.list", subject_unit, page_enrol},
	{"GET", "/perekaman/aliran", ENROL, 0, "enrolments.watch", subject_unit, page_enrol_stream},
	{"GET", "/perekaman/baru", ENROL, ROUTE_NOT_OWN, "enrolment.prepare", subject_enrol_person, page_enrol_confirm},
	{"POST", "/perekaman", ENROL, ROUTE_NOT_OWN | ROUTE_FORM, "enrolment.order", subject_enrol_person, page_enrol_post},
	{"GET", "/perekaman/{id}", ENROL, 0, "enrolment.read", subject_enrolment, page_enrol_detail},
	{"POST", "/perekaman/{id}/batal", ENROL, ROUTE_NOT_OWN | ROUTE_FORM, "enrolment.cancel", subject_enrolment, page_enrol_cancel},
	{"GET", "/persetujuan", APPROVE, 0, "claims.list", NULL, page_claims},
	{"POST", "/persetujuan/{id}", APPROVE, ROUTE_NOT_OWN | ROUTE_FORM, "claim.decide", subject_claim, page_claim_post},
	{"GET", "/putusan", DECIDE, 0, "waiting.list", NULL, page_waiting},
	{"GET", "/putusan/perekaman/{id}", DECIDE, 0, "held.read", subject_held, page_held},
	{"POST", "/putusan/perekaman/{id}", DECIDE, ROUTE_NOT_OWN | ROUTE_FORM, "held.decide", subject_held, page_held_post},
	{"GET", "/putusan/karantina/{id}", DECIDE, 0, "quarantine.read", subject_quarantined, page_quarantined},
	{"POST", "/putusan/karantina/{id}", DECIDE, ROUTE_NOT_OWN | ROUTE_FORM, "quarantine.decide", subject_quarantined, page_quarantined_post},
	{"GET", "/putusan/kiriman/{id}", DECIDE, 0, NULL, subject_backlog, page_backlog},
	{"POST", "/putusan/kiriman/{id}", DECIDE, ROUTE_FORM, "backlog.decide", subject_backlog, page_backlog_post},
	{"GET", "/putusan/peringatan/{id}", DECIDE, 0, NULL, subject_alarm, page_alarm},
	{"POST", "/putusan/peringatan/{id}", DECIDE, ROUTE_FORM, "alarm.decide", subject_alarm, page_alarm_post},
	{"GET", "/audit", AUDIT, 0, "audit.find", subject_audit_find, page_audit},
	{"GET", "/audit/pegawai/{id}", AUDIT, 0, "evidence.read", subject_audit_person, page_evidence},
	{"GET", "/audit/rantai", AUDIT, 0, NULL, NULL, page_chains},
	{"GET", "/audit/catatan", AUDIT, 0, "audit.log.read", NULL, page_audit_log},
	{"GET", "/hak-akses", GRANT, 0, "grants.list", subject_unit, page_grants},
	{"GET", "/hak-akses/baru", GRANT, 0, NULL, subject_unit, page_grants_form},
	{"POST", "/hak-akses", GRANT, ROUTE_FORM, "grant.give", NULL, page_grants_post},
	{"GET", "/hak-akses/{id}", GRANT, 0, "grant.read", subject_grant, page_grant},
	{"POST", "/hak-akses/{id}/batasi", GRANT, ROUTE_FORM, "grant.limit", subject_grant, page_grant_limit},
	{"POST", "/hak-akses/{id}/akhiri", GRANT, ROUTE_FORM, "grant.end", subject_grant, page_grant_end},
	{"POST", "/hak-akses/{id}/telepon", GRANT, ROUTE_FORM, "second.reset.agree", subject_grant, page_grant_phone},
	{"GET", "/aset/{file}", PUBLIC, ROUTE_ONE_TIME, NULL, NULL, serve_asset},
	/* REST */
	{"GET", "/api/v1/people", SEE, 0, "people.list", subject_people, api_people},
	{"GET", "/api/v1/people/{id}", SEE, ROUTE_OWN, "person.read", subject_person, api_person},
	{"GET", "/api/v1/people/{id}/days", SEE, ROUTE_OWN, "person.days.read", subject_days, api_days},
	{"POST", "/api/v1/enrolments", ENROL, ROUTE_NOT_OWN | ROUTE_JSON, "enrolment.order", subject_enrolment_order, api_enrolment_order},
	{"GET", "/api/v1/enrolments/{id}", ENROL, 0, "enrolment.read", subject_enrolment, api_enrolment},
	{"POST", "/api/v1/enrolments/{id}/cancel", ENROL, ROUTE_NOT_OWN, "enrolment.cancel", subject_enrolment, api_enrolment_cancel},
	{"GET", "/api/v1/terminals", TERMINALS, 0, NULL, NULL, api_terminals},
	{"GET", "/api/v1/punches", SEE, 0, "punches.list", subject_punches, api_punches},
	{"GET", "/api/v1/claims", APPROVE, 0, "claims.list", NULL, api_claims},
	{"POST", "/api/v1/claims/{id}/decision", APPROVE, ROUTE_NOT_OWN | ROUTE_JSON, "claim.decide", subject_claim, api_claim_decision},
	{"GET", "/api/v1/held", DECIDE, 0, "held.list", NULL, api_held},
	{"POST", "/api/v1/held/{id}/decision", DECIDE, ROUTE_NOT_OWN | ROUTE_JSON, "held.decide", subject_held, api_held_decision},
	{"GET", "/api/v1/backlogs", DECIDE, 0, NULL, NULL, api_backlogs},
	{"POST", "/api/v1/backlogs/{id}/decision", DECIDE, ROUTE_JSON, "backlog.decide", subject_backlog, api_backlog_decision},
	{"GET", "/api/v1/quarantine", DECIDE, 0, "quarantine.list", NULL, api_quarantine},
	{"POST", "/api/v1/quarantine/{id}/decision", DECIDE, ROUTE_NOT_OWN | ROUTE_JSON, "quarantine.decide", subject_quarantined, api_quarantine_decision},
	{"GET", "/api/v1/alarms", DECIDE, 0, NULL, NULL, api_alarms},
	{"POST", "/api/v1/alarms/{id}/decision", DECIDE, ROUTE_JSON, "alarm.decide", subject_alarm, api_alarm_decision},
	{"GET", "/api/v1/decisions", DECIDE, 0, "decisions.list", NULL, api_decisions},
	{"GET", "/api/v1/units", SEE, 0, NULL, NULL, api_units},
	{"GET", "/api/v1/grants", GRANT, 0, "grants.list", subject_grants, api_grants},
	{"POST", "/api/v1/grants", GRANT, ROUTE_JSON, "grant.give", NULL, api_grant_give},
	{"GET", "/api/v1/grants/{id}", GRANT, 0, "grant.read", subject_grant, api_grant},
	{"POST", "/api/v1/grants/{id}/limit", GRANT, ROUTE_JSON, "grant.limit", subject_grant, api_grant_limit},
	{"POST", "/api/v1/grants/{id}/end", GRANT, 0, "grant.end", subject_grant, api_grant_end},
	{"GET", "/api/v1/people/{id}/evidence", AUDIT, 0, "evidence.read", subject_evidence, api_evidence},
	{"GET", "/api/v1/chains", AUDIT, 0, NULL, NULL, api_chains},
	{"GET", "/api/v1/log", AUDIT, 0, "audit.log.read", NULL, api_log},
	{"GET", "/api/v1/openapi.yaml", PUBLIC, 0, NULL, NULL, api_description},
	/* the installation */
	{"GET", "/healthz", PUBLIC, 0, NULL, NULL, api_healthz},
	{"GET", "/metrics", NEED_RIGHT, RIGHT_METRICS, 0, NULL, NULL, api_metrics},
};
/* clang-format on */

const gsize n_routes = G_N_ELEMENTS(routes);
