// The only place that talks to the server: GET of /api/v1 (docs/api/v1.md). An answer is kept for a few
// seconds so that a change of language or the back button costs no request.
const KEEP_MS = 20000;
const KEEP_MAX = 60;
const kept = new Map(); // address -> {until, body}

export class ApiError extends Error {
  constructor(status, message) {
    super(message);
    this.status = status; // 0 = no answer at all
  }
}

export async function get(address, signal) {
  const hit = kept.get(address);
  if (hit && hit.until > Date.now()) return hit.body;
  let answer;
  let body = null;
  try {
    answer = await fetch(address, { signal, headers: { Accept: 'application/json' } });
    body = await answer.json();
  } catch (e) {
    if (e.name === 'AbortError') throw e;
    throw new ApiError(answer && !answer.ok ? answer.status : 0, String(e.message ?? e));
  }
  if (!answer.ok) throw new ApiError(answer.status, body?.galat?.pesan ?? '');
  kept.delete(address);
  kept.set(address, { until: Date.now() + KEEP_MS, body });
  if (kept.size > KEEP_MAX) kept.delete(kept.keys().next().value);
  return body;
}

// A text that never changes, or changes with the log: the browser's cache knows for how long.
export async function text(address, signal) {
  let answer;
  try {
    answer = await fetch(address, { signal });
    if (answer.ok) return await answer.text();
  } catch (e) {
    if (e.name === 'AbortError') throw e;
    throw new ApiError(0, String(e.message ?? e));
  }
  throw new ApiError(answer.status, '');
}

export const forget = () => kept.clear();

const e = encodeURIComponent;

export function query(values) {
  const q = new URLSearchParams();
  for (const [k, v] of Object.entries(values)) if (v !== null && v !== undefined && v !== '') q.set(k, v);
  const text = q.toString();
  return text && `?${text}`;
}

export const elections = (prefix) => get(`${prefix}/api/v1/pemilu`);
export const election = (base) => get(`${base}/api/v1/`);
export const contest = (base, k) => get(`${base}/api/v1/kontes/${e(k)}`);
export const region = (base, k, code, asOf, signal) =>
  get(`${base}/api/v1/kontes/${e(k)}/wilayah/${e(code)}${query({ as_of: asOf })}`, signal);
export const station = (base, k, code, signal) => get(`${base}/api/v1/kontes/${e(k)}/tps/${e(code)}`, signal);
export const reading = (base, k, code, signal) => get(`${base}/api/v1/kontes/${e(k)}/tps/${e(code)}/baca`, signal);
export const findings = (base, k, filter, signal) => get(`${base}/api/v1/kontes/${e(k)}/temuan${query(filter)}`, signal);
export const comparison = (base, k, signal) => get(`${base}/api/v1/kontes/${e(k)}/banding`, signal);
export const outcome = (base, k, signal) => get(`${base}/api/v1/kontes/${e(k)}/hasil`, signal);
export const seats = (base, k, signal) => get(`${base}/api/v1/kontes/${e(k)}/kursi`, signal);
export const search = (base, text, many, signal) => get(`${base}/api/v1/cari${query({ q: text, banyak: many })}`, signal);
export const log = (base, signal) => get(`${base}/api/v1/log`, signal);
export const statements = (base, signal) => get(`${base}/api/v1/residensi`, signal);
export const release = (base, signal) => get(`${base}/rilis/terbaru.json`, signal);
export const file = (base, k, name, filter = {}) => `${base}/api/v1/kontes/${e(k)}/${name}${query(filter)}`;
export const tree = (base) => `${base}/api/v1/wilayah.csv`;
