// The photos of a station's form beside the figures that were read of them. Choosing a figure shows its boxes in the
// photo, choosing a box shows its figure and what each channel read: digits, bubbles, sums. The bytes of a photo are
// hashed here and compared with what the log names; that the log names it is the proof card's work.
import { h } from './dom.js';
import { t, named, fieldName } from './i18n.js';
import { ballotNumber, number, percent, time, NONE } from './format.js';
import { badge, heading } from './parts.js';
import { Stage, crop } from './stage.js';
import { sumsOf } from './sums.js';
import { hexOf, sha256 } from './proof.js';

export const READ_BADGE = { sesuai: 'good', dirujuk: 'warn', 'tidak-sesuai': 'bad', ditolak: 'bad', diterima: 'none' };
const STATUS_BADGE = { accept: 'good', refer: 'warn', refuse: 'none' };
const PLACES = ['ones', 'tens', 'hundreds', 'thousands', 'tenThousands', 'hundredThousands'];
const pageOf = (photo) => photo.halaman_terbaca ?? photo.halaman;
const anchor = (field) => `angka-${field}`;

export const readState = (state) => badge(READ_BADGE[state] ?? 'none', t(`read_${state}`));
export const readStateShort = (state) => badge(READ_BADGE[state] ?? 'none', t(`readShort_${state}`));

// {card, has(field), choose(field)}; `reading` is the document of the station's photos.
export function photoCard(ctx, s, reading) {
  return new Card(ctx, s, reading);
}

class Card {
  constructor(ctx, s, reading) {
    const figures = reading.bacaan?.angka ?? [];
    Object.assign(this, { ctx, s, reading, figures, at: -1, open: null, checked: new Map() });
    this.byField = new Map(figures.map((f) => [f.medan, f]));
    this.sums = sumsOf(ctx.contest, s.pilihan, new Map(figures.filter((f) => f.foto !== null).map((f) => [f.medan, f.nilai])));
    this.stage = new Stage({ onChoose: (field) => this.choose(field, true), onLoad: () => this.loaded(), onError: () => this.say('failed') });
    this.tabs = h('div', { class: 'photo-tabs', role: 'group', 'aria-label': t('photos') },
      this.inOrder().map((i) => h('button', { type: 'button', 'data-photo': i, onclick: () => this.showPhoto(i) }, this.photoName(i))));
    this.about = h('div', { class: 'photo-about' });
    this.spoken = h('p', { class: 'unseen', role: 'status' });
    this.rows = new Map(figures.map((f) => [f.medan, this.row(f)]));
    this.card = h('section', { class: 'card photo-card', id: 'foto' }, heading(2, t('photosAndReading')), this.head(),
      h('div', { class: 'photo-columns' },
        h('div', { class: 'photo-side' }, this.tabs, this.stage.view, this.stage.tools, this.about),
        h('div', { class: 'photo-figures' }, this.list())),
      this.reader(), this.spoken);
    this.showPhoto(this.inOrder().find((i) => reading.foto[i].dipakai) ?? 0);
    const asked = figures.find((f) => `#${anchor(f.medan)}` === location.hash);
    if (asked) requestAnimationFrame(() => this.choose(asked.medan));
  }

  has(field) { return this.byField.has(field); }

  // ---- the station's state ----

  head() {
    const { keadaan, banding, menunggu } = this.reading;
    return [h('p', { class: 'badges' }, readState(keadaan), banding && badge(banding === 'sama' ? 'good' : 'bad', t(`compared_${banding}`))),
      h('p', {}, t(`readLong_${keadaan}`), banding === 'beda' && ` ${t('comparedLong')}`, menunggu && ` ${t('readWaiting')}`)];
  }

