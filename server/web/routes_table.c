#include "server/web/handlers.h"

#define PUBLIC NEED_NOTHING, 0
#define LOGIN NEED_LOGIN, 0
#define SEE NEED_RIGHT, RIGHT_SEE_PEOPLE
#define ENROL NEED_RIGHT, RIGHT_ENROL
#define APPROVE NEED_RIGHT, RIGHT_APPROVE
#define TERMINALS NEED_RIGHT, RIGHT_SEE_TERMINALS

/* clang-format off */
const Route routes[] = {
	/* pages */
	{"GET", "/", LOGIN, ROUTE_ONE_TIME, NULL, NULL, page_start},
	{"GET", "/masuk", PUBLIC, ROUTE_ONE_TIME, NULL, NULL, page_login},
	{"POST", "/masuk", PUBLIC, ROUTE_ONE_TIME | ROUTE_FORM | ROUTE_OPEN_FORM | ROUTE_LATER, NULL, NULL, page_login_post},
	{"POST", "/keluar", LOGIN, ROUTE_ONE_TIME | ROUTE_FORM, "session.end", NULL, page_logout_post},
	{"GET", "/kata-sandi", LOGIN, ROUTE_ONE_TIME, NULL, NULL, page_password},
	{"POST", "/kata-sandi", LOGIN, ROUTE_ONE_TIME | ROUTE_FORM | ROUTE_LATER, NULL, NULL, page_password_post},
	{"GET", "/hari-ini", NEED_RIGHT, RIGHT_OWN_DATA, ROUTE_OWN, NULL, subject_self, page_today},
	{"GET", "/papan", SEE, 0, "board.read", subject_board_unit, page_board},
	{"GET", "/papan/aliran", SEE, 0, "board.watch", subject_board_unit, page_board_stream},
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
	{"GET", "/api/v1/units", SEE, 0, NULL, NULL, api_units},
	{"GET", "/api/v1/openapi.yaml", PUBLIC, 0, NULL, NULL, api_description},
	/* the installation */
	{"GET", "/healthz", PUBLIC, 0, NULL, NULL, api_healthz},
	{"GET", "/metrics", NEED_RIGHT, RIGHT_METRICS, 0, NULL, NULL, api_metrics},
};
/* clang-format on */

const gsize n_routes = G_N_ELEMENTS(routes);
