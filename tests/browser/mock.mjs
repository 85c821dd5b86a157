// A stand-in for `rekap serve`, to work on web/ without it: the pages, /aset/ and docs/api/v1.md over an
// election in memory. Node's own modules only.
//   node mock.mjs [--port N] [--base-path /p] [--data DIR]... [--contest ppwp]
// Without --data it makes two small elections; with it, it counts the real ones (data/pemilu2019 ...).
// It prints its address. What it answers is computed here from scratch, so it is also a second opinion.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.join(path.dirname(fileURLToPath(import.meta.url)), '..', '..');
const web = path.join(root, 'web');
const TYPES = { '.html': 'text/html; charset=utf-8', '.css': 'text/css; charset=utf-8', '.js': 'text/javascript; charset=utf-8', '.svg': 'image/svg+xml' };
const LEVELS = ['nasional', 'provinsi', 'kabupaten', 'kecamatan', 'desa', 'tps'];
const SHOWN = ['suara_sah', 'suara_tidak_sah', 'suara_total'];
const standard = JSON.parse(readFileSync(path.join(root, 'contests', 'standar.json'), 'utf8'));

// ---- an election in memory ----

// regions: [{kode, induk, nama, tingkat, stations: [codes], jumlah}] parents first; forms: Map(code -> {name: n});
// official: rows of {kode, suara_x: n}.
function makeElection({ id, nama, tanggal, ts, contest, regions, forms, official }) {
  const fields = contest.medan;
  const choices = contest.pilihan.map((c) => ({ kode: c.kode, id: c.id ?? c.kode, nomor: c.nomor, nama: c.nama, warna: c.warna }));
  const rules = [...standard.aturan.filter((r) => !r.bentuk || r.bentuk.includes(contest.bentuk)), ...contest.aturan_tambahan];
  const nation = makeNode({ kode: '0', nama: 'INDONESIA', tingkat: 0 }, null);
  const byCode = new Map([['0', nation]]);
  for (const r of regions) {
    const up = byCode.get(r.induk || '0');
    const node = makeNode(r, up);
    up.children.push(node);
    byCode.set(r.kode, node);
  }
  function makeNode(r, up) {
    return { ...r, up, children: [], list: [], n: { jumlah: 0, diterima: 0, masuk: 0, periksa: 0 },
      medan: Object.fromEntries(fields.map((f) => [f, 0])), votes: Object.fromEntries(choices.map((c) => [c.kode, 0])), temuan: {} };
  }
  const chain = (node) => (node ? [...chain(node.up), node] : []);
  const listed = new Set([...byCode.values()].flatMap((n) => n.stations ?? []));
  for (const kode of forms.keys()) { // not in the tree's list: below the region whose code is its longest prefix
    if (listed.has(kode)) continue;
    let end = kode.length - 1;
    while (!byCode.has(kode.slice(0, end))) end--;
    (byCode.get(kode.slice(0, end)).stations ??= []).push(kode);
  }
  const stations = new Map();
  const all = [];
  let entry = 0;
  for (const node of byCode.values()) {
    for (const kode of node.stations ?? []) {
      const form = forms.get(kode) ?? null;
      const found = form ? check(form, fields, choices, contest, chain(node)) : [];
      const s = { kode, nama: `TPS ${kode.slice(-3)}`, node, form, found, entri: form ? ++entry : null };
      s.masuk = !!form && choices.some((c) => form[`suara_${c.kode}`] !== null);
      s.periksa = found.some((f) => f.berat !== 'I');
      stations.set(kode, s);
      node.list.push(s);
      for (const f of found) all.push({ s, f });
      for (const up of chain(node)) count(up, s);
    }
  }
  for (const node of byCode.values()) { // a number of stations that is declared without a list
    const extra = (node.jumlah ?? 0) - node.n.jumlah;
    if (extra > 0) for (const up of chain(node)) up.n.jumlah += extra;
  }
  function count(node, s) {
    node.n.jumlah++;
    if (!s.form) return;
    node.n.diterima++;
    if (s.masuk) node.n.masuk++;
    if (s.periksa) node.n.periksa++;
    for (const f of fields) node.medan[f] += s.form[f] ?? 0;
    for (const c of choices) node.votes[c.kode] += s.form[`suara_${c.kode}`] ?? 0;
    for (const f of new Set(s.found.map((x) => x.aturan))) node.temuan[f] = (node.temuan[f] ?? 0) + 1;
  }
  return { id, nama, tanggal, ts, contest, fields, choices, rules, byCode, stations, all, entries: entry + regions.length, chain, official: official ?? [] };
}

