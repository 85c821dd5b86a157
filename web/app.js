// Starts the portal: keeps the frame (elections, pages, contests, search, language) and puts the page that
// the address names into <main>. The old page stays until the new one is ready, so nothing jumps.
import { h } from './dom.js';
import { t, language, setLanguage, translatePage } from './i18n.js';
import { number, time } from './format.js';
import * as api from './api.js';
import * as router from './router.js';
import { regionSearch } from './search.js';
import { card, heading } from './parts.js';
import { regionView } from './view-region.js';
import { outcomeCards } from './view-outcome.js';
import { stationView } from './view-station.js';
import { findingsView } from './view-findings.js';
import { comparisonView } from './view-comparison.js';
import { downloadsView } from './view-downloads.js';
import { logView } from './view-log.js';
import { openView } from './view-open.js';

const PAGES = [['hasil', 'results'], ['temuan', 'findings'], ['banding', 'comparison'], ['catatan', 'publicLog'], ['keterbukaan', 'openness'], ['unduh', 'downloads']];
const VIEWS = { hasil: resultsView, temuan: findingsView, banding: comparisonView, catatan: logView, keterbukaan: openView, unduh: downloadsView };
const $ = (id) => document.getElementById(id);

let elections = null;
let asking = null; // AbortController of the page being made
let last = null; // {ctx} of the page shown

// A code is a region's or, if no region has it, a station's.
async function resultsView(ctx, signal) {
  const { route, contest } = ctx;
  if (ctx.kind !== 'station') {
    try {
      const nation = route.code === '0' && !route.query.as_of;
      const [region, outcome] = await Promise.all([
        api.region(route.base, contest.kode, route.code, route.query.as_of, signal),
        nation ? outcomeCards(ctx, signal) : []]);
      return regionView(ctx, region, outcome);
    } catch (e) {
      if (e.status !== 404) throw e;
    }
  }
  const station = await api.station(route.base, contest.kode, route.code, signal);
  if (!signal.aborted) router.remember('station');
  return stationView(ctx, station, station.baca ? await readingOf(ctx, signal) : null);
}

// Without it the page still shows the form; it says that the photos could not be had.
async function readingOf({ route, contest }, signal) {
  try {
    return await api.reading(route.base, contest.kode, route.code, signal);
  } catch (e) {
    if (e.name === 'AbortError') throw e;
    return null;
  }
}

async function makeContext(route, kind) {
  if (!elections) {
    elections = (await api.elections(router.prefix)).pemilu;
    router.knowElections(elections);
    route = router.parse(location.href);
  }
  const info = elections.find((p) => p.id === route.id) ?? elections[0];
  const state = await api.election(route.base);
  const kode = route.contest ?? state.kontes[0]?.kode;
  if (!route.known || !state.kontes.some((c) => c.kode === kode)) throw new api.ApiError(404, '');
  return { route, kind, info: { ...info, ...state }, contest: await api.contest(route.base, kode) };
}

async function show(route, { kind = null, y = 0, first = false } = {}) {
  asking?.abort();
  const mine = asking = new AbortController();
  const busy = setTimeout(() => {
    $('progress').hidden = false;
    $('status').textContent = t('loading');
  }, 150);
  let ctx = null;
  let view;
  try {
    ctx = await makeContext(route, kind);
    if (mine.signal.aborted) return;
    view = await VIEWS[ctx.route.view](ctx, mine.signal);
  } catch (e) {
    if (e.name === 'AbortError') return;
    if (!(e instanceof api.ApiError)) console.error(e);
    view = errorView(e, route);
  } finally {
    clearTimeout(busy);
    if (mine === asking) $('progress').hidden = true;
  }
  if (mine.signal.aborted) return;
  last = { ctx, view };
  frame(ctx, view);
  if (ctx) warn(ctx.route.base, mine.signal);
  $('content').replaceChildren(...view.nodes.flat(Infinity).filter((n) => n instanceof Node));
  $('status').textContent = t('loaded', { what: view.title });
  if (!first) focusHeading();
  scrollTo(0, y);
}

