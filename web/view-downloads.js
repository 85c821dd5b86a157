// What can be taken home, and how to count it again without us.
import { h } from './dom.js';
import { t, levelName } from './i18n.js';
import { prefix } from './router.js';
import * as api from './api.js';
import { card, heading } from './parts.js';

// The releases, where there are any; without them (404) the page is as before.
async function releases(base, signal) {
  let newest = null;
  try {
    newest = await api.release(base, signal);
  } catch (e) {
    if (e.name === 'AbortError') throw e;
    return [];
  }
  return card(t('releases'), h('p', {}, t('releasesText')),
    h('p', {}, h('a', { id: 'releases', href: `${base}/rilis/` }, `${base}/rilis/`)),
    h('p', {}, t('releasesNewest', { name: newest.rilis, time: `${newest.waktu} ${newest.zona}` })),
    h('p', { class: 'small' }, t('quota')),
    h('pre', { tabindex: 0 }, h('code', {}, `rekap mirror ${location.origin}${base}/rilis DIR`)));
}

const LEVELS = ['provinsi', 'kabupaten', 'kecamatan', 'desa'];

export async function downloadsView(ctx, signal) {
  const { base } = ctx.route;
  const released = await releases(base, signal);
  const k = ctx.contest.kode;
  const file = (href, name, words) => h('li', {}, h('a', { href, download: name }, name), h('span', { class: 'sub left' }, words));
  return {
    title: t('downloadsTitle'),
    asOf: null,
    nodes: [
      heading(1, t('downloadsTitle')),
      h('p', { class: 'under' }, t('downloadsIntro')),
      h('div', { class: 'columns even' },
        card(`${t('files')} · ${ctx.contest.nama}`, h('ul', { class: 'files' },
          file(api.tree(base), 'wilayah.csv', t('fileTree')),
          file(api.file(base, k, 'tps.csv'), 'tps.csv', t('fileForms')),
          file(api.file(base, k, 'rekap.csv'), 'rekap.csv', t('fileTotals')),
          LEVELS.map((level, i) => file(api.file(base, k, 'rekap.csv', { tingkat: level }), `rekap-${level}.csv`,
            t('fileTotalsOf', { level: levelName(i + 1).toLowerCase() }))),
          file(api.file(base, k, 'temuan.csv'), 'temuan.csv', t('fileFindings')),
          file(api.file(base, k, 'banding.csv'), 'banding.csv', t('fileComparison')))),
        h('div', { class: 'stack' },
          released,
          card(t('recount'), h('ol', { class: 'steps' },
            h('li', {}, t('recount1')),
            h('li', {}, t('recount2'), h('pre', { tabindex: 0 }, h('code', { id: 'recount' }, `rekap recount --wilayah wilayah.csv --kontes ${k} tps.csv`))),
            h('li', {}, t('recount3')))),
          card(t('forPrograms'), h('ul', {},
            h('li', {}, h('a', { href: `${prefix}/api/v1/openapi.json` }, t('apiText'))),
            h('li', {}, h('a', { href: `${base}/api/v1/` }, `${base}/api/v1/`)))))),
    ],
  };
}
