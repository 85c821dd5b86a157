// Checks in the browser that the figures of a station stand in the signed public log. The server that shows the
// figures also hands out the proofs, but it cannot make them up: each is computed here from bytes up to the
// checkpoint's signature and to what this browser remembers from before. What a browser cannot see is said:
// that no later entry replaces this one is shown only by reading the whole log (rekap-verify).
import * as api from './api.js';
import * as entries from './entry.js';
import * as p from './proof.js';

const memory = (origin) => `rekap-catatan ${origin}`;

function remembered(origin) {
  try {
    const m = JSON.parse(localStorage.getItem(memory(origin)));
    return m && Number.isSafeInteger(m.size) ? { size: m.size, root: p.bytesOf(m.root), key: m.key } : null;
  } catch {
    return null; // nothing, or nothing that can be read
  }
}

function remember(origin, c, key) {
  try {
    localStorage.setItem(memory(origin), JSON.stringify({ size: c.size, root: p.base64Of(c.root), key }));
  } catch {
    // storage refused: nothing is remembered
  }
}

// What is known while one page is checked.
class Session {
  constructor(base, log) {
    this.base = base;
    this.log = log;
    this.checkpoint = null; // the one everything is checked against
    this.entry = new Map(); // number -> promise of {bytes, info, parsed}
  }

  async consistent(a, b) {
    if (a.size === b.size) return p.same(a.root, b.root);
    const [x, y] = a.size < b.size ? [a, b] : [b, a];
    const text = await api.text(`${this.base}/api/v1/log/konsistensi?dari=${x.size}&ke=${y.size}`);
    const { numbers, path } = p.parseNumbersAndHashes(text, 'rekap-konsistensi/v1', ['dari', 'ke']);
    return numbers[0] === x.size && numbers[1] === y.size && p.isConsistent(x.size, x.root, y.size, y.root, path);
  }

  // The entry's bytes, proven to stand at its place in the log of the checkpoint.
  proven(index) {
    if (!this.entry.has(index)) this.entry.set(index, this.prove(index));
    return this.entry.get(index);
  }

  async prove(index) {
    const [text, info] = await Promise.all([
      api.text(`${this.base}/api/v1/log/bukti/${index}`), api.get(`${this.base}/api/v1/log/entri/${index}`)]);
    const proof = p.parseProof(text);
    const bytes = p.bytesOf(info.mentah);
    const c = p.parseCheckpoint(proof.note);
    const root = await p.rootByInclusion(await p.leafHash(bytes), index, c.size, proof.path);
    if (proof.index !== index || info.entri !== index || !p.same(root, c.root)) throw p.wrong('notInLog', { n: index });
    this.checkpoint ??= c;
    if (c.origin !== this.checkpoint.origin || !(await this.consistent(c, this.checkpoint))) throw p.wrong('forked');
    return { bytes, info, parsed: entries.parseEntry(bytes) };
  }

  // The key that signed a version 2 entry: its id and role must be those of a key that the log itself brought.
  async signed(index) {
    const e = await this.proven(index);
    if (e.parsed.version !== 2) throw p.wrong('badEntrySignature', { n: index });
    const key = await this.keyOf(e, index);
    if (!(await entries.isEntrySigned(e.bytes, this.checkpoint.origin, key))) throw p.wrong('badEntrySignature', { n: index });
    return e;
  }

  // From the entry that brought the key, which is checked likewise, down to entry 0.
  async keyOf(e, index) {
    const from = e.info.penanda?.entri;
    if (!Number.isSafeInteger(from) || from > index) throw p.wrong('unknownKey', { id: e.parsed.keyId });
    const brought = (await this.proven(from)).parsed;
    const fits = from === 0
      ? brought.kind === entries.ELECTION && e.parsed.role === 'pengelola'
      : from < index && brought.kind === entries.KEY && brought.action !== 3 && brought.use === 2 && brought.forRole === e.parsed.role;
    const key = from === 0 ? brought.adminKey : brought.key;
    if (!fits || await p.entryKeyId(key) !== e.parsed.keyId) throw p.wrong('unknownKey', { id: e.parsed.keyId });
    if (index !== from) {
      const s = await this.signed(from);
      if (from !== 0 && s.parsed.role !== 'pengelola') throw p.wrong('unknownKey', { id: e.parsed.keyId });
    }
    return key;
  }

  // The log's key in force at a size, proven from the entry that brought it.
  async logKey(size) {
    const k = this.log.kunci.find((x) => x.guna === 'checkpoint' && x.dari <= size && (x.sampai === null || size <= x.sampai));
    if (!k) throw p.wrong('unknownKey', { id: '' });
    return { ...await p.parseKey(k.kunci), entry: k.dari === 0 ? 0 : k.dari - 1 };
  }
}