  reader() {
    const b = this.reading.bacaan;
    if (!b) return null;
    const row = (name, ...value) => h('div', { class: 'hash-row' }, h('dt', {}, name), h('dd', {}, ...value));
    const code = (text) => h('code', { class: 'key-text' }, text);
    return h('details', { class: 'photo-reader' }, h('summary', {}, t('readerTitle')),
      h('dl', { class: 'hashes' }, row(t('readerVersion'), b.pembaca), row(t('readerModel'), code(b.model)), row(t('readerForm'), code(b.formulir)),
        row(t('entry'), number(this.reading.entri)), row(t('when'), time(b.waktu)), row(t('byKey'), `${b.peran} `, code(b.kunci))),
      h('p', { class: 'small' }, t('readerNote')));
  }

  // ---- photos ----

  // By page, whatever order they came in; those of no known page at the end.
  inOrder() {
    const at = (i) => pageOf(this.reading.foto[i]) ?? Infinity;
    return this.reading.foto.map((_, i) => i).sort((a, b) => (at(a) === at(b) ? a - b : at(a) - at(b)));
  }

  photoName(i) {
    const p = this.reading.foto[i];
    const page = pageOf(p);
    if (!page) return t('photoNumber', { i: number(i + 1) });
    const alone = this.reading.foto.filter((x) => pageOf(x) === page).length === 1;
    return t(alone ? 'photoOfPage' : 'photoOfSamePage', { n: number(page), i: number(i + 1) });
  }

  showPhoto(i) {
    if (i === this.at || !this.reading.foto[i]) return;
    this.at = i;
    const p = this.reading.foto[i];
    for (const b of this.tabs.children) b.setAttribute('aria-pressed', String(b.dataset.photo === String(i)));
    const here = this.figures.filter((f) => f.foto === i).map((f) => ({
      key: f.medan, quads: f.kotak.map((k) => k.sudut), label: `${this.name(f)}: ${this.value(f)}, ${t(`figure_${f.status}`)}`, kind: f.status }));
    this.check?.remove();
    this.stage.view.classList.remove('wrong');
    this.about.replaceChildren(...this.aboutPhoto(p, i).filter(Boolean));
    this.stage.show(p.berkas && this.address(p), this.photoName(i), here, t('photoNoCopy'));
    const known = this.checked.get(i);
    if (known) this.say(...known);
  }

  address(p) { return `${this.ctx.route.base}/${p.berkas}`; }

  aboutPhoto(p, i) {
    const row = (name, hash) => h('div', { class: 'hash-row' }, h('dt', {}, name), h('dd', {}, hash ? h('code', { class: 'key-text' }, hash) : NONE));
    this.check = h('p', { class: 'photo-check', role: 'status', 'data-check': 'waiting' }, p.berkas ? t('photoCheck_waiting') : '');
    const words = [p.hasil && t(`photoResult_${p.hasil}`), p.hasil === 'read' && !p.dipakai && t('photoNotUsed'), p.bertentangan && t('photoDisputed'), p.tanpa_kode && t('photoUnnamed'), !p.hasil && t('photoUnread')];
    return [h('p', { class: 'photo-result' }, words.filter(Boolean).join(' ')), p.berkas && this.check,
      h('details', {}, h('summary', {}, t('photoHashes')),
        h('dl', { class: 'hashes' }, row(t('hashCopy'), p.salinan), row(t('hashOriginal'), p.asli)),
        h('p', { class: 'small' }, t('photoHashesNote', { n: number(p.entri), size: p.ukuran === null ? NONE : number(p.ukuran) }),
          p.berkas && [' ', h('a', { href: this.address(p), download: `${p.salinan}.${p.berkas.split('.').pop()}` }, t('photoFile'))]))];
  }

  say(state, values = {}) {
    if (state !== 'waiting') this.checked.set(this.at, [state, values]);
    this.check.dataset.check = state;
    this.check.className = `photo-check ${{ ok: 'good', bad: 'bad' }[state] ?? ''}`;
    this.check.setAttribute('role', state === 'bad' ? 'alert' : 'status');
    this.check.textContent = t(`photoCheck_${state}`, values);
    this.stage.view.classList.toggle('wrong', state === 'bad');
    if (state === 'bad') this.stage.view.before(this.check); // an alarm stands above the photo
  }