// A few of the rules, written by hand.
function check(form, fields, choices, contest, nodes) {
  const found = [];
  const abroad = nodes.some((n) => contest.luar_negeri.includes(n.kode));
  const has = (f) => form[f] !== null && form[f] !== undefined;
  const say = (aturan, berat, medan, harus, tertulis) => found.push({ aturan, berat, medan, harus, tertulis });
  const cells = choices.map((c) => `suara_${c.kode}`).filter(has);
  const sum = cells.reduce((a, f) => a + form[f], 0);
  if (has('suara_sah') && cells.length && sum !== form.suara_sah) say('R08', 'E', 'suara_sah', `= ${sum}`, form.suara_sah);
  if (SHOWN.every(has) && form.suara_sah + form.suara_tidak_sah !== form.suara_total) {
    say('R09', 'E', 'suara_total', `= ${form.suara_sah + form.suara_tidak_sah}`, form.suara_total);
  }
  if (has('suara_total') && has('pengguna_total_j') && form.suara_total !== form.pengguna_total_j) {
    say('R10', 'E', 'suara_total', `= ${form.pengguna_total_j}`, form.suara_total);
  }
  if (has('suara_total') && !abroad && form.suara_total > 300) say('R19', 'E', 'suara_total', '<= 300', form.suara_total);
  for (const f of cells) if (has('suara_sah') && form[f] > form.suara_sah) say('R20', 'E', f, `<= ${form.suara_sah}`, form[f]);
  return found;
}

// ---- what the API says ----

const regionHead = (n) => ({ kode: n.kode, nama: n.nama, tingkat: n.tingkat });
const pick = (m) => Object.fromEntries(SHOWN.filter((f) => f in m).map((f) => [f, m[f]]));

function region(e, node) {
  return {
    ...regionHead(node), jenis: LEVELS[node.tingkat], leluhur: e.chain(node.up).map(regionHead), entri: e.entries, ts: e.ts,
    tps: node.n, ...(node.foto ? { foto: node.foto } : {}), medan: node.medan, pilihan: e.choices.map((c) => ({ ...c, suara: node.votes[c.kode] })), temuan: node.temuan,
    anak: [...node.children.map((c) => ({ ...regionHead(c), tps: c.n, medan: pick(c.medan), pilihan: c.votes })),
      ...node.list.map((s) => ({ kode: s.kode, nama: s.nama, tingkat: 5, diterima: !!s.form, masuk: s.masuk, periksa: s.periksa, ...(s.reading ? { baca: s.reading.keadaan } : {}),
        medan: Object.fromEntries(SHOWN.filter((f) => e.fields.includes(f)).map((f) => [f, s.form?.[f] ?? null])),
        pilihan: Object.fromEntries(e.choices.map((c) => [c.kode, s.form?.[`suara_${c.kode}`] ?? null])),
        temuan: [...new Set(s.found.map((f) => f.aturan))] }))],
  };
}

function station(e, s) {
  return {
    kode: s.kode, nama: s.nama, leluhur: e.chain(s.node).map(regionHead), dapil: null,
    keadaan: s.masuk ? 'masuk' : s.form ? 'diterima' : 'kosong', periksa: s.periksa, ts: s.form ? s.form.ts ?? e.ts : null, psu: null, generasi: 0, entri: s.entri,
    medan: Object.fromEntries(e.fields.map((f) => [f, s.form?.[f] ?? null])),
    pilihan: e.choices.map((c) => ({ ...c, suara: s.form?.[`suara_${c.kode}`] ?? null })),
    temuan: s.found.map((f) => ({ aturan: f.aturan, berat: f.berat, nama: e.rules.find((r) => r.id === f.aturan).nama, medan: f.medan, harus: f.harus, tertulis: f.tertulis })),
    foto: s.entri % 3 === 1 ? [`https://example.org/${s.kode}-1.jpg`, null, null] : [],
    ...(s.reading ? { baca: { keadaan: s.reading.keadaan, banding: s.reading.banding, menunggu: s.reading.menunggu, entri: s.reading.entri,
      foto: s.reading.foto.map((p) => p.berkas) } } : {}),
    riwayat: s.form ? [{ entri: s.entri, waktu: e.ts, peran: 'impor', sumber: `${e.contest.kode}.csv`, alasan: '' }] : [],
  };
}

