// A region: its votes, how much of it is in, what needs review, and the regions or stations below it.
import { h } from './dom.js';
import { t, named, fieldName, levelName } from './i18n.js';
import { number, percent, hundredths, width, ballotNumber, time } from './format.js';
import { address } from './router.js';
import * as api from './api.js';
import { readState, readStateShort } from './view-photo.js';
import { badge, breadcrumb, card, choiceList, collator, dot, heading, note, placeLink, ruleOf, splitBar, sum, table } from './parts.js';

const VOTES = ['suara_sah', 'suara_tidak_sah', 'suara_total'];
const COLUMNS_MAX = 4; // more choices than this do not fit a column each
const NAMED_MAX = 12; // regions without data, by name
const RULES_MAX = 5; // the commonest findings; the others are a click away
const sorts = new Map(); // level -> {key, down}: kept while one goes through the tree

// `outcome`: what the law makes of the nation's votes, as cards of their own.
export function regionView(ctx, r, outcome = []) {
  const title = r.tingkat === 0 ? 'Indonesia' : r.nama;
  return {
    title,
    asOf: r,
    nodes: [
      r.leluhur?.length > 0 && breadcrumb(ctx, r.leluhur, r.nama),
      heading(1, title),
      h('p', { class: 'under' }, r.tingkat === 0 ? `${ctx.contest.nama}${ctx.info.tanggal ? ` · ${time(ctx.info.tanggal)}` : ''}`
        : `${levelName(r.tingkat)} · ${t('regionCode', { code: r.kode })}`),
      ctx.route.query.as_of && note(t('asOfNote', { n: number(r.entri) }), ' ',
        h('a', { href: address(ctx.route.base, 'hasil', ctx.contest.kode, r.kode) }, t('toLatest'))),
      r.tps.masuk < r.tps.jumlah && r.tps.masuk > 0
        && note(t('incomplete', { pct: percent(r.tps.masuk, r.tps.jumlah, 'down') }), emptyNames(r)),
      r.tps.masuk === 0 && note(t('noVotesLong')),
      h('div', { class: 'columns' },
        votesCard(r),
        h('div', { class: 'stack' }, coverageCard(ctx, r), photosCard(r), rulesCard(ctx, r))),
      ...outcome,
      childrenCard(ctx, r),
    ],
  };
}

const withoutData = (r) => (r.tingkat < 4 ? (r.anak ?? []).filter((c) => c.tps.masuk === 0) : []);

// Which regions below are missing altogether, while they are few enough to name.
function emptyNames(r) {
  const names = withoutData(r).map((c) => c.nama);
  return names.length > 0 && names.length <= NAMED_MAX ? ` ${t('emptyNames', { names: names.join(', ') })}` : '';
}

function votesCard(r) {
  const whole = sum(r.pilihan.map((c) => c.suara));
  if (r.pilihan.length === 0) return card(t('votesOfChoices'), h('p', {}, t('choicesDiffer')), ballots(r));
  if (r.tps.masuk === 0) return card(t('votesOfChoices'), choiceList(r.pilihan.map((c) => ({ ...c, suara: null }))), ballots(r));
  return card(t('votesOfChoices'), choiceList(r.pilihan), h('p', { class: 'small' }, t('ofVotes', { n: number(whole) })), ballots(r));
}

function coverageCard(ctx, r) {
  const { jumlah, diterima, masuk, periksa } = r.tps;
  const row = (name, value, kind) => h('div', { class: 'pairs-row' }, h('dt', {}, h('span', { class: `key ${kind}`, 'aria-hidden': 'true' }), name), h('dd', {}, value));
  return card(t('coverage'),
    h('p', { class: 'coverage' }, t('coverageText', { in: number(masuk), all: number(jumlah), pct: percent(masuk, jumlah, 'down') })),
    h('div', { class: 'bar split tall', 'aria-hidden': 'true' },
      h('div', { class: 'bar-fill in', style: { width: width(masuk, jumlah) } }),
      h('div', { class: 'bar-fill waiting', style: { width: width(Math.max(diterima - masuk, 0), jumlah) } })),
    h('dl', { class: 'pairs' },
      row(t('withVotes'), number(masuk), 'in'),
      row(t('withoutVotes'), number(diterima - masuk), 'waiting'),
      row(t('withoutForm'), number(jumlah - diterima), 'none'),
      row(t('needReview'), periksa > 0
        ? h('a', { href: address(ctx.route.base, 'temuan', ctx.contest.kode) + api.query({ wilayah: r.kode === '0' ? '' : r.kode }) }, number(periksa)) : '0', 'review')),
    periksa > 0 && h('p', { class: 'small' }, t('needReviewHelp')));
}

