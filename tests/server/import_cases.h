/*
 * One good row of each kind of import, over the administration of import_province.h, and of what sort
 * each column is: of that test_import_bad makes the bad ones.  A kind that is not here fails it.
 */
#pragma once

/* A letter per column, a capital when it must not be empty:
 *   d date        t time         p person     u unit        l place      c code      w one of some words
 *   n number      h hours        k code of leave or duty    m NIP        r rank      f shifts of a day
 *   y cycle       s scheme       e event      o kedudukan hukum          i terminal  g target of a scope
 *   b code of a unit that may be new          x free text                z said in test_import.c */
typedef struct {
	const char *kind, *columns, *sorts;
	const char *row;
	const char *twin; /* says something else of the same; NULL: rows of this kind cannot */
} ImportCase;

static const ImportCase import_cases[] = {
	{"places", "code,name,address,regency,from,to,source", "CXxxddx",
	 "GUDANG,Gudang,Jl. Pemuda 1,33.74,2025-01-01,2026-12-31,SK 1",
	 "GUDANG,Gudang lama,Jl. Pemuda 1,33.74,2025-01-01,2026-12-31,SK 1"},
	{"units", "code,name,parent,short,kind,place,start,live,from,to,source", "CXuxxlddddx",
	 "UPT,Unit pelaksana,BKD,UPT,upt,LOBI,2025-01-01,2025-02-01,2025-01-01,2026-12-31,SK 2",
	 "UPT,Unit pelaksana,JATENG,UPT,upt,LOBI,2025-01-01,2025-02-01,2025-01-01,2026-12-31,SK 2"},
	{"schedules", "unit,pattern,name,from,to,mon,tue,wed,thu,fri,sat,sun,flex,grace,ramadan,source",
	 "UCxddhhhhhhhnnwx",
	 "BKD,BARU,Baru,2026-01-01,2026-06-30,07:00-15:30/60,07:00-15:30/60,07:00-15:30/60,"
	 "07:00-15:30/60,07:00-16:00/90,,,15,5,tidak,SK 3",
	 "BKD,5HARI,,2026-01-01,2026-06-30,,,,,,,,,,tidak,SK 3"},
	{"holidays", "date,name,kind,unit,source", "DXWux", "2026-03-19,Nyepi,nasional,BKD,SKB",
	 "2026-03-19,Nyepi,daerah,BKD,SKB"},
	{"people", "ref,id,name,front_title,back_title,number,employment,status,from,to,source",
	 "xnXxxmWoDdx",
	 "P9,100009,Sembilan,Dr.,M.Si.,199001012015031002,PNS,01,2015-03-01,2030-12-31,SK 4",
	 "P9,100009,Sembilan,Dr.,M.Si.,199001012015031002,CPNS,01,2015-03-01,2030-12-31,SK 4"},
	{"assignments", "person,unit,place,from,to,source", "PUlDdx",
	 "P1,BKD,LOBI,2026-01-01,2026-12-31,SK 5", "P1,SMAN1,LOBI,2026-01-01,2026-12-31,SK 5"},
	{"reorganisations", "unit,kind,to,name,short,people,units,decree,date,tmt", "UWbxxpuXdD",
	 "SMAN1,split,SMAN9,SMA Negeri 9,SMAN9,100003,,SOTK/9,2025-12-01,2026-01-01",
	 "SMAN1,split,SMAN8,SMA Negeri 8,SMAN8,P2,,SOTK/9,2025-12-01,2026-01-01"},
	{"ranks", "person,rank,from,to,source", "PRDdx", "P1,IV/a,2026-04-01,2027-03-31,SK 6",
	 "P1,IV/b,2026-04-01,2027-03-31,SK 6"},
	{"positions", "person,title,kind,from,to,source", "PXWDdx",
	 "P1,Kepala Bidang,administrator,2026-01-01,2026-12-31,SK 7",
	 "100001,Kepala Seksi,pengawas,2026-01-01,2026-12-31,SK 7"},
	{"heads", "unit,person,mode,from,to,source", "UPwDdx",
	 "SMAN1,P2,plt,2026-01-01,2026-03-31,SK 8", "SMAN1,P1,plt,2026-01-01,2026-03-31,SK 8"},
	{"superiors", "person,superior,from,to,source", "PPDdx", "P2,P1,2026-01-01,2026-12-31,SK 9",
	 "P2,100003,2026-01-01,2026-12-31,SK 9"},
	{"secondaries", "person,unit,kind,place,share,from,to,source", "PUWlnDdx",
	 "P2,BKD,tambahan,LOBI,50,2026-01-01,2026-06-30,SK 10",
	 "P2,BKD,tambahan,LOBI,40,2026-01-01,2026-06-30,SK 10"},
	{"mutations", "person,kind,decree,date,tmt,to,position_kind,place,employment", "PWXdDuwlw",
	 "P1,unit,824/99,2025-11-01,2026-02-01,SMAN1,guru,SEKOLAH,PNS",
	 "P1,unit,824/98,2025-11-01,2026-02-01,JATENG,guru,SEKOLAH,PNS"},
	{"shifts", "code,name,hours,grace,flex", "CxHnn", "S,Siang,14:00-21:00/0,5,10",
	 "S,Siang,13:00-20:00/0,5,10"},
	{"rosters", "person,date,shift,source", "PDfx", "P1,2026-01-05,P+M,R/1",
	 "198503122010012001,2026-01-05,M,R/1"},
	{"drafts", "unit,person,date,shift,source", "UPDfx", "SMAN1,P2,2026-01-05,P+M,R/3",
	 "SMAN1,P2,2026-01-05,M,R/3"},
	{"rotations", "person,cycle,begins,from,to,source", "PYDDdx",
	 "P1,P M - -,2026-01-01,2026-01-01,2026-06-30,R/2",
	 "P1,P P -,2026-01-01,2026-01-01,2026-06-30,R/2"},
	{"orders", "letter,date,kind,name,scope,target,from,to,hours,slot,source", "XdWXWgDDhwx",
	 "061/9,2025-11-30,jam,Pulang awal,unit,BKD,2026-01-05,2026-01-06,07:00-12:00,hari,SE",
	 "061/9,2025-11-30,jam,Pulang awal,unit,BKD,2026-01-07,2026-01-08,07:00-12:00,hari,SE"},
	{"events", "letter,kind,name,scope,target,date,hours,by,source", "XWXWgDHwx",
	 "003/9,apel,Apel,unit,BKD,2026-01-05,06:45-07:15,presensi,SE",
	 "003/9,apel,Apel,unit,BKD,2026-01-05,06:45-07:30,presensi,SE"},
	{"lists", "letter,date,person,source", "EDPx", "003/2,2025-11-25,100003,Daftar",
	 "003/2,2025-11-25,100003,Daftar lain"},
	{"leaves", "person,code,from,to,slot,letter,ground,child,source", "PKDDwXwnx",
	 "P1,CB,2026-02-02,2026-02-03,hari,851/99,kelahiran,4,SK 11",
	 "P1,CB,2026-02-10,2026-02-12,hari,851/99,kelahiran,4,SK 11"},
	{"entitlements", "from,to,annual_days,hajj_exempt,birth_children,source", "ddnwnx",
	 "2026-01-01,2026-12-31,14,tidak,2,SK 18", "2026-06-01,2026-12-31,12,tidak,2,SK 18"},
	{"balances", "person,year,n1,n2,extra,deferred,source", "PNnnnwx", "P1,2026,6,3,1,ya,SK 12",
	 "P1,2026,5,3,1,ya,SK 12"},
	{"duties", "people,code,from,to,slot,letter,source", "PkDDwXx",
	 "P1 P2,DL,2026-02-02,2026-02-03,hari,090/99,SK 13",
	 "P2,DL,2026-02-09,2026-02-10,hari,090/99,SK 13"},
	{"corrections", "person,date,slot,code,letter,source", "PDwkXx",
	 "P1,2025-11-07,masuk,AT,K/9,SK 14", "P1,2025-11-07,masuk,AT,K/8,SK 14"},
	{"punches", "person,at,place,kind,letter,source", "PTLwXx",
	 "P1,2025-11-10 06:50,LOBI,manual,Daftar 9,SK 15", NULL},
	{"outages", "place,from,to,cause,document,state,decided_by", "LTTXxwx",
	 "LOBI,2025-11-12 06:00,2025-11-12 09:00,listrik,BA 9,disetujui,Kepala BKD",
	 "LOBI,2025-11-12 08:00,2025-11-12 10:00,listrik,BA 9,disetujui,Kepala BKD"},
	{"elsewhere", "place,from,to,source", "LDdX", "LOBI,2026-01-01,2026-01-31,mesin lama",
	 "LOBI,2026-01-15,2026-02-15,mesin baru"},
	{"deductions", "skema,kode,slot,menit_dari,menit_sampai,persen,satuan,sumber,keyakinan",
	 "CXWnnZxxx", "baru,TL1,masuk,1,30,0.5,%,Pergub,HIGH",
	 "baru,TL1,masuk,20,40,1.5,%,Pergub,HIGH"},
	{"schemes", "unit,scheme,from,to,source", "uSddx", "BKD,permentan,2026-01-01,2026-12-31,Pergub",
	 "BKD,permentan,2026-06-01,2027-12-31,Pergub"},
	{"settings", "from,to,missing_min,flex_excess,rest_min,source", "ddnwnx",
	 "2026-01-01,2026-12-31,120,ya,480,SK 16", "2026-06-01,2026-12-31,90,ya,480,SK 16"},
	{"terminals", "id,place,from,source", "ILdx", "bkd-9,LOBI,2025-11-01,BA",
	 "bkd-9,SEKOLAH,2025-11-01,BA"},
	{"ramadan", "year,from,to,source", "NDDx", "1448,2027-02-08,2027-03-09,Keputusan",
	 "1448,2027-02-09,2027-03-10,Keputusan"},
	{"academic", "unit,from,to,name,kind,source", "UDdXwx",
	 "SMAN1,2026-06-22,2026-07-10,Libur,libur,SK 17",
	 "SMAN1,2026-06-29,2026-07-17,Libur kenaikan,libur,SK 17"},
	{"weeks", "person,weekly_min,from,to,source", "PNddx", "P1,1200,2026-01-01,2026-06-30,K/1",
	 "P1,1500,2026-01-01,2026-06-30,K/1"},
	{"cover", "unit,hours,days,people,from,to,source", "UHznddx",
	 "BKD,21:00-07:00,1234567,2,2026-01-01,2026-06-30,SK 19",
	 "BKD,21:00-06:00,67,2,2026-03-01,2026-12-31,SK 19"},
};

