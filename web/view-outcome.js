// What the law makes of the nation's votes: who is elected, which party has which seats, turnout and
// invalid share, each with what it rests on. A part of the nation's page.
import { h } from './dom.js';
import { t, named } from './i18n.js';
import { number, percent } from './format.js';
import * as api from './api.js';
import { card, heading, note, table } from './parts.js';

const DISTRICTS_CLOSED = 12; // more rows than this wait behind a click

// The votes are the page; without these cards it is still whole, so a failure leaves them out.
export async function outcomeCards(ctx, signal) {
  const { route, contest } = ctx;
  try {
    const [outcome, seats] = await Promise.all([
      api.outcome(route.base, contest.kode, signal),
      givesSeats(contest) ? api.seats(route.base, contest.kode, signal) : null]);
    return [outcomeCard(outcome), seats && seatsCard(seats), sharesCard(outcome)].filter(Boolean);
  } catch (error) {
    if (error.name === 'AbortError') throw error;
    return [];
  }
}

const givesSeats = (contest) => contest.dapil?.length > 0 && contest.dapil.every((d) => d.kursi > 0);

// ---- who is elected ----

function outcomeCard(o) {
  if (o.seri.length === 0) return null;
  const box = card(t('outcomeTitle'), h('p', { class: 'small' }, t('outcomeIntro')), o.seri.map(series),
    h('p', { class: 'small' }, t('lawIs', { law: o.hukum })));
  box.classList.add('outcome');
  return box;
}

function series(s) {
  const name = (code) => s.pilihan.find((c) => c.kode === code)?.nama || code;
  return h('div', { class: 'series', 'data-series': s.jenis },
    heading(3, s.nama),
    h('p', {}, h('strong', { class: 'verdict', 'data-verdict': s.keputusan },
      t(`verdict_${s.keputusan}`, { who: s.siapa.map(name).join('; ') }))),
    h('p', { class: 'small' }, named(s.alasan, ''), ' ', restsOn(s)),
    h('dl', { class: 'pairs' }, s.pilihan.map((c) => h('div', { class: 'pairs-row', 'data-choice': c.kode },
      h('dt', {}, c.nama || c.kode),
      h('dd', {}, percent(c.suara, s.suara), h('span', { class: 'sub' }, t('outcomeSpread', { n: number(c.provinsi_seperlima), need: number(s.provinsi.perlu) })))))));
}

function restsOn(s) {
  if (!s.tps) return t('outcomeOfficial', { n: number(s.entri), known: number(s.provinsi.diketahui), all: number(s.provinsi.jumlah) });
  const text = t('outcomeStations', { in: number(s.tps.masuk), all: number(s.tps.jumlah), n: number(s.entri) });
  return s.tps.sebagian > 0 ? `${text} ${t('outcomePartial', { n: number(s.tps.sebagian) })}` : text;
}

// ---- turnout and invalid share ----

function sharesCard(o) {
  const row = (word, x, kind) => x && h('div', { class: 'pairs-row', 'data-share': kind },
    h('dt', {}, t(word), h('span', { class: 'sub left' }, t('shareInputs', { part: number(x.bagian), whole: number(x.seluruh),
      names: `${x.pembilang} / ${x.penyebut}`, n: number(x.tps) }))), h('dd', {}, percent(x.bagian, x.seluruh)));
  const rows = [row('turnout', o.partisipasi, 'turnout'), row('invalidShare', o.tidak_sah, 'invalid')].filter(Boolean);
  return rows.length === 0 ? null : card(t('sharesTitle'), h('dl', { class: 'pairs' }, rows));
}

// ---- seats ----

function seatsCard(s) {
  const name = (code) => s.partai.find((p) => p.kode === code)?.nama || code;
  const parties = table(t('seatsTitle'), [{ name: t('party') }, { name: t('seats'), num: true }, { name: t('share'), num: true }],
    [...s.partai].sort((a, b) => b.kursi - a.kursi || b.suara - a.suara).map((p) =>
      [p.nama || p.kode, number(p.kursi), [percent(p.suara, s.suara), p.lolos ? null : h('span', { class: 'sub' }, t('belowThreshold'))]]));
  const districts = table(t('seatsOf'), [{ name: t('name') }, { name: t('seats') }, { name: t('lastSeat') }],
    s.dapil.map((d) => [`${d.nama || d.kode} (${number(d.kursi)})`,
      d.partai.filter((p) => p.kursi > 0).map((p) => `${name(p.kode)} ${number(p.kursi)}`).join(', ') + (d.terbuka ? ` · ${t('seatsOpen', { n: number(d.terbuka) })}` : ''),
      last(d.terakhir, name)]));
  return card(t('seatsTitle'),
    !s.lengkap && note(t('seatsIncomplete'), ' ', s.tps ? t('outcomeStations', { in: number(s.tps.masuk), all: number(s.tps.jumlah), n: number(s.entri) }) : ''),
    h('p', { class: 'small' }, t('seatsIntro', { method: s.metode, pct: percent(s.ambang_bp, 10000), n: number(s.suara) }), ' ', t('lawIs', { law: s.hukum })),
    parties, s.terbuka > 0 && note(t('seatsOpen', { n: number(s.terbuka) })),
    s.dapil.length > DISTRICTS_CLOSED ? h('details', {}, h('summary', {}, t('seatsOf')), districts) : districts);
}

function last(x, name) {
  if (!x || x.boleh_hilang === null || !x.berikut) return '—';
  return t('lastSeatText', { who: name(x.partai), lose: number(x.boleh_hilang), next: name(x.berikut), lack: number(x.kurang) });
}