// ---- the steps; each returns [state, word, values]: ok, warn, none (cannot be checked here), bad ----

async function inLog(s, index) {
  await s.proven(index);
  return ['ok', 'inLog', { n: index, size: s.checkpoint.size }];
}

async function checkpointSigned(s) {
  const key = await s.logKey(s.checkpoint.size);
  if (key.name !== s.checkpoint.origin || !(await p.hasSigned(s.checkpoint, key))) throw p.wrong('badSignature', { who: s.checkpoint.origin });
  s.key = key;
  return ['ok', 'checkpointSigned', { who: key.name, id: key.id }];
}

async function witnessed(s) {
  if (!s.log.kebijakan) return ['none', 'noPolicy'];
  const policy = await p.parsePolicy(s.log.kebijakan);
  const cosigned = new Set();
  for (const [name, key] of policy.witnesses) if (await p.hasSigned(s.checkpoint, key)) cosigned.add(name);
  const values = { who: [...cosigned].join(', ') || '—', n: cosigned.size, all: policy.witnesses.size };
  return p.hasQuorum(policy, cosigned) ? ['ok', 'witnessed', values] : ['warn', 'notWitnessed', values];
}

async function sameAsBefore(s) {
  const c = s.checkpoint;
  const before = remembered(c.origin);
  const key = p.base64Of(s.key.key);
  if (!before) {
    remember(c.origin, c, key);
    return ['none', 'firstVisit', { size: c.size }];
  }
  if (!(await s.consistent(before, c))) throw p.wrong('forgotten', { size: before.size });
  const changed = before.key !== key;
  if (c.size >= before.size) remember(c.origin, c, key);
  return changed ? ['warn', 'keyChanged', { n: s.key.entry }] : ['ok', 'sameAsBefore', { from: before.size, size: c.size }];
}

async function entrySigned(s, index) {
  const form = await s.proven(index);
  if (form.parsed.kind !== entries.FORM) throw p.wrong('badEntry');
  if (form.parsed.version === 2) {
    await s.signed(index);
    return ['ok', 'entrySigned', { role: form.parsed.role, id: form.parsed.keyId }];
  }
  if (form.parsed.back === undefined) throw p.wrong('badEntrySignature', { n: index });
  const at = index - form.parsed.back;
  const batch = (await s.signed(at)).parsed;
  const text = await api.text(`${s.base}/api/v1/log/batch-bukti/${index}`);
  const { numbers, path } = p.parseNumbersAndHashes(text, 'rekap-batch-bukti/v1', ['index', 'batch']);
  const inside = batch.kind === entries.BATCH && numbers[0] === index && numbers[1] === at;
  const root = inside && await p.rootByInclusion(await p.leafHash(form.bytes), index - at - 1, batch.forms, path);
  if (!root || !p.same(root, batch.root)) throw p.wrong('notInBatch', { n: at });
  return ['ok', 'batchSigned', { n: at, source: batch.source, role: batch.role, id: batch.keyId, forms: batch.forms }];
}

// The keys lead to entry 0, which names the first of them; the log's own key too.
async function keysFromLog(s) {
  const zero = await s.signed(0);
  const brought = s.key.entry === 0 ? zero : await s.signed(s.key.entry);
  const key = s.key.entry === 0 ? brought.parsed.logKey
    : brought.parsed.kind === entries.KEY && brought.parsed.action === 2 && brought.parsed.use === 1 ? brought.parsed.key : null;
  if (!key || !p.same(key, s.key.key) || zero.parsed.id !== s.checkpoint.origin) throw p.wrong('unknownKey', { id: s.key.id });
  return ['ok', 'keysFromLog'];
}

// A form that a machine entered repeats a signed reading in which every figure passed.
async function repeatsReading(s, form, names) {
  const r = (await s.signed(form.reading)).parsed;
  if (r.kind !== entries.READING || r.role !== 'pembaca' || r.state !== 'sesuai' || r.contest !== form.contest || r.tps !== form.tps) {
    throw p.wrong('otherStation', { n: form.reading });
  }
  const read = new Map(r.figures.filter((f) => f.column !== null && f.photo >= 0).map((f) => [f.column, f.value]));
  form.cells.forEach((value, i) => {
    if (value !== (read.get(i) ?? null)) throw p.wrong('otherFigure', { field: names[i], shown: value ?? '—', log: read.get(i) ?? '—' });
  });
}