/* What is wrong for a sort of column, whatever the kind; of two sorts that a row's own kind decides, one
 * that is wrong for all. */
static const struct {
	char sort;
	const char *texts[10];
} import_faults[] = {
	{'d',
	 {"2025-02-31", "31-02-2025", "31/12/2025", "0000-01-01", "45931", "2025-13-01", "2025-1-1",
	  "0202-01-01", "20250101"}},
	{'t',
	 {"2025-11-31 06:52", "45931.28", "06:52", "2025-11-10 24:61", "0000-01-01 06:00",
	  "11-10-2025 06:52"}},
	{'p', {"nobody", "1.98503E+17", "\"1,98503E+17\"", "198503122010012000"}},
	{'u', {"NIHIL"}},
	{'l', {"NIHIL"}},
	{'c', {"A B", "kode/1", "k\xc3\xb6"}},
	{'w', {"pesta"}},
	{'n', {"x", "1.5", "1e3", "99999999999999999999", "0x10", "-7"}},
	{'h', {"7-15", "07:00", "25:00-26:00", "07:00-15:30/999", "07.00-15.30", "07:00-15:30/60x"}},
	{'k', {"ZZ", "H"}},
	{'m', {"123", "1.98503E+17", "198503122010012000", "198513122010012001", "198503122010012001"}},
	{'r', {"V/a", "XX"}},
	{'f', {"Q", "P+Q", "P+M+P"}},
	{'y', {"P Q", "Q"}},
	{'s', {"nihil"}},
	{'e', {"nihil"}},
	{'o', {"05x"}},
	{'i', {"BKD 9", "manual", "X"}},
	{'g', {"NIHIL"}},
	{'b', {"A B"}},
};
