/* The archive's database: one table a noun, figures in one long table, views for what is asked
 * most. */
#include "database/export.h"

#define N(n, id, en)                                                                           \
    { n, RK_DB_INT, NULL, id, en, NULL }
#define R(n, to, id, en)                                                                       \
    { n, RK_DB_INT, to, id, en, NULL }
#define T(n, id, en)                                                                           \
    { n, RK_DB_TEXT, NULL, id, en, NULL }
#define TABLE(var, name, id, en, key, index)                                                   \
    { name, id, en, var, sizeof var / sizeof *var, key, index }

static const rk_db_column POHON[] = {
    N("id", "Nomor pohon wilayah", "Number of the region tree"),
    T("kode", "Kode pohon", "Code of the tree"),
    T("dasar", "Asal daftar wilayah", "Where the list of regions comes from"),
};
static const rk_db_column PEMILU[] = {
    N("id", "Nomor pemilu", "Number of the election"),
    T("kode", "Kode pemilu", "Code of the election"),
    T("nama", "Nama", "Name"),
    T("tanggal", "Hari pemungutan suara, YYYY-MM-DD", "Election day, YYYY-MM-DD"),
    T("jenis", "Jenis pemilu", "Kind of election"),
    R("pohon_id", "pohon.id", "Pohon wilayah yang dipakai", "The region tree it was held on"),
};
static const rk_db_column KONTES[] = {
    N("id", "Nomor kontes", "Number of the contest"),
    R("pemilu_id", "pemilu.id", "Pemilu", "Election"),
    T("kode", "Kode kontes: ppwp, dpr, dpd, pkwkp, dpt ...", "Code of the contest"),
    T("nama", "Nama", "Name"),
    T("bentuk", "Bentuk: paslon, partai, calon, pemilih", "Shape of its choices"),
    N("tingkat_pilihan", "Tingkat mulai mana pilihannya sama",
      "Level from which choices are the same"),
};
static const rk_db_column WILAYAH[] = {
    N("id", "Nomor wilayah", "Number of the region"),
    R("pohon_id", "pohon.id", "Pohon wilayah", "Region tree"),
    T("kode", "Kode di pohon itu; 0 = nasional", "Code in that tree; 0 = the nation"),
    R("induk_id", "wilayah.id", "Wilayah di atasnya", "Region above"),
    T("nama", "Nama", "Name"),
    N("tingkat", "0 nasional, 1 provinsi, 2 kabupaten/kota, 3 kecamatan, 4 desa/kelurahan",
      "0 nation, 1 province, 2 regency/city, 3 district, 4 village"),
    R("provinsi_id", "wilayah.id", "Provinsinya", "Its province"),
    R("kabupaten_id", "wilayah.id", "Kabupaten/kotanya", "Its regency or city"),
    T("kode_kemendagri", "Kode Kemendagri 2025 (kabupaten/kota)", "Code of Kemendagri 2025"),
};
static const rk_db_column SUMBER[] = {
    N("id", "Nomor sumber", "Number of the source"),
    T("teks", "Halaman, atau repositori@commit dan jalurnya",
      "Page, or repository@commit and path"),
};
static const rk_db_column DAPIL[] = {
    N("id", "Nomor dapil", "Number of the district"),
    R("pemilu_id", "pemilu.id", "Pemilu", "Election"),
    T("kode", "Kode dapil", "Code of the district"),
    T("nama", "Nama", "Name"),
    {"kursi", RK_DB_INT, NULL, "Jumlah kursi", "Seats", "kursi"},
    R("sumber_id", "sumber.id", "Sumber", "Source"),
};
static const rk_db_column DAPIL_WILAYAH[] = {
    R("dapil_id", "dapil.id", "Dapil", "District"),
    T("kode_kpu_2024", "Kode KPU 2024, bila ada", "Code of KPU 2024, where there is one"),
    T("nama", "Kabupaten/kota", "Regency or city"),
};
static const rk_db_column BUTIR[] = {
    N("id", "Nomor butir", "Number of the kind of figure"),
    T("kode", "Kode butir", "Code of the kind of figure"),
    T("satuan", "Satuan", "Unit"),
    N("menjumlah", "1 = dapat dijumlah antarwilayah", "1 = adds up over regions"),
    T("nama_id", "Nama, bahasa Indonesia", "Name, Indonesian"),
    T("nama_en", "Nama, bahasa Inggris", "Name, English"),
};
static const rk_db_column SERI[] = {
    N("id", "Nomor seri", "Number of the series"),
    R("kontes_id", "kontes.id", "Kontes", "Contest"),
    T("kode", "Kode seri", "Code of the series"),
    T("kedudukan", "keputusan, pleno, pers, sistem, masyarakat, daftar",
      "Standing of the series"),
    T("nomor", "Nomor keputusan", "Number of the decree"),
    T("nama", "Nama", "Name"),
    T("bagian", "Terisi bila seri hanya sebagian", "Given where the series is a part only"),
    T("lisensi", "Lisensi", "Licence"),
    T("acuan", "Berkas lain di repositori ini yang memuat angkanya",
      "Other file of the repository with its figures"),
    T("catatan", "Catatan", "Note"),
};
static const rk_db_column PILIHAN[] = {
    N("id", "Nomor pilihan", "Number of the choice"),
    R("kontes_id", "kontes.id", "Kontes", "Contest"),
    R("wilayah_id", "wilayah.id", "Wilayah surat suaranya; kosong: di mana-mana",
      "Region of its ballot; empty: everywhere"),
    R("dapil_id", "dapil.id", "Dapil surat suaranya", "District of its ballot"),
    T("kode", "Kode pilihan", "Code of the choice"),
    T("nomor", "Nomor urut", "Ballot number"),
    T("nama", "Nama", "Name"),
    T("partai", "Kode partainya", "Code of the party"),
};
static const rk_db_column ANGKA[] = {
    R("seri_id", "seri.id", "Seri", "Series"),
    R("wilayah_id", "wilayah.id", "Wilayah; kosong bila dapil", "Region; empty for a district"),
    R("dapil_id", "dapil.id", "Dapil; kosong bila wilayah", "District; empty for a region"),
    N("tps", "Nomor TPS di desanya; 0 = wilayahnya sendiri",
      "Station in its village; 0 = the region itself"),
    N("tingkat", "0 sampai 5 (TPS), 6 = dapil", "0 to 5 (station), 6 = district"),
    R("butir_id", "butir.id", "Butir", "Kind of figure"),
    T("pilihan", "Kode pilihan; kosong bila bukan suara pilihan",
      "Code of the choice; empty where there is none"),
    N("nilai", "Angka sebagaimana diterbitkan", "The figure as published"),
    R("sumber_id", "sumber.id", "Sumber", "Source"),
    T("catatan", "Catatan", "Note"),
};
static const rk_db_column CROSSWALK[] = {
    T("tingkat", "provinsi, kabupaten, kota", "Level"),
    T("kode_anak", "Kode Kemendagri 2025", "Code of Kemendagri 2025"),
    T("anak", "Wilayah baru atau nama baru", "New region or new name"),
    T("kode_induk", "Kode wilayah asal", "Code of the region it came from"),
    T("induk", "Wilayah asal atau nama lama", "Region it came from, or old name"),
    T("tanggal", "Tanggal, YYYY-MM-DD", "Date, YYYY-MM-DD"),
    T("dasar_hukum", "Undang-undang atau peraturan", "Law"),
    T("sumber", "Sumber", "Source"),
    T("catatan", "Catatan; rename = ganti nama", "Note; rename = a new name only"),
};
static const rk_db_column KODE[] = {
    T("kode_kemendagri_2025", "Kode Kemendagri 2025", "Code of Kemendagri 2025"),
    T("nama", "Nama", "Name"),
    T("kode_kpu_2024", "Kode KPU 2024", "Code of KPU 2024"),
    T("nama_kpu_2024", "Nama menurut KPU 2024", "Name as KPU 2024 has it"),
    T("kode_kpu_2019", "Kode KPU 2019", "Code of KPU 2019"),
    T("kode_kpu_2014", "Kode KPU 2014", "Code of KPU 2014"),
    T("kode_bps_2020", "Kode BPS 2020", "Code of BPS 2020"),
};
static const rk_db_column SELISIH[] = {
    T("jenis", "anak-induk, bagian-dpt, pilihan-sah, sah-total, seri", "Kind of difference"),
    R("seri_a_id", "seri.id", "Seri a", "Series a"),
    R("seri_b_id", "seri.id", "Seri b; kosong: dalam satu seri", "Series b; empty: within one"),
    R("wilayah_id", "wilayah.id", "Wilayah", "Region"),
    R("dapil_id", "dapil.id", "Dapil", "District"),
    R("butir_id", "butir.id", "Butir", "Kind of figure"),
    T("pilihan", "Kode pilihan", "Code of the choice"),
    N("nilai_a", "Angka a", "Figure a"),
    N("nilai_b", "Angka b", "Figure b"),
    N("selisih", "a dikurangi b", "a less b"),
};
static const rk_db_column CAKUPAN[] = {
    R("kontes_id", "kontes.id", "Kontes", "Contest"),
    N("tingkat", "0 sampai 5 (TPS), 6 = dapil", "0 to 5 (station), 6 = district"),
    T("keadaan", "lengkap, sebagian, ada, tidak ada", "complete, part, there, missing"),
    {"ada", RK_DB_INT, NULL, "Wilayah yang ada angkanya", "Regions with figures", "wilayah"},
    {"seharusnya", RK_DB_INT, NULL, "Wilayah seluruhnya; kosong: tidak diketahui",
     "Regions in all; empty: not known", "wilayah"},
    R("seri_id", "seri.id", "Seri yang paling lengkap", "The most complete series"),
    N("jumlah_seri", "Jumlah seri di tingkat ini", "Series on this level"),
    T("dasar", "Dasar jumlah seharusnya", "How the number in all is known"),
};