// What became of the photos: only where any came in.
function photosCard(r) {
  const n = r.foto;
  if (!n) return null;
  const row = (name, value, state) => h('div', { class: 'pairs-row', 'data-read': state }, h('dt', {}, name), h('dd', {}, number(value)));
  const box = card(t('photos'),
    h('p', {}, t('photosCount', { n: number(n.diterima), all: number(r.tps.jumlah), pct: percent(n.diterima, r.tps.jumlah, 'down') })),
    h('dl', { class: 'pairs' }, row(t('photosReadSome'), n.dibaca, 'dibaca'),
      ['sesuai', 'dirujuk', 'tidak_sesuai', 'ditolak'].map((k) => row(t(`read_${k.replace('_', '-')}`), n[k], k)),
      row(t('photosWaiting'), n.diterima - n.sesuai - n.dirujuk - n.tidak_sesuai - n.ditolak, 'menunggu'),
      n.beda > 0 && row(t('compared_beda'), n.beda, 'beda')),
    h('details', {}, h('summary', {}, t('statesMean')), h('dl', { class: 'states' }, ['sesuai', 'dirujuk', 'tidak-sesuai', 'ditolak'].map((k) =>
      h('div', {}, h('dt', {}, readState(k)), h('dd', {}, t(`readLong_${k}`)))))));
  box.classList.add('photo-counts');
  return box;
}

function ballots(r) {
  const m = r.medan ?? {};
  const listed = VOTES.filter((f) => f in m);
  const others = Object.keys(m).filter((f) => !VOTES.includes(f));
  if (r.tps.diterima === 0 || listed.length + others.length === 0) return null;
  const choices = sum(r.pilihan.map((c) => c.suara));
  const gapValid = r.pilihan.length && 'suara_sah' in m ? Math.abs(choices - (m.suara_sah ?? 0)) : 0;
  const gapTotal = listed.length === 3 ? Math.abs((m.suara_sah ?? 0) + (m.suara_tidak_sah ?? 0) - (m.suara_total ?? 0)) : 0;
  const rows = (names) => h('dl', { class: 'pairs' }, names.map((f) => h('div', { class: 'pairs-row', 'data-field': f },
    h('dt', {}, fieldName(f)), h('dd', {}, number(m[f])))));
  return [heading(3, t('ballots')), rows(listed),
    h('p', { class: 'small' }, t('asWritten'), gapValid ? ` ${t('gapValid', { n: number(gapValid) })}` : '', gapTotal ? ` ${t('gapTotal', { n: number(gapTotal) })}` : ''),
    others.length > 0 && h('details', {}, h('summary', {}, t('otherFigures')), rows(others))];
}

function rulesCard(ctx, r) {
  const found = Object.entries(r.temuan ?? {}).filter(([, n]) => n > 0).sort(([a, x], [b, y]) => y - x || collator().compare(a, b));
  if (found.length === 0) return null;
  const link = (id, text) => h('a', { href: address(ctx.route.base, 'temuan', ctx.contest.kode) + api.query({ aturan: id, wilayah: r.kode === '0' ? '' : r.kode }) }, text);
  const list = (some) => table(t('perRule'), [{ name: t('rule') }, { name: t('checks') }, { name: t('count'), num: true }],
    some.map(([id, n]) => [link(id, id), named(ruleOf(ctx, id)?.nama, id), number(n)]), { cards: false });
  const rest = found.slice(RULES_MAX);
  return card(t('perRule'), list(found.slice(0, RULES_MAX)),
    rest.length > 0 && h('details', {}, h('summary', {}, t('otherRules', { n: number(rest.length) })), list(rest)));
}

// ---- the regions or stations below ----

