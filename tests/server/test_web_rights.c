/* Who may do what on whom: every route, every role, own and foreign units, before and after TMT. */
#include <string.h>

#include "server/store/people/assignments.h"
#include "tests/web/province.h"

static const char *const accounts[] = {NULL,      "bkd",     "skpd",    "skpd.disdik", "atasan",
									   "pegawai", "auditor", "teknisi", "operator"};

#define ORDER_SITI "{\"person\":111111,\"terminal\":\"t-bkd-1\",\"finger\":\"right-index\"}"
#define ORDER_BUDI "{\"person\":222222,\"terminal\":\"t-sma-1\",\"finger\":\"right-index\"}"
#define DAYS(id) "/api/v1/people/" id "/days?from=2025-03-03&to=2025-03-03"
#define NO_ENROLMENT "/api/v1/enrolments/00000000000000000000000000000001"

#define HELD(what) "/api/v1/held/" PROVINCE_HELD "/" what
#define ACCEPT "{\"decision\":\"accepted\"}"

#define MONTH_OF(unit) "/api/v1/months/2025-02/" unit
#define CLOSING(unit) "/akhir-bulan/2025-02/" unit
#define SLOT(unit)                                                                                 \
	"{\"unit\":\"" unit                                                                            \
	"\",\"date\":\"2025-01-05\",\"slot\":\"masuk\",\"reason\":\"listrik padam\"}"
#define STEP "{\"seen\":0}"

