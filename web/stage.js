// A photo to look into: it turns and zooms, with the boxes of the figures drawn over it. Positions are pixels of the
// photo as stored; how it lies on the screen is worked out here and set as properties, never in the page's HTML.
import { h, drawn } from './dom.js';
import { t } from './i18n.js';

const ZOOM_MAX = 8;
const FILL = 0.4; // of the view's width that a chosen figure takes

// Quarter turns, clockwise, that set the boxes upright: along their upper edges one writes to the right.
export function uprightTurns(quads) {
  const [x, y] = quads.reduce(([a, b], [p, q]) => [a + q[0] - p[0], b + q[1] - p[1]], [0, 0]);
  return quads.length ? (4 - Math.round(Math.atan2(y, x) / (Math.PI / 2))) % 4 : 0;
}

// Where a point of the photo (wide, high) lies after the turns.
const turned = ([x, y], turns, wide, high) => [[x, y], [high - y, x], [wide - x, high - y], [y, wide - x]][turns];

// The pixels of one quad, upright, onto a canvas of its shape.
export function crop(image, quad, height = 44) {
  const [tl, tr, , bl] = quad;
  const [w, d] = [Math.hypot(tr[0] - tl[0], tr[1] - tl[1]), Math.hypot(bl[0] - tl[0], bl[1] - tl[1])];
  const canvas = h('canvas', { class: 'box-crop', width: Math.max(1, Math.round(height * w / (d || 1))), height });
  const m = new DOMMatrix([(tr[0] - tl[0]) / canvas.width, (tr[1] - tl[1]) / canvas.width, (bl[0] - tl[0]) / height, (bl[1] - tl[1]) / height, tl[0], tl[1]]);
  if (!m.is2D || !w || !d) return canvas;
  const pen = canvas.getContext('2d');
  pen.setTransform(m.inverse());
  pen.drawImage(image, 0, 0);
  return canvas;
}

// onChoose(key): a box was chosen in the photo; onLoad(), onError(): what became of the photo's loading.
export class Stage {
  constructor({ onChoose, onLoad, onError }) {
    Object.assign(this, { onChoose, onLoad, onError, turns: 0, zoom: 1, chosen: null, groups: new Map(), image: null });
    this.sheet = h('div', { class: 'photo-sheet' });
    this.room = h('div', { class: 'photo-room' }, this.sheet);
    this.view = h('div', { class: 'photo-view', tabindex: 0, role: 'region', 'aria-label': t('photoView') }, this.room);
    const tool = (word, work) => h('button', { type: 'button', onclick: work }, t(word));
    this.tools = h('div', { class: 'photo-tools', role: 'group', 'aria-label': t('photoTools') },
      tool('zoomIn', () => this.zoomTo(this.zoom * 1.6)), tool('zoomOut', () => this.zoomTo(this.zoom / 1.6)),
      tool('zoomWhole', () => this.zoomTo(1)), tool('turn', () => this.turn()));
    new ResizeObserver(() => this.lay()).observe(this.view);
    this.near = new IntersectionObserver((seen) => { if (seen.some((e) => e.isIntersecting)) this.load(); }, { rootMargin: '400px' });
    this.near.observe(this.view);
  }

  // address null: there is no photo to show, `text` says why. figures: [{key, quads, label, kind}]
  show(address, alt, figures, text = '') {
    this.groups.clear();
    this.chosen = null;
    this.zoom = 1;
    this.turns = uprightTurns(figures.flatMap((f) => f.quads));
    this.image = null;
    this.waiting = address && { address, alt, figures };
    this.sheet.removeAttribute('style');
    this.room.removeAttribute('style');
    this.sheet.replaceChildren(h('p', { class: 'photo-blank' }, address ? t('loading') : text));
    this.near.unobserve(this.view);
    this.near.observe(this.view); // asks again whether it is in sight
  }

  // Only what comes into sight is fetched.
  load() {
    const next = this.waiting;
    if (!next) return;
    this.waiting = null;
    const image = h('img', { alt: next.alt, decoding: 'async', class: 'photo' });
    image.addEventListener('load', () => {
      if (!this.current(next)) return;
      this.image = image;
      this.sheet.replaceChildren(image, this.boxes(next.figures));
      this.lay();
      if (this.chosen) this.choose(this.chosen);
      this.onLoad();
    });
    image.addEventListener('error', () => {
      if (!this.current(next)) return;
      this.sheet.replaceChildren(h('p', { class: 'photo-blank' }, t('photoFailed')));
      this.onError();
    });
    this.loading = next;
    image.src = next.address;
  }
  current(next) { return this.loading === next && !this.waiting; }

