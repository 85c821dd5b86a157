#!/usr/bin/env python3
"""Re-tabulates the archive 1999-2024 (data/arsip) from the collected sources.

    python3 data/retabulate_arsip.py SHARED_DATA_DIR OUT_DIR

SHARED_DATA_DIR is the folder of collected sources, OUT_DIR the root of this repository (its
data/pemilu2019 and data/pemilu2024, made by data/retabulate.py, must be there: they are
referred to, not copied). Python 3 and the zstd command, nothing else. The tables are described
in docs/format/arsip.md. A name that is in no list, or a sum that differs from the one stated
with the sources, ends the run with exit status 1: nothing is guessed.

The list of known differences (selisih.csv) is computed here, apart from the program, which
must find exactly the same ones (rekap archive check).
"""
import csv
import gzip
import hashlib
import io
import os
import re
import subprocess
import sys
from collections import OrderedDict, defaultdict

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import arsip_selisih  # noqa: E402  the same folder

CHECKS = []


def check(name, got, want):
    CHECKS.append(got == want)
    print("%s  %s: %s%s" % ("ok  " if got == want else "FAIL", name, got, "" if got == want else
                            " (expected %s)" % (want,)))


def rows_of(path):
    """Dictionaries of a CSV, plain, .gz or .zst."""
    if path.endswith(".zst"):
        raw = subprocess.run(["zstd", "-dc", path], capture_output=True, check=True).stdout
    elif path.endswith(".gz"):
        raw = gzip.open(path).read()
    else:
        raw = open(path, "rb").read()
    return list(csv.DictReader(io.StringIO(raw.decode("utf-8-sig"), newline="")))


# ---------------------------------------------------------------- elections

PEMILU = [  # pemilu, date, kind, tree, names, legislature and president contests held
    ("pemilu1999", "1999-06-07", "legislatif", "1999", "Pemilu 1999", ["dpr", "dprd-prov", "dprd-kab"]),
    ("pileg2004", "2004-04-05", "legislatif", "2004", "Pemilu Legislatif 2004", ["dpr", "dpd", "dprd-prov", "dprd-kab"]),
    ("ppwp2004-1", "2004-07-05", "presiden", "2004", "Pilpres 2004 putaran I", ["ppwp"]),
    ("ppwp2004-2", "2004-09-20", "presiden", "2004", "Pilpres 2004 putaran II", ["ppwp"]),
    ("pileg2009", "2009-04-09", "legislatif", "2009", "Pemilu Legislatif 2009", ["dpr", "dpd", "dprd-prov", "dprd-kab"]),
    ("ppwp2009", "2009-07-08", "presiden", "2009", "Pilpres 2009", ["ppwp"]),
    ("pileg2014", "2014-04-09", "legislatif", "2014", "Pemilu Legislatif 2014", ["dpr", "dpd", "dprd-prov", "dprd-kab"]),
    ("ppwp2014", "2014-07-09", "presiden", "2014", "Pilpres 2014", ["ppwp"]),
    ("pilkada2015", "2015-12-09", "kepala daerah", "2015", "Pilkada serentak 2015", ["pkwkp", "pkwkk"]),
    ("pilkada2017", "2017-02-15", "kepala daerah", "2017", "Pilkada serentak 2017", ["pkwkp", "pkwkk"]),
    ("pilkada2017-2", "2017-04-19", "kepala daerah", "2017", "Pilkada DKI Jakarta 2017 putaran II", ["pkwkp"]),
    ("pilkada2018", "2018-06-27", "kepala daerah", "2018", "Pilkada serentak 2018", ["pkwkp", "pkwkk"]),
    ("pemilu2019", "2019-04-17", "serentak", "2019", "Pemilu 2019", ["ppwp", "dpr", "dpd", "dprd-prov", "dprd-kab"]),
    ("pilkada2020", "2020-12-09", "kepala daerah", "2020", "Pilkada serentak 2020", ["pkwkp", "pkwkk"]),
    ("pemilu2024", "2024-02-14", "serentak", "2024", "Pemilu 2024", ["ppwp", "dpr", "dpd", "dprd-prov", "dprd-kab"]),
    ("pilkada2024", "2024-11-27", "kepala daerah", "2024", "Pilkada serentak 2024", ["pkwkp", "pkwkk"]),
]
CONTESTS = OrderedDict([  # code: name, shape, level on which the choices are the same
    ("ppwp", ("Presiden dan Wakil Presiden", "paslon", 0)), ("dpr", ("DPR RI", "partai", 0)),
    ("dpd", ("DPD RI", "calon", 1)), ("dprd-prov", ("DPRD Provinsi", "partai", 1)),
    ("dprd-kab", ("DPRD Kabupaten/Kota", "partai", 2)),
    ("pkwkp", ("Gubernur dan Wakil Gubernur", "paslon", 1)),
    ("pkwkk", ("Bupati/Wali Kota dan wakilnya", "paslon", 2)),
    ("dpt", ("Daftar pemilih (hitungan saja)", "pemilih", 0)),
])
# Pairs have their ballot number as code where it is known, parties their short name.
PAIRS = {
    "ppwp2004-1": ["Wiranto-Salahuddin", "Mega-Hasyim", "Amien-Siswono", "SBY-JK", "Hamzah-Agum"],
    "ppwp2004-2": [None, "Mega-Hasyim", None, "SBY-JK"],
    "ppwp2009": ["Mega-Prabowo", "SBY-Boediono", "JK-Wiranto"],
    "ppwp2014": ["Prabowo-Hatta", "Jokowi-JK"],
    "pemilu2019": ["Jokowi-Maruf", "Prabowo-Sandi"],
    "pemilu2024": ["Anies-Muhaimin", "Prabowo-Gibran", "Ganjar-Mahfud"],
}
PARTY_2024 = {
    "PARTAI KEBANGKITAN BANGSA": "PKB", "PARTAI GERAKAN INDONESIA RAYA": "Gerindra",
    "PARTAI DEMOKRASI INDONESIA PERJUANGAN": "PDIP", "PARTAI GOLONGAN KARYA": "Golkar",
    "PARTAI NASDEM": "NasDem", "PARTAI BURUH": "Buruh", "PARTAI GELOMBANG RAKYAT INDONESIA": "Gelora",
    "PARTAI KEADILAN SEJAHTERA": "PKS", "PARTAI KEBANGKITAN NUSANTARA": "PKN",
    "PARTAI HATI NURANI RAKYAT": "Hanura", "PARTAI GARDA REPUBLIK INDONESIA": "Garuda",
    "PARTAI GARDA PERUBAHAN INDONESIA": "Garuda", "PARTAI AMANAT NASIONAL": "PAN",
    "PARTAI BULAN BINTANG": "PBB", "PARTAI DEMOKRAT": "Demokrat", "PARTAI SOLIDARITAS INDONESIA": "PSI",
    "PARTAI PERINDO": "Perindo", "PARTAI PERSATUAN PEMBANGUNAN": "PPP", "PARTAI UMMAT": "Ummat",
}