// ---- photos ----

// What `rekap read --json` says of the photos in tests/golden/read, as the API shows it: one form, all in order.
const sample = JSON.parse(readFileSync(path.join(root, 'tests', 'browser', 'reading.json'), 'utf8'));
const sampleFiles = sample.foto.map((name) => readFileSync(path.join(root, 'tests', 'golden', 'read', name)));
const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');
const COPIES = new Map(sampleFiles.map((bytes) => [`${sha256(bytes)}.jpg`, bytes]));
const photoOf = (entri, i, more = {}) => ({ entri, halaman: i + 1, berkas: `foto/${sha256(sampleFiles[i])}.jpg`, salinan: sha256(sampleFiles[i]), ukuran: sampleFiles[i].length,
  asli: sha256(`original of photo ${i}`), hasil: 'read', halaman_terbaca: i + 1, dipakai: true, bertentangan: false, tanpa_kode: false, ...more });
const noCopy = (entri) => ({ entri, halaman: null, berkas: null, salinan: null, ukuran: null, asli: sha256('broken'), hasil: 'file', halaman_terbaca: null, dipakai: false, bertentangan: false, tanpa_kode: false });
const sampleForm = () => Object.fromEntries(sample.angka.map((f) => [f.medan, f.nilai]));

// One document (docs/api/v1.md, "Photos and readings") for each state a station can be in.
function makeReading(kode, keadaan, entri, banding = null) {
  const angka = structuredClone(sample.angka);
  const at = (medan) => angka.findIndex((f) => f.medan === medan);
  const set = (medan, more, box, boxMore) => Object.assign(Object.assign(angka[at(medan)], more).kotak[box], boxMore);
  let foto = [0, 1, 2].map((i) => photoOf(entri, i));
  let ragu = [];
  if (keadaan === 'dirujuk') {
    foto = [2, 0, 1].map((i) => photoOf(entri, i)); // as they came in
    for (const f of angka) f.foto = [1, 2, 0][f.foto];
    set('suara_100026', { status: 'refer', yakin: 6120, bulatan: 'conflict' }, 1, { yakin: 6130, bulatan: 2 });
    set('disabilitas_l', { status: 'refer', yakin: 8801 }, 2, { yakin: 8810 });
    ragu = [{ angka: at('suara_100026'), kotak: 1, ragu: 8214 }, { angka: at('disabilitas_l'), kotak: 2, ragu: 1190 }];
  }
  if (keadaan === 'tidak-sesuai') {
    set('suara_sah', { status: 'refer', nilai: 219 }, 2, { digit: 9 });
    for (const f of angka) if (/^suara_/.test(f.medan)) f.status = 'refer'; // each is in a sum that does not hold
    ragu = [{ angka: at('suara_sah'), kotak: 2, ragu: 4 }];
  }
  if (keadaan === 'ditolak') {
    foto = [photoOf(entri, 0, { hasil: 'dark', halaman_terbaca: null, dipakai: false }), noCopy(entri)];
    for (const f of angka) Object.assign(f, { foto: null, nilai: null, status: 'refuse', kotak: [] });
  }
  if (keadaan === 'diterima') foto = foto.map((p) => ({ ...p, hasil: null, halaman_terbaca: null, dipakai: false }));
  const read = keadaan !== 'diterima';
  return { kode, keadaan, banding, menunggu: !read, entri: read ? entri + 1 : null, foto, bacaan: !read ? null : {
    waktu: '2024-02-14 19:02:11', peran: 'pembaca', kunci: '9c5c47d4614ed0f5', alasan: '', bukti: [], pembaca: sample.pembaca, model: sample.model,
    formulir: sha256(readFileSync(path.join(root, 'forms', 'ppwp-2024.json'))), angka, ragu } };
}

// Photos came in from two villages below the first province.
function addPhotos(e) {
  const states = ['sesuai', 'dirujuk', 'tidak-sesuai', 'ditolak', 'diterima', 'tidak-sesuai'];
  const some = [...e.stations.values()].slice(0, states.length);
  for (const node of e.byCode.values()) node.foto = { diterima: 0, dibaca: 0, ditolak: 0, dirujuk: 0, sesuai: 0, tidak_sesuai: 0, beda: 0 };
  some.forEach((s, i) => {
    s.reading = makeReading(s.kode, states[i], e.entries, s.form && states[i] === 'tidak-sesuai' ? 'beda' : null);
    e.entries += s.reading.entri ? 2 : 1;
    for (const up of e.chain(s.node)) {
      up.foto.diterima++;
      if (['dirujuk', 'sesuai', 'tidak-sesuai'].includes(states[i])) up.foto.dibaca++;
      if (states[i] !== 'diterima') up.foto[states[i].replace('-', '_')]++;
      if (s.reading.banding === 'beda') up.foto.beda++;
    }
  });
  return e;
}

