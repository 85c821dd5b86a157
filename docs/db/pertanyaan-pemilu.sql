-- Questions to a counted election's database; every format gives the same answers.
-- 1. National votes.
SELECT kontes, pilihan, nama, suara FROM v_suara_nasional ORDER BY kontes, pilihan;
-- 2. Votes per province.
SELECT kontes, kode_wilayah, wilayah, pilihan, suara FROM v_suara_provinsi ORDER BY kontes, kode_wilayah, pilihan;
-- 3. Stations in, with votes, needing review.
SELECT kontes, kode_wilayah, tps_jumlah, tps_diterima, tps_masuk, tps_periksa FROM v_cakupan_provinsi ORDER BY kontes, kode_wilayah;
-- 4. Stations per broken rule.
SELECT kontes, aturan, berat, tps FROM v_temuan_aturan ORDER BY kontes, aturan;
-- 5. Official beside counted.
SELECT kontes, seri, kode_wilayah, kolom, resmi, hitung, selisih FROM v_banding ORDER BY kontes, seri, kode_wilayah, kolom;
-- 6. Forms with a blank in suara_sah.
SELECT count(*) AS kosong FROM formulir WHERE suara_sah IS NULL;
-- 7. Stations and regions.
SELECT tingkat, count(*) AS wilayah, sum(tps_jumlah) AS tps FROM wilayah GROUP BY tingkat ORDER BY tingkat;