/* Siti is of BKD-UMUM and is skpd's and pegawai's own person; Budi is of SMA1 below DISDIK. */
static const struct {
	const char *method, *target, *body;
	guint status[G_N_ELEMENTS(accounts)];
} matrix[] = {
	/*                                                nobody bkd skpd disdik atasan pegawai auditor teknisi operator */
	{"GET", "/api/v1/people", NULL, {401, 200, 200, 200, 200, 403, 200, 403, 200}},
	{"GET", "/api/v1/people?unit=BKD", NULL, {401, 200, 200, 404, 404, 403, 200, 403, 404}},
	{"GET", "/api/v1/people?unit=BKD-UMUM", NULL, {401, 200, 200, 404, 200, 403, 200, 403, 404}},
	{"GET", "/api/v1/people?unit=DISDIK", NULL, {401, 200, 404, 200, 404, 403, 200, 403, 404}},
	{"GET", "/api/v1/people?unit=NONE", NULL, {401, 404, 404, 404, 404, 403, 404, 403, 404}},
	{"GET", "/api/v1/people/111111", NULL, {401, 200, 200, 404, 200, 200, 200, 404, 404}},
	{"GET", "/api/v1/people/222222", NULL, {401, 200, 404, 200, 404, 404, 200, 404, 200}},
	{"GET", "/api/v1/people/999999", NULL, {401, 404, 404, 404, 404, 404, 404, 404, 404}},
	{"GET", DAYS("111111"), NULL, {401, 200, 200, 404, 200, 200, 200, 404, 404}},
	{"GET", DAYS("222222"), NULL, {401, 200, 404, 200, 404, 404, 200, 404, 200}},
	{"POST", "/api/v1/enrolments", ORDER_SITI, {401, 201, 403, 404, 403, 403, 403, 403, 404}},
	{"POST", "/api/v1/enrolments", ORDER_BUDI, {401, 201, 404, 201, 403, 403, 403, 403, 201}},
	{"GET", NO_ENROLMENT, NULL, {401, 404, 404, 404, 403, 403, 403, 403, 404}},
	{"POST", NO_ENROLMENT "/cancel", NULL, {401, 404, 404, 404, 403, 403, 403, 403, 404}},
	{"GET", "/api/v1/reenrolments", NULL, {401, 200, 200, 200, 403, 403, 403, 403, 200}},
	{"GET",
	 "/api/v1/reenrolments?unit=DISDIK",
	 NULL,
	 {401, 200, 404, 200, 403, 403, 403, 403, 404}},
	{"GET", "/api/v1/terminals", NULL, {401, 200, 200, 200, 403, 403, 200, 200, 200}},
	{"GET", "/api/v1/punches", NULL, {401, 200, 200, 200, 200, 403, 200, 403, 200}},
	{"GET", "/api/v1/punches?person=222222", NULL, {401, 200, 404, 200, 404, 403, 200, 403, 200}},
	{"GET", "/anomali", NULL, {303, 200, 403, 403, 403, 403, 200, 403, 403}},
	{"GET", "/anomali?jenis=x", NULL, {303, 404, 403, 403, 403, 403, 404, 403, 403}},
	{"GET", "/api/v1/anomalies", NULL, {401, 422, 403, 403, 403, 403, 422, 403, 403}},
	{"GET", "/api/v1/anomalies?kind=gone", NULL, {401, 200, 403, 403, 403, 403, 200, 403, 403}},
	{"GET", "/api/v1/recaps?unit=DISDIK", NULL, {401, 200, 404, 200, 404, 403, 200, 403, 404}},
	{"GET", "/api/v1/recaps?kind=x", NULL, {401, 422, 422, 422, 422, 403, 422, 403, 422}},
	{"GET", "/api/v1/claims", NULL, {401, 200, 403, 403, 200, 403, 403, 403, 403}},
	{"POST", "/api/v1/claims/1-1/decision", "{}", {401, 422, 403, 403, 404, 403, 403, 403, 403}},
	{"POST", "/api/v1/claims/1-2/decision", ACCEPT, {401, 404, 403, 403, 404, 403, 403, 403, 403}},
	{"GET", "/api/v1/held", NULL, {401, 200, 403, 403, 403, 403, 403, 403, 403}},
	{"POST", HELD("decision"), "{}", {401, 422, 403, 403, 403, 403, 403, 403, 403}},
	{"GET", "/api/v1/pairs", NULL, {401, 200, 403, 403, 403, 403, 403, 403, 403}},
	{"POST",
	 "/api/v1/pairs/111111-222222/decision",
	 "{}",
	 {401, 404, 403, 403, 403, 403, 403, 403, 403}},
	{"GET", "/api/v1/backlogs", NULL, {401, 200, 403, 403, 403, 403, 403, 403, 403}},
	{"POST",
	 "/api/v1/backlogs/t-sma-1/decision",
	 "{}",
	 {401, 422, 403, 403, 403, 403, 403, 403, 403}},
	{"GET", "/api/v1/quarantine", NULL, {401, 200, 403, 403, 403, 403, 403, 403, 403}},
	{"POST",
	 "/api/v1/quarantine/1-1/decision",
	 "{}",
	 {401, 422, 403, 403, 403, 403, 403, 403, 403}},
	{"POST",
	 "/api/v1/quarantine/1-2/decision",
	 "{}",
	 {401, 404, 403, 403, 403, 403, 403, 403, 403}},
	{"GET", "/api/v1/alarms", NULL, {401, 200, 403, 403, 403, 403, 403, 403, 403}},
	{"POST", "/api/v1/alarms/1/decision", "{}", {401, 422, 403, 403, 403, 403, 403, 403, 403}},
	{"GET", "/api/v1/decisions", NULL, {401, 200, 403, 403, 403, 403, 403, 403, 403}},
	{"GET", "/api/v1/corrections", NULL, {401, 200, 200, 200, 200, 200, 200, 200, 200}},
	{"GET", "/api/v1/corrections?box=inbox", NULL, {401, 200, 200, 200, 200, 200, 200, 200, 200}},
	{"POST", "/api/v1/corrections", "{}", {401, 404, 422, 404, 404, 422, 404, 404, 404}},
	{"POST",
	 "/api/v1/corrections/slot",
	 SLOT("BKD"),
	 {401, 409, 409, 422, 422, 403, 403, 403, 422}},
	{"POST",
	 "/api/v1/corrections/slot",
	 SLOT("SMA1"),
	 {401, 409, 422, 409, 422, 403, 403, 403, 409}},
	{"POST", "/api/v1/corrections/9/decision", "{}", {401, 422, 422, 422, 422, 403, 403, 403, 422}},
	{"GET", "/api/v1/months", NULL, {401, 200, 200, 200, 200, 403, 200, 403, 200}},
	{"GET", MONTH_OF("BKD"), NULL, {401, 200, 200, 404, 404, 403, 200, 403, 404}},
	{"GET", MONTH_OF("SMA1"), NULL, {401, 404, 404, 404, 404, 403, 404, 403, 404}},
	{"POST", MONTH_OF("BKD") "/submit", "{}", {401, 403, 422, 404, 403, 403, 403, 403, 403}},
	{"POST", MONTH_OF("BKD") "/sign", STEP, {401, 409, 403, 403, 404, 403, 403, 403, 403}},
	{"POST", MONTH_OF("BKD") "/lock", STEP, {401, 409, 403, 403, 403, 403, 403, 403, 403}},
	{"POST", MONTH_OF("BKD") "/pay", STEP, {401, 409, 403, 403, 403, 403, 403, 403, 403}},
	{"POST", MONTH_OF("BKD") "/reopen", STEP, {401, 409, 403, 403, 403, 403, 403, 403, 403}},
	{"GET", "/api/v1/units", NULL, {401, 200, 200, 200, 200, 403, 200, 403, 200}},
	{"GET", "/api/v1/grants", NULL, {401, 200, 200, 200, 403, 403, 403, 403, 403}},
	{"GET", "/api/v1/grants?unit=DISDIK", NULL, {401, 200, 404, 200, 403, 403, 403, 403, 403}},
	{"POST", "/api/v1/grants", "{}", {401, 422, 422, 422, 403, 403, 403, 403, 403}},
	{"GET", "/api/v1/grants/1", NULL, {401, 404, 404, 404, 403, 403, 403, 403, 403}},
	{"POST", "/api/v1/grants/1/limit", "{}", {401, 404, 404, 404, 403, 403, 403, 403, 403}},
	{"POST", "/api/v1/grants/1/end", NULL, {401, 404, 404, 404, 403, 403, 403, 403, 403}},
	{"GET",
	 "/api/v1/people/222222/evidence?date=2025-03-02",
	 NULL,
	 {401, 200, 403, 403, 403, 403, 200, 403, 403}},
	{"GET",
	 "/api/v1/people/222222/evidence?date=x",
	 NULL,
	 {401, 422, 403, 403, 403, 403, 422, 403, 403}},
	{"GET", "/api/v1/chains", NULL, {401, 200, 403, 403, 403, 403, 200, 403, 403}},
	{"GET", "/api/v1/log", NULL, {401, 200, 403, 403, 403, 403, 200, 403, 403}},
	{"GET", "/api/v1/openapi.yaml", NULL, {200, 200, 200, 200, 200, 200, 200, 200, 200}},
	{"GET", "/healthz", NULL, {200, 200, 200, 200, 200, 200, 200, 200, 200}},
	{"GET", "/metrics", NULL, {303, 200, 403, 403, 403, 403, 200, 200, 403}},
	{"GET", "/papan", NULL, {303, 200, 200, 200, 200, 403, 200, 403, 200}},
	{"GET", "/papan?unit=BKD", NULL, {303, 200, 200, 404, 404, 403, 200, 403, 404}},
	{"GET", "/papan/aliran?unit=DISDIK", NULL, {303, 200, 404, 200, 404, 403, 200, 403, 404}},
	{"GET", "/perekaman", NULL, {303, 200, 200, 200, 403, 403, 403, 403, 200}},
	{"GET", "/perekaman?unit=DISDIK", NULL, {303, 200, 404, 200, 403, 403, 403, 403, 404}},
	{"GET", "/perekaman/aliran?unit=BKD", NULL, {303, 200, 200, 404, 403, 403, 403, 403, 404}},
	{"GET", "/perekaman/ulang", NULL, {303, 200, 200, 200, 403, 403, 403, 403, 200}},
	{"GET", "/perekaman/ulang?unit=DISDIK", NULL, {303, 200, 404, 200, 403, 403, 403, 403, 404}},
	{"GET", "/perekaman/baru?pegawai=111111", NULL, {303, 200, 403, 404, 403, 403, 403, 403, 404}},
	{"GET", "/perekaman/baru?pegawai=222222", NULL, {303, 200, 404, 200, 403, 403, 403, 403, 200}},
	{"GET", "/perekaman/baru", NULL, {303, 404, 404, 404, 403, 403, 403, 403, 404}},
	{"POST", "/perekaman", NULL, {303, 400, 400, 400, 400, 400, 400, 400, 400}},
	{"GET",
	 "/perekaman/00000000000000000000000000000001",
	 NULL,
	 {303, 404, 404, 404, 403, 403, 403, 403, 404}},
	{"POST", "/perekaman/1/batal", NULL, {303, 400, 400, 400, 400, 400, 400, 400, 400}},
	{"GET", "/pegawai", NULL, {303, 200, 200, 200, 200, 403, 200, 403, 200}},
	{"GET", "/pegawai?unit=DISDIK&q=budi", NULL, {303, 200, 404, 200, 404, 403, 200, 403, 404}},
	{"GET", "/pegawai/111111", NULL, {303, 200, 200, 404, 200, 200, 200, 404, 404}},
	{"GET", "/pegawai/222222", NULL, {303, 200, 404, 200, 404, 404, 200, 404, 200}},
	{"POST", "/pegawai/111111/aktivasi", NULL, {303, 400, 400, 400, 400, 400, 400, 400, 400}},
	{"GET", "/pegawai/x", NULL, {303, 404, 404, 404, 404, 404, 404, 404, 404}},
	{"GET", "/pegawai/111111/bulan", NULL, {303, 200, 200, 404, 200, 200, 200, 404, 404}},
	{"GET",
	 "/pegawai/222222/bulan?bulan=2025-02",
	 NULL,
	 {303, 200, 404, 200, 404, 404, 200, 404, 200}},
	{"GET",
	 "/pegawai/333333/bulan?bulan=2025-01",
	 NULL,
	 {303, 200, 200, 404, 200, 404, 200, 404, 404}},
	{"GET",
	 "/pegawai/333333/bulan?bulan=2025-13",
	 NULL,
	 {303, 404, 404, 404, 404, 404, 404, 404, 404}},
	{"GET", "/rekap", NULL, {303, 200, 200, 200, 200, 403, 200, 403, 200}},
	{"GET",
	 "/rekap?unit=DISDIK&bulan=2025-02",
	 NULL,
	 {303, 200, 404, 200, 404, 403, 200, 403, 404}},
	{"GET", "/rekap?bulan=2025-99", NULL, {303, 404, 404, 404, 404, 403, 404, 403, 404}},
	{"GET", "/rekap?jenis=x", NULL, {303, 404, 404, 404, 404, 403, 404, 403, 404}},
	{"GET", "/rekap/cetak?unit=BKD-UMUM", NULL, {303, 200, 200, 404, 200, 403, 200, 403, 404}},
	{"GET", "/rekap/pdf?unit=BKD-UMUM", NULL, {303, 200, 200, 404, 200, 403, 200, 403, 404}},
	{"GET", "/rekap/csv?unit=BKD-UMUM", NULL, {303, 200, 200, 404, 200, 403, 200, 403, 404}},
	{"GET", "/rekap/xlsx?unit=BKD-UMUM", NULL, {303, 200, 200, 404, 200, 403, 200, 403, 404}},
	{"GET", "/mesin", NULL, {303, 200, 200, 200, 403, 403, 200, 200, 200}},
	{"GET", "/mesin/t-bkd-1", NULL, {303, 200, 200, 404, 403, 403, 200, 200, 404}},
	{"GET", "/mesin/t-sma-1", NULL, {303, 200, 404, 200, 403, 403, 200, 200, 200}},
	{"GET", "/mesin/t-none", NULL, {303, 404, 404, 404, 403, 403, 404, 404, 404}},
	{"GET", "/persetujuan", NULL, {303, 200, 403, 403, 200, 403, 403, 403, 403}},
	{"POST", "/persetujuan/1-1", NULL, {303, 400, 400, 400, 400, 400, 400, 400, 400}},
	{"GET", "/persetujuan/jadwal/1", NULL, {303, 200, 403, 403, 404, 403, 403, 403, 403}},
	{"GET", "/persetujuan/jadwal/2", NULL, {303, 404, 403, 403, 404, 403, 403, 403, 403}},
	{"POST", "/persetujuan/jadwal/1", NULL, {303, 400, 400, 400, 400, 400, 400, 400, 400}},
	{"GET", "/gangguan", NULL, {303, 200, 200, 200, 403, 403, 200, 200, 200}},
	{"GET", "/gangguan/baru", NULL, {303, 200, 200, 200, 403, 403, 403, 403, 200}},
	{"POST", "/gangguan", NULL, {303, 400, 400, 400, 400, 400, 400, 400, 400}},
	{"GET", "/gangguan/1", NULL, {303, 200, 404, 200, 403, 403, 200, 200, 200}},
	{"POST", "/gangguan/1", NULL, {303, 400, 400, 400, 400, 400, 400, 400, 400}},
	{"GET", "/api/v1/outages", NULL, {401, 200, 200, 200, 403, 403, 200, 200, 200}},
	{"POST", "/api/v1/outages", "{}", {401, 422, 422, 422, 403, 403, 403, 403, 422}},
	{"GET", "/api/v1/outages/1", NULL, {401, 200, 404, 200, 403, 403, 200, 200, 200}},
	{"GET", "/api/v1/outages/1/decisions", NULL, {401, 200, 404, 200, 403, 403, 200, 200, 200}},
	{"POST", "/api/v1/outages/1/decisions", "{}", {401, 422, 403, 403, 403, 403, 403, 403, 403}},
	{"GET", "/api/v1/outage-places", NULL, {401, 200, 200, 200, 403, 403, 200, 200, 200}},
	{"GET", "/api/v1/mutation-preview", NULL, {401, 422, 403, 403, 403, 403, 403, 403, 403}},
	{"POST", "/api/v1/mutations", "{}", {401, 400, 403, 403, 403, 403, 403, 403, 403}},
	{"GET", "/grafik", NULL, {303, 200, 200, 200, 200, 403, 200, 403, 200}},
	{"GET", "/akhir-bulan", NULL, {303, 200, 200, 200, 200, 403, 200, 403, 200}},
	{"GET", "/akhir-bulan?saring=x", NULL, {303, 404, 404, 404, 404, 403, 404, 403, 404}},
	{"GET", CLOSING("BKD"), NULL, {303, 200, 200, 404, 404, 403, 200, 403, 404}},
	{"GET", CLOSING("SMA1"), NULL, {303, 404, 404, 404, 404, 403, 404, 403, 404}},
	{"POST", CLOSING("BKD") "/ajukan", NULL, {303, 400, 400, 400, 400, 400, 400, 400, 400}},
	{"POST", CLOSING("BKD") "/tanda-tangan", NULL, {303, 400, 400, 400, 400, 400, 400, 400, 400}},
	{"POST", CLOSING("BKD") "/kunci", NULL, {303, 400, 400, 400, 400, 400, 400, 400, 400}},
	{"POST", CLOSING("BKD") "/bayar", NULL, {303, 400, 400, 400, 400, 400, 400, 400, 400}},
	{"POST", CLOSING("BKD") "/buka", NULL, {303, 400, 400, 400, 400, 400, 400, 400, 400}},
	{"GET", "/disiplin", NULL, {303, 200, 200, 200, 200, 403, 200, 403, 200}},
	{"GET", "/disiplin/9", NULL, {303, 404, 404, 404, 404, 403, 404, 403, 404}},
	{"POST", "/disiplin/9", NULL, {303, 400, 400, 400, 400, 400, 400, 400, 400}},
	{"GET", "/api/v1/signals", NULL, {401, 200, 200, 200, 200, 403, 200, 403, 200}},
	{"POST", "/api/v1/signals/9/answer", "{}", {401, 404, 403, 403, 404, 403, 403, 403, 403}},
	{"GET", "/grafik?unit=DISDIK", NULL, {303, 200, 404, 200, 404, 403, 200, 403, 404}},
	{"GET", "/tugas", NULL, {303, 200, 200, 200, 200, 200, 200, 200, 200}},
	{"GET", "/delegasi", NULL, {303, 200, 200, 200, 200, 403, 403, 403, 200}},
	{"POST", "/delegasi", NULL, {303, 400, 400, 400, 400, 400, 400, 400, 400}},
	{"POST", "/delegasi/1/akhiri", NULL, {303, 400, 400, 400, 400, 400, 400, 400, 400}},
	{"GET", "/api/v1/delegations", NULL, {401, 200, 200, 200, 200, 403, 403, 403, 200}},
	{"POST", "/api/v1/delegations", "{}", {401, 422, 422, 422, 422, 403, 403, 403, 422}},
	{"POST", "/api/v1/delegations/1/end", NULL, {401, 404, 404, 404, 404, 403, 403, 403, 404}},
	{"GET", "/tim", NULL, {303, 200, 200, 200, 200, 403, 200, 403, 200}},
	{"GET", "/tim?unit=DISDIK", NULL, {303, 200, 404, 200, 404, 403, 200, 403, 404}},
	{"GET", "/tim/bulan?unit=BKD-UMUM", NULL, {303, 200, 200, 404, 200, 403, 200, 403, 404}},
	{"GET", "/tim/bulan?bulan=2025-13", NULL, {303, 404, 404, 404, 404, 403, 404, 403, 404}},
	{"GET", "/jadwal", NULL, {303, 200, 200, 200, 200, 403, 403, 403, 200}},
	{"GET", "/jadwal?unit=SMA1", NULL, {303, 200, 404, 200, 404, 403, 403, 403, 200}},
	{"GET", "/jadwal?bulan=2025-13", NULL, {303, 404, 404, 404, 404, 403, 403, 403, 404}},
	{"POST", "/jadwal", NULL, {303, 400, 400, 400, 400, 400, 400, 400, 400}},
	{"POST", "/jadwal/salin", NULL, {303, 400, 400, 400, 400, 400, 400, 400, 400}},
	{"POST", "/jadwal/buang", NULL, {303, 400, 400, 400, 400, 400, 400, 400, 400}},
	{"POST", "/jadwal/terbitkan", NULL, {303, 400, 400, 400, 400, 400, 400, 400, 400}},
	{"GET", "/api/v1/roster-requests", NULL, {401, 200, 403, 403, 200, 403, 403, 403, 403}},
	{"POST",
	 "/api/v1/roster-requests/1/decision",
	 "{}",
	 {401, 422, 403, 403, 404, 403, 403, 403, 403}},
	{"POST",
	 "/api/v1/roster-requests/2/decision",
	 "{}",
	 {401, 404, 403, 403, 404, 403, 403, 403, 403}},
	{"GET", "/koreksi", NULL, {303, 200, 200, 200, 200, 200, 200, 200, 200}},
	{"POST", "/koreksi", NULL, {303, 400, 400, 400, 400, 400, 400, 400, 400}},
	{"POST", "/koreksi/1", NULL, {303, 400, 400, 400, 400, 400, 400, 400, 400}},
	{"GET", "/putusan", NULL, {303, 200, 403, 403, 403, 403, 403, 403, 403}},
	{"GET",
	 "/putusan/perekaman/" PROVINCE_HELD,
	 NULL,
	 {303, 200, 403, 403, 403, 403, 403, 403, 403}},
	{"POST", "/putusan/perekaman/1", NULL, {303, 400, 400, 400, 400, 400, 400, 400, 400}},
	{"GET", "/putusan/pasangan/1-2", NULL, {303, 404, 403, 403, 403, 403, 403, 403, 403}},
	{"POST", "/putusan/pasangan/1-2", NULL, {303, 400, 400, 400, 400, 400, 400, 400, 400}},
	{"GET", "/putusan/karantina/1-1", NULL, {303, 200, 403, 403, 403, 403, 403, 403, 403}},
	{"POST", "/putusan/karantina/1-1", NULL, {303, 400, 400, 400, 400, 400, 400, 400, 400}},
	{"GET", "/putusan/kiriman/t-sma-1", NULL, {303, 200, 403, 403, 403, 403, 403, 403, 403}},
	{"GET", "/putusan/kiriman/t-bkd-1", NULL, {303, 404, 403, 403, 403, 403, 403, 403, 403}},
	{"POST", "/putusan/kiriman/t-sma-1", NULL, {303, 400, 400, 400, 400, 400, 400, 400, 400}},
	{"GET", "/putusan/peringatan/1", NULL, {303, 200, 403, 403, 403, 403, 403, 403, 403}},
	{"POST", "/putusan/peringatan/1", NULL, {303, 400, 400, 400, 400, 400, 400, 400, 400}},
	{"GET", "/audit", NULL, {303, 200, 403, 403, 403, 403, 200, 403, 403}},
	{"GET", "/audit?q=budi&tanggal=x", NULL, {303, 422, 403, 403, 403, 403, 422, 403, 403}},
	{"GET",
	 "/audit/pegawai/222222?tanggal=2025-03-02",
	 NULL,
	 {303, 200, 403, 403, 403, 403, 200, 403, 403}},
	{"GET", "/audit/pegawai/222222?tanggal=x", NULL, {303, 404, 403, 403, 403, 403, 404, 403, 403}},
	{"GET", "/audit/rantai", NULL, {303, 200, 403, 403, 403, 403, 200, 403, 403}},
	{"GET", "/audit/catatan", NULL, {303, 200, 403, 403, 403, 403, 200, 403, 403}},
	{"GET", "/hak-akses", NULL, {303, 200, 200, 200, 403, 403, 403, 403, 403}},
	{"GET", "/hak-akses?unit=DISDIK", NULL, {303, 200, 404, 200, 403, 403, 403, 403, 403}},
	{"GET", "/hak-akses/baru?unit=BKD", NULL, {303, 200, 200, 404, 403, 403, 403, 403, 403}},
	{"POST", "/hak-akses", NULL, {303, 400, 400, 400, 400, 400, 400, 400, 400}},
	{"GET", "/hak-akses/1", NULL, {303, 404, 404, 404, 403, 403, 403, 403, 403}},
	{"POST", "/hak-akses/1/batasi", NULL, {303, 400, 400, 400, 400, 400, 400, 400, 400}},
	{"POST", "/hak-akses/1/telepon", NULL, {303, 400, 400, 400, 400, 400, 400, 400, 400}},
	{"POST", "/hak-akses/1/akhiri", NULL, {303, 400, 400, 400, 400, 400, 400, 400, 400}},
	{"GET", "/kode", NULL, {303, 403, 403, 403, 403, 403, 403, 403, 403}},
	{"POST", "/kode", NULL, {303, 400, 400, 400, 400, 400, 400, 400, 400}},
	{"GET", "/kode/pasang", NULL, {303, 403, 403, 403, 403, 403, 403, 403, 403}},
	{"POST", "/kode/pasang", NULL, {303, 400, 400, 400, 400, 400, 400, 400, 400}},
	{"GET", "/bulan", NULL, {303, 404, 200, 404, 404, 200, 404, 404, 404}},
	{"GET", "/akun", NULL, {303, 403, 403, 403, 403, 403, 403, 403, 403}},
	{"POST", "/akun/sesi/akhiri", NULL, {303, 400, 400, 400, 400, 400, 400, 400, 400}},
	{"POST", "/akun/sesi/x/akhiri", NULL, {303, 400, 400, 400, 400, 400, 400, 400, 400}},
	{"GET", "/hari-ini", NULL, {303, 404, 200, 404, 404, 200, 404, 404, 404}},
	{"GET", "/", NULL, {303, 303, 303, 303, 303, 303, 303, 303, 303}},
	{"GET", "/masuk", NULL, {200, 200, 200, 200, 200, 200, 200, 200, 200}},
	{"GET", "/kata-sandi", NULL, {303, 403, 403, 403, 403, 403, 403, 403, 403}},
	{"POST", "/keluar", NULL, {303, 400, 400, 400, 400, 400, 400, 400, 400}},
	{"POST", "/kata-sandi", NULL, {303, 400, 400, 400, 400, 400, 400, 400, 400}},
	{"GET", "/aktivasi", NULL, {200, 200, 200, 200, 200, 200, 200, 200, 200}},
	{"POST", "/aktivasi", NULL, {400, 400, 400, 400, 400, 400, 400, 400, 400}},
	{"POST", "/masuk", NULL, {400, 400, 400, 400, 400, 400, 400, 400, 400}},
	{"GET", "/papan?unit=SMA2", NULL, {303, 200, 404, 200, 404, 403, 200, 403, 404}},
	{"GET", "/mutasi", NULL, {303, 200, 403, 403, 403, 403, 403, 403, 403}},
	{"GET", "/mutasi/dampak", NULL, {303, 422, 403, 403, 403, 403, 403, 403, 403}},
	{"POST", "/mutasi", NULL, {303, 400, 400, 400, 400, 400, 400, 400, 400}},
	{"GET", "/unit?tanggal=2025-01-01", NULL, {303, 200, 200, 200, 200, 403, 200, 403, 200}},
	{"GET", "/aset/none", NULL, {404, 404, 404, 404, 404, 404, 404, 404, 404}},
};

