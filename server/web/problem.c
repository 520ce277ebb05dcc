#include "server/web/problem.h"

#include "server/web/layout.h"

/* What people read, by status. */
static const struct {
	guint status;
	const char *title; /* RFC 9110's reason phrase */
	const char *heading, *advice;
} texts[] = {
	{400, "Bad Request", "Permintaan tidak dapat dibaca",
	 "Kembali ke halaman sebelumnya dan coba lagi."},
	{401, "Unauthorized", "Anda belum masuk", "Masuk dengan nama pengguna dan kata sandi Anda."},
	{403, "Forbidden", "Anda tidak berhak membuka halaman ini",
	 "Hak akses diberikan per unit kerja dan jangka waktu. Hubungi pengelola kepegawaian Anda bila "
	 "ini keliru."},
	{404, "Not Found", "Halaman tidak ditemukan",
	 "Periksa alamatnya, atau mulai dari halaman awal."},
	{405, "Method Not Allowed", "Permintaan tidak dikenal", "Mulai lagi dari halaman awal."},
	{409, "Conflict", "Sudah diputuskan", "Muat ulang halaman untuk melihat keadaan terbaru."},
	{413, "Content Too Large", "Kiriman terlalu besar", "Kurangi isi formulir, lalu kirim lagi."},
	{415, "Unsupported Media Type", "Jenis kiriman tidak dikenal", "Mulai lagi dari halaman awal."},
	{422, "Unprocessable Content", "Isian belum benar",
	 "Kembali ke halaman sebelumnya dan periksa isian Anda."},
	{429, "Too Many Requests", "Terlalu banyak percobaan",
	 "Tunggu beberapa menit, lalu coba lagi."},
	{500, "Internal Server Error", "Terjadi gangguan di server",
	 "Tidak ada data yang hilang. Coba lagi sebentar lagi."},
	{503, "Service Unavailable", "Server sedang sibuk",
	 "Tidak ada data yang hilang. Coba lagi sebentar lagi."},
};

static gsize text_of(guint status)
{
	for (gsize i = 0; i < G_N_ELEMENTS(texts); i++)
		if (texts[i].status == status)
			return i;
	g_assert_not_reached();
}

/* Takes `errors`, which may be NULL. */
static Response *make(guint status, const char *detail, json_t *errors)
{
	json_t *body = json_pack("{s:s, s:s, s:i}", "type", "about:blank", "title",
							 texts[text_of(status)].title, "status", (int)status);
	if (detail != NULL)
		json_object_set_new(body, "detail", json_string(detail));
	if (errors != NULL)
		json_object_set_new(body, "errors", errors);
	Response *response = call_json(status, body);
	response->content_type = "application/problem+json";
	return response;
}

Response *problem_new(guint status, const char *detail)
{
	return make(status, detail, NULL);
}

Response *problem_field(const char *field, const char *detail)
{
	return make(422, "a field is not as it should be",
				json_pack("[{s:s, s:s}]", "field", field, "detail", detail));
}

static Response *page(const Call *call, guint status)
{
	gsize text = text_of(status);
	Frame frame = layout_frame(call, texts[text].heading, NAV_NONE);
	Html *html = html_new();
	layout_begin(html, &frame);
	html_add(html,
			 "<div class=\"hd-narrow text-center py-5\">\n"
			 "<p class=\"hd-code\">%d</p>\n<h1 class=\"h4\">%s</h1>\n"
			 "<p class=\"text-muted\">%s</p>\n"
			 "<p><a class=\"btn btn-primary\" href=\"/\">Ke halaman awal</a></p>\n</div>\n",
			 (int)status, texts[text].heading, texts[text].advice);
	layout_end(html, &frame);
	Response *response = call_html(html_to_bytes(html));
	response->status = status;
	return response;
}

Response *problem_for(const Call *call, guint status, const char *detail)
{
	if (request_is_api(call->request))
		return problem_new(status, detail);
	return page(call, status);
}