static const rk_db_table TABLES[] = {
    TABLE(POHON, "pohon", "Pohon wilayah, satu untuk tiap daftar", "Region trees", "id", NULL),
    TABLE(PEMILU, "pemilu", "Pemilu sejak 1999", "Elections since 1999", "id", NULL),
    TABLE(KONTES, "kontes", "Kontes tiap pemilu, juga yang angkanya tidak ada",
          "Contests, also those without figures", "id", "pemilu_id"),
    TABLE(WILAYAH, "wilayah", "Wilayah semua pohon", "Regions of all trees", "id",
          "pohon_id,kode;kode_kemendagri"),
    TABLE(SUMBER, "sumber", "Sumber angka", "Sources of the figures", "id", NULL),
    TABLE(DAPIL, "dapil", "Daerah pemilihan DPR", "Districts of DPR", "id", "pemilu_id,kode"),
    TABLE(DAPIL_WILAYAH, "dapil_wilayah", "Kabupaten/kota tiap dapil",
          "Members of the districts", NULL, "dapil_id"),
    TABLE(BUTIR, "butir", "Apa yang dihitung sebuah angka", "What a figure counts", "id", NULL),
    TABLE(SERI, "seri", "Seri angka dengan sumber dan kedudukannya; tidak pernah dicampur",
          "Series with source and standing; never mixed", "id", "kontes_id;kode"),
    TABLE(PILIHAN, "pilihan", "Pasangan, partai, calon", "Pairs, parties, candidates", "id",
          "kontes_id,kode"),
    TABLE(ANGKA, "angka", "Angka sebagaimana diterbitkan", "Figures as published", NULL,
          "seri_id,tingkat;wilayah_id,butir_id;dapil_id"),
    TABLE(CROSSWALK, "crosswalk",
          "Pemekaran dan ganti nama sejak 1999 (ODbL 1.0, idn-area-data)",
          "Births and renames of regions since 1999", NULL, "kode_anak;kode_induk"),
    TABLE(KODE, "kode_kabkota", "Kode kabupaten/kota di lima daftar (ODbL 1.0, idn-area-data)",
          "Codes in five lists", "kode_kemendagri_2025", NULL),
    TABLE(SELISIH, "selisih", "Yang tidak cocok, sebagaimana diterbitkan",
          "What does not agree, as published", NULL, "seri_a_id"),
    TABLE(CAKUPAN, "cakupan", "Apa yang ada dan apa yang tidak ada",
          "What is there and what is missing", NULL, "kontes_id"),
};

