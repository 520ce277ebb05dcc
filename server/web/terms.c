#include "server/web/terms.h"

#include <string.h>

const char *terms_finger(Finger finger)
{
	static const char *const names[] = {
		[FINGER_RIGHT_THUMB] = "Jempol kanan",      [FINGER_RIGHT_INDEX] = "Telunjuk kanan",
		[FINGER_RIGHT_MIDDLE] = "Tengah kanan",     [FINGER_RIGHT_RING] = "Manis kanan",
		[FINGER_RIGHT_LITTLE] = "Kelingking kanan", [FINGER_LEFT_THUMB] = "Jempol kiri",
		[FINGER_LEFT_INDEX] = "Telunjuk kiri",      [FINGER_LEFT_MIDDLE] = "Tengah kiri",
		[FINGER_LEFT_RING] = "Manis kiri",          [FINGER_LEFT_LITTLE] = "Kelingking kiri",
	};
	return finger < FINGER_FIRST || finger > FINGER_LAST ? "" : names[finger];
}

const char *terms_enrolment(const EnrolmentRow *row)
{
	static const char *const states[] = {
		[ENROLMENT_WAITING] = "menunggu mesin", [ENROLMENT_CAPTURING] = "sedang direkam",
		[ENROLMENT_CHECKING] = "diperiksa",     [ENROLMENT_DONE] = "✓ selesai",
		[ENROLMENT_HELD] = "! ditahan",         [ENROLMENT_FAILED] = "✕ belum berhasil",
	};
	return states[row->state];
}

typedef struct {
	const char *code, *text;
} Term;

static const char *find(const Term *terms, gsize n, const char *code, const char *otherwise)
{
	for (gsize i = 0; i < n; i++)
		if (g_strcmp0(terms[i].code, code) == 0)
			return terms[i].text;
	return otherwise;
}

static const char *reason_advice(const EnrolmentRow *row)
{
	static const Term reasons[] = {
		{"duplicate", "Sidik jari ini mirip dengan milik pegawai lain; BKD memeriksanya."},
		{"other-fingers", "Jari yang ditempelkan tidak sama. Ulangi dengan jari yang diminta."},
		{"unreadable", "Sidik jari kurang jelas. Bersihkan jari, atau pilih jari lain."},
		{"cancelled", "Dibatalkan; tidak ada data yang disimpan."},
		{"replaced", "Diganti oleh perekaman lain di mesin itu."},
		{"timeout",
		 "Waktu habis; tidak ada data yang disimpan. Mulai lagi bila pegawai sudah siap."},
		{"failed", "Mesin tidak dapat merekam. Coba lagi, atau gunakan mesin lain."},
	};
	return find(reasons, G_N_ELEMENTS(reasons), row->reason, "");
}

static const char *hint_advice(EnrolHint hint)
{
	switch (hint) {
	case ENROL_HINT_GOOD:
		return "Bagus; tempelkan jari yang sama sekali lagi.";
	case ENROL_HINT_POOR:
		return "Kurang jelas: bersihkan jari, tekan rata, ulangi.";
	case ENROL_HINT_OTHER_FINGER:
		return "Jari berbeda: gunakan jari yang sama seperti tadi.";
	case ENROL_HINT_RETRY:
		return "Belum terbaca: tempelkan lebih lama.";
	case ENROL_HINT_NONE:
	default:
		return "Tempelkan jari di mesin.";
	}
}

const char *terms_enrolment_advice(const EnrolmentRow *row)
{
	switch (row->state) {
	case ENROLMENT_WAITING:
		return "Perintah dikirim; mesin menampilkannya begitu tersambung.";
	case ENROLMENT_CAPTURING:
		return hint_advice(row->hint);
	case ENROLMENT_CHECKING:
		return "Server memeriksa mutu dan kesamaan dengan pegawai lain.";
	case ENROLMENT_DONE:
		return "Sidik jari dapat dipakai untuk presensi.";
	case ENROLMENT_HELD:
	case ENROLMENT_FAILED:
	default:
		return reason_advice(row);
	}
}

