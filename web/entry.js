// Entries of the log from their bytes (docs/format/entry.md): what the browser must read itself in order not
// to take the server's word for it. Anything unexpected throws.
import { wrong, join, isSigned } from './proof.js';

export const ELECTION = 1, BATCH = 3, FORM = 4, KEY = 5, PHOTOS = 7, READING = 8;
const utf8 = new TextEncoder();
const text8 = new TextDecoder('utf-8', { fatal: true });

class Reader {
  constructor(bytes) {
    this.bytes = bytes;
    this.at = 0;
  }
  take(n) {
    if (this.at + n > this.bytes.length) throw wrong('badEntry');
    return this.bytes.slice(this.at, this.at += n);
  }
  byte() { return this.take(1)[0]; }
  little(n) { return this.take(n).reduceRight((v, b) => v * 256 + b, 0); }
  id() { return Array.from(this.take(8).reverse(), (b) => b.toString(16).padStart(2, '0')).join(''); }
  varint() {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const b = this.byte();
      value += (b & 127) * scale;
      if (value > Number.MAX_SAFE_INTEGER) throw wrong('badEntry');
      if (b < 128) return value;
    }
  }
  raw() { return this.take(this.varint()); }
  text() { return text8.decode(this.raw()); }
}

// {version, kind, time, role, keyId, reason, evidence} and what the kind says.
export function parseEntry(bytes) {
  const r = new Reader(bytes.slice(0, bytes[0] === 2 ? -64 : undefined));
  const e = { version: r.byte(), kind: r.byte(), time: r.varint() };
  if (e.version === 2) {
    Object.assign(e, { role: r.text(), keyId: r.id(), reason: r.text() });
    e.evidence = Array.from({ length: limited(r.varint(), 64) }, () => hex(r.take(32)));
  } else if (e.version !== 1) throw wrong('badEntry');
  if (e.version === 2 && e.kind === ELECTION) Object.assign(e, { id: r.text(), name: r.text(), date: r.text(), logKey: r.take(32), adminKey: r.take(32) });
  else if (e.version === 2 && e.kind === BATCH) Object.assign(e, { contest: r.text(), source: r.text(), hash: r.take(32), forms: r.varint(), root: r.take(32) });
  else if (e.version === 2 && e.kind === KEY) Object.assign(e, { action: r.byte(), use: r.byte(), forRole: r.text(), key: r.take(32), replaces: r.id() });
  else if (e.version === 2 && e.kind === PHOTOS) photos(r, e);
  else if (e.version === 2 && e.kind === READING) reading(r, e);
  else if (e.kind === FORM) form(r, e);
  else if (e.kind !== ELECTION && e.kind !== 2 && e.kind !== BATCH && !(e.version === 2 && e.kind === 6)) throw wrong('badEntry');
  return e;
}

const hex = (bytes) => Array.from(bytes, (b) => b.toString(16).padStart(2, '0')).join('');
function limited(n, most) {
  if (n > most) throw wrong('badEntry');
  return n;
}
const done = (r) => { if (r.at !== r.bytes.length) throw wrong('badEntry'); };

// Photos that were received: {page, type: '', 'jpg' or 'png', original, copy}. The public copies are the evidence.
function photos(r, e) {
  Object.assign(e, { contest: r.text(), tps: r.text(), form: r.text() });
  let copies = 0;
  e.photos = Array.from({ length: limited(r.varint(), 64) }, () => {
    const p = { page: r.varint(), type: ['', 'jpg', 'png'][limited(r.byte(), 2)], original: hex(r.take(32)) };
    return p.type ? { ...p, bytes: r.varint(), copy: e.evidence[copies++] } : p;
  });
  if (copies !== e.evidence.length) throw wrong('badEntry');
  done(r);
}

// What was read: figures by the contest's columns; confidences in parts of 10,000, corners in half pixels.
function reading(r, e) {
  Object.assign(e, { contest: r.text(), tps: r.text() });
  e.sources = Array.from({ length: limited(r.varint(), 64) }, () => r.varint());
  Object.assign(e, { reader: r.text(), model: hex(r.take(32)), formHash: hex(r.take(32)) });
  e.state = ['', 'ditolak', 'dirujuk', 'sesuai', 'tidak-sesuai'][limited(r.byte(), 4)];
  e.photos = Array.from({ length: limited(r.varint(), 64) }, () => {
    const bits = r.byte();
    return { result: limited(bits & 31, 10), unnamed: (bits & 32) > 0, used: (bits & 64) > 0, disputed: bits > 127, page: r.varint() };
  });
  e.figures = Array.from({ length: limited(r.varint(), 512) }, () => figure(r));
  e.doubts = Array.from({ length: limited(r.varint(), 1800) }, () => ({ box: r.varint(), doubt: r.varint() }));
  if (!e.state) throw wrong('badEntry');
  done(r);
}

function figure(r) {
  const column = r.varint() - 1;
  const f = { column: column < 0 ? null : column, name: column < 0 ? r.text() : null, photo: r.varint() - 1, value: null, status: 'refuse', boxes: [] };
  if (f.photo < 0) return f;
  const value = r.varint() - 1;
  const bits = r.byte();
  Object.assign(f, { value: value < 0 ? null : value, status: ['accept', 'refer'][limited(bits & 3, 1)], inSum: (bits & 4) > 0, bubbles: bits >> 3, sure: r.varint() });
  f.boxes = Array.from({ length: limited(r.byte(), 6) }, () => {
    const corners = Array.from({ length: 4 }, () => [r.little(2) / 2, r.little(2) / 2]);
    const read = r.byte();
    return { corners, digit: read & 15, bubble: read >> 4, sure: r.varint() };
  });
  return f;
}

function form(r, e) {
  const flags = r.byte();
  e.contest = r.text();
  e.tps = r.text();
  if (e.version === 1) {
    if (flags & 1) e.back = r.varint();
    if (flags & 2) Object.assign(e, { role: r.text(), keyId: r.id() });
    if (flags & 4) e.reason = r.text();
  }
  if (flags & 8) r.take(2);
  if (flags & 16) e.layer = r.byte();
  e.cells = cells(r);
  e.reading = null; // the entry of the reading that a machine's form repeats
  for (let n = flags & 32 ? r.byte() : 0; n > 0; n--) {
    const type = r.byte();
    const value = r.raw();
    if (type === 5 && e.version === 2) e.reading = value.reduceRight((v, b) => v * 256 + b, 0);
  }
  done(r);
}

function cells(r) {
  const head = r.byte();
  const width = head & 127;
  const n = r.varint();
  if (![1, 2, 4].includes(width) || n > 65535) throw wrong('badEntry');
  const written = head & 128 ? null : r.take(Math.ceil(n / 8));
  return Array.from({ length: n }, (_, i) => (!written || written[i >> 3] >> (i & 7) & 1 ? r.little(width) : null));
}

// A version 2 entry is signed by this key, for the log of that origin.
export const isEntrySigned = (bytes, origin, key) =>
  isSigned(key, bytes.slice(-64), join(utf8.encode(`rekap-entry/v1\n${origin}\n`), bytes.slice(0, -64)));