  // The photo is on the page: its bytes come out of the browser's cache and are hashed.
  async loaded() {
    const i = this.at;
    const p = this.reading.foto[i];
    this.cut();
    if (this.checked.has(i)) return;
    if (!globalThis.crypto?.subtle) return this.say('noCrypto');
    let result = ['failed'];
    try {
      const answer = await fetch(this.address(p), { cache: 'force-cache' });
      if (answer.ok) {
        const bytes = new Uint8Array(await answer.arrayBuffer());
        const hash = hexOf(await sha256(bytes));
        result = hash === p.salinan && bytes.length === p.ukuran ? ['ok', { n: number(p.entri) }] : ['bad', { n: number(p.entri), hash }];
      }
    } catch (e) {
      console.warn(e);
    }
    if (i === this.at) this.say(...result);
    else this.checked.set(i, result);
  }

  // Puts the pixels of each box of the figure that is open beside what was read in it.
  cut() {
    const f = this.byField.get(this.open);
    if (!f || f.foto !== this.at || !this.stage.image) return;
    this.rows.get(f.medan).crops.forEach((place, k) => place.hasChildNodes() || place.append(crop(this.stage.image, f.kotak[k].sudut)));
  }

  // ---- figures ----

  name(f) {
    const choice = this.s.pilihan.find((c) => `suara_${c.kode}` === f.medan);
    return choice ? `${ballotNumber(choice)} ${choice.nama}` : f.kolom ? fieldName(f.medan) : f.medan.replaceAll('_', ' ');
  }
  value(f) { return f.foto === null ? NONE : f.nilai === null ? t('readBlank') : number(f.nilai); }

  list() {
    if (this.figures.length === 0) return h('p', { class: 'empty' }, t('noReading'));
    const pages = new Map(); // photo -> rows, in the form's order
    for (const f of this.figures) pages.set(f.foto, [...pages.get(f.foto) ?? [], this.rows.get(f.medan).item]);
    return [this.tally(), ...[...pages].flatMap(([photo, items]) => {
      const list = h('ol', { class: 'read-figures' }, items);
      return photo === null ? h('details', { class: 'not-read' }, h('summary', {}, t('pageNotRead', { n: number(items.length) })), list) : [heading(3, this.photoName(photo)), list];
    })];
  }

  tally() {
    const n = (status) => number(this.figures.filter((f) => f.status === status).length);
    return h('p', { class: 'small' }, t('figureTally', { accept: n('accept'), refer: n('refer'), refuse: n('refuse'), all: number(this.figures.length) }));
  }

  row(f) {
    const id = `baca-${f.medan}`;
    const crops = f.kotak.map(() => h('span', { class: 'box-crop-place' }));
    const detail = h('div', { id, class: 'read-detail', hidden: true });
    const button = h('button', { type: 'button', class: 'read-figure', 'aria-expanded': 'false', 'aria-controls': id, onclick: () => this.choose(f.medan) },
      h('span', { class: 'read-name' }, this.name(f)), ' ', h('span', { class: 'read-value' }, this.value(f)), ' ', badge(STATUS_BADGE[f.status], t(`figure_${f.status}`)));
    const row = { item: h('li', { 'data-read': f.medan, id: anchor(f.medan) }, button, detail), button, detail, crops };
    detail.append(...this.detail(f, crops));
    return row;
  }

  // fromPhoto: the one who chooses looks at the photo; the row comes into sight, the eye stays there.
  choose(field, fromPhoto = false) {
    const f = this.byField.get(field);
    if (!f) return;
    const same = this.open === field && !fromPhoto;
    for (const [name, { button, detail, item }] of this.rows) {
      const on = name === field && !same;
      button.setAttribute('aria-expanded', String(on));
      detail.hidden = !on;
      item.classList.toggle('chosen', on);
    }
    this.open = same ? null : field;
    if (same) return;
    const fold = this.rows.get(field).item.closest('details');
    if (fold) fold.open = true;
    if (f.foto !== null) {
      this.showPhoto(f.foto);
      this.stage.choose(field, fromPhoto);
      this.cut();
    }
    // at phone width the photo stands above the figures and stays: the row comes to stand right below it
    this.rows.get(field).item.scrollIntoView({ block: matchMedia('(max-width: 719px)').matches ? 'start' : 'nearest' });
    this.spoken.textContent = `${this.name(f)}: ${this.value(f)}, ${t(`figure_${f.status}`)}`;
    history.replaceState(history.state, '', `#${anchor(field)}`);
  }