const char *terms_action(const char *action)
{
	static const Term actions[] = {
		{"person.read", "Membuka data pegawai"},
		{"person.days.read", "Melihat hari-hari presensi"},
		{"person.file.read", "Membuka berkas pegawai"},
		{"person.month.read", "Melihat rekap bulan"},
		{"punches.list", "Melihat daftar presensi"},
		{"account.code", "Membuat kode aktivasi akun"},
		{"account.code.terminal", "Kode akun ditampilkan mesin sesudah presensi"},
		{"account.open", "Akun dibuka dengan kode dari mesin"},
		{"account.refused", "Kode akun ditolak"},
		{"enrolment.order", "Memerintahkan perekaman sidik jari"},
		{"enrolment.prepare", "Menyiapkan perekaman sidik jari"},
		{"enrolment.read", "Melihat perekaman sidik jari"},
		{"enrolment.cancel", "Membatalkan perekaman sidik jari"},
		{"claim.decide", "Memutuskan presensi tanpa sidik jari"},
		{"session.begin", "Masuk"},
		{"session.refused", "Gagal masuk"},
		{"session.end", "Keluar"},
		{"session.end.other", "Mengakhiri sesi lain"},
		{"password.change", "Mengganti kata sandi"},
		{"second.set", "Memasang kode telepon"},
		{"second.prove", "Kode telepon diterima"},
		{"second.recover", "Kode pemulihan dipakai"},
		{"second.refused", "Kode telepon ditolak"},
		{"second.reset", "Menghapus kode telepon"},
		{"token.issue", "Membuat token program"},
		{"held.decide", "Memutuskan perekaman yang ditahan"},
		{"quarantine.decide", "Memutuskan kejadian karantina"},
		{"backlog.decide", "Memutuskan kiriman mesin yang dicabut"},
		{"alarm.decide", "Memutuskan peringatan"},
		{"audit.find", "Mencari pegawai untuk audit"},
		{"evidence.read", "Memeriksa bukti satu hari"},
		{"audit.log.read", "Membaca catatan akses"},
		{"grant.give", "Memberi hak akses"},
		{"grant.read", "Membuka hak akses"},
		{"grant.limit", "Membatasi hak akses"},
		{"second.reset.agree", "Menghapus kode telepon yang hilang"},
		{"grant.end", "Mengakhiri hak akses"},
		{"grants.list", "Melihat daftar hak akses"},
		{"board.read", "Melihat papan hari ini"},
		{"board.watch", "Mengikuti papan hari ini"},
		{"people.list", "Melihat daftar pegawai"},
		{"people.search", "Mencari pegawai"},
		{"enrolments.list", "Melihat daftar perekaman"},
		{"enrolments.watch", "Mengikuti daftar perekaman"},
		{"mutation.preview", "Melihat dampak mutasi"},
		{"mutation.enter", "Mencatat mutasi"},
		{"recap.read", "Melihat rekap bulanan"},
		{"recap.export", "Mengunduh rekap bulanan"},
		{"claims.list", "Melihat presensi tanpa sidik jari"},
		{"waiting.list", "Melihat yang menunggu putusan"},
		{"pairs.list", "Melihat sidik jari serupa"},
		{"pair.read", "Membuka sidik jari serupa"},
		{"pair.decide", "Memutuskan sidik jari serupa"},
		{"held.list", "Melihat perekaman yang ditahan"},
		{"held.read", "Membuka perekaman yang ditahan"},
		{"quarantine.list", "Melihat kejadian karantina"},
		{"quarantine.read", "Membuka kejadian karantina"},
		{"decisions.list", "Melihat putusan"},
		{"roster.read", "Melihat jadwal jaga"},
		{"roster.draft", "Menyusun rancangan jadwal jaga"},
		{"roster.publish", "Menerbitkan jadwal jaga"},
		{"roster.discard", "Membuang rancangan jadwal jaga"},
		{"roster.correct", "Mengusulkan koreksi jadwal jaga"},
		{"roster.swap", "Mengusulkan tukar jaga"},
		{"outage.declare", "Melaporkan gangguan"},
		{"outage.decide", "Memutuskan gangguan"},
		{"outage.propose", "Mengusulkan gangguan"},
		{"roster.request.read", "Membuka perubahan jadwal jaga"},
		{"roster.decide", "Memutuskan perubahan jadwal jaga"},
		{"charts.read", "Melihat grafik"},
		{"team.read", "Melihat tim hari ini"},
		{"team.month.read", "Melihat tim sebulan"},
		{"months.list", "Melihat keadaan bulan semua unit"},
		{"month.read", "Membuka bulan satu unit"},
		{"month.submit", "Mengajukan bulan"},
		{"month.sign", "Menandatangani bulan"},
		{"month.lock", "Mengunci bulan"},
		{"month.pay", "Mencatat pembayaran bulan"},
		{"month.reopen", "Membuka kembali bulan"},
		{"correction.ask", "Mengajukan koreksi"},
		{"correction.ask.slot", "Mengajukan koreksi satu slot"},
		{"correction.decide", "Memutuskan koreksi"},
		{"correction.decide.batch", "Memutuskan koreksi satu slot"},
		{"correction.withdraw", "Menarik koreksi"},
		{"correction.reopen", "Membuka kembali bulan koreksi"},
		{"correction.chain", "Mengatur rantai persetujuan koreksi"},
		{"corrections.list", "Melihat daftar koreksi"},
		{"correction.read", "Melihat koreksi"},
		{"delegation.give", "Mendelegasikan persetujuan"},
		{"delegation.end", "Mengakhiri delegasi"},
		{"evidence.pack", "Menyalin bukti sebulan"},
		{"signals.list", "Melihat daftar sinyal disiplin"},
		{"signal.read", "Membuka sinyal disiplin"},
		{"signal.answer", "Menindaklanjuti sinyal disiplin"},
		{"anomalies.list", "Melihat daftar kejanggalan"},
		{"reenrolments.list", "Melihat daftar perlu rekam ulang"},
		{"discipline.list", "Melihat sinyal disiplin"},
		{"discipline.note", "Mencatat sinyal disiplin"},
		{"discipline.act", "Menindaklanjuti sinyal disiplin"},
		{"roster.approve", "Menyetujui perubahan jadwal jaga"},
		{"roster.refuse", "Menolak perubahan jadwal jaga"},
		{"duplicate.decide", "Memutuskan sidik jari yang serupa"},
		{"exemption.add", "Menambah dispensasi sidik jari"},
		{"exemption.end", "Mengakhiri dispensasi sidik jari"},
		{"person.export", "Menyalin semua data pegawai"},
		{"breach.affected", "Mendaftar pegawai terdampak kebocoran"},
		{"templates.destroy", "Memusnahkan rekaman sidik jari"},
		{"terminal.add", "Menambah mesin"},
		{"terminal.move", "Memindahkan mesin"},
		{"terminal.revoke", "Mencabut mesin"},
		{"terminal.lost", "Menyatakan mesin hilang"},
		{"terminal.withdraw", "Menarik pernyataan mesin hilang"},
		{"user.create", "Membuat akun"},
		{"user.disable", "Menonaktifkan akun"},
		{"user.password.reset", "Memberi kata sandi sekali pakai"},
	};
	return find(actions, G_N_ELEMENTS(actions), action, action);
}