# kind in the sources: butir here, and the part of the series name that keeps it apart
KINDS = {
    "choice": ("suara", ""), "choice_before_MK": ("suara", "sebelum-mk"), "choice_after_MK": ("suara", "sesudah-mk"),
    "valid": ("suara_sah", ""), "invalid": ("suara_tidak_sah", ""),
    "invalid_corrected": ("suara_tidak_sah", "koreksi"), "invalid_derived": ("suara_tidak_sah", "turunan"),
    "total_ballots": ("suara_total", ""), "users": ("pengguna", ""), "voters": ("pengguna", ""),
    "users_dpt": ("pengguna_dpt", ""), "users_dptb": ("pengguna_dptb", ""), "users_dpk": ("pengguna_dpk", ""),
    "users_dpph": ("pengguna_dpph", ""), "dpt": ("pemilih_dpt", ""), "dpt_l": ("pemilih_dpt_l", ""),
    "dpt_p": ("pemilih_dpt_p", ""), "dpt_dalam_negeri": ("pemilih_dpt_dn", ""),
    "dpt_luar_negeri": ("pemilih_dpt_ln", ""), "dpt_first": ("pemilih_dpt", "penetapan-pertama"),
    "dpt_first_reading": ("pemilih_dpt", "bacaan-pertama"), "dpt_jan2024": ("pemilih_dpt", "januari-2024"),
    "dps": ("pemilih_dps", ""), "registered": ("pemilih_terdaftar", ""),
    "registered_l": ("pemilih_terdaftar_l", ""), "registered_p": ("pemilih_terdaftar_p", ""),
    "registered_sk50": ("pemilih_terdaftar", ""), "registered_all_lists": ("pemilih_semua_daftar", ""),
    "registered_dpt_dpk": ("pemilih_dpt_dpk", ""), "not_voting": ("tidak_memilih", ""),
    "not_used": ("tidak_digunakan", ""), "tps": ("tps", ""), "tps_filled": ("tps_masuk", ""),
    "tps_dalam_negeri": ("tps_dn", ""), "tps_ln_ksk_pos": ("tps_ln", ""),
    "kecamatan": ("jumlah_kecamatan", ""), "desa_kelurahan": ("jumlah_desa", ""),
    "kabupaten_kota": ("jumlah_kabupaten", ""), "turnout_pct": ("partisipasi_bp", ""),
    "turnout_percent": ("partisipasi_bp", ""), "invalid_percent": ("tidak_sah_bp", ""),
    "election": ("diselenggarakan", ""), "elections_total": ("jumlah_pemilihan", ""),
    "elections_provinsi": ("jumlah_pemilihan_provinsi", ""),
    "elections_kabupaten": ("jumlah_pemilihan_kabupaten", ""), "elections_kota": ("jumlah_pemilihan_kota", ""),
    "pairs_gubernur": ("jumlah_paslon_gubernur", ""), "pairs_bupati": ("jumlah_paslon_bupati", ""),
    "pairs_walikota": ("jumlah_paslon_walikota", ""),
}
BUTIR = [  # butir, unit, adds up over regions, Indonesian, English
    ("suara", "suara", 1, "Suara pilihan (paslon, partai, calon)", "Votes for a choice (pair, party, candidate)"),
    ("kursi", "kursi", 1, "Kursi", "Seats"),
    ("suara_sah", "suara", 1, "Suara sah", "Valid votes"),
    ("suara_tidak_sah", "suara", 1, "Suara tidak sah", "Invalid votes"),
    ("suara_total", "suara", 1, "Suara sah dan tidak sah", "Valid and invalid votes"),
    ("pengguna", "pemilih", 1, "Pengguna hak pilih", "Voters who voted"),
    ("pengguna_dpt", "pemilih", 1, "Pengguna hak pilih dalam DPT", "Voters who voted, on the roll (DPT)"),
    ("pengguna_dptb", "pemilih", 1, "Pengguna hak pilih dalam DPTb", "Voters who voted, moved in (DPTb)"),
    ("pengguna_dpk", "pemilih", 1, "Pengguna hak pilih dalam DPK", "Voters who voted, special roll (DPK)"),
    ("pengguna_dpph", "pemilih", 1, "Pengguna hak pilih pindah memilih (DPPh)", "Voters who voted, moved (DPPh)"),
    ("pemilih_dpt", "pemilih", 1, "Pemilih dalam DPT", "Voters on the roll (DPT)"),
    ("pemilih_dpt_l", "pemilih", 1, "Pemilih laki-laki dalam DPT", "Men on the roll (DPT)"),
    ("pemilih_dpt_p", "pemilih", 1, "Pemilih perempuan dalam DPT", "Women on the roll (DPT)"),
    ("pemilih_dpt_dn", "pemilih", 0, "Pemilih DPT dalam negeri", "Voters on the roll at home"),
    ("pemilih_dpt_ln", "pemilih", 0, "Pemilih DPT luar negeri", "Voters on the roll abroad"),
    ("pemilih_dptb", "pemilih", 1, "Pemilih dalam DPTb", "Voters moved in (DPTb)"),
    ("pemilih_dpk", "pemilih", 1, "Pemilih dalam DPK", "Voters on the special roll (DPK)"),
    ("pemilih_dpktb", "pemilih", 1, "Pemilih dalam DPKTb", "Voters on the additional special roll (DPKTb)"),
    ("pemilih_dpt_dpk", "pemilih", 1, "Pemilih dalam DPT dan DPK", "Voters on DPT and DPK"),
    ("pemilih_dps", "pemilih", 1, "Pemilih dalam DPS", "Voters on the provisional roll (DPS)"),
    ("pemilih_terdaftar", "pemilih", 1, "Pemilih terdaftar", "Registered voters"),
    ("pemilih_terdaftar_l", "pemilih", 1, "Pemilih terdaftar laki-laki", "Registered men"),
    ("pemilih_terdaftar_p", "pemilih", 1, "Pemilih terdaftar perempuan", "Registered women"),
    ("pemilih_semua_daftar", "pemilih", 1, "Pemilih dalam semua daftar", "Voters on all lists"),
    ("pemilih_umur", "pemilih", 0, "Pemilih menurut kelompok umur, kelompok kecil digabung", "Voters by age band, small bands merged"),
    ("pemilih_disabilitas", "pemilih", 0, "Pemilih menurut disabilitas, kelompok kecil digabung", "Voters by disability, small groups merged"),
    ("tidak_memilih", "pemilih", 1, "Tidak menggunakan hak pilih", "Did not vote"),
    ("tidak_digunakan", "pemilih", 1, "Hak pilih tidak digunakan, sebagaimana dicetak", "Not used, as printed"),
    ("surat_suara_diterima", "lembar", 1, "Surat suara diterima", "Ballot papers received"),
    ("surat_suara_digunakan", "lembar", 1, "Surat suara digunakan", "Ballot papers used"),
    ("tps", "TPS", 1, "Jumlah TPS", "Polling stations"),
    ("tps_masuk", "TPS", 1, "TPS yang datanya masuk", "Polling stations reported"),
    ("tps_dn", "TPS", 0, "TPS dalam negeri", "Polling stations at home"),
    ("tps_ln", "TPS", 0, "TPS, KSK dan pos luar negeri", "Stations, boxes and post abroad"),
    ("jumlah_kabupaten", "wilayah", 0, "Jumlah kabupaten/kota", "Regencies and cities"),
    ("jumlah_kecamatan", "wilayah", 0, "Jumlah kecamatan", "Districts"),
    ("jumlah_desa", "wilayah", 0, "Jumlah desa/kelurahan", "Villages"),
    ("partisipasi_bp", "0,01 %", 0, "Partisipasi, sebagaimana dicetak", "Turnout, as printed"),
    ("tidak_sah_bp", "0,01 %", 0, "Bagian suara tidak sah, sebagaimana dicetak", "Share of invalid votes, as printed"),
    ("diselenggarakan", "1", 0, "Pemilihan diselenggarakan di sini", "The election was held here"),
    ("jumlah_pemilihan", "pemilihan", 0, "Jumlah pemilihan", "Elections held"),
    ("jumlah_pemilihan_provinsi", "pemilihan", 0, "Jumlah pemilihan gubernur", "Governor elections"),
    ("jumlah_pemilihan_kabupaten", "pemilihan", 0, "Jumlah pemilihan bupati", "Regent elections"),
    ("jumlah_pemilihan_kota", "pemilihan", 0, "Jumlah pemilihan wali kota", "Mayor elections"),
    ("jumlah_paslon_gubernur", "paslon", 0, "Jumlah paslon gubernur", "Pairs for governor"),
    ("jumlah_paslon_bupati", "paslon", 0, "Jumlah paslon bupati", "Pairs for regent"),
    ("jumlah_paslon_walikota", "paslon", 0, "Jumlah paslon wali kota", "Pairs for mayor"),
]
STANDING = ("keputusan", "pleno", "sistem", "masyarakat", "pers", "daftar")


