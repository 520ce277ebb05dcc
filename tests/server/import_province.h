/* A small administration as files, one kind resting on another: good ones, in their order. */
#pragma once

#include <glib.h>

#define IMPORT_NOW G_GINT64_CONSTANT(1764547200000) /* 2025-12-01 00:00 UTC, 07.00 local */
#define IMPORT_OFFSET 420

static const struct {
	const char *kind, *text;
} import_files[] = {
	{"places", "code,name,address,regency\n"
			   "LOBI,Lobi BKD,\"Jl. Stadion Selatan 1, Semarang\",33.74\n"
			   "SEKOLAH,SMAN 1,,33.22\n"},
	{"units", "code,name,parent,short,kind,place,start,live\n"
			  "BKD.MUTASI,Bidang Mutasi,BKD,,bidang,,,\n" /* its parent comes below */
			  "JATENG,Provinsi Jawa Tengah,,Jateng,provinsi,,2025-11-03,2025-12-01\n"
			  "BKD,Badan Kepegawaian Daerah,JATENG,BKD,badan,LOBI,,\n"
			  "SMAN1,SMA Negeri 1,JATENG,,sekolah,SEKOLAH LOBI,,\n"},
	{"schedules", "unit,pattern,name,from,mon,tue,wed,thu,fri,flex\n"
				  "JATENG,5HARI,5 hari kerja,2025-01-01,07:00-15:30/60,07:00-15:30/60,"
				  "07:00-15:30/60,07:00-15:30/60,07:00-16:00/90,\n"
				  "SMAN1,5HARI,,2025-06-01,,,,,,\n"},
	{"holidays", "date,name,kind\n2025-12-25,Kelahiran Yesus Kristus (Natal),nasional\n"
				 "2025-12-26,Cuti bersama Natal,cuti_bersama\n"},
	{"people", "\xef\xbb\xbfref,id,name,front_title,back_title,number,employment,from\r\n"
			   "P1,100001,Siti Rahmawati,,\"S.Kom., M.T.\",19850312 201001 2 001,PNS,2010-01-01\r\n"
			   "P2,,Budi Santoso,Drs.,,199001012021211005,PPPK,2021-03-01\r\n"
			   ",100003,Tanpa Nomor,,,,LAIN,2025-11-17\r\n"},
	{"assignments", "person,unit,place,from,source\n"
					"P1,BKD.MUTASI,,2010-01-01,SK 1\n"
					"199001012021211005,SMAN1,SEKOLAH,2021-03-01,\n"
					"100003,SMAN1,,2025-11-17,\n"},
	{"leaves", "person,code,from,to,slot,letter\n"
			   "P1,CT,2025-11-10,2025-11-11,,851/12/2025\n"
			   "P2,DL,2025-11-12,2025-11-12,masuk,090/7\n"},
	{"shifts", "code,name,hours\nP,Jaga pagi,07:00-14:00/0\nM,Jaga malam,21:00-07:00/0\n"},
	{"rosters", "person,date,shift,source\nP2,2025-11-03,P+M,R/11\nP2,2025-11-04,-,R/11\n"
				"P2,2025-12-09,siaga,\n"},
	{"rotations", "person,cycle,begins,from\n100003,P P M -,2025-11-17,2025-11-17\n"},
	{"orders", "letter,date,kind,name,scope,target,from,to,hours,slot\n"
			   "061/1,2025-11-20,jam,Pulang lebih awal,provinsi,,2025-11-21,2025-11-21,"
			   "07:00-11:30,\n"
			   "061/2,,WFH,Bekerja dari rumah,kabupaten,33.22,2025-11-24,2025-11-25,,\n"
			   "061/3,,libur,Hari jadi,unit,BKD,2025-11-26,2025-11-26,,\n"
			   "061/4,,masuk,Lembur,orang,P1,2025-11-29,2025-11-29,08:00-12:00,\n"},
	{"events", "letter,kind,name,scope,target,date,hours,by\n"
			   "003/1,apel,Apel pagi,lokasi,LOBI,2025-11-24,06:45-07:15,\n"
			   "003/2,upacara,Hari Guru,unit,SMAN1,2025-11-25,07:00-08:00,daftar\n"},
	{"lists", "letter,date,person\n003/2,2025-11-25,P2\n"},
	{"duties", "people,code,from,to,slot,letter\n"
			   "P1 199001012021211005;100003,,2025-11-27,2025-11-28,,090/9\n"},
	{"corrections", "person,date,slot,letter\nP1,2025-11-05,masuk,K/1\nP1,2025-11-06,pulang,K/1\n"},
	{"punches", "person,at,place,kind,letter\nP1,2025-11-06 06:52,LOBI,,Daftar 6\n"
				"P1,2025-11-06T15:34:10+07:00,SEKOLAH,luar,Mesin lama\n"},
	{"outages", "place,from,to,cause,document,state,decided_by\n"
				"LOBI,2025-11-07 06:00,2025-11-07 09:30,listrik,BA 12,disetujui,Kepala BKD\n"},
	{"elsewhere", "place,from,to,source\nSEKOLAH,2025-11-01,2025-11-30,mesin lama\n"},
	{"deductions", "skema,kode,slot,menit_dari,menit_sampai,persen,satuan,sumber,keyakinan\n"
				   "permentan,TL1,masuk,1,30,0.5,%,Permentan 68/2012,HIGH\n"
				   "permentan,TK,hari,,,\"4,0\",%,Permentan 68/2012,HIGH\n"
				   "jateng,TL/PSW,masuk|pulang,,,?,,Pergub 43/2022,LOW\n"},
	{"schemes", "unit,scheme,from\n,permentan,2025-01-01\n"},
	{"balances", "person,year,n1,n2,extra,deferred\nP1,2025,6,,,\nP2,2025,,,2,ya\n"},
	{"ranks", "person,rank,from,to\nP1,III/c,2020-04-01,2025-09-30\nP2,IX,2021-03-01,\n"},
	{"positions", "person,title,kind,from\nP1,Analis SDM Ahli Muda,fungsional,2020-04-01\n"},
	{"heads", "unit,person,mode,from,to\nBKD.MUTASI,P1,,2024-01-01,\nBKD,P2,,2024-01-01,\n"
			  "BKD,100003,plh,2025-11-20,2025-11-21\n"},
	{"superiors", "person,superior,from\n100003,P1,2025-11-17\n"},
	{"secondaries", "person,unit,kind,share,from\nP1,SMAN1,sekolah,40,2025-07-01\n"},
	{"mutations", "person,kind,decree,date,tmt,to,position_kind\n"
				  "P1,pangkat,823/1,2025-09-20,2025-10-01,III/d,\n"
				  "P2,kgb,822/5,2025-09-01,2025-11-01,,\n"
				  "P2,jabatan,824/9,2025-11-28,2026-01-01,Guru Ahli Pertama,guru\n"},
	{"settings", "from,missing_min,flex_excess,day_ramadan_min\n2025-01-01,60,ya,390\n"},
	{"schedules", "unit,pattern,ramadan,mon,tue,wed,thu,fri\n"
				  "JATENG,PUASA,kalender,08:00-15:00/30,08:00-15:00/30,08:00-15:00/30,"
				  "08:00-15:00/30,08:00-15:30/60\n"},
	{"ramadan", "year,from,to,source\n1447,2026-02-19,2026-03-20,Keputusan Menag\n"},
	{"academic", "unit,from,to,name,kind\nSMAN1,2025-12-22,2025-12-31,Libur semester gasal,\n"
				 "SMAN1,2026-01-02,,Rapat kerja,masuk\n"},
	{"weeks", "person,weekly_min,from,source\n100003,1200,2025-11-17,Kontrak 4\n"},
};
