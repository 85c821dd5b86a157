// Openness: what the system says of itself, and what stands beside the count. Each card is there when its
// document is; without any of them the page says so.
import { h } from './dom.js';
import { t } from './i18n.js';
import { number, time } from './format.js';
import { address, prefix } from './router.js';
import * as api from './api.js';
import { card, heading } from './parts.js';

// null when there is no such document (404); anything else is the page's failure.
async function there(promise) {
  try {
    return await promise;
  } catch (e) {
    if (e.status !== 404) throw e;
    return null;
  }
}

const file = (href, name, words) => h('li', {}, h('a', { href }, name), words && h('span', { class: 'sub left' }, words));

export async function openView(ctx, signal) {
  const { base } = ctx.route;
  const [infra, requests, archive, released, statements, node] = await Promise.all([
    there(api.get(`${base}/terbuka/infrastruktur/infrastruktur.json`, signal)),
    there(api.get(`${base}/terbuka/ppid/permohonan.json`, signal)),
    there(api.get(`${base}/arsip/cakupan.json`, signal)),
    there(api.release(base, signal)),
    api.statements(base, signal),
    there(api.text(`${prefix}/api/v1/simpul`, signal)),
  ]);
  const cards = [
    infra && infrastructure(base, infra),
    node && self(node),
    statements.pernyataan.length > 0 && residency(ctx, statements.pernyataan),
    requests && card(t('openRequests'), h('p', {}, t('openRequestsText')), h('ul', { class: 'files' },
      file(`${base}/terbuka/ppid/`, t('openRegister')), file(`${base}/terbuka/ppid/permohonan.csv`, 'permohonan.csv'))),
    archive && card(t('openArchive'), h('p', {}, t('openArchiveText')), h('ul', { class: 'files' }, file(`${base}/arsip/`, t('openArchivePage')))),
    released && card(t('releases'), h('p', {}, t('releasesText')), h('ul', { class: 'files' }, file(`${base}/rilis/`, released.rilis))),
  ].filter(Boolean);
  const half = Math.ceil(cards.length / 2);
  return {
    title: t('openness'),
    asOf: null,
    nodes: [
      heading(1, t('openness')),
      h('p', { class: 'under' }, t('openIntro')),
      cards.length ? h('div', { class: 'columns even', id: 'openness' },
        h('div', { class: 'stack' }, cards.slice(0, half)), h('div', { class: 'stack' }, cards.slice(half)))
        : h('p', { class: 'note' }, t('openNone')),
    ],
  };
}

function infrastructure(base, d) {
  const at = `${base}/terbuka/infrastruktur/`;
  const seen = d.observed;
  return card(t('openInfra'),
    h('p', {}, `${d.name} · ${d.body} · ${t('openVersion', { v: d.version })}`),
    d.fictional && h('p', { class: 'small' }, t('openFictional')),
    h('p', {}, t('openValues', { open: number(d.values.open), shut: number(d.values.exempt + d.values.ruling_002 + d.values.guard) })),
    seen && h('p', { id: 'observed' }, t('openObserved', { n: number(seen.nodes.filter((x) => x.time).length), f: number(seen.findings.length + seen.exempt.findings) })),
    h('ul', { class: 'files' }, file(at, t('openReport')), file(`${at}laporan.pdf`, 'PDF'),
      file(`${at}infrastruktur.json`, 'JSON'), file(`${at}sbom.spdx.json`, t('openSbom'))));
}

const inWib = (seconds) => new Date((seconds + 7 * 3600) * 1000).toISOString().slice(0, 19).replace('T', ' ');

// The description's text ends at the empty line; its signature is the report's to judge.
function self(note) {
  const d = JSON.parse(note.slice(0, note.lastIndexOf('\n\n') + 1));
  const row = (name, value) => h('div', { class: 'pairs-row' }, h('dt', {}, name), h('dd', {}, value));
  return card(t('openNode'), h('p', {}, t('openNodeText')),
    h('dl', { class: 'pairs loose', id: 'node' },
      row(t('openNodeId'), `${d.id} (${d.role}, ${d.version})`), row(t('openNodeSince'), time(inWib(d.started))),
      row(t('openNodeBuild'), h('code', { class: 'key-text' }, d.build.sha256)), row(t('openNodeSource'), h('code', { class: 'key-text' }, d.build.source ?? '—'))),
    h('ul', { class: 'files' }, file(`${prefix}/api/v1/simpul`, 'api/v1/simpul', t('openNodeSigned'))));
}

function residency(ctx, statements) {
  const newest = statements[statements.length - 1];
  return card(t('residencyTitle'), h('p', {}, t('residencyIntro')), h('ul', { class: 'files' },
    file(`${ctx.route.base}/api/v1/residensi/${newest.nama}`, newest.nama), file(address(ctx.route.base, 'catatan', ctx.contest.kode), t('publicLog'))));
}
