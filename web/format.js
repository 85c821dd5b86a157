// Figures as text. Shares are computed with integers only: 2 decimals, never a float in between.
import { language } from './i18n.js';

export const NONE = '—'; // not written on the form, or nothing to divide by

const LOCALE = { id: 'id-ID', en: 'en-US' };
const formats = {};
const grouped = () => (formats[language()] ??= new Intl.NumberFormat(LOCALE[language()]));

const written = (n) => n !== null && n !== undefined;

export const number = (n) => (written(n) ? grouped().format(n) : NONE);

export function signed(n) {
  if (!written(n)) return NONE;
  return n === 0 ? '0' : (n > 0 ? '+' : '−') + grouped().format(Math.abs(n));
}

// part / whole in units of 0.01 %, as BigInt; null when there is no whole. Half goes up;
// with 'down' it never overstates: 99.999 % covered is not 100 %.
export function hundredths(part, whole, round = 'half') {
  if (!written(part) || !whole) return null;
  const p = BigInt(part) * 10000n;
  const w = BigInt(whole);
  return round === 'down' ? p / w : (2n * p + w) / (2n * w);
}

export function percent(part, whole, round) {
  const v = hundredths(part, whole, round);
  if (v === null) return NONE;
  const point = language() === 'id' ? ',' : '.';
  const space = language() === 'id' ? '\u00a0' : '';
  return `${grouped().format(v / 100n)}${point}${String(v % 100n).padStart(2, '0')}${space}%`;
}

// For the width of a bar; the text beside it holds the exact share.
export const width = (part, whole) => `${Number(hundredths(part, whole) ?? 0n) / 100}%`;

// "2024-02-20 13:00:00" (WIB) in words; shown as it is when it is something else.
export function time(text) {
  const m = /^(\d{4})-(\d\d)-(\d\d)(?: (\d\d):(\d\d)(?::\d\d)?)?$/.exec(text ?? '');
  if (!m) return text || NONE;
  const day = new Intl.DateTimeFormat(LOCALE[language()], { day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' })
    .format(new Date(Date.UTC(+m[1], +m[2] - 1, +m[3])));
  if (!m[4]) return day;
  return `${day} ${m[4]}${language() === 'id' ? '.' : ':'}${m[5]} WIB`;
}

// "A - B" is a pair: one line each.
export const pair = (name) => String(name ?? '').split(' - ');

// "<= 300" as people write it.
export function expectation(text) {
  return String(text ?? '').replace(/<=/g, '≤').replace(/>=/g, '≥').replace(/!=/g, '≠')
    .replace(/(?<![\w.])\d{4,15}(?![\w.])/g, (d) => number(Number(d)));
}

export const ballotNumber = (choice) => String(choice.nomor ?? choice.kode).padStart(2, '0');