static void test_matrix(Province *p, gconstpointer unused)
{
	(void)unused;
	for (gsize row = 0; row < G_N_ELEMENTS(matrix); row++)
		for (gsize i = 0; i < G_N_ELEMENTS(accounts); i++) {
			g_autoptr(Call) call = province_rest(p, accounts[i], matrix[row].method,
												 matrix[row].target, matrix[row].body);
			if (call->response->status == matrix[row].status[i])
				continue;
			g_autofree char *text = province_text(call);
			g_error("%s %s as %s: %u instead of %u: %s", matrix[row].method, matrix[row].target,
					accounts[i] == NULL ? "nobody" : accounts[i], call->response->status,
					matrix[row].status[i], text);
		}
}

/* Form routes as a browser sends them, with a session and its token.  Siti is skpd's own person. */
static const struct {
	const char *target, *body;
	guint status[G_N_ELEMENTS(accounts) - 1];
} forms[] = {
	/*                             bkd skpd skpd.disdik atasan pegawai auditor teknisi operator */
	{"/perekaman", "pegawai=111111&mesin=none", {422, 403, 404, 403, 403, 403, 403, 404}},
	{"/perekaman", "pegawai=222222&mesin=none", {422, 404, 422, 403, 403, 403, 403, 422}},
	{"/perekaman/1/batal", "", {404, 404, 404, 403, 403, 403, 403, 404}},
	{"/pegawai/111111/aktivasi", "", {200, 403, 404, 403, 403, 403, 403, 404}},
	{"/persetujuan/1-1", "putusan=x", {422, 403, 403, 404, 403, 403, 403, 403}},
	{"/persetujuan/1-2", "putusan=x", {404, 403, 403, 404, 403, 403, 403, 403}},
	{"/gangguan", "lokasi=sma1", {422, 422, 422, 403, 403, 403, 403, 422}},
	{"/gangguan/1", "putusan=x", {422, 403, 403, 403, 403, 403, 403, 403}},
	{"/persetujuan/jadwal/1", "putusan=x", {422, 403, 403, 404, 403, 403, 403, 403}},
	{"/persetujuan/jadwal/2", "putusan=x", {404, 403, 403, 404, 403, 403, 403, 403}},
	{"/putusan/perekaman/" PROVINCE_HELD, "", {422, 403, 403, 403, 403, 403, 403, 403}},
	{"/putusan/pasangan/1-2", "", {404, 403, 403, 403, 403, 403, 403, 403}},
	{"/putusan/karantina/1-1", "", {422, 403, 403, 403, 403, 403, 403, 403}},
	{"/putusan/kiriman/t-sma-1", "", {422, 403, 403, 403, 403, 403, 403, 403}},
	{"/putusan/peringatan/1", "", {422, 403, 403, 403, 403, 403, 403, 403}},
	{"/hak-akses", "", {422, 422, 422, 403, 403, 403, 403, 403}},
	{"/hak-akses/1/batasi", "", {404, 404, 404, 403, 403, 403, 403, 403}},
	{"/hak-akses/1/akhiri", "", {404, 404, 404, 403, 403, 403, 403, 403}},
	{"/hak-akses/1/telepon", "", {404, 404, 404, 403, 403, 403, 403, 403}},
	{"/jadwal?unit=SMA1", "tempel=", {422, 404, 422, 404, 403, 403, 403, 422}},
	{"/jadwal/salin?unit=SMA1", "", {303, 404, 303, 404, 403, 403, 403, 303}},
	{"/jadwal/buang?unit=SMA1", "", {303, 404, 303, 404, 403, 403, 403, 303}},
	{"/jadwal/terbitkan?unit=SMA1", "", {409, 404, 409, 404, 403, 403, 403, 409}},
	{CLOSING("BKD") "/ajukan", "", {403, 422, 404, 403, 403, 403, 403, 403}},
	{CLOSING("BKD") "/tanda-tangan", "langkah=0", {409, 403, 403, 404, 403, 403, 403, 403}},
	{CLOSING("BKD") "/kunci", "langkah=0", {409, 403, 403, 403, 403, 403, 403, 403}},
	{CLOSING("BKD") "/bayar", "langkah=0", {409, 403, 403, 403, 403, 403, 403, 403}},
	{CLOSING("BKD") "/buka", "langkah=0", {409, 403, 403, 403, 403, 403, 403, 403}},
	{"/disiplin/9", "langkah=catat", {404, 403, 403, 404, 403, 403, 403, 403}},
	{"/koreksi", "", {404, 422, 404, 404, 422, 404, 404, 404}},
	{"/koreksi/1", "putusan=x", {422, 422, 422, 422, 403, 403, 403, 422}},
	{"/koreksi/9", "putusan=setuju", {404, 404, 404, 404, 403, 403, 403, 404}},
	{"/delegasi", "pengganti=x", {422, 422, 422, 422, 403, 403, 403, 422}},
	{"/delegasi/1/akhiri", "", {404, 404, 404, 404, 403, 403, 403, 404}},
	{"/mutasi", "", {422, 403, 403, 403, 403, 403, 403, 403}},
};