const char *terms_alarm(const char *kind)
{
	static const Term alarms[] = {
		{"conflict", "Dua isi berbeda untuk satu kejadian"},
		{"fork", "Rantai catatan bercabang"},
		{"hole", "Ada kejadian yang hilang"},
		{"lost-tail", "Kejadian yang pernah dilaporkan tidak terkirim"},
		{"card-restored", "Kartu memori mesin dipulihkan dari salinan lama"},
		{"tamper", "Penutup mesin dibuka"},
		{"join-refused", "Pemasangan ditolak"},
		{"approval-refused", "Persetujuan oleh yang tidak berhak"},
	};
	return find(alarms, G_N_ELEMENTS(alarms), kind, "Peringatan lain");
}

const char *terms_employment(const char *kind)
{
	static const Term kinds[] = {{"PNS", "PNS"}, {"CPNS", "CPNS"}, {"PPPK", "PPPK"}};
	return find(kinds, G_N_ELEMENTS(kinds), kind, "Lainnya");
}

const char *terms_role(Role role)
{
	static const char *const names[N_ROLES] = {
		[ROLE_PEGAWAI] = "Pegawai",
		[ROLE_ATASAN] = "Atasan",
		[ROLE_SKPD] = "Pengelola SKPD",
		[ROLE_BKD] = "BKD",
		[ROLE_AUDITOR] = "Auditor",
		[ROLE_TEKNISI] = "Teknisi",
		[ROLE_OPERATOR] = "Operator sekolah atau cabang dinas",
	};
	return names[role];
}