# ---------------------------------------------------------------- names to codes

def plain(name):
    """A name as it is compared: capitals, no punctuation, no words that come and go."""
    n = re.sub(r"[^A-Z0-9 ]", " ", name.upper().replace("'", ""))
    n = re.sub(r"^ *(KABUPATEN|KAB|PROVINSI|PROPINSI) ", " ", n)
    return re.sub(r" +", "", n)


PROVINCE_ALIAS = [  # one province, its spellings
    ("BANGKABELITUNG", "KEPULAUANBANGKABELITUNG"),
    ("DIYOGYAKARTA", "DAERAHISTIMEWAYOGYAKARTA", "DAERAHISIMEWAYOGYAKARTA", "YOGYAKARTA"),
    ("DKIJAKARTA", "DAERAHKHUSUSIBUKOTAJAKARTA", "DAERAHKHUSUSJAKARTA", "JAKARTA"),
    ("ACEH", "NANGGROEACEHDARUSSALAM", "DAERAHISTIMEWAACEH"),
]
# old or other spellings: plain form -> plain form in the tree (either way round is tried)
KAB_ALIAS = [
    ("TOBASAMOSIR", "TOBA"), ("PAHUWATO", "POHUWATO"), ("MALUKUTENGGARABARAT", "KEPULAUANTANIMBAR"),
    ("MAMUJUUTARA", "PASANGKAYU"), ("SAWAHLUNTOSIJUNJUNG", "SIJUNJUNG"), ("PONTIANAK", "MEMPAWAH"),
    ("KOTAPADANGSIDIMPUAN", "KOTAPADANGSIDEMPUAN"), ("LABUHANBATU", "LABUHANBATU"), ("SELAYAR", "KEPULAUANSELAYAR"),
    ("LIMAPULUHKOTA", "LIMAPULUHKOTO"), ("LIMAPULUHKOTA", "50KOTA"), ("KOTABANJARBARU", "KOTABANJARBARU"), ("FAKFAK", "FAKFAK"),
    ("SIAUTAGULANDANGBIARO", "KEPULAUANSIAUTAGULANDANGBIARO"), ("TALAUD", "KEPULAUANTALAUD"), ("SANGIHE", "KEPULAUANSANGIHE"),
    ("PANGKAJENEDANKEPULAUAN", "PANGKAJENEKEPULAUAN"), ("PANGKEP", "PANGKAJENEKEPULAUAN"),
    ("YAPENWAROPEN", "KEPULAUANYAPEN"), ("TOJOUNAUNA", "TOJOUNAUNA"), ("KEPULAUANSERIBU", "ADMKEPSERIBU"),
    ("KARANGASEM", "KARANGASEM"), ("MENTAWAI", "KEPULAUANMENTAWAI"), ("BATUBARA", "BATUBARA"),
    ("KEPULAUANSERIBU", "ADMINISTRASIKEPULAUANSERIBU"), ("MUKOMUKO", "MUKOMUKO"),
] + [("KOTAJAKARTA" + s, a + "JAKARTA" + s) for s in ("PUSAT", "UTARA", "BARAT", "SELATAN", "TIMUR")
     for a in ("", "KOTAADMINISTRASI", "KOTAADM")]


class Tree:
    """One election's regions: code -> (parent, name, level)."""

    def __init__(self, name, basis):
        self.name, self.basis, self.node, self.file = name, basis, OrderedDict([("0", ("", "INDONESIA", 0))]), None
        self.by_name, self.extra = defaultdict(list), []

    def add(self, code, parent, name, level):
        if code in self.node:
            raise SystemExit("tree %s: code %s twice" % (self.name, code))
        self.node[code] = (parent, name, level)
        self.by_name[(parent, plain(name))].append(code)

    def find(self, parent, name):
        """Code of the child of that name, or None."""
        wanted = plain(name)
        tries = [wanted]
        for group in PROVINCE_ALIAS if parent == "0" else []:
            tries += group if wanted in group else ()
        for a, b in KAB_ALIAS if parent != "0" else []:
            tries += [b] if wanted == a else [a] if wanted == b else []
        for t in tries:
            found = self.by_name.get((parent, t), [])
            if len(found) == 1:
                return found[0]
            if len(found) > 1:
                raise SystemExit("tree %s: %d regions named %s below %s" % (self.name, len(found), name, parent))
        return None


class Archive:
    def __init__(self):
        self.source, self.series, self.figures = OrderedDict(), OrderedDict(), []
        self.choice, self.seen = OrderedDict(), {}
        self.trees = {}

    def src(self, text):
        return self.source.setdefault(text, len(self.source) + 1)

    def seri(self, pemilu, kontes, part, standing, number="", name="", licence="fakta", whole="", ref=("", "", ""), note=""):
        assert standing in STANDING
        key = "%s-%s-%s" % (pemilu, kontes, part)
        self.series.setdefault(key, dict(seri=key, pemilu=pemilu, kontes=kontes, kedudukan=standing, nomor=number,
                                         nama=name, bagian=whole, lisensi=licence, acuan=ref[0], acuan_tingkat=ref[1],
                                         acuan_jumlah=ref[2], catatan=note))
        return key

    def add(self, seri, region, butir, choice, value, source, note=""):
        key = (seri, region, butir, choice)
        if key in self.seen:
            if self.seen[key] == str(value):
                return True
            return False
        self.seen[key] = str(value)
        self.figures.append((seri, region, butir, choice, str(value), self.src(source), note))
        return True

    def name_choice(self, pemilu, kontes, scope, code, number, name, party=""):
        self.choice.setdefault((pemilu, kontes, scope, code), (number, name, party))


# ---------------------------------------------------------------- trees

def law_date(row):
    """The date of a law, or the middle of its year where only the year is known ('' = unknown)."""
    if row["date"]:
        return row["date"]
    m = re.search(r"/(\d{4})$", row["law"])
    return m.group(1) + "-07-01" if m else ""


def derived_tree(name, date, kab, prov, crosswalk):
    """The tree on a date, from today's list minus what was created later, with the renames undone."""
    t = Tree(name, "diturunkan dari crosswalk pada " + date)
    later = [r for r in crosswalk if law_date(r) > date]
    born = {r["child_code"]: r["parent_code"] for r in later if r["child_code"] != r["parent_code"]}
    old = {}
    for r in sorted(later, key=law_date, reverse=True):
        if r["child_code"] == r["parent_code"]:
            old[r["child_code"]] = r["parent"]
    def province(code):
        while code in born:
            code = born[code]
        return code
    for c, n in prov:
        if c not in born:
            t.add(c, "0", re.sub(r"^Prov?pinsi |^Provinsi |^Propinsi ", "", old.get(c, n)), 1)
    if date < "1999-10-19":
        t.add("54", "0", "Timor Timur", 1)
    t.add("99", "0", "LUAR NEGERI", 1)
    for c, n in kab:
        if c not in born:
            t.add(c, province(c[:2]), re.sub(r"^Kabupaten ", "", old.get(c, n)), 2)
    return t