const votesOf = (child, c) => child.pilihan?.[c.kode] ?? child.pilihan?.[c.id] ?? null;
const wholeOf = (child, choices) => sum(choices.map((c) => votesOf(child, c)));

function childrenCard(ctx, r) {
  const children = r.anak ?? [];
  if (children.length === 0) return card(t(`childrenOf${r.tingkat}`), h('p', { class: 'empty' }, t('noChildren')));
  const columns = (r.tingkat === 4 ? stationColumns : regionColumns)(ctx, r);
  const box = h('div', {});
  draw(box, r, columns, children);
  const empty = withoutData(r).length;
  return card(t(`childrenOf${r.tingkat}`),
    h('p', { class: 'small' }, h('span', { class: 'wide-only' }, t('childNote')), h('span', { class: 'phone-only' }, t('childNotePhone')),
      empty > 0 && ` ${t('emptyChildren', { n: number(empty), all: number(children.length) })}`), box);
}

function draw(box, r, columns, children, focus) {
  const sort = sorts.get(r.tingkat) ?? { key: null, down: false };
  const at = columns.findIndex((c) => c.key === sort.key);
  const set = (key, down) => {
    sorts.set(r.tingkat, { key, down });
    draw(box, r, columns, children, key);
  };
  const head = (c) => h('button', { type: 'button', class: 'sort', 'data-sort': c.key,
    onclick: () => set(c.key, sort.key === c.key ? !sort.down : c.num ?? false) }, c.title ?? c.name,
  h('span', { class: 'arrow', 'aria-hidden': 'true' }, sort.key === c.key ? (sort.down ? '▼' : '▲') : '▽'));
  box.replaceChildren(
    phoneSort(columns, sort, set),
    table(t(`childrenOf${r.tingkat}`), columns.map((c) => ({ ...c, head: head(c) })),
      sorted(children, columns[at], sort.down).map((child) => Object.assign(columns.map((c) => c.cell(child)),
        { code: child.kode, kind: (r.tingkat === 4 ? child.masuk : child.tps.masuk > 0) ? null : 'no-data' })),
      { sort: { column: at, down: sort.down }, kind: r.tingkat === 4 ? 'stations' : 'regions' }));
  if (focus) box.querySelector(`thead button[data-sort="${CSS.escape(focus)}"]`)?.focus({ preventScroll: true });
}

function phoneSort(columns, sort, set) {
  const options = [h('option', { value: '' }, t('sortOrder')), ...columns.map((c) => h('option', { value: c.key, selected: c.key === sort.key }, c.name))];
  return h('div', { class: 'phone-sort phone-only' },
    h('label', {}, t('sortBy'), ' ', h('select', { onchange: (e) => set(e.target.value || null, columns.find((c) => c.key === e.target.value)?.num ?? false) }, options)),
    sort.key && h('button', { type: 'button', onclick: () => set(sort.key, !sort.down) }, t(sort.down ? 'descending' : 'ascending')));
}

// By number of the code, those abroad (-99) at the end; codes that are no numbers stay as they come.
function byCode(a, b) {
  const [x, y] = [Number(a.kode), Number(b.kode)];
  return Number.isNaN(x) || Number.isNaN(y) ? 0 : (x < 0) - (y < 0) || Math.abs(x) - Math.abs(y);
}

// What is not there sorts last either way.
function sorted(children, column, down) {
  if (!column) return [...children].sort(byCode);
  const names = collator();
  return [...children].sort((a, b) => {
    const [x, y] = [column.value(a), column.value(b)];
    if (x === null || y === null) return (x === null) - (y === null);
    const order = typeof x === 'string' ? names.compare(x, y) : x < y ? -1 : x > y ? 1 : 0;
    return down ? -order : order;
  });
}

const choiceTitle = (c) => [dot(c), h('span', { title: c.nama }, ballotNumber(c)), h('span', { class: 'unseen' }, ` ${c.nama}`)];

