// Entries of the log from their bytes (docs/format/entry.md): what the browser must read itself in order not
// to take the server's word for it. Anything unexpected throws.
import { wrong, join, isSigned } from './proof.js';

export const ELECTION = 1, BATCH = 3, FORM = 4, KEY = 5;
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
    r.take(32 * r.varint());
  } else if (e.version !== 1) throw wrong('badEntry');
  if (e.version === 2 && e.kind === ELECTION) Object.assign(e, { id: r.text(), name: r.text(), date: r.text(), logKey: r.take(32), adminKey: r.take(32) });
  else if (e.version === 2 && e.kind === BATCH) Object.assign(e, { contest: r.text(), source: r.text(), hash: r.take(32), forms: r.varint(), root: r.take(32) });
  else if (e.version === 2 && e.kind === KEY) Object.assign(e, { action: r.byte(), use: r.byte(), forRole: r.text(), key: r.take(32), replaces: r.id() });
  else if (e.kind === FORM) form(r, e);
  return e;
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
  if (!(flags & 32) && r.at !== r.bytes.length) throw wrong('badEntry');
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
