/* The handlers of the table in routes_table.c, by file. */
#pragma once

#include "server/web/routes.h"

/* page_login.c */
Response *page_login(Call *call, GError **error);
Response *page_login_post(Call *call, GError **error);
Response *page_logout_post(Call *call, GError **error);
/* page_password.c */
Response *page_password(Call *call, GError **error);
Response *page_password_post(Call *call, GError **error);
/* page_open.c */
Response *page_open(Call *call, GError **error);
Response *page_open_post(Call *call, GError **error);
/* page_corrections.c */
Response *page_corrections(Call *call, GError **error);
Response *page_correction_post(Call *call, GError **error);
Response *page_correction_decide(Call *call, GError **error);
/* page_activation.c */
Response *page_activation_post(Call *call, GError **error);
/* page_board.c */
Response *page_board(Call *call, GError **error);
Response *page_board_stream(Call *call, GError **error);
/* choices.c */
Response *subject_unit(Call *call, GError **error);
/* page_second.c */
Response *page_second(Call *call, GError **error);
Response *page_second_post(Call *call, GError **error);
Response *page_second_setup(Call *call, GError **error);
Response *page_second_setup_post(Call *call, GError **error);
/* page_recap_load.c */
Response *subject_recap(Call *call, GError **error);
Response *page_recap(Call *call, GError **error);
Response *page_recap_print(Call *call, GError **error);
Response *page_recap_csv(Call *call, GError **error);
Response *page_recap_xlsx(Call *call, GError **error);
Response *page_recap_pdf(Call *call, GError **error);
Response *subject_recaps(Call *call, GError **error);
Response *api_recaps(Call *call, GError **error);
/* page_closing_load.c */
Response *page_closings(Call *call, GError **error);
Response *page_closing(Call *call, GError **error);
Response *page_closing_post(Call *call, GError **error);
/* page_month_load.c */
Response *subject_self_month(Call *call, GError **error);
Response *page_own_month(Call *call, GError **error);
Response *subject_person_month(Call *call, GError **error);
Response *page_person_month(Call *call, GError **error);
/* page_people_load.c */
Response *subject_people_search(Call *call, GError **error);
Response *page_people(Call *call, GError **error);
Response *subject_person_page(Call *call, GError **error);
Response *page_person(Call *call, GError **error);
/* page_mutation_load.c */
Response *page_mutation(Call *call, GError **error);
Response *page_mutation_preview(Call *call, GError **error);
Response *page_mutation_post(Call *call, GError **error);
/* page_units.c */
Response *page_units(Call *call, GError **error);
/* page_terminals_load.c */
Response *page_terminals(Call *call, GError **error);
Response *page_terminal(Call *call, GError **error);
/* page_account_load.c */
Response *page_account(Call *call, GError **error);
Response *page_session_end(Call *call, GError **error);
Response *page_sessions_end(Call *call, GError **error);
/* page_enrol_load.c */
Response *page_enrol(Call *call, GError **error);
Response *page_enrol_stream(Call *call, GError **error);
Response *subject_enrol_person(Call *call, GError **error);
Response *page_enrol_confirm(Call *call, GError **error);
Response *page_enrol_post(Call *call, GError **error);
Response *page_enrol_detail(Call *call, GError **error);
Response *page_enrol_cancel(Call *call, GError **error);
/* page_reenrol.c */
Response *page_reenrol(Call *call, GError **error);
/* page_audit_load.c */
Response *subject_audit_find(Call *call, GError **error);
Response *page_audit(Call *call, GError **error);
Response *subject_audit_person(Call *call, GError **error);
Response *page_evidence(Call *call, GError **error);
Response *page_chains(Call *call, GError **error);
Response *page_audit_log(Call *call, GError **error);
/* page_waiting_load.c */
Response *page_waiting(Call *call, GError **error);
Response *page_held(Call *call, GError **error);
Response *page_held_post(Call *call, GError **error);
Response *page_quarantined(Call *call, GError **error);
Response *page_quarantined_post(Call *call, GError **error);
Response *page_backlog(Call *call, GError **error);
Response *page_backlog_post(Call *call, GError **error);
Response *page_alarm(Call *call, GError **error);
Response *page_alarm_post(Call *call, GError **error);
/* page_pairs.c */
Response *page_pair(Call *call, GError **error);
Response *page_pair_post(Call *call, GError **error);
/* page_claims.c */
Response *page_claims(Call *call, GError **error);
Response *page_claim_post(Call *call, GError **error);
/* page_roster_request.c */
Response *subject_roster_request(Call *call, GError **error);
Response *page_roster_request(Call *call, GError **error);
/* page_roster_load.c */
Response *subject_roster(Call *call, GError **error);
Response *page_roster(Call *call, GError **error);
Response *page_roster_post(Call *call, GError **error);
Response *page_roster_copy(Call *call, GError **error);
Response *page_roster_discard(Call *call, GError **error);
Response *page_roster_publish(Call *call, GError **error);
/* api_rosters.c */
Response *api_roster_requests(Call *call, GError **error);
Response *api_roster_decision(Call *call, GError **error);
/* page_outages_load.c */
Response *page_outages(Call *call, GError **error);
Response *page_outages_form(Call *call, GError **error);
Response *page_outages_post(Call *call, GError **error);
Response *page_outage(Call *call, GError **error);
Response *page_outage_post(Call *call, GError **error);
/* api_outages.c */
Response *api_outages(Call *call, GError **error);
Response *api_outage(Call *call, GError **error);
Response *api_outage_history(Call *call, GError **error);
Response *api_outage_places(Call *call, GError **error);
Response *api_outage_declare(Call *call, GError **error);
Response *api_outage_decide(Call *call, GError **error);
/* api_mutations.c */
Response *api_mutation_preview(Call *call, GError **error);
Response *api_mutation(Call *call, GError **error);
/* page_charts.c */
Response *page_charts(Call *call, GError **error);
/* page_tasks.c */
Response *page_tasks(Call *call, GError **error);
/* page_delegations.c */
Response *page_delegations(Call *call, GError **error);
Response *page_delegations_post(Call *call, GError **error);
Response *page_delegation_end(Call *call, GError **error);
/* api_delegations.c */
Response *api_delegations(Call *call, GError **error);
Response *api_delegation_give(Call *call, GError **error);
Response *api_delegation_end(Call *call, GError **error);
/* page_team_load.c */
Response *page_team(Call *call, GError **error);
Response *page_team_month(Call *call, GError **error);
/* api_grants.c */
Response *subject_grants(Call *call, GError **error);
Response *api_grants(Call *call, GError **error);
Response *api_grant(Call *call, GError **error);
Response *api_grant_give(Call *call, GError **error);
Response *api_grant_limit(Call *call, GError **error);
Response *api_grant_end(Call *call, GError **error);
/* api_audit.c */
Response *subject_evidence(Call *call, GError **error);
Response *api_evidence(Call *call, GError **error);
Response *api_chains(Call *call, GError **error);
Response *api_log(Call *call, GError **error);
/* page_anomalies.c */
Response *page_anomalies(Call *call, GError **error);
Response *api_anomalies(Call *call, GError **error);
/* page_grants_load.c */
Response *page_grants(Call *call, GError **error);
Response *page_grants_form(Call *call, GError **error);
Response *page_grants_post(Call *call, GError **error);
Response *subject_grant(Call *call, GError **error);
Response *page_grant(Call *call, GError **error);
Response *page_grant_limit(Call *call, GError **error);
Response *page_grant_end(Call *call, GError **error);
Response *page_grant_phone(Call *call, GError **error);
/* page_today.c */
Response *page_start(Call *call, GError **error);
Response *page_today(Call *call, GError **error);
Response *subject_self(Call *call, GError **error);
/* api_people.c */
Response *api_people(Call *call, GError **error);
Response *subject_people(Call *call, GError **error);
Response *api_person(Call *call, GError **error);
Response *subject_person(Call *call, GError **error);
/* api_days.c */
Response *api_days(Call *call, GError **error);
Response *subject_days(Call *call, GError **error);
/* api_fingers.c */
Response *api_reenrolments(Call *call, GError **error);
Response *api_pairs(Call *call, GError **error);
Response *subject_pair(Call *call, GError **error);
Response *api_pair_decision(Call *call, GError **error);
/* api_enrolments.c */
Response *api_enrolment_order(Call *call, GError **error);
Response *subject_enrolment_order(Call *call, GError **error);
Response *api_enrolment(Call *call, GError **error);
Response *subject_enrolment(Call *call, GError **error);
Response *api_enrolment_cancel(Call *call, GError **error);
/* api_terminals.c */
Response *api_terminals(Call *call, GError **error);
/* api_claims.c */
Response *api_claims(Call *call, GError **error);
Response *subject_claim(Call *call, GError **error);
Response *api_claim_decision(Call *call, GError **error);
/* api_decisions.c */
Response *api_held(Call *call, GError **error);
Response *subject_held(Call *call, GError **error);
Response *api_held_decision(Call *call, GError **error);
Response *api_backlogs(Call *call, GError **error);
Response *subject_backlog(Call *call, GError **error);
Response *api_backlog_decision(Call *call, GError **error);
Response *api_quarantine(Call *call, GError **error);
Response *subject_quarantined(Call *call, GError **error);
Response *api_quarantine_decision(Call *call, GError **error);
Response *api_alarms(Call *call, GError **error);
Response *subject_alarm(Call *call, GError **error);
Response *api_alarm_decision(Call *call, GError **error);
Response *api_decisions(Call *call, GError **error);
/* api_punches.c */
Response *api_punches(Call *call, GError **error);
Response *subject_punches(Call *call, GError **error);
/* api_corrections.c */
Response *api_corrections(Call *call, GError **error);
Response *api_correction_ask(Call *call, GError **error);
Response *api_correction_slot(Call *call, GError **error);
Response *api_correction_decide(Call *call, GError **error);
/* page_discipline_load.c */
Response *page_signals(Call *call, GError **error);
Response *page_signal(Call *call, GError **error);
Response *page_signal_post(Call *call, GError **error);
Response *api_signals(Call *call, GError **error);
Response *api_signal_note(Call *call, GError **error);
/* api_months.c */
Response *api_months(Call *call, GError **error);
Response *subject_unit_month(Call *call, GError **error);
Response *api_month(Call *call, GError **error);
Response *api_month_step(Call *call, GError **error);
/* api_units.c */
Response *api_units(Call *call, GError **error);
/* api_system.c */
Response *api_healthz(Call *call, GError **error);
Response *api_metrics(Call *call, GError **error);
Response *api_description(Call *call, GError **error);
Response *serve_asset(Call *call, GError **error);