const below = (e, kode) => (s) => !kode || kode === '0' || e.chain(s.node).some((n) => n.kode === kode);
const pathOf = (e, node) => e.chain(node).filter((n) => n.tingkat > 0).map((n) => n.nama).join(' / ');

function findings(e, q) {
  const inside = below(e, q.get('wilayah'));
  const here = e.all.filter(({ s }) => inside(s));
  const per = {};
  for (const { f } of here) per[f.aturan] = (per[f.aturan] ?? 0) + 1;
  const wanted = here.filter(({ f }) => !q.get('aturan') || f.aturan === q.get('aturan'));
  const from = Number(q.get('mulai') ?? 0);
  const many = Number(q.get('banyak') ?? 100);
  return { jumlah: wanted.length, mulai: from, banyak: many, per_aturan: per, temuan: wanted.slice(from, from + many).map(({ s, f }) => ({
    tps: s.kode, nama: s.nama, jalur: pathOf(e, s.node), aturan: f.aturan, berat: f.berat, medan: f.medan, harus: f.harus, tertulis: f.tertulis })) };
}

function comparison(e) {
  if (e.official.length === 0) return { seri: [] };
  const kolom = Object.keys(e.official[0]).filter((k) => k !== 'kode');
  return { seri: [{ nama: 'resmi', entri: e.entries, kolom, baris: e.official.map((o) => {
    const node = e.byCode.get(o.kode);
    const resmi = kolom.map((k) => o[k]);
    const hitung = kolom.map((k) => node.votes[k.slice(6)]);
    return { kode: o.kode, nama: node.nama, resmi, hitung, selisih: hitung.map((v, i) => v - resmi[i]) };
  }) }] };
}

// Two pairs: the most votes win. More: half of the votes and a fifth in more than half of the provinces.
function outcome(e) {
  const abroad = (n) => e.contest.luar_negeri.includes(n.kode);
  const nation = e.byCode.get('0');
  const provinces = nation.children.filter((n) => !abroad(n));
  const work = (nama, jenis, votes, of, lengkap, tps) => {
    const all = e.choices.reduce((a, c) => a + votes[c.kode], 0);
    const pilihan = e.choices.map((c) => ({ kode: c.kode, nama: c.nama, suara: votes[c.kode], bp: all ? Math.round(votes[c.kode] * 10000 / all) : 0,
      lebih_setengah: votes[c.kode] * 2 > all,
      provinsi_seperlima: of.filter((v) => { const s = e.choices.reduce((a, x) => a + v[x.kode], 0); return s > 0 && v[c.kode] * 5 >= s; }).length }));
    const perlu = Math.floor(provinces.length / 2) + 1;
    const [first, second] = [...pilihan].sort((a, b) => b.suara - a.suara);
    const whole = e.choices.length === 2 || (first.lebih_setengah && first.provinsi_seperlima >= perlu);
    return { nama, jenis, entri: e.entries, lengkap, tps, provinsi: { jumlah: provinces.length, diketahui: of.length, perlu }, suara: all, pilihan,
      keputusan: !lengkap ? 'belum' : whole ? 'terpilih' : 'putaran-kedua', alasan: { id: 'Alasan.', en: 'Reason.' },
      siapa: !lengkap ? [] : whole ? [first.kode] : [first.kode, second.kode] };
  };
  const seri = [work('Hitungan formulir TPS', 'hitungan', nation.votes, provinces.filter((p) => p.n.masuk > 0).map((p) => p.votes), nation.n.masuk === nation.n.jumlah,
    { jumlah: nation.n.jumlah, masuk: nation.n.masuk, sebagian: 0 })];
  if (e.official.length) {
    const votes = (rows) => Object.fromEntries(e.choices.map((c) => [c.kode, rows.reduce((a, r) => a + r[`suara_${c.kode}`], 0)]));
    seri.push(work('resmi', 'resmi', votes(e.official), provinces.map((p) => e.official.find((o) => o.kode === p.kode)).filter(Boolean).map((o) => votes([o])), true, null));
  }
  return { kontes: e.contest.kode, nama: e.contest.nama, entri: e.entries, ts: e.ts, hukum: 'UUD 1945 pasal 6A', sebaran_bp: 2000, seri, partisipasi: null,
    tidak_sah: { bagian: nation.medan.suara_tidak_sah, seluruh: nation.medan.suara_sah + nation.medan.suara_tidak_sah, bp: 0, pembilang: 'suara_tidak_sah',
      penyebut: 'suara_sah + suara_tidak_sah', tps: nation.n.masuk } };
}