static void test_forms_by_session(Province *p, gconstpointer unused)
{
	(void)unused;
	for (gsize row = 0; row < G_N_ELEMENTS(forms); row++)
		for (gsize i = 1; i < G_N_ELEMENTS(accounts); i++) {
			g_autoptr(Call) call =
				province_page(p, accounts[i], forms[row].target, forms[row].body);
			if (call->response->status != forms[row].status[i - 1])
				g_error("POST %s as %s: %u instead of %u", forms[row].target, accounts[i],
						call->response->status, forms[row].status[i - 1]);
		}
}

static void test_every_form_is_walked_by_session(void)
{
	for (gsize i = 0; i < n_routes; i++) {
		gboolean found = routes[i].need != NEED_RIGHT || (routes[i].flags & ROUTE_FORM) == 0;
		for (gsize row = 0; row < G_N_ELEMENTS(forms) && !found; row++) {
			g_autoptr(Request) request = request_new("POST", forms[row].target, NOW);
			const char *params[REQUEST_SEGMENTS_MAX];
			gboolean other;
			found = routes_find(request, params, &other) == &routes[i];
		}
		if (!found)
			g_error("no row for the form %s", routes[i].pattern);
	}
}

/* A page says to a session what it says to a token, but for what only a session has. */
static void test_pages_by_session(Province *p, gconstpointer unused)
{
	(void)unused;
	static const char *const own[] = {"/masuk", "/akun",        "/kata-sandi",
									  "/kode",  "/kode/pasang", NULL};
	for (gsize row = 0; row < G_N_ELEMENTS(matrix); row++)
		for (gsize i = 1; i < G_N_ELEMENTS(accounts); i++) {
			if (strcmp(matrix[row].method, "GET") != 0 || g_strv_contains(own, matrix[row].target))
				continue;
			g_autoptr(Call) call = province_page(p, accounts[i], matrix[row].target, NULL);
			if (call->response->status != matrix[row].status[i])
				g_error("%s as %s with a session: %u instead of %u", matrix[row].target,
						accounts[i], call->response->status, matrix[row].status[i]);
		}
}

