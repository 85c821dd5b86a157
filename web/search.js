// A text box that finds regions by name (the combobox pattern of WAI-ARIA): asks while one types, arrows
// choose, Enter takes, Escape closes. Used in the header and as the region filter of the findings.
import { h } from './dom.js';
import { t } from './i18n.js';
import { number } from './format.js';

const WAIT_MS = 200;
let made = 0;

export const pathText = (path) => (Array.isArray(path) ? path.map((p) => p?.nama ?? p).join(' / ') : path ?? '');

// input: the box; find(text, signal) -> [{kode, nama, tingkat, jalur}]; take(hit).
export function regionSearch(input, find, take) {
  const id = `hits-${++made}`;
  const list = h('ul', { class: 'hits', id, role: 'listbox', hidden: true });
  const said = h('p', { class: 'unseen', role: 'status' });
  input.after(list, said);
  for (const [k, v] of Object.entries({ role: 'combobox', 'aria-autocomplete': 'list', 'aria-expanded': 'false', 'aria-controls': id })) {
    input.setAttribute(k, v);
  }
  let hits = [];
  let active = -1;
  let timer = 0;
  let asking = null;
  let takeFirst = false; // Enter was pressed before the answer came

  function close() {
    clearTimeout(timer);
    asking?.abort();
    hits = [];
    takeFirst = false;
    list.hidden = true;
    list.replaceChildren();
    mark(-1);
    input.setAttribute('aria-expanded', 'false');
  }

  function mark(i) {
    active = i;
    [...list.children].forEach((el, j) => el.setAttribute('aria-selected', String(j === i)));
    if (i >= 0) {
      input.setAttribute('aria-activedescendant', list.children[i].id);
      list.children[i].scrollIntoView({ block: 'nearest' });
    } else input.removeAttribute('aria-activedescendant');
  }

  function choose(i) {
    const hit = hits[i];
    if (!hit) return;
    input.value = '';
    close();
    take(hit);
  }

  function show(found, text) {
    hits = found;
    list.setAttribute('aria-label', t('searchLabel'));
    list.replaceChildren(...(found.length ? found.map(option)
      : [h('li', { class: 'hit none', role: 'option', 'aria-disabled': 'true' }, t('searchNone', { q: text }))]));
    list.hidden = false;
    input.setAttribute('aria-expanded', 'true');
    said.textContent = found.length ? t('searchFound', { n: number(found.length) }) : t('searchNone', { q: text });
    mark(-1);
  }

  const option = (hit, i) => h('li', {
    class: 'hit', role: 'option', id: `${id}-${i}`, 'aria-selected': 'false',
    onmousedown: (e) => e.preventDefault(), onclick: () => choose(i),
  }, h('span', { class: 'hit-name' }, hit.nama),
  h('span', { class: 'hit-path' }, [t(`level${hit.tingkat}`), pathText(hit.jalur)].filter(Boolean).join(' · ')));

  async function ask() {
    const text = input.value.trim();
    asking?.abort();
    if (text.length < 2 && !/^\d$/.test(text)) return close();
    const mine = asking = new AbortController();
    try {
      const found = await find(text, mine.signal);
      if (mine.signal.aborted) return;
      show(found, text);
      if (takeFirst) choose(0);
    } catch (e) {
      if (e.name === 'AbortError') return;
      close();
      said.textContent = t('searchFailed');
    }
  }

  input.addEventListener('input', () => {
    clearTimeout(timer);
    takeFirst = false;
    timer = setTimeout(ask, WAIT_MS);
  });
  input.addEventListener('blur', close);
  input.addEventListener('keydown', (e) => {
    if (e.key === 'Escape' && !list.hidden) {
      e.preventDefault();
      close();
    } else if ((e.key === 'ArrowDown' || e.key === 'ArrowUp') && hits.length) {
      e.preventDefault();
      const step = e.key === 'ArrowDown' ? 1 : -1;
      mark(active < 0 ? (step > 0 ? 0 : hits.length - 1) : (active + step + hits.length) % hits.length);
    } else if (e.key === 'Enter') {
      e.preventDefault();
      if (hits.length) choose(Math.max(active, 0));
      else {
        takeFirst = true;
        clearTimeout(timer);
        ask();
      }
    }
  });
}