function search(e, q) {
  const text = q.get('q') ?? '';
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const hits = [];
  const add = (node) => hits.push({ ...regionHead(node), jalur: pathOf(e, node.up) });
  if (e.byCode.has(text)) add(e.byCode.get(text));
  const s = e.stations.get(text);
  if (s) hits.push({ kode: s.kode, nama: s.nama, tingkat: 5, jalur: pathOf(e, s.node) });
  for (const node of e.byCode.values()) {
    if (hits.length >= Number(q.get('banyak') ?? 20)) break;
    if (node.kode !== text && words.length && words.every((w) => node.nama.toLowerCase().includes(w))) add(node);
  }
  return { hasil: hits };
}

const head = (e) => ({ kode: e.contest.kode, nama: e.contest.nama, bentuk: e.contest.bentuk });

function answer(e, parts, q) {
  if (parts.length === 0) return { id: e.id, nama: e.nama, tanggal: e.tanggal, dasar: `/${e.id}`, entri: e.entries, ts: e.ts, kontes: [head(e)] };
  if (parts[0] === 'cari') return search(e, q);
  if (parts[0] === 'log' && parts.length === 1) return { asal: e.id, ukuran: 0, checkpoint: null, kuorum: null, saksi: [], kebijakan: null, kunci: [], bahaya: [], keluar: { diminta: 0, ditolak: 0, terakhir: [] } };
  if (parts[0] === 'residensi') return { pernyataan: [] };
  if (parts[0] === 'wilayah.csv') return 'kode,induk,nama,tingkat\n';
  if (parts[0] !== 'kontes' || parts[1] !== e.contest.kode) return null;
  const [, , what, code] = parts;
  if (!what) {
    return { ...head(e), medan: e.fields, pilihan: e.choices, dapil: [], banding: e.official.length ? [{ nama: 'resmi', entri: e.entries }] : [],
      aturan: e.rules.map((r) => ({ id: r.id, berat: r.berat, lingkup: r.lingkup ?? '', nama: r.nama, cek: r.cek })) };
  }
  if (what === 'wilayah') return e.byCode.has(code) ? region(e, e.byCode.get(code)) : null;
  if (what === 'tps' && parts[4] === 'baca') return e.stations.get(code)?.reading ?? null;
  if (what === 'tps') return e.stations.has(code) ? station(e, e.stations.get(code)) : null;
  if (what === 'temuan') return findings(e, q);
  if (what === 'banding') return comparison(e);
  if (what === 'hasil') return outcome(e);
  return what.endsWith('.csv') ? 'kode\n' : null;
}

// ---- serving ----

const CSP = "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; frame-ancestors 'none'";