/* A route that is added without a row of the matrix is found here. */
static void test_every_route_is_in_the_matrix(void)
{
	for (gsize i = 0; i < n_routes; i++) {
		gboolean found = FALSE;
		for (gsize row = 0; row < G_N_ELEMENTS(matrix) && !found; row++) {
			g_autoptr(Request) request = request_new(matrix[row].method, matrix[row].target, NOW);
			const char *params[REQUEST_SEGMENTS_MAX];
			gboolean other;
			found = routes_find(request, params, &other) == &routes[i];
		}
		if (!found)
			g_error("no row for %s %s", routes[i].method, routes[i].pattern);
	}
}

/* Every route asks for a log-in, but for a list that is short and known. */
static void test_public_routes_are_these(void)
{
	static const char *const open[] = {
		"/masuk", "/aktivasi", "/aset/{file}", "/api/v1/openapi.yaml", "/healthz", NULL};
	for (gsize i = 0; i < n_routes; i++)
		g_assert_true(routes[i].need != NEED_NOTHING || g_strv_contains(open, routes[i].pattern));
}

/* Changes are logged; so are reads under a right over people, unless they name units only. */
static void test_routes_on_people_are_logged(void)
{
	static const char *const unlogged[] = {"/api/v1/units", "/unit", NULL};
	for (gsize i = 0; i < n_routes; i++) {
		const Route *route = &routes[i];
		if (route->need == NEED_RIGHT &&
			(route->right == RIGHT_SEE_PEOPLE || route->right == RIGHT_ENROL) &&
			!g_strv_contains(unlogged, route->pattern))
			g_assert_nonnull(route->action);
		if (strcmp(route->method, "POST") == 0 && (route->flags & ROUTE_LATER) == 0)
			g_assert_nonnull(route->action);
	}
}

