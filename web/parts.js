// Pieces that several pages use. ctx = {route, info, contest, page} as app.js makes it.
import { h, colour } from './dom.js';
import { t, language } from './i18n.js';
import { number, percent, width, pair, ballotNumber } from './format.js';
import { address } from './router.js';

export const heading = (level, ...text) => h(`h${level}`, {}, ...text);

// Link to a region (or station: level 5) of the contest shown, as of the same entry.
export function placeLink(ctx, code, level, ...text) {
  const asOf = level < 5 && ctx.route.query.as_of ? `?as_of=${encodeURIComponent(ctx.route.query.as_of)}` : '';
  return h('a', { href: address(ctx.route.base, 'hasil', ctx.contest.kode, code) + asOf, 'data-kind': level === 5 ? 'station' : 'region' }, ...text);
}

export function breadcrumb(ctx, ancestors, name) {
  return h('nav', { class: 'path', 'aria-label': t('path') }, h('ol', {},
    ancestors.map((a) => h('li', {}, placeLink(ctx, a.kode, a.tingkat, a.nama))),
    h('li', { 'aria-current': 'page' }, name)));
}

export const dot = (choice) => h('span', {
  class: 'dot', 'aria-hidden': 'true', style: { backgroundColor: colour(choice.warna) ?? 'currentColor' },
});

export const bar = (choice, part, whole) => h('div', { class: 'bar', 'aria-hidden': 'true' },
  h('div', { class: 'bar-fill', style: { width: width(part, whole), backgroundColor: colour(choice.warna) ?? 'var(--accent)' } }));

// One bar split among the choices; the figures beside it say the same in text.
export function splitBar(choices, votes, whole) {
  return h('div', { class: 'bar split', 'aria-hidden': 'true' }, whole ? choices.map((c) => h('div', {
    class: 'bar-fill', style: { width: width(votes(c), whole), backgroundColor: colour(c.warna) ?? 'var(--accent)' },
  })) : []);
}

export const sum = (values) => values.reduce((a, v) => a + (v ?? 0), 0);

// Candidates of a party ("1.3") belong under their party ("1").
function grouped(choices) {
  const parties = choices.filter((c) => !String(c.kode).includes('.'));
  return parties.map((p) => {
    const members = choices.filter((c) => String(c.kode).startsWith(`${p.kode}.`));
    return { ...p, members, suara: members.length ? sum([p.suara, ...members.map((m) => m.suara)]) : p.suara };
  });
}

// Names, votes, shares, bars.
export function choiceList(choices) {
  const rows = grouped(choices);
  const whole = sum(rows.map((c) => c.suara));
  return h('ol', { class: 'choices' }, rows.map((c) => h('li', { class: 'choice', 'data-choice': c.kode },
    h('span', { class: 'choice-number' }, dot(c), ballotNumber(c)),
    h('span', { class: 'choice-name' }, pair(c.nama).map((line) => h('span', { class: 'line' }, line))),
    h('span', { class: 'choice-figures' },
      h('strong', { class: 'choice-share' }, percent(c.suara, whole)),
      c.suara !== null && h('span', { class: 'choice-votes' }, h('span', { class: 'n' }, number(c.suara)), ` ${t('votes')}`)),
    bar(c, c.suara, whole),
    c.members.length > 0 && h('details', { class: 'members' }, h('summary', {}, t('partyVotes')),
      h('ul', {}, c.members.map((m) => h('li', {}, `${ballotNumber(m)} ${m.nama}: `, number(m.suara))))))));
}

export const badge = (kind, text) => h('span', { class: `badge ${kind}` }, text);

export const severity = (rule) => badge(rule === 'E' ? 'bad' : 'warn', t(`severity${rule}`));

export const note = (...text) => h('p', { class: 'note' }, ...text);

export const card = (title, ...content) => h('section', { class: 'card' }, heading(2, title), ...content);

// A table that becomes cards at phone width: the roles keep it a table for screen readers even when the
// style sheet lays its rows out as blocks. columns: [{name, num?, head?}], rows: arrays of cells;
// options: sort {column, down}, kind = a class, cards: false = stays a table on a phone.
export function table(caption, columns, rows, options = {}) {
  const head = columns.map((c, i) => h('th', { scope: 'col', role: 'columnheader', class: c.num ? 'num' : null,
    'aria-sort': options.sort?.column === i ? (options.sort.down ? 'descending' : 'ascending') : null }, c.head ?? c.name));
  const body = rows.map((cells) => h('tr', { role: 'row', 'data-code': cells.code ?? null, class: cells.kind ?? null },
    columns.map((c, i) => {
      const content = cells[i];
      const attributes = { role: i === 0 ? 'rowheader' : 'cell', class: c.num ? 'num' : null, 'data-label': c.name };
      return i === 0 ? h('th', { scope: 'row', ...attributes }, content) : h('td', attributes, content);
    })));
  return h('div', { class: 'table-box' }, h('table', { role: 'table', class: [options.cards !== false && 'cards', options.kind].filter(Boolean).join(' ') },
    h('caption', { class: 'unseen' }, caption),
    h('thead', { role: 'rowgroup' }, h('tr', { role: 'row' }, head)),
    h('tbody', { role: 'rowgroup' }, body)));
}

export const collator = () => new Intl.Collator(language(), { numeric: true, sensitivity: 'base' });

// Rules by id, from the contest.
export const ruleOf = (ctx, id) => ctx.contest.aturan?.find((r) => r.id === id);