  boxes(figures) {
    const { naturalWidth: wide, naturalHeight: high } = this.image;
    figures.forEach((f, i) => {
      const g = drawn('g', { class: `box ${f.kind}`, role: 'button', tabindex: i ? -1 : 0, 'aria-label': f.label, 'data-figure': f.key },
        drawn('title', {}, f.label), f.quads.map((q) => drawn('polygon', { points: q.map((p) => p.join(',')).join(' ') })));
      g.addEventListener('click', () => this.onChoose(f.key));
      g.addEventListener('keydown', (e) => this.key(e, f.key));
      this.groups.set(f.key, { g, quads: f.quads });
    });
    return drawn('svg', { class: 'photo-boxes', viewBox: `0 0 ${wide} ${high}`, role: 'group', 'aria-label': t('photoBoxes') },
      [...this.groups.values()].map((x) => x.g));
  }

  // The boxes are one stop of the Tab key; arrows go from figure to figure.
  key(e, key) {
    const keys = [...this.groups.keys()];
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[e.key];
    if (e.key === 'Enter' || e.key === ' ') this.onChoose(key);
    else if (step) this.choose(keys[(keys.indexOf(key) + step + keys.length) % keys.length], true);
    else return;
    e.preventDefault();
  }

  // Marks a figure and brings its boxes to the middle, large enough to read.
  choose(key, focus = false) {
    this.chosen = key;
    for (const [k, { g }] of this.groups) {
      g.classList.toggle('chosen', k === key);
      g.setAttribute('tabindex', k === key ? 0 : -1);
    }
    const at = this.groups.get(key);
    if (!at) return;
    if (focus) at.g.focus({ preventScroll: true });
    const { x, y, wide } = this.area(at.quads);
    this.zoom = Math.min(Math.max(FILL * this.view.clientWidth / (wide * this.fit()), 1), ZOOM_MAX);
    this.lay();
    this.centre(x, y);
  }

  size() { return this.turns % 2 ? [this.image.naturalHeight, this.image.naturalWidth] : [this.image.naturalWidth, this.image.naturalHeight]; }
  fit() { const [w, d] = this.size(); return Math.min(this.view.clientWidth / w, this.view.clientHeight / d) || 1; }

  // Middle and width of some quads, as the photo is turned.
  area(quads) {
    const { naturalWidth, naturalHeight } = this.image;
    const points = quads.flat().map((p) => turned(p, this.turns, naturalWidth, naturalHeight));
    const [xs, ys] = [points.map((p) => p[0]), points.map((p) => p[1])];
    const [left, right, top, low] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
    return { x: (left + right) / 2, y: (top + low) / 2, wide: Math.max(right - left, low - top) };
  }

  centre(x, y) {
    const scale = this.fit() * this.zoom;
    this.view.scrollTo(x * scale - this.view.clientWidth / 2, y * scale - this.view.clientHeight / 2);
  }

  zoomTo(zoom) {
    if (!this.image) return;
    const before = this.fit() * this.zoom;
    const middle = [this.view.scrollLeft + this.view.clientWidth / 2, this.view.scrollTop + this.view.clientHeight / 2].map((v) => v / before);
    this.zoom = Math.min(Math.max(zoom, 1), ZOOM_MAX);
    this.lay();
    this.centre(...middle);
  }

  turn() {
    this.turns = (this.turns + 1) % 4;
    this.zoom = 1;
    this.lay();
  }

  lay() {
    if (!this.image) return;
    const scale = this.fit() * this.zoom;
    const [w, d] = this.size().map((v) => v * scale);
    const [wide, high] = [this.image.naturalWidth * scale, this.image.naturalHeight * scale];
    const shift = [[0, 0], [high, 0], [wide, high], [0, wide]][this.turns];
    this.sheet.classList.toggle('far', this.zoom < 1.5);
    Object.assign(this.room.style, { width: `${w}px`, height: `${d}px` });
    Object.assign(this.sheet.style, { width: `${wide}px`, height: `${high}px`, transform: `translate(${shift[0]}px, ${shift[1]}px) rotate(${this.turns * 90}deg)` });
  }
}