static const rk_db_view VIEWS[] = {
    {"v_angka", "Angka dengan nama: pemilu, seri, wilayah, butir", "Figures with names",
     "SELECT p.kode AS pemilu, k.kode AS kontes, s.kode AS seri, s.kedudukan, s.nomor, "
     "a.tingkat,\n"
     "  coalesce(w.kode, d.kode) AS kode_wilayah, coalesce(w.nama, d.nama) AS wilayah, a.tps,\n"
     "  b.kode AS butir, a.pilihan, a.nilai, b.satuan, sm.teks AS sumber, a.catatan\n"
     "FROM angka a JOIN seri s ON s.id = a.seri_id JOIN kontes k ON k.id = s.kontes_id\n"
     "  JOIN pemilu p ON p.id = k.pemilu_id JOIN butir b ON b.id = a.butir_id\n"
     "  JOIN sumber sm ON sm.id = a.sumber_id LEFT JOIN wilayah w ON w.id = a.wilayah_id\n"
     "  LEFT JOIN dapil d ON d.id = a.dapil_id"},
    {"v_suara_nasional", "Suara nasional tiap pilihan, per seri",
     "National votes per choice and series",
     "SELECT pemilu, kontes, seri, kedudukan, nomor, pilihan, nilai AS suara\n"
     "FROM v_angka WHERE tingkat = 0 AND butir = 'suara'"},
    {"v_suara_provinsi", "Suara per provinsi, per seri", "Votes per province and series",
     "SELECT pemilu, kontes, seri, kedudukan, kode_wilayah, wilayah, pilihan, nilai AS suara\n"
     "FROM v_angka WHERE tingkat = 1 AND butir = 'suara'"},
    {"v_dpr_partai_dapil", "Suara partai per dapil: suara partai dan calonnya",
     "Party votes per district, with candidates",
     "SELECT p.kode AS pemilu, s.kode AS seri, d.kode AS dapil, c.partai, sum(a.nilai) AS "
     "suara\n"
     "FROM angka a JOIN seri s ON s.id = a.seri_id JOIN kontes k ON k.id = s.kontes_id\n"
     "  JOIN pemilu p ON p.id = k.pemilu_id JOIN butir b ON b.id = a.butir_id AND b.kode = "
     "'suara'\n"
     "  JOIN dapil d ON d.id = a.dapil_id JOIN pilihan c ON c.kontes_id = k.id\n"
     "    AND c.dapil_id = a.dapil_id AND c.kode = a.pilihan\n"
     "GROUP BY p.kode, s.kode, d.kode, c.partai"},
    {"v_kursi", "Kursi DPR nasional, per seri", "National DPR seats per series",
     "SELECT pemilu, seri, pilihan, nilai AS kursi FROM v_angka WHERE tingkat = 0 AND butir = "
     "'kursi'"},
    {"v_dpt", "Jumlah pemilih per wilayah, per seri", "Voters per region and series",
     "SELECT pemilu, seri, kedudukan, tingkat, kode_wilayah, wilayah, tps, butir, pilihan, "
     "nilai\n"
     "FROM v_angka WHERE kontes = 'dpt' AND butir LIKE 'pemilih%'"},
    {"v_selisih", "Selisih dengan nama", "Differences with names",
     "SELECT x.jenis, p.kode AS pemilu, k.kode AS kontes, s.kode AS seri_a, t.kode AS seri_b,\n"
     "  coalesce(w.nama, d.nama) AS wilayah, b.kode AS butir, x.pilihan, x.nilai_a, x.nilai_b, "
     "x.selisih\n"
     "FROM selisih x JOIN seri s ON s.id = x.seri_a_id LEFT JOIN seri t ON t.id = x.seri_b_id\n"
     "  JOIN kontes k ON k.id = s.kontes_id JOIN pemilu p ON p.id = k.pemilu_id\n"
     "  JOIN butir b ON b.id = x.butir_id LEFT JOIN wilayah w ON w.id = x.wilayah_id\n"
     "  LEFT JOIN dapil d ON d.id = x.dapil_id"},
    {"v_cakupan", "Cakupan dengan nama", "Coverage with names",
     "SELECT p.kode AS pemilu, p.tanggal, k.kode AS kontes, c.tingkat, c.keadaan, c.ada, "
     "c.seharusnya,\n"
     "  s.kode AS seri, s.kedudukan FROM cakupan c JOIN kontes k ON k.id = c.kontes_id\n"
     "  JOIN pemilu p ON p.id = k.pemilu_id LEFT JOIN seri s ON s.id = c.seri_id"},
};

const rk_db_schema rk_db_archive_schema = {"rekap-arsip",
                                           "Arsip pemilu Indonesia 1999-2024",
                                           "Archive of Indonesian elections 1999-2024",
                                           TABLES,
                                           sizeof TABLES / sizeof *TABLES,
                                           VIEWS,
                                           sizeof VIEWS / sizeof *VIEWS};
