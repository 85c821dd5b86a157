-- Questions to the archive's database; every format gives the same answers (tests/cases/72-export-db.sh).
-- 1. How many figures has each series per kind and level, and what do they add up to?
SELECT s.kode AS seri, b.kode AS butir, a.tingkat, count(*) AS baris, sum(a.nilai) AS jumlah FROM angka a JOIN seri s ON s.id = a.seri_id JOIN butir b ON b.id = a.butir_id GROUP BY s.kode, b.kode, a.tingkat ORDER BY s.kode, b.kode, a.tingkat;
-- 2. National votes for president by decree, since 2004.
SELECT pemilu, seri, pilihan, suara FROM v_suara_nasional WHERE kontes = 'ppwp' AND kedudukan = 'keputusan' ORDER BY pemilu, seri, pilihan;
-- 3. Where do series of one contest differ nationally?
SELECT pemilu, kontes, seri_a, seri_b, butir, pilihan, nilai_a, nilai_b, selisih FROM v_selisih WHERE jenis = 'seri' AND wilayah = 'INDONESIA' ORDER BY pemilu, kontes, seri_a, seri_b, butir, pilihan;
-- 4. DPR 2024: votes of each party over all districts.
SELECT partai, sum(suara) AS suara, count(*) AS dapil FROM v_dpr_partai_dapil WHERE seri = 'pemilu2024-dpr-caleg' GROUP BY partai ORDER BY partai;
-- 5. What is missing?
SELECT pemilu, kontes, tingkat, keadaan, ada, seharusnya FROM v_cakupan WHERE keadaan <> 'lengkap' ORDER BY pemilu, kontes, tingkat;
-- 6. The roll of 2014 per province, from stations.
SELECT p.nama, count(*) AS tps, sum(a.nilai) AS pemilih FROM angka a JOIN seri s ON s.id = a.seri_id AND s.kode = 'ppwp2014-dpt-tps' JOIN wilayah d ON d.id = a.wilayah_id JOIN wilayah p ON p.id = d.provinsi_id WHERE a.tingkat = 5 GROUP BY p.nama ORDER BY p.nama;
-- 7. Seats of DPR, all published versions.
SELECT pemilu, seri, sum(kursi) AS kursi, count(*) AS partai FROM v_kursi GROUP BY pemilu, seri ORDER BY pemilu, seri;
-- 8. Which regencies came from Kabupaten Kampar?
SELECT anak, tanggal, dasar_hukum FROM crosswalk WHERE induk = 'Kabupaten Kampar' ORDER BY anak;
-- 9. How many tables, columns and views does the dictionary know?
SELECT tipe, count(*) AS n FROM kamus GROUP BY tipe ORDER BY tipe;