export function serve(elections, { port = 0, prefix = '' } = {}) {
  const page = readFileSync(path.join(web, 'index.html'), 'utf8');
  const server = createServer((req, res) => {
    const url = new URL(req.url, 'http://x');
    const send = (status, type, body) => res.writeHead(status, { 'Content-Type': type, 'Content-Security-Policy': CSP, 'Cache-Control': 'no-cache' }).end(body);
    const json = (status, body) => send(status, 'application/json; charset=utf-8', JSON.stringify(body));
    const missing = () => json(404, { galat: { kode: 'not-found', pesan: 'not found' } });
    if (!url.pathname.startsWith(`${prefix}/`)) return missing();
    let parts = url.pathname.slice(prefix.length + 1).split('/').map(decodeURIComponent);
    if (parts[0] === 'aset') {
      const file = path.join(web, path.basename(parts[1] ?? ''));
      return TYPES[path.extname(file)] && existsSync(file) ? send(200, TYPES[path.extname(file)], readFileSync(file)) : missing();
    }
    if (url.pathname === `${prefix}/api/v1/pemilu`) {
      return json(200, { pemilu: elections.map((e, i) => ({ id: e.id, nama: e.nama, tanggal: e.tanggal, dasar: `/${e.id}`, utama: i === 0, kontes: [head(e)] })) });
    }
    let e = elections.find((x) => x.id === parts[0]);
    if (e) parts = parts.slice(1);
    else e = elections[0];
    if (parts[0] === 'api') {
      const body = answer(e, parts.slice(2).filter(Boolean), url.searchParams);
      if (body === null) return missing();
      return typeof body === 'string' ? send(200, 'text/csv; charset=utf-8', body) : json(200, body);
    }
    if (parts[0] === 'foto') return COPIES.has(parts[1]) ? send(200, 'image/jpeg', COPIES.get(parts[1])) : missing();
    if (!['', 'hasil', 'temuan', 'banding', 'catatan', 'unduh'].includes(parts[0] ?? '')) return missing();
    send(200, TYPES['.html'], page.replaceAll('{{P}}', prefix).replaceAll('{{PEMILU}}', e.id));
  });
  return new Promise((resolve) => server.listen(port, '127.0.0.1', () => resolve(server)));
}

// ---- the two small elections ----

function random(seed) { // xorshift32: the same election each time
  let x = seed;
  return (n) => {
    x ^= x << 13; x ^= x >>> 17; x ^= x << 5;
    return (x >>> 0) % n;
  };
}

const PROVINCES = ['ACEH', 'SUMATERA BARAT', 'DKI JAKARTA', 'JAWA BARAT', 'BALI', 'KALIMANTAN UTARA', 'MALUKU UTARA', 'PAPUA PEGUNUNGAN'];
const WORDS = ['SUKA MAJU', 'BANDAR BARU', 'CIKOLE', 'TANJUNG HARAPAN', 'KOTA LAMA', 'SUNGAI PENUH', 'GUNUNG SARI', 'MUARA TIGA'];

// What the reader passed counts; of the others nobody has entered anything, but for the last station.
function photographed(forms, village, stations) {
  const kept = village === 2 ? forms.get(stations[2]) ?? sampleForm() : null;
  for (const s of stations) forms.delete(s);
  if (village === 1) forms.set(stations[0], sampleForm());
  else forms.set(stations[2], kept);
}

function small(id, data, { codes, emptyProvinces, seed, photos = false }) {
  const contest = JSON.parse(readFileSync(path.join(data, 'kontes-ppwp.json'), 'utf8'));
  const rnd = random(seed);
  const regions = [];
  const forms = new Map();
  const add = (kode, induk, nama, tingkat, stations) => regions.push({ kode, induk, nama, tingkat, stations });
  PROVINCES.forEach((name, p) => {
    const prov = codes.province(p);
    add(prov, '', name, 1);
    for (let k = 1; k <= 2; k++) {
      const kab = codes.child(prov, k, 2);
      add(kab, prov, `${k === 1 ? 'KABUPATEN' : 'KOTA'} ${name} ${k}`, 2);
      for (let c = 1; c <= 2; c++) {
        const kec = codes.child(kab, c, 2);
        add(kec, kab, WORDS[rnd(WORDS.length)], 3);
        for (let d = 1; d <= 2; d++) {
          const desa = codes.child(kec, d, 4);
          const stations = [1, 2, 3].map((n) => codes.station(desa, n));
          add(desa, kec, `${WORDS[rnd(WORDS.length)]} ${d}`, 4, stations);
          if (!emptyProvinces.includes(p)) for (const s of stations) if (rnd(8) > 0) forms.set(s, makeForm(contest, rnd));
          if (photos && prov === codes.province(0) && k === 1 && c === 1) photographed(forms, d, stations);
        }
      }
    }
  });
  const official = id === 'pemilu2019' ? PROVINCES.map((_, p) => ({ kode: codes.province(p), suara_01: 1000 + rnd(500), suara_02: 1000 + rnd(500) })) : [];
  return makeElection({ id, nama: contest.nama, tanggal: id === 'pemilu2019' ? '2019-04-17' : '2024-02-14', ts: '2024-02-20 13:00:00', contest, regions, forms, official });
}