static gsize n_days(Province *p, const char *account, const char *target)
{
	g_autoptr(Call) call = province_rest(p, account, "GET", target, NULL);
	if (call->response->status == 404)
		return 0;
	g_assert_cmpuint(call->response->status, ==, 200);
	json_t *json = province_json(call);
	gsize n = json_array_size(json_object_get(json, "items"));
	json_decref(json);
	return n;
}

/* Joko has served in SMA1 for ten days, before that in BKD-UMUM; a verdict lies on either side. */
static void test_days_belong_to_the_unit_of_the_day(Province *p, gconstpointer unused)
{
	(void)unused;
	static const char both[] = "/api/v1/people/333333/days?from=2025-02-01&to=2025-03-03";
	static const char old[] = "/api/v1/people/333333/days?from=2025-02-01&to=2025-02-20";
	static const char now[] = "/api/v1/people/333333/days?from=2025-02-21&to=2025-03-03";
	g_assert_cmpuint(n_days(p, "bkd", both), ==, 2);
	g_assert_cmpuint(n_days(p, "skpd", both), ==, 1);
	g_assert_cmpuint(n_days(p, "skpd.disdik", both), ==, 1);
	g_assert_cmpuint(n_days(p, "skpd", old), ==, 1);
	g_assert_cmpuint(n_days(p, "skpd", now), ==, 0);
	g_assert_cmpuint(n_days(p, "skpd.disdik", old), ==, 0);
	g_assert_cmpuint(n_days(p, "skpd.disdik", now), ==, 1);
}

