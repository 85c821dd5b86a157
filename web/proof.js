// The arithmetic of the public log (docs/format/log.md, checkpoint.md, policy.md): hashes, proofs, signed
// notes, policies. Knows no page and asks no server. Sizes are below 2^53. What is wrong throws a Wrong.

export class Wrong extends Error {} // the message is a word of i18n.js, `values` fill it in
export function wrong(word, values = {}) {
  const e = new Wrong(word);
  e.values = values;
  return e;
}

const utf8 = new TextEncoder();

export function bytesOf(base64) {
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(base64)) throw wrong('badBytes');
  const text = atob(base64);
  const bytes = Uint8Array.from(text, (c) => c.charCodeAt(0));
  if (base64Of(bytes) !== base64) throw wrong('badBytes'); // one spelling only
  return bytes;
}
export const base64Of = (bytes) => btoa(Array.from(bytes, (b) => String.fromCharCode(b)).join(''));
export const hexOf = (bytes) => Array.from(bytes, (b) => b.toString(16).padStart(2, '0')).join('');
export const same = (a, b) => a.length === b.length && a.every((x, i) => x === b[i]);

export function join(...parts) {
  const out = new Uint8Array(parts.reduce((n, p) => n + p.length, 0));
  let at = 0;
  for (const p of parts) {
    out.set(p, at);
    at += p.length;
  }
  return out;
}

// ---- hashes and proofs ----

export const sha256 = async (bytes) => new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
export const leafHash = (entry) => sha256(join(Uint8Array.of(0), entry));
const node = (left, right) => sha256(join(Uint8Array.of(1), left, right));
const half = (n) => Math.floor(n / 2);
const odd = (n) => n % 2 === 1;

// The root that the path leads to from leaf `index` of `size`; RFC 9162, 2.1.3.2.
export async function rootByInclusion(leaf, index, size, path) {
  if (index >= size) throw wrong('badProof');
  let [f, s, r] = [index, size - 1, leaf];
  for (const p of path) {
    if (s === 0) throw wrong('badProof');
    if (odd(f) || f === s) {
      r = await node(p, r);
      while (!odd(f) && f !== 0) [f, s] = [half(f), half(s)];
    } else {
      r = await node(r, p);
    }
    [f, s] = [half(f), half(s)];
  }
  if (s !== 0) throw wrong('badProof');
  return r;
}

// That the tree of `from` entries begins the tree of `to`; RFC 9162, 2.1.4.2.
export async function isConsistent(from, fromRoot, to, toRoot, path) {
  if (from === to) return path.length === 0 && same(fromRoot, toRoot);
  if (from < 1 || from > to || path.length === 0) return false;
  const rest = [...path];
  let [f, s] = [from - 1, to - 1];
  while (odd(f)) [f, s] = [half(f), half(s)];
  const whole = Number.isInteger(Math.log2(from));
  let a = whole ? fromRoot : rest.shift();
  let b = a;
  for (const c of rest) {
    if (s === 0) return false;
    if (odd(f) || f === s) {
      a = await node(c, a);
      b = await node(c, b);
      while (!odd(f) && f !== 0) [f, s] = [half(f), half(s)];
    } else {
      b = await node(b, c);
    }
    [f, s] = [half(f), half(s)];
  }
  return s === 0 && same(a, fromRoot) && same(b, toRoot);
}

// ---- signatures ----

// What this browser lacks for checking: '' | 'noCrypto' (a page that did not come by https) | 'noEd25519'.
export async function lacking() {
  if (!globalThis.crypto?.subtle) return 'noCrypto';
  try {
    await crypto.subtle.importKey('raw', bytesOf('11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo='), { name: 'Ed25519' }, false, ['verify']);
    return '';
  } catch {
    return 'noEd25519';
  }
}

export async function isSigned(key, signature, message) {
  const k = await crypto.subtle.importKey('raw', key, { name: 'Ed25519' }, false, ['verify']);
  return crypto.subtle.verify({ name: 'Ed25519' }, k, signature, message);
}

// "name+8 hex digits+base64" -> {name, id, type, key}; the id is checked.
export async function parseKey(text) {
  const m = /^([^+\s]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]+)$/.exec(text);
  const raw = m && bytesOf(m[3]);
  if (!raw || raw.length !== 33) throw wrong('badKey');
  const id = (await sha256(join(utf8.encode(`${m[1]}\n`), raw))).slice(0, 4);
  if (hexOf(id) !== m[2]) throw wrong('badKey');
  return { name: m[1], id: m[2], type: raw[0], key: raw.slice(1) };
}

