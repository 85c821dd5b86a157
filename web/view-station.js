// A station: every figure as written on its form, what the rules say about them, photos, history.
import { h, webAddress } from './dom.js';
import { t, named, fieldName, fieldStem, splitField, SUFFIX } from './i18n.js';
import { number, time, expectation, ballotNumber, pair, NONE } from './format.js';
import { proofCard } from './view-proof.js';
import { photoCard, readState } from './view-photo.js';
import { badge, breadcrumb, card, dot, heading, note, severity, table } from './parts.js';

// `reading`: what was received and read of its photos; null: there is nothing, or it could not be had.
export function stationView(ctx, s, reading = null) {
  const above = s.leluhur ?? [];
  const place = above.filter((a) => a.tingkat > 0).reverse().map((a) => a.nama).join(', ');
  const flags = new Set((s.temuan ?? []).map((f) => f.medan));
  const photo = reading && photoCard(ctx, s, reading);
  return {
    title: `${s.nama}, ${above.at(-1)?.nama ?? ''}`,
    asOf: null,
    nodes: [
      breadcrumb(ctx, above, s.nama),
      heading(1, s.nama),
      h('p', { class: 'under' }, place),
      h('p', { class: 'badges' }, badge(s.keadaan === 'masuk' ? 'good' : 'none', t(s.keadaan)), ' ',
        s.keadaan !== 'kosong' && badge(s.periksa ? 'bad' : 'plain', t(s.periksa ? 'toReview' : 'consistent')), ' ', s.baca && readState(s.baca.keadaan), ' ',
        h('span', { class: 'small' }, [t('stationCode', { code: s.kode }), s.dapil && t('dapil', { code: s.dapil.nama ?? s.dapil }),
          s.entri !== null && s.entri !== undefined && s.keadaan !== 'kosong' && t('entryNo', { n: number(s.entri) }), s.ts && time(s.ts)].filter(Boolean).join(' · '))),
      s.psu && note(t('revote', { psu: s.psu })),
      s.generasi > 0 && note(t('generation', { n: number(s.generasi + 1) })),
      s.keadaan === 'kosong' ? h('p', { class: 'card empty' }, t(s.baca ? 'noFormYet' : 'noForm')) : figures(ctx, s, flags, photo),
      s.baca && !reading && note(t('readingFailed')),
      photo?.card,
      sideBySide((!s.baca || s.foto?.length > 0) && photos(s), (s.keadaan !== 'kosong' || reading) && proofCard(ctx, s, reading)),
      history(s, reading),
    ],
  };
}

const sideBySide = (...cards) => h('div', { class: cards.every(Boolean) ? 'columns even' : null }, cards);

function figures(ctx, s, flags, photo) {
  return h('div', { class: 'columns even' },
    h('div', { class: 'stack' }, votes(ctx, s, flags, photo), findings(s)),
    administration(s, flags, photo));
}

// The cell of one figure; the mark says that a finding names it. Where its box was read, it leads there.
function figure(value, flagged, field, photo) {
  const text = [value === null || value === undefined ? [h('span', { 'aria-hidden': 'true' }, NONE), h('span', { class: 'unseen' }, t('notWritten'))] : number(value),
    flagged && h('span', { class: 'unseen' }, `, ${t('flagged')}`)];
  return h('span', { class: `figure${flagged ? ' flagged' : ''}` }, photo?.has(field)
    ? h('button', { type: 'button', class: 'to-photo', title: t('toPhoto'), onclick: () => photo.show(field) }, text, h('span', { class: 'unseen' }, `, ${t('toPhoto')}`)) : text);
}

function votes(ctx, s, flags, photo) {
  const m = s.medan ?? {};
  const choices = s.pilihan.map((c) => row([dot(c), ' ', ballotNumber(c), ' ', h('span', { class: 'choice-name' },
    pair(c.nama).map((line) => h('span', { class: 'line' }, line)))], c.suara, flags.has(`suara_${c.kode}`), `suara_${c.kode}`, photo));
  const totals = Object.keys(m).filter((f) => f.startsWith('suara_')).map((f) => row(fieldName(f), m[f], flags.has(f), f, photo));
  return card(t('figures'),
    h('dl', { class: 'pairs votes' }, choices), h('dl', { class: 'pairs' }, totals),
    h('p', { class: 'small' }, t('notWrittenNote')));
}

const row = (name, value, flagged, field, photo) => h('div', { class: 'pairs-row', 'data-field': field }, h('dt', {}, name), h('dd', {}, figure(value, flagged, field, photo)));