function regionColumns(ctx, r) {
  const few = r.pilihan.length <= COLUMNS_MAX ? r.pilihan : [];
  const shares = few.map((c) => ({
    name: ballotNumber(c), title: choiceTitle(c), key: `c${c.kode}`, num: true,
    value: (child) => { const v = hundredths(votesOf(child, c), wholeOf(child, few)); return v === null ? null : Number(v); },
    cell: (child) => child.tps.masuk === 0 ? '—' : [h('span', { class: 'main' }, percent(votesOf(child, c), wholeOf(child, few))),
      h('span', { class: 'sub' }, number(votesOf(child, c)))],
  }));
  return [
    { name: t('name'), key: 'name', value: (c) => c.nama,
      cell: (c) => [placeLink(ctx, c.kode, c.tingkat, c.nama), few.length > 0 && splitBar(few, (x) => votesOf(c, x), wholeOf(c, few))] },
    ...shares,
    ...(r.pilihan.length > COLUMNS_MAX ? [leadingColumn(r)] : []),
    { name: t('total'), key: 'total', num: true, value: (c) => c.medan?.suara_total ?? null,
      cell: (c) => c.tps.masuk === 0 ? '—' : number(c.medan?.suara_total) },
    { name: t('coverage'), key: 'coverage', num: true, value: (c) => c.tps.jumlah ? Number(hundredths(c.tps.masuk, c.tps.jumlah)) : null,
      cell: (c) => c.tps.masuk === 0 ? [badge('none', t('noVotes')), h('span', { class: 'sub' }, `0 / ${number(c.tps.jumlah)}`)]
        : [h('span', { class: 'main' }, percent(c.tps.masuk, c.tps.jumlah, 'down')), h('span', { class: 'sub' }, `${number(c.tps.masuk)} / ${number(c.tps.jumlah)}`)] },
    reviewColumn((c) => c.tps.periksa, (c) => c.tps.periksa === 0 ? '0'
      : h('a', { href: address(ctx.route.base, 'temuan', ctx.contest.kode) + api.query({ wilayah: c.kode }), class: 'flag', 'aria-label': t('reviewCount', { n: number(c.tps.periksa) }) }, number(c.tps.periksa))),
  ];
}

function leadingColumn(r) {
  const best = (child) => r.pilihan.filter((c) => !String(c.kode).includes('.') && votesOf(child, c))
    .sort((a, b) => votesOf(child, b) - votesOf(child, a)).slice(0, 3);
  return { name: t('leading'), key: 'leading', value: (child) => best(child)[0]?.nama ?? null,
    cell: (child) => best(child).map((c) => h('span', { class: 'sub left' }, dot(c), ` ${c.nama} ${number(votesOf(child, c))}`)) };
}

const reviewColumn = (value, cell) => ({ name: t('review'), key: 'review', num: true, value, cell });

function stationColumns(ctx, r) {
  const choices = r.pilihan.length <= COLUMNS_MAX ? r.pilihan : [];
  const field = (name, key) => ({ name: fieldName(name), key, num: true, value: (c) => c.medan?.[name] ?? null, cell: (c) => number(c.medan?.[name]) });
  const has = (name) => (ctx.contest.medan ?? []).includes(name);
  const state = (c) => (c.masuk ? 'masuk' : c.diterima ? 'diterima' : 'kosong');
  return [
    { name: 'TPS', key: 'name', value: (c) => c.kode, cell: (c) => placeLink(ctx, c.kode, 5, c.nama) },
    ...choices.map((c) => ({ name: ballotNumber(c), title: choiceTitle(c), key: `c${c.kode}`, num: true,
      value: (child) => votesOf(child, c), cell: (child) => number(votesOf(child, c)) })),
    ...(has('suara_sah') ? [{ ...field('suara_sah', 'valid') }] : []),
    ...(has('suara_tidak_sah') ? [{ ...field('suara_tidak_sah', 'invalid') }] : []),
    ...(has('suara_total') ? [{ ...field('suara_total', 'total'), name: t('total') }] : []),
    { name: t('state'), key: 'state', value: state, cell: (c) => badge(c.masuk ? 'good' : 'none', t(state(c))) },
    ...(r.anak.some((c) => c.baca) ? [{ name: t('reading'), key: 'reading', value: (c) => c.baca ?? null, cell: (c) => (c.baca ? readStateShort(c.baca) : '—') }] : []),
    reviewColumn((c) => c.temuan?.length ?? 0, (c) => c.temuan?.length ? h('span', { class: 'flag' }, c.temuan.join(' ')) : '0'),
  ];
}