def trees(src, root, a):
    crosswalk = rows_of(os.path.join(src, "arsip/crosswalk.csv"))
    kem = rows_of(os.path.join(src, "wilayah/wilayah-kemendagri-2025.csv"))
    prov = [(r["code"], r["name"]) for r in kem if r["level"] == "1"]
    kab = [(r["code"].replace(".", ""), r["name"]) for r in kem if r["level"] == "2"]
    check("Kemendagri 2025: provinces, kabupaten/kota", (len(prov), len(kab)), (38, 514))
    seen = {}
    for p, date, _, tree, *_ in PEMILU:
        seen.setdefault(tree, date)
    for tree, date in seen.items():
        if tree not in ("2014", "2019", "2024"):
            a.trees[tree] = derived_tree(tree, date, kab, prov, crosswalk)
    a.trees["2024"] = Tree("2024", "KPU 2024")
    a.trees["2024"].file = "../pemilu2024/wilayah.csv.zst"
    a.trees["2019"] = Tree("2019", "KPU 2019 (KawalPemilu)")
    a.trees["2019"].file = "../pemilu2019/wilayah.csv.zst"
    for name in ("2019", "2024"):
        for r in rows_of(os.path.join(root, "data/pemilu%s/wilayah.csv.zst" % name)):
            a.trees[name].add(r["kode"], r["induk"] or "0", r["nama"], int(r["tingkat"]))
    t = a.trees["2014"] = Tree("2014", "KPU 2014 (KawalPemilu); Kalimantan Barat dari Kemendagri")
    for r in rows_of(os.path.join(src, "pemilu2014/wilayah-2014-no-kalbar.csv.gz")):
        if r["level"] != "0":
            t.add(r["id"], r["parent"], r["nama"], int(r["level"]))
    t.add("KDN61", "0", "KALIMANTAN BARAT", 1)
    for c, n in kab:
        if c.startswith("61"):
            t.add("KDN" + c, "KDN61", re.sub("^KABUPATEN ", "", n.upper()), 2)
    t.add("LN", "0", "LUAR NEGERI", 1)
    return crosswalk, kab


def concordance(src, a):
    """Codes of one kab/kota in each list; kode_kpu_2014 is matched by name below."""
    rows, t, missing = [], a.trees["2014"], []
    prov14 = {}
    for r in rows_of(os.path.join(src, "arsip/codes-kabkota.csv")):
        p24 = r["kode_kpu_2024"][:2]
        old = {"65": "64", "93": "91", "94": "91", "95": "91", "96": "92"}.get(p24, p24)
        if old not in prov14:
            name = a.trees["2024"].node[old][1]
            prov14[old] = t.find("0", name)
            if not prov14[old]:
                raise SystemExit("2014 has no province " + name)
        code = t.find(prov14[old], r["nama_kpu_2024"]) or t.find(prov14[old], r["nama"])
        if not code:
            missing.append(r["kode_kemendagri_2025"] + " " + r["nama"])
        r["kode_kpu_2014"] = code or ""
        rows.append(r)
    used = [r["kode_kpu_2014"] for r in rows if r["kode_kpu_2014"]]
    check("2014 codes are used once", len(used), len(set(used)))
    kab14 = [c for c, n in t.node.items() if n[2] == 2 and not c.startswith("LN")]
    left = [c + " " + t.node[c][1] for c in kab14 if c not in set(used)]
    print("      kab/kota of the list that 2014's tree lacks: %d: %s" % (len(missing), "; ".join(missing)))
    check("kab/kota of 2014 without a code of 2025", left, [])
    return rows


def load(src, root):
    a = Archive()
    crosswalk, kab = trees(src, root, a)
    codes = concordance(src, a)
    return a, crosswalk, codes


# ---------------------------------------------------------------- figures

DECREES = {  # series of the national file: (year, election): part, standing, number, name
    ("1999", "DPR"): ("kpu", "pers", "", "Hasil Pemilu 1999 menurut KPU, sebagaimana dimuat KPU Seluma"),
    ("2004", "DPR"): ("kpu", "pers", "", "Hasil Pemilu 2004 menurut pers"),
    ("2004", "PPWP-1"): ("tempo", "pers", "", "Putaran I menurut Tempo"),
    ("2004", "PPWP-2"): ("keputusan", "keputusan", "KPU SK 98/2004", "Keputusan KPU"),
    ("2009", "DPR"): ("pers", "pers", "", "Hasil Pemilu 2009 menurut pers"),
    ("2009", "PPWP"): ("keputusan", "keputusan", "KPU 265/KPTS/KPU/2009", "Keputusan KPU"),
    ("2014", "DPR"): ("keputusan", "keputusan", "KPU 411/Kpts/KPU/2014", "Keputusan KPU"),
    ("2014", "PPWP"): ("keputusan", "keputusan", "KPU 535/Kpts/KPU/2014", "Keputusan KPU"),
    ("2019", "DPR"): ("keputusan", "keputusan", "KPU 987/PL.01.8-KPT/06/KPU/V/2019", "Keputusan KPU"),
    ("2019", "PPWP"): ("keputusan", "keputusan", "KPU 987/PL.01.8-KPT/06/KPU/V/2019", "Rekapitulasi nasional (DC1)"),
    ("2024", "PPWP"): ("keputusan", "keputusan", "KPU 360/2024", "Keputusan KPU"),
    ("2024", "DPT"): ("penetapan", "keputusan", "", "DPT nasional yang ditetapkan KPU, 2 Juli 2023"),
}
PEMILU_OF = {
    ("1999", "DPR"): "pemilu1999", ("2004", "DPR"): "pileg2004", ("2004", "PPWP-1"): "ppwp2004-1",
    ("2004", "PPWP-2"): "ppwp2004-2", ("2009", "DPR"): "pileg2009", ("2009", "PPWP"): "ppwp2009",
    ("2014", "DPR"): "pileg2014", ("2014", "PPWP"): "ppwp2014", ("2014", "DPT"): "ppwp2014",
    ("2017", "PILGUB"): "pilkada2017", ("2017", "PILGUB-1"): "pilkada2017", ("2017", "PILGUB-2"): "pilkada2017-2",
    ("2018", "PILGUB"): "pilkada2018", ("2018", "PILKADA"): "pilkada2018", ("2019", "PPWP"): "pemilu2019",
    ("2019", "DPR"): "pemilu2019", ("2019", "DPT"): "pemilu2019", ("2019", "DPS"): "pemilu2019",
    ("2020", "PILGUB"): "pilkada2020", ("2020", "PILKADA"): "pilkada2020", ("2024", "PPWP"): "pemilu2024",
    ("2024", "DPR"): "pemilu2024", ("2024", "DPT"): "pemilu2024", ("2024", "DPT PILKADA"): "pilkada2024",
    ("2024", "PILGUB"): "pilkada2024", ("2024", "PILBUP/PILWALI"): "pilkada2024",
}
CONTEST_OF = {"DPR": "dpr", "PPWP": "ppwp", "PPWP-1": "ppwp", "PPWP-2": "ppwp", "DPT": "dpt", "DPS": "dpt", "DPT PILKADA": "dpt",
              "PILGUB": "pkwkp", "PILGUB-1": "pkwkp", "PILGUB-2": "pkwkp", "PILKADA": "pkwkk", "PILBUP/PILWALI": "pkwkk"}
SYSTEM = {"SIREKAP": "Sirekap", "SITUNG": "Situng", "DB1": "scan DB1", "TNP": "Tabulasi Nasional Pemilu", "SIREKAP, final": "Sirekap"}
TREE_OF = {p: tree for p, _, _, tree, *_ in PEMILU}


def split_scope(scope):
    """(kind, name, parent's name, qualifier) of a published scope."""
    if scope.startswith("DAPIL:"):
        return "dapil", scope[6:].split(" ")[0], "", ""
    if scope.startswith("KAB:"):
        name, prov = scope[4:].rsplit(", ", 1)
        return "kab", name, prov, ""
    m = re.match(r"(nasional)(?: \((.*)\))?$", scope)
    if m:
        return "nation", "", "", m.group(2) or ""
    return "prov", scope, "", ""


def region(a, pemilu, scope):
    kind, name, prov, _ = split_scope(scope)
    t = a.trees[TREE_OF[pemilu]]
    if kind == "nation":
        return "0"
    if kind == "dapil":
        return "dapil:" + name
    m = re.search(r" PPLN (-\d+)$", name)
    if m and m.group(1) in t.node:
        return m.group(1)
    p = t.find("0", prov if kind == "kab" else name)
    code = t.find(p, name) if p and kind == "kab" else p
    if not code and p and prov == "LUAR NEGERI":  # a city abroad that the tree does not have
        code = "LN-" + slug(name).upper()
        t.add(code, p, name, 2)
        t.extra.append(code)
    if not code:
        raise SystemExit("%s: no region for %r" % (pemilu, scope))
    return code


def slug(text):
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")