// A reader of the page, heard or seen, starts at its heading.
function focusHeading() {
  const title = $('content').querySelector('h1');
  if (!title) return;
  title.tabIndex = -1;
  title.focus({ preventScroll: true });
}

function errorView(e, route) {
  const gone = e.status === 404;
  const title = t(gone ? 'notFound' : 'failed');
  const text = gone ? t('notFoundText') : e.status === 503 ? t('busyText') : t('failedText');
  return {
    title,
    asOf: null,
    nodes: [card('', h('p', {}, text), e.message && !gone ? h('p', { class: 'small' }, e.message) : '',
      h('p', {}, gone ? h('a', { href: `${route.base}/` }, t('backToNation'))
        : h('button', { type: 'button', onclick: () => { api.forget(); router.reload({ first: false }); } }, t('retry'))))]
      .map((box) => { box.firstChild.replaceWith(heading(1, title)); box.classList.add('error'); return box; }),
  };
}

function link(href, text, current, kind = 'page') {
  return h('a', { href, 'aria-current': current ? kind : null }, text);
}

function frame(ctx, view) {
  translatePage();
  document.title = [view.title, ctx?.info.nama, 'rekap'].filter(Boolean).join(' · ');
  if (!ctx) return;
  const { route, info, contest } = ctx;
  $('brand').href = `${route.base}/`;
  $('elections').replaceChildren(...elections.map((p) => link(router.electionAddress(p.id), shortName(p), p.id === info.id, 'true')));
  $('menu').replaceChildren(...PAGES.map(([page, word]) => link(
    page === 'hasil' ? router.address(route.base, page, contest.kode, '0') : router.address(route.base, page, contest.kode), t(word), page === route.view)));
  $('contests').hidden = info.kontes.length < 2;
  $('contests').replaceChildren(...info.kontes.map((c) => link(router.address(route.base, route.view, c.kode, route.code), c.nama, c.kode === contest.kode, 'true')));
  const state = view.asOf ?? info;
  $('as-of').textContent = state.ts ? t('logState', { n: number(state.entri), time: time(state.ts) }) : '';
}

// What speaks against the log stands above every page; without an answer nothing is said.
async function warn(base, signal) {
  try {
    const log = await api.log(base, signal);
    if (signal.aborted) return;
    $('alarm').hidden = !log.bahaya?.length;
    $('alarm').replaceChildren(t('alarmTitle'), '. ', h('a', { href: router.address(base, 'catatan', last.ctx.contest.kode) }, t('publicLog')));
  } catch {
    // the page itself says when the server does not answer
  }
}

// The year tells elections apart in little room; otherwise the name does.
function shortName(p) {
  const yearOf = (o) => /\d{4}/.exec(o.tanggal || o.nama || o.id)?.[0];
  const year = yearOf(p);
  const same = elections.filter((o) => yearOf(o) === year).length;
  return year && same === 1 ? h('span', { title: p.nama }, year) : p.nama;
}

function start() {
  translatePage();
  for (const button of document.querySelectorAll('button[data-lang]')) {
    button.addEventListener('click', () => {
      if (button.dataset.lang === language()) return;
      setLanguage(button.dataset.lang);
      router.reload({ y: scrollY });
    });
  }
  $('search').addEventListener('submit', (e) => e.preventDefault());
  regionSearch($('search-text'), async (text, signal) => {
    const base = last?.ctx?.route.base ?? router.parse(location.href).base;
    return (await api.search(base, text, 12, signal)).hasil;
  }, (hit) => {
    const at = last?.ctx ?? { route: router.parse(location.href) };
    router.go(router.address(at.route.base, 'hasil', at.contest?.kode ?? 'ppwp', hit.kode), hit.tingkat === 5 ? 'station' : 'region');
  });
  router.start(show);
}

start();
