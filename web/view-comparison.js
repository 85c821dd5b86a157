// Official figures beside the count: a table of their own, never added to anything.
import { h } from './dom.js';
import { t, fieldName } from './i18n.js';
import { number, signed, ballotNumber } from './format.js';
import * as api from './api.js';
import { card, dot, heading, placeLink, sum } from './parts.js';

export async function comparisonView(ctx, signal) {
  const { route, contest } = ctx;
  const [data, nation] = await Promise.all([
    api.comparison(route.base, contest.kode, signal), api.region(route.base, contest.kode, '0', null, signal)]);
  const provinces = new Set((nation.anak ?? []).map((a) => a.kode));
  return {
    title: t('comparisonTitle'),
    asOf: null,
    nodes: [
      heading(1, t('comparisonTitle')),
      h('p', { class: 'under' }, t('comparisonIntro')),
      data.seri.length === 0 ? h('p', { class: 'card empty' }, t('noComparison'))
        : data.seri.map((s) => card(`${s.nama} · ${t('entryNo', { n: number(s.entri) })}`, seriesTable(ctx, s, provinces))),
    ],
  };
}

function columnTitle(ctx, name) {
  const c = (ctx.contest.pilihan ?? []).find((p) => name === `suara_${p.kode}` || name === p.kode);
  return c ? { short: ballotNumber(c), nodes: [dot(c), ballotNumber(c), h('span', { class: 'unseen' }, ` ${c.nama}`)] }
    : { short: fieldName(name), nodes: [fieldName(name)] };
}

function seriesTable(ctx, s, provinces) {
  const titles = s.kolom.map((name) => columnTitle(ctx, name));
  const kinds = [['resmi', 'official'], ['hitung', 'counted'], ['selisih', 'difference']];
  const cells = (row) => titles.flatMap((title, i) => kinds.map(([key, word]) => h('td', {
    role: 'cell', class: `num${key === 'resmi' ? ' first' : ''}${key === 'selisih' ? ' diff' : ''}`, 'data-label': `${title.short} ${t(word)}`,
  }, (key === 'selisih' ? signed : number)(row[key][i]))));
  const line = (row, head, kind = null) => h('tr', { role: 'row', 'data-code': row.kode ?? null, class: kind }, h('th', { scope: 'row', role: 'rowheader' }, head), cells(row));
  // Only rows that are all provinces can be added up without counting anything twice.
  const addable = s.baris.length > 1 && s.baris.every((r) => provinces.has(r.kode));
  const added = (key) => titles.map((_, i) => sum(s.baris.map((r) => r[key][i])));
  return h('div', { class: 'table-box' }, h('table', { role: 'table', class: 'cards compare' },
    h('caption', { class: 'unseen' }, s.nama),
    h('thead', { role: 'rowgroup' },
      h('tr', { role: 'row' }, h('th', { scope: 'col', role: 'columnheader', rowspan: 2 }, t('name')),
        titles.map((title) => h('th', { scope: 'colgroup', role: 'columnheader', colspan: 3, class: 'group first' }, title.nodes))),
      h('tr', { role: 'row' }, titles.flatMap(() => kinds.map(([key, word]) => h('th', { scope: 'col', role: 'columnheader', class: `num${key === 'resmi' ? ' first' : ''}` }, t(word)))))),
    h('tbody', { role: 'rowgroup' }, s.baris.map((r) => line(r, placeLink(ctx, r.kode, 1, r.nama)))),
    addable && h('tfoot', { role: 'rowgroup' }, line({ resmi: added('resmi'), hitung: added('hitung'), selisih: added('selisih') },
      t('sumOfRows', { n: number(s.baris.length) }), 'sum'))));
}