  // From a figure elsewhere on the page.
  show(field) {
    if (this.open !== field) this.choose(field);
    this.card.scrollIntoView({ block: 'start' });
    this.rows.get(field).button.focus({ preventScroll: true });
  }

  detail(f, crops) {
    if (f.foto === null) return [h('p', {}, t('figureNotRead'))];
    return [h('p', {}, t(`figureLong_${f.status}`), this.inForce(f)),
      this.boxes(f, crops),
      h('dl', { class: 'channels' },
        this.channel('digits', `${this.value(f)}, ${t('sure', { pct: percent(f.yakin, 10000, 'down') })}`),
        this.channel('bubbles', t(`bubbles_${f.bulatan}`)),
        this.channel('sums', this.sumsIn(f)))].filter(Boolean);
  }

  channel(name, ...text) { return h('div', { 'data-channel': name }, h('dt', {}, t(`channel_${name}`)), h('dd', {}, ...text)); }

  // The figure that counts, where people entered another one.
  inForce(f) {
    const choice = this.s.pilihan.find((c) => `suara_${c.kode}` === f.medan);
    const counts = choice ? choice.suara : this.s.medan?.[f.medan];
    if (this.s.keadaan === 'kosong' || !f.kolom || counts === f.nilai || counts === undefined) return '';
    return ` ${t('otherInForce', { n: number(counts) })}`;
  }

  boxes(f, crops) {
    const doubt = new Map((this.reading.bacaan.ragu ?? []).filter((d) => this.figures[d.angka] === f).map((d) => [d.kotak, d.ragu]));
    const bubbles = f.bulatan !== 'none';
    const head = ['boxPlace', 'boxPhoto', 'boxDigit', 'boxSure', ...(bubbles ? ['boxBubble'] : [])];
    return h('div', { class: 'table-box' }, h('table', { class: 'boxes' }, h('caption', { class: 'unseen' }, t('boxesOf', { what: this.name(f) })),
      h('thead', {}, h('tr', {}, head.map((w) => h('th', { scope: 'col' }, t(w))))),
      h('tbody', {}, f.kotak.map((k, i) => h('tr', { 'data-box': i },
        h('th', { scope: 'row' }, t(PLACES[f.kotak.length - 1 - i])), h('td', {}, crops[i]),
        h('td', { class: 'box-digit' }, k.digit === null ? t('boxNothing') : String(k.digit)), h('td', {}, percent(k.yakin, 10000, 'down'), doubt.has(i) && h('span', { class: 'sub' }, t('boxDoubt', { pct: percent(doubt.get(i), 10000) }))),
        bubbles && h('td', {}, typeof k.bulatan === 'number' ? String(k.bulatan) : t({ kosong: 'bubbleEmpty', 'tak-jelas': 'bubbleUnclear' }[k.bulatan] ?? 'bubbleNone')))))));
  }

  sumsIn(f) {
    const mine = this.sums.filter((x) => x.fields.includes(f.medan));
    if (mine.length === 0) return t(f.dijumlahkan ? 'sumsOther' : 'sumsNone');
    return h('ul', { class: 'sums' }, mine.map((x) => h('li', { 'data-sum': x.state },
      badge({ holds: 'good', broken: 'bad', open: 'none' }[x.state], t(`sum_${x.state}`)), ' ', `${x.rule.id}: ${this.sumText(x)}`)));
  }

  sumText(x) {
    const rule = named(x.rule.nama, x.rule.id);
    return x.state === 'broken' ? `${rule} (${number(x.left)} ≠ ${number(x.right)})` : rule;
  }
}