def choice_code(a, pemilu, kontes, area, name):
    if not name:
        return ""
    if kontes == "ppwp":
        n = PAIRS[pemilu].index(name) + 1
        a.name_choice(pemilu, kontes, "", str(n), n, name)
        return str(n)
    if kontes == "dpr":
        if name == "27 partai tanpa kursi":
            a.name_choice(pemilu, kontes, "", name, "", name)
            return name
        a.name_choice(pemilu, kontes, "", name, "", name)
        return name
    scope = area
    t = a.trees[TREE_OF[pemilu]]
    while kontes == "pkwkp" and t.node[scope][2] > 1:
        scope = t.node[scope][0]
    name = name.replace("\xa0", " ")
    m = re.match(r"(\d+) (.*)", name)
    if m:
        a.name_choice(pemilu, kontes, scope, m.group(1), m.group(1), m.group(2))
        return m.group(1)
    for (p, k, s, c), (_, known, _) in a.choice.items():
        if (p, k, s) == (pemilu, kontes, scope) and known == name:
            return c
    a.name_choice(pemilu, kontes, scope, name, "", name)
    return name


def value_of(kind, text):
    if kind in ("turnout_pct", "turnout_percent", "invalid_percent"):
        whole, _, frac = text.partition(".")
        assert len(frac) <= 2
        return str(int(whole) * 100 + int((frac + "00")[:2]))
    return str(int(text))


def published(src, a):
    """The three long files of published figures."""
    n = 0
    for file, national in (("resmi/official-totals-1999-2024.csv", True), ("arsip/presidential-areas.csv.zst", False),
                           ("arsip/legislative.csv", False)):
        for r in rows_of(os.path.join(src, file)):
            n += 1
            m = re.match(r"(.*?) \((.*)\)$", r["election"])
            election, system = (m.group(1), m.group(2)) if m else (r["election"], "")
            pemilu, kontes = PEMILU_OF[(r["year"], election)], CONTEST_OF[election]
            butir, apart = KINDS[r["kind"]]
            kind, _, _, qualifier = split_scope(r["scope"])
            code = region(a, pemilu, r["scope"])
            seri = series_for(a, r, national, pemilu, kontes, system, kind, qualifier, apart)
            value, choice = value_of(r["kind"], r["value"]), choice_code(a, pemilu, kontes, code, r["choice"])
            part = 1
            while not a.add(seri, code, butir, choice, value, r["source"], r["note"]):
                part += 1  # the same figure printed otherwise elsewhere: a series of its own
                base = a.series[seri]
                seri = a.seri(pemilu, kontes, "lain-%d-%s" % (part, slug(butir)), "pers", name="Cetakan lain: " + base["nama"])
    check("published rows taken", n, 408 + 15462 + 1211)


def series_for(a, r, national, pemilu, kontes, system, kind, qualifier, apart):
    apart = "-" + apart if apart else ""
    if system:
        return a.seri(pemilu, kontes, slug(system) + apart, "sistem", name=SYSTEM[system],
                      note="hitungan sistem, bukan keputusan")
    if "360/2024" in qualifier or "1050/2024" in qualifier:
        number = "KPU 360/2024" if "360/" in qualifier else "KPU 1050/2024"
        return a.seri(pemilu, kontes, "keputusan-" + re.search(r" (\d+)/", number).group(1), "keputusan", number, "Keputusan KPU")
    if qualifier:
        partial = "provinsi" in qualifier
        return a.seri(pemilu, kontes, slug(qualifier) + apart, "pleno" if partial else "pers", name=qualifier,
                      whole="sebagian" if partial else "", note="jumlah antara rapat pleno, belum seluruh wilayah" if partial else "")
    if "SK 79/2004" in r["source"]:
        return a.seri(pemilu, kontes, "keputusan", "keputusan", "KPU SK 79/2004", "Keputusan KPU")
    if national and (kind == "nation" or (r["year"], kontes) == ("2019", "ppwp")):
        if (r["year"], r["election"]) == ("2019", "PPWP") and kind == "nation":
            return a.seri(pemilu, kontes, "nasional-pers", "pers", name="Angka nasional menurut rumahpemilu.org")
        part, standing, number, name = DECREES[(r["year"], r["election"])]
        return a.seri(pemilu, kontes, part + apart, standing, number, name)
    if national:
        return a.seri(pemilu, kontes, "pers-provinsi", "pers", name="Per provinsi menurut pers, bukan keputusan KPU")
    if kontes == "dpr" and "pemiluAPI" in r["source"]:
        if r["kind"] == "choice":
            return a.seri(pemilu, kontes, "dapil", "sistem", name="Suara partai per dapil (pemiluAPI)",
                          note="tanpa nama keputusan di sumber; jumlah nasionalnya sama dengan KPU 411/2014")
        return a.seri(pemilu, "dpt", "pileg-provinsi", "daftar", name="DPT Pileg per provinsi (pemiluAPI)")
    if kontes == "dpt":
        return a.seri(pemilu, kontes, "pers" + apart, "pers", name="Jumlah pemilih menurut pers" + (" (%s)" % apart[1:] if apart else ""))
    if kontes == "dpr":
        return a.seri(pemilu, kontes, "pers-lain" + apart, "pers", name="Menurut pers" + (" (%s)" % apart[1:] if apart else ""))
    if kontes == "pkwkk":
        return a.seri(pemilu, kontes, "pers" + apart, "pers", name="Menurut pers")
    return a.seri(pemilu, kontes, "pleno" + apart, "pleno", name="Rapat pleno sebagaimana diberitakan pers" +
                  (" (%s)" % apart[1:] if apart else ""))


GITHUB = {
    "api": "github pemiluAPI/pemilu-data@c40bfc5248a3",
    "aswandi": "github aswandi/dashboard-data-pemilu-2024@d2b87fab85b4 suara-dpr-ri-value-percaleg.csv",
    "pilkada": "github razanfawwaz/pilkada-scrap@481f1a67480b src/pkwkp",
    "kp2014": "github kawalpemilu/kawalpemilu2014@a6c3720b16ff internal-backend/tps_indexes.in (repositori AGPL-3.0)",
    "db1": "github KNIGHTTH0R/pilpres2014@5ff98c6441cb db1.tsv",
    "kp2019": "github kawalpemilu/kawalpemilu2019-extract@b373cfc69fc0 c/*.json",
    "kp2024": "github kawalpemilu/kp24@7fe5e9751271 src/assets/tps2.json",
}


def dpr(src, a):
    """DPR per dapil and candidate, 2014 and 2024; party votes are candidate number 0."""
    for pemilu, file, seri, source, short in (
            ("pileg2014", "arsip/dpr-2014-dapil-caleg.csv", ("caleg", "sistem", "", "Suara partai dan calon per dapil (pemiluAPI)"),
             GITHUB["api"] + " calon/2014/dpr/calon-dpr.csv", None),
            ("pemilu2024", "dpr2024/dpr-2024-dapil-caleg.csv", ("caleg", "sistem", "", "Suara partai dan calon per dapil"),
             GITHUB["aswandi"], PARTY_2024)):
        s = a.seri(pemilu, "dpr", *seri, note="dari kumpulan pihak ketiga; selisih dengan keputusan di selisih.csv")
        total = 0
        for r in rows_of(os.path.join(src, file)):
            dapil = "9101" if r["dapil_kode"] == "#N/A" else r["dapil_kode"]
            party = short[r["partai"]] if short else r["partai"]
            code = "%s.%s" % (party, r["caleg_no"])
            a.name_choice(pemilu, "dpr", "", party, r["partai_no"], r["partai"])
            number, _, _ = a.choice[(pemilu, "dpr", "", party)]
            if number == "":
                a.choice[(pemilu, "dpr", "", party)] = (r["partai_no"], r["partai"], "")
            a.name_choice(pemilu, "dpr", "dapil:" + dapil, code, r["caleg_no"], r["caleg"], party)
            if not a.add(s, "dapil:" + dapil, "suara", code, r["suara"], source):
                raise SystemExit("dpr: %s %s twice" % (dapil, code))
            if r.get("terpilih") == "1":
                a.add(s, "dapil:" + dapil, "kursi", code, "1", source)
            total += int(r["suara"])
        if short:
            check("DPR 2024, votes of all candidates and parties", total, 151796539)
    return None


