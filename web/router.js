// Addresses of the portal, and moving between them without loading the page again.
//   P = prefix all elections share (--base-path), written into the page by the server
//   B = base of an election: P/<id>, and for the first one also P itself
//   B/  B/hasil/{contest}/{code}  B/temuan/{contest}  B/banding/{contest}  B/catatan/{contest}  B/keterbukaan/{contest}
//   B/unduh/{contest}

const meta = (name) => document.querySelector(`meta[name="${name}"]`)?.content ?? '';
export const prefix = meta('rekap-base').replace(/\/+$/, '');
const served = meta('rekap-election'); // the election this page was served for

const VIEWS = new Set(['hasil', 'temuan', 'banding', 'catatan', 'keterbukaan', 'unduh']);
const e = encodeURIComponent;

let ids = served ? [served] : [];
let first = served;
// From /api/v1/pemilu: which first segments name an election, and which one P itself stands for.
export function knowElections(list) {
  ids = list.map((p) => p.id);
  first = (list.find((p) => p.utama) ?? list[0])?.id ?? served;
}

export function parse(address) {
  const url = new URL(address, location.href);
  let path = url.pathname;
  if (prefix && path.startsWith(prefix)) path = path.slice(prefix.length);
  const parts = path.split('/').filter(Boolean).map(decode);
  const named = ids.includes(parts[0]);
  const id = named ? parts.shift() : first;
  const route = {
    id, base: named ? `${prefix}/${e(id)}` : prefix, view: 'hasil', contest: null, code: '0',
    query: Object.fromEntries(url.searchParams), known: true,
  };
  if (parts.length === 0) return route;
  route.view = parts[0];
  route.contest = parts[1] ?? null;
  if (parts[0] === 'hasil') route.code = parts[2] ?? '0';
  route.known = VIEWS.has(parts[0]) && parts.length <= (parts[0] === 'hasil' ? 3 : 2);
  return route;
}

function decode(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return part; // not an address of ours: it will not be found
  }
}

export const electionAddress = (id) => `${prefix}/${e(id)}/`;
export const address = (base, view, contest, code) =>
  `${base}/${view}/${e(contest)}${view === 'hasil' ? `/${e(code ?? '0')}` : ''}`;

// A link carries what it leads to ("region" or "station"), which saves the question which of the two
// a code is; without it (a typed address) the region is asked for first.
let show = null;
let shown = '';

export function start(onRoute) {
  show = onRoute;
  history.scrollRestoration = 'manual';
  document.addEventListener('click', onClick);
  addEventListener('popstate', onPop);
  let timer = 0;
  addEventListener('scroll', () => { // remembered with the entry, for the way back
    clearTimeout(timer);
    timer = setTimeout(() => history.replaceState({ ...history.state, y: scrollY }, ''), 120);
  }, { passive: true });
  reload();
}

// What the code of this address turned out to be.
export const remember = (kind) => history.replaceState({ ...history.state, kind }, '');

const here = () => location.pathname + location.search;

export function reload(options = {}) {
  shown = here();
  show(parse(location.href), { kind: history.state?.kind, y: history.state?.y ?? 0, first: true, ...options });
}

export function go(to, kind = null) {
  history.replaceState({ ...history.state, y: scrollY }, '');
  history.pushState({ kind }, '', to);
  shown = here();
  show(parse(location.href), { kind, y: 0 });
}

function onPop(event) {
  if (here() === shown) return; // only the #fragment changed
  shown = here();
  show(parse(location.href), { kind: event.state?.kind, y: event.state?.y ?? 0 });
}

function onClick(event) {
  if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  const link = event.target instanceof Element ? event.target.closest('a[href]') : null;
  if (!link || link.target || link.hasAttribute('download') || link.origin !== location.origin) return;
  if (link.hash && link.pathname === location.pathname) return;
  if (prefix && !link.pathname.startsWith(`${prefix}/`)) return;
  if (!parse(link.href).known) return; // the API and files are not pages
  event.preventDefault();
  go(link.href, link.dataset.kind ?? null);
}