// Figures with L, P and J go into one row; only columns the contest's form has are shown.
function administration(s, flags, photo) {
  const groups = new Map(); // title -> Map(stem -> {l, p, j} or {only})
  for (const [name, value] of Object.entries(s.medan ?? {})) {
    if (name.startsWith('suara_')) continue;
    const { stem, part } = splitField(name);
    const title = name.startsWith('surat_suara_') ? 'groupBallots' : /^(pemilih|pengguna|disabilitas)/.test(name) ? 'groupVoters' : 'groupOther';
    if (!groups.has(title)) groups.set(title, new Map());
    const rows = groups.get(title);
    if (!rows.has(stem)) rows.set(stem, {});
    rows.get(stem)[part ?? 'only'] = { value, flagged: flags.has(name), name };
  }
  return h('div', { class: 'stack' }, [...groups].map(([title, rows]) => {
    const parts = ['l', 'p', 'j'].filter((p) => [...rows.values()].some((r) => r[p]));
    const columns = [{ name: t('figure') }, ...(parts.length ? parts.map((p) => ({ name: t(SUFFIX[p]), num: true, p })) : [{ name: t('found'), num: true, p: 'only' }])];
    return card(t(title), table(t(title),
      columns.map((c) => (c.p && c.p !== 'only' ? { ...c, head: h('abbr', { title: t(`${SUFFIX[c.p]}Long`) }, c.name) } : c)),
      [...rows].map(([stem, r]) => [fieldStem(stem), ...columns.slice(1).map((c) => {
        const cell = r[c.p] ?? r.only;
        return cell ? figure(cell.value, cell.flagged, cell.name, photo) : '';
      })]), { cards: false }));
  }));
}

function findings(s) {
  const list = s.temuan ?? [];
  if (list.length === 0) return card(t('findingsHere'), h('p', {}, t('noFindingsHere')));
  return card(t('findingsHere'), h('ul', { class: 'findings' }, list.map((f) => h('li', {},
    h('p', { class: 'finding-name' }, severity(f.berat), ' ', h('strong', {}, `${f.aturan} · ${named(f.nama, f.aturan)}`)),
    h('p', {}, t('expectedWritten', { field: fieldName(f.medan, s.pilihan), found: number(f.tertulis), expected: expectation(f.harus) }))))));
}

function photos(s) {
  const list = s.foto ?? [];
  return card(t('photos'), list.length === 0 ? h('p', { class: 'empty' }, t('noPhotos'))
    : h('ul', {}, list.map((address, i) => h('li', {}, webAddress(address)
      ? h('a', { href: address, rel: 'noopener noreferrer external' }, t('photo', { n: i + 1 })) : t('photoNone', { n: i + 1 })))));
}

// What an entry changed, figure by figure.
function changes(s, e) {
  if (!e.perubahan) return t('firstForm');
  if (e.perubahan.length === 0) return t('noFigureChanged');
  return h('ul', { class: 'changes' }, e.perubahan.map((c) => h('li', { 'data-field': c.medan },
    `${fieldName(c.medan, s.pilihan)}: ${number(c.dari)} → ${number(c.ke)}`)));
}

function who(e) {
  return [e.peran || NONE, e.kunci && h('span', { class: 'sub left' }, t('byKey'), ' ', h('code', {}, e.kunci))];
}

function why(e) {
  return [e.alasan || NONE, e.sumber && h('span', { class: 'sub left' }, `${t('source')}: ${e.sumber}`),
    (e.bukti ?? []).map((hash) => h('span', { class: 'sub left' }, t('evidence'), ' ', h('code', { class: 'key-text' }, hash)))];
}

function history(s, reading) {
  const list = s.riwayat ?? [];
  const photographed = reading && h('p', {}, t('historyPhotos', { photos: [...new Set(reading.foto.map((p) => p.entri))].map(number).join(', ') }),
    reading.entri !== null && ` ${t('historyReading', { n: number(reading.entri), time: time(reading.bacaan?.waktu) })}`);
  if (list.length === 0) return card(t('history'), photographed || h('p', { class: 'empty' }, t('noHistory')));
  return card(t('history'), table(t('history'),
    [{ name: t('entry') }, { name: t('when') }, { name: t('role') }, { name: t('reason') }, { name: t('whatChanged') }],
    list.map((e) => Object.assign([number(e.entri), time(e.waktu), who(e), why(e), changes(s, e)], { code: `entri-${e.entri}` })), { kind: 'history' }),
  photographed, h('p', { class: 'small' }, t('historyNote')));
}
