// The public log in words: how large it is, who signs it, what the witnesses say, and how to check it without us.
import { h } from './dom.js';
import { t } from './i18n.js';
import { number, time, NONE } from './format.js';
import * as api from './api.js';
import { badge, card, heading, note, table } from './parts.js';

const STATE = { ok: 'good', away: 'warn', refused: 'warn', ahead: 'bad', fork: 'bad', unasked: 'none' };

export async function logView(ctx, signal) {
  const [log, { pernyataan }] = await Promise.all([api.log(ctx.route.base, signal), api.statements(ctx.route.base, signal)]);
  return {
    title: t('logTitle'),
    asOf: null,
    nodes: [
      heading(1, t('logTitle')),
      h('p', { class: 'under' }, t('logIntro')),
      log.bahaya?.length > 0 && alarm(log),
      log.checkpoint ? h('div', { class: 'columns even' },
        h('div', { class: 'stack' }, checkpoint(log), witnesses(log), residency(ctx, pernyataan, log.keluar)),
        h('div', { class: 'stack' }, verify(ctx, log), keys(log)))
        : note(t('logUnsigned')),
    ],
  };
}

function alarm(log) {
  const box = card(t('alarmTitle'), h('p', {}, t('alarmText')),
    h('ul', {}, log.bahaya.map((line) => h('li', {}, line === 'seen' ? t('alarmSeen') : alarmLine(line)))));
  box.classList.add('error', 'alarm');
  box.setAttribute('role', 'alert');
  return box;
}

function alarmLine(line) {
  const [state, size, who] = line.split(' ');
  return ['ahead', 'fork'].includes(state) ? t(`alarm_${state}`, { who, n: number(Number(size)) }) : line;
}

const pair = (name, value, key) => h('div', { class: 'pairs-row', 'data-log': key }, h('dt', {}, name), h('dd', {}, value));

function checkpoint(log) {
  const late = log.ukuran_terbaru - log.ukuran;
  return card(t('checkpointTitle'),
    h('dl', { class: 'pairs' },
      pair(t('logSize'), number(log.ukuran), 'size'),
      pair(t('logOrigin'), log.asal, 'origin'),
      log.kuorum !== null && pair(t('logQuorum'), badge(log.kuorum ? 'good' : 'warn', t(log.kuorum ? 'quorumYes' : 'quorumNo')), 'quorum')),
    late > 0 && h('p', { class: 'small' }, t('logLater', { n: number(late) })),
    h('p', { class: 'small' }, t('checkpointText')),
    h('pre', { class: 'checkpoint', tabindex: 0 }, h('code', {}, log.checkpoint)));
}

function witnesses(log) {
  if (log.kebijakan === null) return card(t('witnessTitle'), h('p', {}, t('noWitnesses')));
  return card(t('witnessTitle'), h('p', { class: 'small' }, t('witnessIntro')),
    log.masalah && note(t('witnessProblem', { text: log.masalah })),
    table(t('witnessTitle'), [{ name: t('witness') }, { name: t('state') }, { name: t('cosignedUpTo'), num: true }],
      log.saksi.map((w) => Object.assign([
        [w.sebutan || w.nama, h('span', { class: 'sub left' }, w.nama)],
        [badge(STATE[w.keadaan] ?? 'none', t(`witness_${w.keadaan}`)), h('span', { class: 'sub left' }, [w.sejak && t('since', { time: time(w.sejak) }), w.pesan].filter(Boolean).join(' · '))],
        w.ukuran ? number(w.ukuran) : NONE], { code: w.nama }))),
    h('p', { class: 'small' }, log.ditanya ? t('witnessAsked', { time: time(log.ditanya) }) : t('witnessNever')),
    h('details', {}, h('summary', {}, t('policyText')), h('pre', { tabindex: 0 }, h('code', {}, log.kebijakan))));
}

function verify(ctx, log) {
  const key = log.kunci.find((k) => k.guna === 'checkpoint' && k.sampai === null)?.kunci ?? '';
  const address = new URL(`${ctx.route.base}/`, location.href).href;
  const command = log.kebijakan === null ? `rekap-verify --key ${key} ${address}` : `rekap-verify --policy policy ${address}`;
  return card(t('verifyTitle'), h('p', {}, t('verifyText')),
    h('ol', { class: 'steps' },
      h('li', {}, t('verify1')),
      h('li', {}, t('verify2'), h('pre', { tabindex: 0 }, h('code', { id: 'verify' }, command))),
      h('li', {}, t('verify3'))),
    h('p', { class: 'small' }, t('verifyStation')),
    h('ul', { class: 'files' },
      ['log/checkpoint', 'api/v1/log'].map((path) => h('li', {}, h('a', { href: `${ctx.route.base}/${path}` }, path)))));
}

// Where the data lie: the newest daily statements, and connections that the declaration refused.
function residency(ctx, statements, out) {
  const at = (name) => `${ctx.route.base}/api/v1/residensi/${name}`;
  return card(t('residencyTitle'),
    statements.length > 0 && h('p', { class: 'small' }, t('residencyIntro')),
    statements.length > 0 && h('ul', { class: 'files', id: 'residency' }, statements.slice(-7).reverse().map((s) => h('li', {},
      h('a', { href: at(s.nama) }, s.nama), ' · ', h('a', { href: at(`${s.nama}.csv`), download: `residensi-${s.nama}.csv` }, 'CSV'),
      h('span', { class: 'sub left' }, t('residencyEntry', { n: number(s.entri) }))))),
    h('p', { id: 'outbound' }, t('outbound', { n: number(out.diminta), m: number(out.ditolak) })),
    out.terakhir.length > 0 && h('ul', {}, out.terakhir.slice(0, 5).map((r) => h('li', {},
      h('code', {}, `${r.host}:${r.porta}`), h('span', { class: 'sub left' }, t('outboundRefused', { rule: r.aturan, kind: r.jenis, n: number(r.kali), time: time(r.waktu) }))))));
}

function keys(log) {
  return card(t('keysTitle'), h('p', { class: 'small' }, t('keysIntro')),
    table(t('keysTitle'), [{ name: t('keyName') }, { name: t('keyUse') }, { name: t('keyFrom') }],
      log.kunci.map((k) => [
        h('code', { class: 'key-text' }, k.kunci),
        k.guna === 'checkpoint' ? t('keyCheckpoint') : k.peran,
        k.sampai === null ? t('keyInForce', { n: number(k.dari) }) : t('keyEnded', { n: number(k.dari), m: number(k.sampai) })]), { kind: 'plain' }),
    log.kunci_lain > 0 && h('p', { class: 'small' }, t('keysOthers', { n: number(log.kunci_lain) })));
}