async function figuresSame(s, index, contest, station) {
  const { info, parsed } = await s.proven(index);
  const names = info.kolom ?? [];
  if (parsed.contest !== contest || parsed.tps !== station.kode || names.length !== parsed.cells.length) throw p.wrong('otherStation', { n: index });
  const fields = Object.keys(station.medan);
  if (!fields.every((f, i) => names[i] === f)) throw p.wrong('otherStation', { n: index });
  const shown = new Map(Object.entries(station.medan));
  for (const c of station.pilihan) shown.set(`suara_${c.kode}`, c.suara);
  parsed.cells.forEach((value, i) => {
    const name = names[i];
    if (name === null && value === null) return;
    if (!shown.has(name) || shown.get(name) !== value) throw p.wrong('otherFigure', { field: name, shown: shown.get(name) ?? '—', log: value ?? '—' });
    shown.delete(name);
  });
  if (shown.size) throw p.wrong('otherFigure', { field: [...shown.keys()][0], shown: [...shown.values()][0] ?? '—', log: '—' });
  if (parsed.reading !== null) await repeatsReading(s, parsed, names);
  return ['ok', 'figuresSame', { n: parsed.cells.filter((v) => v !== null).length }];
}

// ---- photos and what was read of them: the page shows what the signed entries say ----

const of = (e, contest, station) => e.contest === contest && e.tps === station.kode;
const orNull = (v) => v ?? null;

async function photosSame(s, contest, station, shown) {
  const numbers = [...new Set(shown.foto.map((p) => p.entri))];
  for (const n of numbers) {
    const e = (await s.signed(n)).parsed;
    const here = shown.foto.filter((p) => p.entri === n);
    if (e.kind !== entries.PHOTOS || !of(e, contest, station) || e.photos.length !== here.length) throw p.wrong('otherPhotos', { n });
    e.photos.forEach((x, i) => {
      const y = here[i];
      const path = x.type ? `foto/${x.copy}.${x.type}` : null;
      if (y.asli !== x.original || y.salinan !== orNull(x.copy) || y.ukuran !== orNull(x.bytes) || y.berkas !== path || orNull(y.halaman) !== (x.page || null)) {
        throw p.wrong('otherPhoto', { i: shown.foto.indexOf(y) + 1, n });
      }
    });
  }
  return ['ok', 'photosSame', { n: shown.foto.length, entries: numbers.join(', ') }];
}

const RESULTS = ['read', 'file', 'crash', 'time', 'small', 'dark', 'blurred', 'no-tag', 'other-form', 'cut-off', 'uneven'];
const BUBBLES = ['none', 'silent', 'agree', 'partly', 'conflict'];
const digitOf = (d) => (d < 10 ? d : d === 10 ? 'X' : null);
const bubbleOf = (b) => (b > 2 ? b - 3 : [null, 'kosong', 'tak-jelas'][b]);

// The reading as the page must show it, from the entry's bytes. `names`: of the columns; `at`: places of its photos.
function shownReading(e, names, at) {
  return e.figures.map((f) => (f.photo < 0 ? [names(f), null, null, 'refuse'] : [names(f), at[f.photo], f.value, f.status, f.sure, f.inSum, BUBBLES[f.bubbles],
    f.boxes.map((b) => [b.corners, digitOf(b.digit), b.sure, bubbleOf(b.bubble)])]));
}
const figureShown = (f) => (f.foto === null ? [f.medan, null, f.nilai, f.status] : [f.medan, f.foto, f.nilai, f.status, f.yakin, f.dijumlahkan, f.bulatan,
  f.kotak.map((k) => [k.sudut, k.digit, k.yakin, k.bulatan])]);

function boxesOf(e) {
  return e.figures.flatMap((f, angka) => f.boxes.map((_, kotak) => ({ angka, kotak })));
}

// Names of the columns, where the station has a form.
const kolomOf = async (s, station) => (station.keadaan === 'kosong' ? null : (await s.proven(station.entri)).info.kolom);

// The name of each column that was read. Without a form: the fields in their order, then the choices in that of the ballot,
// with gaps where other districts have more of them; a name that is out of order is none.
export function columnNames(kolom, station, reading, shown) {
  const known = kolom ?? Object.keys(station.medan);
  const columns = new Map(known.map((name, i) => [i, name]));
  if (kolom) return columns;
  const choices = station.pilihan.map((c) => `suara_${c.kode}`);
  const read = reading.figures.map((f, i) => ({ column: f.column, at: choices.indexOf(shown.angka[i]?.medan) }))
    .filter((x) => x.column !== null && x.column >= known.length).sort((x, y) => x.column - y.column);
  let last = -1;
  for (const { column, at } of read) {
    if (at > last && at <= column - known.length) columns.set(column, choices[last = at]);
  }
  return columns;
}