def dpr_2014_kab(src, a):
    s = a.seri("pileg2014", "dpr", "kabupaten", "sistem", name="Administrasi per kabupaten/kota (pemiluAPI)")
    cols = [("dpt", "pemilih_dpt"), ("dpt_l", "pemilih_dpt_l"), ("dpt_p", "pemilih_dpt_p"), ("dptb", "pemilih_dptb"),
            ("dpk", "pemilih_dpk"), ("dpktb", "pemilih_dpktb"), ("pemilih_total", "pemilih_semua_daftar"),
            ("pengguna_total", "pengguna"), ("surat_suara_diterima", "surat_suara_diterima"),
            ("surat_suara_digunakan", "surat_suara_digunakan"), ("suara_sah", "suara_sah"),
            ("suara_tidak_sah", "suara_tidak_sah"), ("suara_total", "suara_total")]
    t, n, twice = a.trees["2014"], 0, []
    slips = {  # rows that the source has under another province or spelling
        ("Kepulauan Riau", "Lampung Selatan"): ("Lampung", "Lampung Selatan", "di sumber di bawah Kepulauan Riau; L + P = DPT Lampung Selatan"),
        ("Nusa Tenggara Barat", "Lombok Tinur"): ("Nusa Tenggara Barat", "Lombok Timur", "di sumber tertulis Lombok Tinur"),
    }
    for r in rows_of(os.path.join(src, "arsip/dpr-2014-kabupaten.csv")):
        r["provinsi"], r["kabupaten"], note = slips.get((r["provinsi"], r["kabupaten"]), (r["provinsi"], r["kabupaten"], ""))
        p = t.find("0", r["provinsi"])
        code = p and t.find(p, r["kabupaten"])
        if (r["provinsi"], r["kabupaten"]) == ("Maluku Utara", "Kota Tual"):  # which it is not
            code, note = "X-KOTA-TUAL", "di sumber tertulis Kota Tual di bawah Maluku Utara; baris Halmahera Barat tidak ada"
            t.add(code, p, "KOTA TUAL (sebagaimana tertulis di bawah Maluku Utara)", 2)
            t.extra.append(code)
        if not code:
            raise SystemExit("dpr-2014-kabupaten: no region for %s, %s" % (r["kabupaten"], r["provinsi"]))
        for c, butir in cols:
            if r[c] != "" and not a.add(s, code, butir, "", r[c], r["source"], note):
                twice.append(r["kabupaten"])
        n += 1
    check("DPR 2014, kab/kota rows", (n, twice), (493, []))


def seats(src, a):
    pem = {"1999": "pemilu1999", "2004": "pileg2004", "2009": "pileg2009", "2014": "pileg2014", "2019": "pemilu2019", "2024": "pemilu2024"}
    for r in rows_of(os.path.join(src, "arsip/seats.csv")):
        pemilu = pem[r["year"]]
        kind, _, _, qualifier = split_scope(r["scope"])
        s = a.seri(pemilu, "dpr", "kursi" + ("-" + slug(qualifier) if qualifier else ""), "pers", name="Kursi DPR" +
                   (" (%s)" % qualifier if qualifier else ""))
        code = region(a, pemilu, r["scope"])
        if not a.add(s, code, "kursi", choice_code(a, pemilu, "dpr", code, r["party"]), r["seats"], r["source"]):
            s = a.seri(pemilu, "dpr", "kursi-lain", "pers", name="Kursi DPR, cetakan lain")
            if not a.add(s, code, "kursi", choice_code(a, pemilu, "dpr", code, r["party"]), r["seats"], r["source"]):
                raise SystemExit("seats: %s %s thrice" % (r["scope"], r["party"]))


def pilkada(src, a):
    """Governors 2024 per kecamatan; the level above, as published, is in the long file."""
    number = {(r["wilayah"], r["paslon_id"]): r["nomor_urut"] for r in rows_of(os.path.join(src, "pilkada2024/gubernur-paslon.csv"))}
    s = a.seri("pilkada2024", "pkwkp", "sirekap", "sistem")
    t, votes, seen = a.trees["2024"], 0, set()
    for r in rows_of(os.path.join(src, "pilkada2024/gubernur-kecamatan-20241128.csv")):
        code = r["kec_kode"]
        if code not in t.node:
            raise SystemExit("pilkada2024: no kecamatan " + code)
        if r["paslon_id"]:
            a.add(s, code, "suara", number[(r["kab_kode"][:2], r["paslon_id"])], r["suara"], GITHUB["pilkada"])
            votes += int(r["suara"])
        if code not in seen:
            seen.add(code)
            a.add(s, code, "tps", "", r["tps_total"], GITHUB["pilkada"])
            a.add(s, code, "tps_masuk", "", r["tps_masuk"], GITHUB["pilkada"])
    check("Pilkada 2024: kecamatan, votes", (len(seen), votes), (7199, 125547229))
    kab, votes = set(), 0
    for r in rows_of(os.path.join(src, "pilkada2024/gubernur-kabupaten-20241128.csv")):
        kab.add(r["kab_kode"])
        if r["paslon_id"]:
            if not a.add(s, r["kab_kode"], "suara", number[(r["prov_kode"], r["paslon_id"])], r["suara"], GITHUB["pilkada"]):
                raise SystemExit("pilkada2024: %s has two figures" % r["kab_kode"])
            votes += int(r["suara"])
    check("Pilkada 2024: kabupaten, votes", (len(kab), votes), (509, 125547229))


def roll_2014(src, a):
    s = a.seri("ppwp2014", "dpt", "tps", "daftar", name="Jumlah pemilih per TPS (KawalPemilu), tanpa Kalimantan Barat",
               whole="tanpa Kalimantan Barat", licence="fakta dari repositori AGPL-3.0", note="jumlah saja, tanpa jenis kelamin")
    n = total = 0
    t = a.trees["2014"]
    for r in rows_of(os.path.join(src, "pemilu2014/dpt-tps-2014-no-kalbar.csv.gz")):
        values = r["dpt_per_tps"].split()
        if int(r["n_tps"]) != len(values) or r["kel_id"] not in t.node:
            raise SystemExit("dpt 2014: desa " + r["kel_id"])
        for i, v in enumerate(values, 1):
            a.add(s, "%s-%03d" % (r["kel_id"], i), "pemilih_dpt", "", v, GITHUB["kp2014"])
            total += int(v)
        a.add(s, r["kel_id"], "pemilih_dpt", "", sum(map(int, values)), GITHUB["kp2014"])
        a.add(s, r["kel_id"], "tps", "", len(values), GITHUB["kp2014"])
        n += len(values)
    check("DPT 2014 without Kalbar: stations, voters", (n, total), (461018, 182401025))
    s = a.seri("ppwp2014", "dpt", "frame", "daftar", name="Jumlah TPS menurut daftar wilayah (KawalPemilu)",
               whole="tanpa Kalimantan Barat", licence="fakta dari repositori AGPL-3.0")
    for r in rows_of(os.path.join(src, "pemilu2014/wilayah-2014-no-kalbar.csv.gz")):
        if int(r["level"]) <= 3:
            a.add(s, r["id"], "tps", "", r["jumlah_tps"], GITHUB["kp2014"].replace("tps_indexes.in", "lokasi.csv"))


def db1_2014(src, a):
    s = a.seri("ppwp2014", "ppwp", "db1", "sistem")
    t, absent, bad, n = a.trees["2014"], 0, [], 0
    for r in rows_of(os.path.join(src, "pemilu2014/db1-kecamatan-20140717-no-kalbar.csv")):
        if r["suara"] == "-1":
            absent += 1
            continue
        code = t.find(r["kab_id"], r["kecamatan"])
        if not code:
            bad.append("%s, %s" % (r["kecamatan"], r["kab"]))
            continue
        n += 1
        if not a.add(s, code, "suara", {"prabowo-hatta": "1", "jokowi-jk": "2"}[r["paslon"]], r["suara"], GITHUB["db1"]):
            raise SystemExit("db1: %s twice" % r["kecamatan"])
    check("DB1 2014: rows with a figure, not in, without a region", (n, absent, bad), (6486, 7156, []))