function makeForm(contest, rnd) {
  const form = Object.fromEntries(contest.medan.map((f) => [f, null]));
  const cells = contest.pilihan.map((c) => `suara_${c.kode}`);
  for (const c of cells) form[c] = rnd(90);
  if (rnd(12) === 0) for (const c of cells) form[c] = null; // a form without votes
  const sum = cells.reduce((a, c) => a + (form[c] ?? 0), 0);
  form.suara_sah = rnd(10) === 0 ? sum + rnd(9) + 1 : sum;
  form.suara_tidak_sah = rnd(8);
  form.suara_total = rnd(14) === 0 ? null : form.suara_sah + form.suara_tidak_sah + (rnd(10) === 0 ? 100 : 0);
  form.pemilih_dpt_l = 100 + rnd(40);
  form.pemilih_dpt_p = 100 + rnd(40);
  if ('pengguna_total_j' in form) {
    form.pemilih_dpt_j = form.pemilih_dpt_l + form.pemilih_dpt_p;
    form.pengguna_dpt_j = form.suara_total;
    form.pengguna_dptb_j = 0;
    form.pengguna_total_j = form.suara_total;
  }
  return form;
}

export const smallElections = () => [
  small('pemilu2019', path.join(root, 'data', 'pemilu2019'), { seed: 2019, emptyProvinces: [6],
    codes: { province: (p) => (p === 7 ? '-99' : String(1 + p * 6727)), child: (up, n) => `${up}${n}`, station: (desa, n) => `${desa}-00${n}` } }),
  addPhotos(small('pemilu2024', path.join(root, 'data', 'pemilu2024'), { seed: 2024, emptyProvinces: [3, 5], photos: true,
    codes: { province: (p) => String(11 + p), child: (up, n, digits) => up + String(n).padStart(digits, '0'), station: (desa, n) => `${desa}00${n}` } })),
];

// ---- the real ones ----

function rows(file) {
  const text = file.endsWith('.zst') ? execFileSync('zstd', ['-dc', file], { maxBuffer: 1 << 30, encoding: 'utf8' }) : readFileSync(file, 'utf8');
  const lines = text.split('\n').filter(Boolean);
  const names = lines[0].split(',');
  return { names, rows: lines.slice(1).map(split) };
}

function split(line) {
  if (!line.includes('"')) return line.split(',');
  return [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map((m) => m[1]?.replaceAll('""', '"') ?? m[2]);
}

function real(dir) {
  const contest = JSON.parse(readFileSync(path.join(dir, 'kontes-ppwp.json'), 'utf8'));
  const tree = rows(path.join(dir, 'wilayah.csv.zst'));
  const at = Object.fromEntries(tree.names.map((n, i) => [n, i]));
  const regions = tree.rows.map((r) => ({ kode: r[at.kode], induk: r[at.induk], nama: r[at.nama], tingkat: Number(r[at.tingkat]), jumlah: Number(r[at.jumlah_tps] || 0),
    stations: (r[at.nomor_tps] || '').split(';').filter(Boolean).flatMap((range) => {
      const [a, b = a] = range.split('-').map(Number);
      return Array.from({ length: b - a + 1 }, (_, i) => `${r[at.kode]}${r[at.pemisah_tps] ?? ''}${String(a + i).padStart(3, '0')}`);
    }) }));
  const data = rows(path.join(dir, 'ppwp.csv.zst'));
  const forms = new Map(data.rows.map((r) => [r[0], Object.fromEntries(data.names.slice(1).map((n, i) =>
    [n, n === 'ts' ? r[i + 1] : r[i + 1] === '' ? null : Number(r[i + 1])]))]));
  const resmi = path.join(dir, 'resmi-ppwp.csv');
  const official = existsSync(resmi) ? (({ names, rows: list }) => list.map((r) => Object.fromEntries(names.map((n, i) => [n, i ? Number(r[i]) : r[i]]))))(rows(resmi)) : [];
  const id = path.basename(dir);
  return makeElection({ id, nama: contest.nama, tanggal: id === 'pemilu2019' ? '2019-04-17' : '2024-02-14', ts: '2024-03-21 00:00:00', contest, regions, forms, official });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const option = (name) => process.argv.flatMap((a, i) => (a === name ? [process.argv[i + 1]] : []));
  const dirs = option('--data');
  const elections = dirs.length ? dirs.map(real) : smallElections();
  const prefix = option('--base-path')[0] ?? '';
  const server = await serve(elections, { port: Number(option('--port')[0] ?? 0), prefix });
  console.log(`http://127.0.0.1:${server.address().port}${prefix}/`);
}