/* The same for the list of punches: each by the unit of its day. */
static void test_punches_belong_to_the_unit_of_the_day(Province *p, gconstpointer unused)
{
	(void)unused;
	g_assert_cmpuint(n_days(p, "bkd", "/api/v1/punches"), ==, 4);
	g_assert_cmpuint(n_days(p, "skpd", "/api/v1/punches"), ==, 2);        /* Siti, Joko before */
	g_assert_cmpuint(n_days(p, "skpd.disdik", "/api/v1/punches"), ==, 2); /* Budi, Joko after */
}

static void test_lists_hold_only_the_scope(Province *p, gconstpointer unused)
{
	(void)unused;
	g_assert_cmpuint(n_days(p, "bkd", "/api/v1/people"), ==, 3);
	g_assert_cmpuint(n_days(p, "skpd", "/api/v1/people"), ==, 1);
	g_assert_cmpuint(n_days(p, "skpd.disdik", "/api/v1/people"), ==, 2);
	g_assert_cmpuint(n_days(p, "skpd", "/api/v1/people?terminal=t-bkd-1"), ==, 1);
	g_assert_cmpuint(n_days(p, "skpd", "/api/v1/people?terminal=t-sma-1"), ==, 0);
	g_assert_cmpuint(n_days(p, "bkd", "/api/v1/terminals"), ==, 2);
	g_assert_cmpuint(n_days(p, "skpd", "/api/v1/terminals"), ==, 1);
	g_assert_cmpuint(n_days(p, "bkd", "/api/v1/units"), ==, 5);
	g_assert_cmpuint(n_days(p, "skpd", "/api/v1/units"), ==, 2);
}

/* A terminal of another agency is none that one may order an enrolment at. */
static void test_enrolment_stays_within_the_scope(Province *p, gconstpointer unused)
{
	(void)unused;
	g_autoptr(Call) call = province_rest(p, "skpd.disdik", "POST", "/api/v1/enrolments",
										 "{\"person\":222222,\"terminal\":\"t-bkd-1\"}");
	g_assert_cmpuint(call->response->status, ==, 422);
}

