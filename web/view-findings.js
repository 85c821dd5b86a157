// Every finding, by rule and region, a page at a time.
import { h } from './dom.js';
import { t, named, fieldName } from './i18n.js';
import { number, expectation } from './format.js';
import { address, go } from './router.js';
import * as api from './api.js';
import { pathText, regionSearch } from './search.js';
import { card, heading, placeLink, ruleOf, severity, table } from './parts.js';

const PAGE = 50;

export async function findingsView(ctx, signal) {
  const { route, contest } = ctx;
  const { aturan = '', wilayah = '' } = route.query;
  const from = Math.max(0, Math.floor(Number(route.query.mulai)) || 0);
  const data = await api.findings(route.base, contest.kode, { aturan, wilayah, mulai: from, banyak: PAGE }, signal);
  const where = wilayah ? await api.region(route.base, contest.kode, wilayah, null, signal) : null;
  const to = (change) => address(route.base, 'temuan', contest.kode) + api.query({ aturan, wilayah, ...change });
  const title = where ? `${t('findingsTitle')}: ${where.nama}` : t('findingsTitle');
  return {
    title,
    asOf: null,
    nodes: [
      heading(1, title),
      h('p', { class: 'under' }, t('findingsIntro')),
      filters(ctx, data, where, aturan, to),
      card(t('findingsCount', { n: number(data.jumlah) }), data.temuan.length === 0 ? h('p', { class: 'empty' }, t('noFindings'))
        : [rows(ctx, data), paging(data, from, to)]),
    ],
  };
}

function filters(ctx, data, where, aturan, to) {
  const counts = data.per_aturan ?? {};
  const ids = [...new Set([...(ctx.contest.aturan ?? []).map((r) => r.id), ...Object.keys(counts)])]
    .filter((id) => counts[id] > 0 || id === aturan);
  const select = h('select', { id: 'rule', onchange: (e) => go(to({ aturan: e.target.value })) },
    h('option', { value: '' }, t('allRules')),
    ids.map((id) => h('option', { value: id, selected: id === aturan }, `${id} · ${named(ruleOf(ctx, id)?.nama, '')}${counts[id] ? ` (${number(counts[id])})` : ''}`)));
  const box = h('input', { id: 'within', type: 'search', autocomplete: 'off', placeholder: t('searchHint') });
  const field = h('div', { class: 'field search' }, h('label', { for: 'within' }, t('chooseRegion')), box);
  regionSearch(box, async (text, signal) => (await api.search(ctx.route.base, text, 12, signal)).hasil.filter((r) => r.tingkat < 5),
    (hit) => go(to({ wilayah: hit.kode })));
  return h('form', { class: 'filters', onsubmit: (e) => e.preventDefault() },
    h('div', { class: 'field' }, h('label', { for: 'rule' }, t('rule')), select), field,
    where && h('a', { class: 'chip', href: to({ wilayah: '' }), 'aria-label': t('remove', { what: where.nama }) }, where.nama, h('span', { 'aria-hidden': 'true' }, '×')));
}

function rows(ctx, data) {
  return table(t('findingsTitle'),
    [{ name: t('station') }, { name: t('rule') }, { name: t('figure') }, { name: t('found'), num: true }, { name: t('expected'), num: true }],
    data.temuan.map((f) => [
      [placeLink(ctx, f.tps, 5, f.nama || f.tps), h('span', { class: 'sub left' }, pathText(f.jalur))],
      [severity(f.berat), ' ', f.aturan, h('span', { class: 'sub left' }, named(ruleOf(ctx, f.aturan)?.nama, ''))],
      fieldName(f.medan, ctx.contest.pilihan ?? []), number(f.tertulis), expectation(f.harus),
    ]), { kind: 'findings-table' });
}

function paging(data, from, to) {
  const last = from + data.temuan.length;
  const step = (text, at, rel) => h('a', { href: to({ mulai: at || '' }), rel }, text);
  return h('nav', { class: 'paging', 'aria-label': t('paging') },
    from > 0 ? step(`← ${t('previous')}`, Math.max(0, from - PAGE), 'prev') : h('span', {}),
    h('span', {}, t('range', { from: number(from + 1), to: number(last), n: number(data.jumlah) })),
    last < data.jumlah ? step(`${t('next')} →`, last, 'next') : h('span', {}));
}