def crowd_and_roll_2019(src, root, a):
    """Roll by sex as published per region; the crowd reading per kecamatan and above."""
    pub = a.seri("pemilu2019", "dpt", "wilayah", "daftar", name="DPT per wilayah sebagaimana diterbitkan (KawalPemilu)")
    tps = a.seri("pemilu2019", "dpt", "jumlah-tps", "daftar", name="DPT dijumlahkan dari TPS (provinsi, kabupaten/kota)",
                 ref=("data/pemilu2019/ppwp.csv.zst", "5", "808996"), note="angka TPS ada di berkas acuan")
    source = GITHUB["kp2019"]
    for r in rows_of(os.path.join(src, "pemilu2019/wilayah-2019.csv")):
        for sex in "lp":
            if r["dpt_%s_published" % sex] not in ("", "-1"):
                a.add(pub, r["id"], "pemilih_dpt_" + sex, "", r["dpt_%s_published" % sex], source)
            if int(r["level"]) <= 2 and r["dpt_%s_sum_tps" % sex] != "":
                a.add(tps, r["id"], "pemilih_dpt_" + sex, "", r["dpt_%s_sum_tps" % sex], source)
    situng = a.seri("pemilu2019", "ppwp", "situng", "sistem")
    a.series[situng].update(acuan="data/pemilu2019/ppwp.csv.zst", acuan_tingkat="5", acuan_jumlah="803012")
    crowd = a.seri("pemilu2019", "ppwp", "kawalpemilu", "masyarakat", name="Bacaan foto formulir oleh KawalPemilu",
                   note="dijumlahkan sampai kecamatan dari bacaan per TPS; TPS tanpa bacaan tidak ikut")
    sums, t = defaultdict(lambda: defaultdict(int)), a.trees["2019"]
    cols = [("kp_pas1", "suara", "1"), ("kp_pas2", "suara", "2"), ("kp_sah", "suara_sah", ""),
            ("kp_tidak_sah", "suara_tidak_sah", ""), ("kp_jumlah", "suara_total", "")]
    for r in rows_of(os.path.join(src, "pemilu2019/ppwp-tps.csv.zst")):
        where = ("0", r["prov_id"], r["kab_id"], r["kec_id"])
        filled = [(k[1:], int(r[k[0]])) for k in cols if r[k[0]] != ""]
        if filled:
            filled.append((("tps_masuk", ""), 1))
        for w in where:
            for k, v in filled:
                sums[w][k] += v
    for w, values in sums.items():
        if w not in t.node:
            raise SystemExit("kawalpemilu 2019: no region " + w)
        for (butir, choice), v in sorted(values.items()):
            a.add(crowd, w, butir, choice, v, source)
    nation = sums["0"]
    check("crowd reading 2019", [nation[k[1:]] for k in cols], [83577201, 67596172, 150874935, 3841279, 153696335])


def frame_2024(root, a):
    s = a.seri("pemilu2024", "dpt", "frame", "daftar", name="Jumlah TPS menurut daftar wilayah KPU (kp24)",
               ref=("data/pemilu2024/wilayah.csv.zst", "5", "820161"))
    t, n = a.trees["2024"], defaultdict(int)
    for r in rows_of(os.path.join(root, "data/pemilu2024/wilayah.csv.zst")):
        if r["tingkat"] != "4" or not r["nomor_tps"] or r["kode"].startswith("99"):
            continue
        k = 0
        for part in r["nomor_tps"].split(";"):
            lo, _, hi = part.split(" ")[-1].partition("-")
            k += int(hi or lo) - int(lo) + 1
        code = r["kode"]
        while code:
            n[code] += k
            code = t.node[code][0]
    for code, k in n.items():
        if code != "0" and t.node[code][2] <= 3:
            a.add(s, code, "tps", "", k, GITHUB["kp2024"])
    check("frame 2024: domestic stations", n["0"], 820161)
    sirekap = a.seri("pemilu2024", "ppwp", "sirekap", "sistem")
    a.series[sirekap].update(acuan="data/pemilu2024/ppwp.csv.zst", acuan_tingkat="5", acuan_jumlah="314211")


def everything(src, root):
    a, crosswalk, codes = load(src, root)
    published(src, a)
    dpr(src, a)
    dpr_2014_kab(src, a)
    seats(src, a)
    pilkada(src, a)
    roll_2014(src, a)
    db1_2014(src, a)
    crowd_and_roll_2019(src, root, a)
    frame_2024(root, a)
    return a, crosswalk, codes


# ---------------------------------------------------------------- what is expected

HELD = {  # contests that ran, by election: regions that voted, where it is known
    ("pilkada2015", "pkwkp"): (9, "UU 8/2015: sembilan provinsi"), ("pilkada2017", "pkwkp"): (7, "tujuh provinsi"),
    ("pilkada2017-2", "pkwkp"): (1, "DKI Jakarta"), ("pilkada2018", "pkwkp"): (17, "17 provinsi"),
    ("pilkada2020", "pkwkp"): (9, "sembilan provinsi"), ("pilkada2024", "pkwkp"): (37, "semua kecuali DI Yogyakarta"),
    ("pilkada2024", "pkwkk"): (508, "semua kecuali enam wilayah administrasi DKI Jakarta"),
    ("pilkada2020", "pkwkk"): (261, "224 kabupaten dan 37 kota"), ("pilkada2018", "pkwkk"): (154, "171 pemilihan, 17 di antaranya gubernur"),
}


def expected(a):
    """How many regions a complete series would have: per election, contest and level."""
    out = []
    for pemilu, _, _, tree, _, contests in PEMILU:
        t, n = a.trees[tree], defaultdict(int)
        for code, (_, name, level) in t.node.items():
            p = code
            while t.node[p][2] > 1:
                p = t.node[p][0]
            abroad = level > 0 and t.node[p][1] == "LUAR NEGERI"
            if not abroad and not code.startswith("X-"):
                n[level] += 1
        basis = t.basis
        for kontes in contests + ["dpt"]:
            for level in range(0, 6):
                count, why = n[level] or "", basis
                if tree == "2014" and level > 2:
                    count, why = "", "jumlah Kalimantan Barat tidak ada di sumber"
                if level == 5:
                    count, why = {"2019": (810159, "baris TPS dalam negeri pada data TPS 2019"),
                                  "2024": (820161, "frame KPU 2024, dalam negeri")}.get(tree, ("", ""))
                    if pemilu == "pilkada2024":
                        count, why = "", "TPS pilkada ditetapkan tersendiri"
                scope = CONTESTS[kontes][2]
                if (pemilu, kontes) in HELD and level >= scope:
                    held, held_why = HELD[(pemilu, kontes)]
                    count, why = (held, held_why) if level == scope else ("", "hanya sebagian wilayah")
                elif kontes.startswith("pkw") and level >= scope:
                    count, why = "", "jumlah pemilihan tidak dicatat"
                if level < scope:
                    continue
                out.append((pemilu, kontes, level, count, why if count != "" else why or "tidak diketahui"))
    return out


NOTES = {  # what is known of a difference: kind, series, region
    ("pilihan-sah", "pemilu1999-dpr-kpu", "0"): "PUDI dan PBN tercetak sama, 140980",
    ("pilihan-sah", "ppwp2004-1-ppwp-tempo", "0"): "salah cetak di sumber; SK KPU 79/2004 mencetak 118656868",
    ("pilihan-sah", "pileg2009-dpr-pers", "0"): "sebagaimana diterbitkan",
    ("seri", "pemilu2024-dpr-keputusan-1050", "0"): "keputusan kedua sesudah putusan Mahkamah Konstitusi",
    ("seri", "pemilu2019-ppwp-situng", "0"): "jumlah TPS Situng dan keputusan adalah dua seri",
}