/* Once, and it shows: the claim is no longer listed, the punch counts. */
static void test_a_fingerless_punch_is_decided_once(Province *p, gconstpointer unused)
{
	(void)unused;
	gint64 state = 0;
	g_assert_cmpuint(n_days(p, "bkd", "/api/v1/claims"), ==, 1);
	g_assert_cmpuint(n_days(p, "atasan", "/api/v1/claims"), ==, 0); /* another unit's */
	g_autoptr(Call) first = province_rest(p, "bkd", "POST", "/api/v1/claims/1-1/decision", ACCEPT);
	g_assert_cmpuint(first->response->status, ==, 200);
	g_autoptr(Call) again = province_rest(p, "bkd", "POST", "/api/v1/claims/1-1/decision", ACCEPT);
	g_assert_cmpuint(again->response->status, ==, 409);
	g_assert_cmpuint(n_days(p, "bkd", "/api/v1/claims"), ==, 0);
	g_assert_true(
		sql_get_int(p->sql, &state, 0, NULL, "SELECT state FROM punch WHERE person = 222222", ""));
	g_assert_cmpint(state, ==, PUNCH_COUNTED);
}

static void test_token_ends(Province *p, gconstpointer unused)
{
	(void)unused;
	province_set_now(NOW + 366 * DAY_MS);
	g_autoptr(Call) late = province_rest(p, "bkd", "GET", "/api/v1/people", NULL);
	g_assert_cmpuint(late->response->status, ==, 401);
	province_set_now(NOW);
	g_autoptr(Call) forged = province_rest(p, "forged", "GET", "/healthz", NULL);
	g_assert_cmpuint(forged->response->status, ==, 200);
	g_autoptr(Call) refused = province_rest(p, "forged", "GET", "/papan", NULL);
	g_assert_cmpuint(refused->response->status, ==, 401);
	g_assert_nonnull(response_get_header(refused->response, "WWW-Authenticate"));
}

/* Siti, who keeps BKD's people, is moved to a school: the grant has ended, her own data has not. */
static void test_grant_ends_with_the_holders_mutation(Province *p, gconstpointer unused)
{
	(void)unused;
	g_autoptr(Call) before = province_rest(p, "skpd", "GET", "/api/v1/people", NULL);
	g_assert_cmpuint(before->response->status, ==, 200);
	Change moved = {.from_day = TODAY, .to_day = DAY_OPEN, .now_ms = NOW, .today = TODAY};
	g_assert_true(sql_begin(p->sql, NULL));
	g_assert_true(assignments_set(p->sql, p->siti, p->sma1, 0, &moved, NULL, NULL));
	g_assert_true(sql_commit(p->sql, NULL));
	g_autoptr(Call) after = province_rest(p, "skpd", "GET", "/api/v1/people", NULL);
	g_assert_cmpuint(after->response->status, ==, 403);
	g_autoptr(Call) page = province_page(p, "skpd", "/pegawai", NULL);
	g_assert_cmpuint(page->response->status, ==, 403);
	g_autoptr(Call) form = province_page(p, "skpd", "/perekaman", "pegawai=222222&mesin=t-sma-1");
	g_assert_cmpuint(form->response->status, ==, 403);
	g_autoptr(Call) own = province_rest(p, "pegawai", "GET", DAYS("111111"), NULL);
	g_assert_cmpuint(own->response->status, ==, 200);
}

static void test_every_api_route_is_described(Province *p, gconstpointer unused)
{
	(void)unused;
	gsize size;
	const Asset *asset = assets_get(p->web->assets, "openapi.yaml");
	const char *data = g_bytes_get_data(asset->body, &size);
	g_autofree char *text = g_strndup(data, size);
	for (gsize i = 0; i < n_routes; i++) {
		g_autofree char *line = g_strdup_printf("\n  %s:\n", routes[i].pattern);
		if (g_str_has_prefix(routes[i].pattern, "/api/"))
			g_assert_nonnull(strstr(text, line));
	}
}

/* Plain HTTP is for this machine alone. */
static void test_plain_http_is_loopback_only(Province *p, gconstpointer unused)
{
	(void)unused;
	static const char *const hosts[] = {"0.0.0.0", "192.0.2.1", "::", "localhost", ""};
	for (gsize i = 0; i < G_N_ELEMENTS(hosts); i++) {
		g_autoptr(GError) error = NULL;
		WebConfig config = {.database = p->web->database,
							.host = hosts[i],
							.utc_offset_min = OFFSET_MIN,
							.now_ms = province_now};
		g_assert_null(web_new(&config, &error));
		g_assert_nonnull(strstr(error->message, "[web] host"));
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
#define ADD(path, function)                                                                        \
	g_test_add(path, Province, NULL, province_open, function, province_close)
	ADD("/web/rights/matrix", test_matrix);
	ADD("/web/rights/forms_by_session", test_forms_by_session);
	ADD("/web/rights/pages_by_session", test_pages_by_session);
	g_test_add_func("/web/rights/every_form_is_walked_by_session",
					test_every_form_is_walked_by_session);
	g_test_add_func("/web/rights/every_route_is_in_the_matrix", test_every_route_is_in_the_matrix);
	g_test_add_func("/web/rights/public_routes_are_these", test_public_routes_are_these);
	g_test_add_func("/web/rights/routes_on_people_are_logged", test_routes_on_people_are_logged);
	ADD("/web/rights/days_belong_to_the_unit_of_the_day", test_days_belong_to_the_unit_of_the_day);
	ADD("/web/rights/punches_belong_to_the_unit_of_the_day",
		test_punches_belong_to_the_unit_of_the_day);
	ADD("/web/rights/lists_hold_only_the_scope", test_lists_hold_only_the_scope);
	ADD("/web/rights/enrolment_stays_within_the_scope", test_enrolment_stays_within_the_scope);
	ADD("/web/rights/a_fingerless_punch_is_decided_once", test_a_fingerless_punch_is_decided_once);
	ADD("/web/rights/token_ends", test_token_ends);
	ADD("/web/rights/plain_http_is_loopback_only", test_plain_http_is_loopback_only);
	ADD("/web/rights/grant_ends_with_the_holders_mutation",
		test_grant_ends_with_the_holders_mutation);
	ADD("/web/rights/every_api_route_is_described", test_every_api_route_is_described);
	return g_test_run();
}
