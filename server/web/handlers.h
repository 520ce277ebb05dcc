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
/* page_board.c */
Response *page_board(Call *call, GError **error);
Response *page_board_stream(Call *call, GError **error);
Response *subject_board_unit(Call *call, GError **error);
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
/* api_punches.c */
Response *api_punches(Call *call, GError **error);
Response *subject_punches(Call *call, GError **error);
/* api_units.c */
Response *api_units(Call *call, GError **error);
/* api_system.c */
Response *api_healthz(Call *call, GError **error);
Response *api_metrics(Call *call, GError **error);
Response *api_description(Call *call, GError **error);
Response *serve_asset(Call *call, GError **error);