# ---------------------------------------------------------------- files

class Out:
    def __init__(self, root):
        self.folder, self.raw, self.files = os.path.join(root, "data/arsip"), [], []
        os.makedirs(self.folder, exist_ok=True)

    def table(self, name, head, rows):
        text = io.StringIO()
        w = csv.writer(text, lineterminator="\n")
        w.writerow(head)
        w.writerows(rows)
        data = text.getvalue().encode()
        self.raw.append((name.removesuffix(".zst"), hashlib.sha256(data).hexdigest(), len(data), len(rows)))
        with open(os.path.join(self.folder, name), "wb") as f:
            if name.endswith(".zst"):
                subprocess.run(["zstd", "-19", "-T1", "-q", "-c"], input=data, stdout=f, check=True)
            else:
                f.write(data)
        self.files.append(name)


def figure_file(a, f):
    """Which file a figure stands in."""
    s = a.series[f[0]]
    if f[0] in ("ppwp2014-dpt-tps", "pemilu2019-dpt-wilayah", "pemilu2019-ppwp-kawalpemilu"):
        return "angka-" + f[0]
    if f[0].endswith("-dpr-caleg"):
        return "angka-" + f[0]
    return "angka-pilkada" if s["pemilu"].startswith("pilkada") else "angka-umum"


def write(src, a, crosswalk, codes, out):
    out.table("pemilu.csv", ["pemilu", "nama", "tanggal", "jenis", "pohon"],
              [(p, name, date, kind, tree) for p, date, kind, tree, name, _ in PEMILU])
    out.table("kontes.csv", ["pemilu", "kontes", "nama", "bentuk", "tingkat_pilihan"],
              [(p, k) + CONTESTS[k] for p, _, _, _, _, ks in PEMILU for k in ks + ["dpt"]])
    out.table("pohon.csv", ["pohon", "dasar", "kolom_kode", "berkas"],
              [(n, t.basis, {"2014": "kode_kpu_2014", "2019": "kode_kpu_2019", "2024": "kode_kpu_2024"}.get(n, "kode_kemendagri_2025"),
                t.file or "pohon-%s.csv%s" % (n, ".zst" if n == "2014" else "")) for n, t in sorted(a.trees.items())])
    for n, t in sorted(a.trees.items()):
        if not t.file:
            out.table("pohon-%s.csv%s" % (n, ".zst" if n == "2014" else ""), ["kode", "induk", "nama", "tingkat"],
                      [(c, p if p != "0" else "", name, level) for c, (p, name, level) in t.node.items() if c != "0"])
    out.table("pohon-tambahan.csv", ["pohon", "kode", "induk", "nama", "tingkat"],
              [(n, c, *t.node[c]) for n, t in sorted(a.trees.items()) for c in t.extra if t.file])
    dapil, members = [], []
    for year, pemilu in (("2009", "pileg2009"), ("2014", "pileg2014"), ("2019", "pemilu2019"), ("2024", "pemilu2024")):
        for r in rows_of(os.path.join(src, "arsip/dapil-%s.csv" % year)):
            dapil.append((pemilu, r["kode"], r["nama"], r["seats"], a.src(r["source"])))
            for m in filter(None, (x.strip() for x in r["kabupaten"].split(";"))):
                code = re.match(r"(\d{4}) (.*)", m)
                members.append((pemilu, r["kode"], code.group(1) if code else "", code.group(2) if code else m))
    out.table("dapil.csv", ["pemilu", "dapil", "nama", "kursi", "sumber"], dapil)
    out.table("dapil-wilayah.csv", ["pemilu", "dapil", "kode_kpu_2024", "nama"], members)
    check("seats of the dapil lists", [sum(int(d[3]) for d in dapil if d[0] == p) for p in ("pileg2009", "pileg2014", "pemilu2019", "pemilu2024")],
          [560, 560, 575, 580])
    out.table("pilihan.csv.zst", ["pemilu", "kontes", "lingkup", "pilihan", "nomor", "nama", "partai"],
              [k + v for k, v in a.choice.items()])
    cols = ["seri", "pemilu", "kontes", "kedudukan", "nomor", "nama", "bagian", "lisensi", "acuan", "acuan_tingkat", "acuan_jumlah", "catatan"]
    out.table("seri.csv", cols, [[s[c] for c in cols] for s in a.series.values()])
    out.table("butir.csv", ["butir", "satuan", "menjumlah", "nama_id", "nama_en"], BUTIR)
    out.table("harapan.csv", ["pemilu", "kontes", "tingkat", "jumlah", "dasar"], expected(a))
    out.table("crosswalk.csv", list(crosswalk[0]), [r.values() for r in crosswalk])
    order = ["kode_kemendagri_2025", "nama", "kode_kpu_2024", "nama_kpu_2024", "kode_kpu_2019", "kode_kpu_2014", "kode_bps_2020"]
    out.table("kode-kabkota.csv", order, [[r[c] for c in order] for r in codes])
    groups = OrderedDict()
    for f in a.figures:
        groups.setdefault(figure_file(a, f), []).append(f)
    for name, figures in groups.items():
        out.table(name + ".csv.zst", ["seri", "wilayah", "butir", "pilihan", "nilai", "sumber", "catatan"], figures)
    out.table("sumber.csv", ["sumber", "teks"], [(n, t) for t, n in a.source.items()])
    found = arsip_selisih.differences(a, CONTESTS, TREE_OF, [b[0] for b in BUTIR if b[2]], STANDING)
    out.table("selisih.csv.zst", ["jenis", "pemilu", "kontes", "seri_a", "seri_b", "wilayah", "butir", "pilihan", "nilai_a", "nilai_b",
                              "selisih", "catatan"], [d + (NOTES.get((d[0], d[3], d[5]), ""),) for d in found])
    return found


def golden(a, root):
    """Number and sum of the figures per series, butir and level: what every export must give."""
    n = defaultdict(lambda: [0, 0])
    for seri, region, butir, _, value, _, _ in a.figures:
        t = a.trees[TREE_OF[a.series[seri]["pemilu"]]]
        level = "6" if region.startswith("dapil:") else t.node[region][2] if region in t.node else 5
        cell = n[(seri, butir, str(level))]
        cell[0] += 1
        cell[1] += int(value)
    path = os.path.join(root, "tests/golden/arsip-jumlah.csv")
    with open(path, "w", newline="") as f:
        w = csv.writer(f, lineterminator="\n")
        w.writerow(["seri", "butir", "tingkat", "baris", "jumlah"])
        w.writerows(list(k) + v for k, v in sorted(n.items()))


def main(argv):
    if len(argv) != 3:
        raise SystemExit(__doc__)
    src, root = argv[1], argv[2]
    a, crosswalk, codes = everything(src, root)
    out = Out(root)
    found = write(src, a, crosswalk, codes, out)
    with open(os.path.join(src, "arsip/ODbL-1.0.md"), "rb") as f, open(os.path.join(out.folder, "ODbL-1.0.md"), "wb") as g:
        g.write(f.read())
    arsip_selisih.stated(found, check)
    golden(a, root)
    lines = []
    for name in sorted(out.files):
        with open(os.path.join(out.folder, name), "rb") as f:
            lines.append("%s  data/arsip/%s\n" % (hashlib.sha256(f.read()).hexdigest(), name))
    with open(os.path.join(out.folder, "SHA256SUMS"), "w") as f:
        f.writelines(lines)
    with open(os.path.join(out.folder, "SHA256SUMS.terurai"), "w") as f:
        f.writelines("%s  data/arsip/%s\n" % (h, n) for n, h, _, _ in sorted(out.raw))
    for n, _, size, rows in out.raw:
        print("%-40s %9d rows %10d bytes" % (n, rows, size))
    print("%d figures, %d differences; %d of %d checks agree" % (len(a.figures), len(found), sum(CHECKS), len(CHECKS)))
    return 0 if all(CHECKS) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv))
