// The card of a station that says, step by step, whether its figures stand in the signed public log.
import { h } from './dom.js';
import { t, fieldName } from './i18n.js';
import { number } from './format.js';
import { badge, card } from './parts.js';
import { address } from './router.js';
import { verifyStation } from './verify.js';

const BADGE = { ok: ['good', 'stepOk'], warn: ['warn', 'stepWarn'], none: ['none', 'stepNone'], bad: ['bad', 'stepBad'] };

function words(values, choices) {
  const shown = {};
  for (const [k, v] of Object.entries(values)) shown[k] = typeof v === 'number' ? number(v) : v;
  if (values.field) shown.field = fieldName(values.field, choices);
  return shown;
}

// Runs by itself once the page is there; the result is announced.
export function proofCard(ctx, s, reading = null) {
  const verdict = h('p', { class: 'proof-verdict', role: 'status', 'data-verdict': 'running' }, t('verifying'));
  const list = h('ol', { class: 'proof-steps' });
  const box = card(t('proofTitle'), verdict, list,
    h('p', { class: 'small' }, t('proofLimits'), ' ', h('a', { href: address(ctx.route.base, 'catatan', ctx.contest.kode) }, t('proofMore'))));
  box.classList.add('proof');
  run(ctx, s, reading, verdict, list);
  return box;
}

async function run(ctx, s, reading, verdict, list) {
  const say = (state, word, kind) => {
    verdict.dataset.verdict = state;
    verdict.className = `proof-verdict ${kind}`;
    verdict.textContent = t(word);
  };
  const step = (name, state, word, values) => list.append(h('li', { 'data-step': name, 'data-state': state },
    badge(BADGE[state][0], t(BADGE[state][1])), ' ', t(`proof_${word}`, words(values, s.pilihan))));
  try {
    const result = await verifyStation(ctx.route.base, ctx.contest.kode, s, reading, step);
    say(result, s.keadaan === 'kosong' && result === 'ok' ? 'verdict_okPhotos' : `verdict_${result}`, { ok: 'good', warn: 'warn', bad: 'bad' }[result] ?? '');
  } catch (e) {
    console.warn(e);
    say('failed', 'verdict_failed', '');
  }
}