// The id that entries name a key by: the first eight bytes of its hash, as a little-endian number.
export const entryKeyId = async (key) => hexOf((await sha256(key)).slice(0, 8).reverse());

// ---- signed notes ----

export function parseNote(note) {
  const end = note.lastIndexOf('\n\n');
  if (end < 0 || !note.endsWith('\n')) throw wrong('badCheckpoint');
  const signatures = note.slice(end + 2, -1).split('\n').map((line) => {
    const m = /^— ([^ +]+) ([A-Za-z0-9+/=]+)$/.exec(line);
    const raw = m && bytesOf(m[2]);
    if (!raw || raw.length < 5) throw wrong('badCheckpoint');
    return { name: m[1], id: hexOf(raw.slice(0, 4)), raw: raw.slice(4) };
  });
  if (signatures.length === 0 || signatures.length > 16) throw wrong('badCheckpoint');
  return { text: note.slice(0, end + 1), signatures };
}

export function parseCheckpoint(note) {
  const { text, signatures } = parseNote(note);
  const [origin, size, root, more] = text.split('\n');
  if (!origin || !/^(0|[1-9]\d{0,15})$/.test(size ?? '') || more === undefined) throw wrong('badCheckpoint');
  const hash = bytesOf(root);
  if (hash.length !== 32) throw wrong('badCheckpoint');
  return { text, signatures, origin, size: Number(size), root: hash };
}

// Whether the key (of parseKey) has signed; false when it has not; a wrong signature throws.
export async function hasSigned(note, key) {
  let signed = false;
  for (const s of note.signatures.filter((x) => x.name === key.name && x.id === key.id)) {
    let message = note.text;
    let raw = s.raw;
    if (key.type === 4) {
      if (raw.length !== 72) throw wrong('badSignature', { who: key.name });
      message = `cosignature/v1\ntime ${raw.slice(0, 8).reduce((v, b) => v * 256n + BigInt(b), 0n)}\n${note.text}`;
      raw = raw.slice(8);
    }
    if (raw.length !== 64 || !(await isSigned(key.key, raw, utf8.encode(message)))) throw wrong('badSignature', { who: key.name });
    signed = true;
  }
  return signed;
}

// ---- proofs as texts ----

const hashes = (lines) => lines.map((l) => {
  const h = bytesOf(l);
  if (h.length !== 32) throw wrong('badProof');
  return h;
});

// A tlog-proof: {index, path, note}.
export function parseProof(text) {
  const end = text.indexOf('\n\n');
  const lines = text.slice(0, end).split('\n');
  const m = /^index (\d{1,15})$/.exec(lines[1] ?? '');
  if (end < 0 || lines[0] !== 'c2sp.org/tlog-proof@v1' || !m || lines.length > 65) throw wrong('badProof');
  return { index: Number(m[1]), path: hashes(lines.slice(2)), note: text.slice(end + 2) };
}

// "rekap-konsistensi/v1" and "rekap-batch-bukti/v1": a first line, two numbers, hashes.
export function parseNumbersAndHashes(text, first, names) {
  const lines = text.replace(/\n$/, '').split('\n');
  const numbers = names.map((n, i) => new RegExp(`^${n} (\\d{1,15})$`).exec(lines[i + 1] ?? '')?.[1]);
  if (lines[0] !== first || numbers.some((n) => n === undefined) || lines.length > 66) throw wrong('badProof');
  return { numbers: numbers.map(Number), path: hashes(lines.slice(1 + names.length)) };
}

// ---- policies ----

export async function parsePolicy(file) {
  const p = { logs: [], witnesses: new Map(), groups: new Map(), quorum: null };
  for (const line of file.split('\n')) {
    const [kind, name, ...rest] = line.split(/[ \t]+/).filter(Boolean);
    if (!kind || kind.startsWith('#')) continue;
    if (kind === 'log') p.logs.push(await parseKey(name));
    else if (kind === 'witness') p.witnesses.set(name, await parseKey(rest[0]));
    else if (kind === 'group') p.groups.set(name, { need: rest[0], members: rest.slice(1) });
    else if (kind === 'quorum' && p.quorum === null) p.quorum = name;
    else throw wrong('badPolicy');
  }
  if (p.quorum === null) throw wrong('badPolicy');
  return p;
}

export function hasQuorum(policy, cosigned, name = policy.quorum) {
  if (name === 'none') return true;
  const g = policy.groups.get(name);
  if (!g) return cosigned.has(name);
  const n = g.members.filter((m) => hasQuorum(policy, cosigned, m)).length;
  return n >= (g.need === 'all' ? g.members.length : g.need === 'any' ? 1 : Number(g.need));
}