// The reading beside figures that people entered: docs/format/entry.md, "What follows from it".
async function compared(s, station, reading) {
  if (station.keadaan === 'kosong' || !['sesuai', 'tidak-sesuai'].includes(reading.state)) return null;
  const form = (await s.proven(station.entri)).parsed;
  if (orNull(form.reading) !== null) return null;
  const read = reading.figures.filter((f) => f.column !== null && f.photo >= 0);
  return read.some((f) => f.value !== orNull(form.cells[f.column])) ? 'beda' : 'sama';
}

// The newest reading of the photos; that there is none yet cannot be proven, only that photos wait.
async function readingSame(s, contest, station, shown) {
  if (!shown.bacaan) return ['none', 'noReading'];
  const n = shown.entri;
  const e = (await s.signed(n)).parsed;
  const b = shown.bacaan;
  const mine = shown.foto.map((x, i) => ({ ...x, i })).filter((x) => e.sources?.includes(x.entri));
  if (e.kind !== entries.READING || e.role !== 'pembaca' || !of(e, contest, station) || mine.length !== e.photos.length) throw p.wrong('otherReading', { n });
  const columns = columnNames(await kolomOf(s, station), station, e, b);
  const names = (f) => (f.column === null ? f.name : columns.get(f.column) ?? null);
  const same = e.state === shown.keadaan && shown.banding === await compared(s, station, e) && e.reader === b.pembaca && e.model === b.model && e.formHash === b.formulir
    && e.photos.every((x, i) => RESULTS[x.result] === mine[i].hasil && x.used === mine[i].dipakai && x.disputed === mine[i].bertentangan && x.unnamed === mine[i].tanpa_kode
      && (x.page || null) === orNull(mine[i].halaman_terbaca));
  if (!same) throw p.wrong('otherReading', { n });
  const logged = shownReading(e, names, mine.map((x) => x.i));
  const page = b.angka.map(figureShown);
  const odd = logged.findIndex((f, i) => JSON.stringify(f) !== JSON.stringify(page[i]));
  if (odd >= 0) throw p.wrong('otherRead', { field: logged[odd][0] ?? page[odd]?.[0] ?? '—', n });
  const places = boxesOf(e);
  const doubts = e.doubts.map((d) => ({ ...places[d.box], ragu: d.doubt }));
  if (page.length !== logged.length || JSON.stringify(doubts) !== JSON.stringify(b.ragu)) throw p.wrong('otherReading', { n });
  return ['ok', 'readingSame', { entry: n, role: e.role, id: e.keyId, n: page.length, boxes: places.length }];
}

const FORM_STEPS = ['signature', 'figures'];
const PHOTO_STEPS = ['photos', 'reading'];
export const STEPS = ['inLog', 'checkpoint', 'witness', 'before', 'signature', 'keys', 'figures', 'photos', 'reading'];

// `photos`: the document of the station's photos, or null. Calls onStep(name, state, word, values) for each step as it is done; returns 'ok', 'warn' or 'bad', or what is
// lacking ('noCrypto', 'noEd25519', 'notSigned').
export async function verifyStation(base, contest, station, photos, onStep) {
  const log = await api.log(base);
  if (!log.checkpoint) return 'notSigned';
  const lack = await p.lacking();
  if (lack) return lack;
  const s = new Session(base, log);
  const form = station.keadaan !== 'kosong'; // without one, what is proven are the photos
  const index = form ? station.entri : photos.entri ?? photos.foto[0].entri;
  const work = {
    inLog: () => inLog(s, index), checkpoint: () => checkpointSigned(s), witness: () => witnessed(s), before: () => sameAsBefore(s),
    signature: () => entrySigned(s, index), keys: () => keysFromLog(s), figures: () => figuresSame(s, index, contest, station),
    photos: () => photosSame(s, contest, station, photos), reading: () => readingSame(s, contest, station, photos),
  };
  let result = 'ok';
  for (const step of STEPS) {
    if (FORM_STEPS.includes(step) ? !form : PHOTO_STEPS.includes(step) && !photos) continue;
    try {
      const [state, word, values] = await work[step]();
      if (state === 'warn') result = 'warn';
      onStep(step, state, word, values ?? {});
    } catch (e) {
      if (e instanceof api.ApiError && e.status === 0) throw e; // no answer: nothing was shown to be wrong
      onStep(step, 'bad', e instanceof p.Wrong ? e.message : 'notProven', e.values ?? {});
      return 'bad';
    }
  }
  return result;
}
