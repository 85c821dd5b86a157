// Photos from end to end: forms are drawn, filled in, photographed, read into an election (photographed.sh), served by
// `rekap serve`, and proven on the page; then whatever a server could change of photos and readings is shown as a failure.
import test, { after, before } from 'node:test';
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { open } from './browser.mjs';

const here = path.dirname(fileURLToPath(import.meta.url));
const ROOT = path.join(here, '..', '..');
const REKAP = process.env.REKAP ?? path.join(ROOT, 'build', 'rekap');
const TYPED = '1101012001003'; // people entered a form before; the reading says something else
const STATES = { '1101012001001': 'sesuai', [TYPED]: 'sesuai', '1101012001002': 'tidak-sesuai', '1101012001901': 'ditolak', '1101012002001': 'dirujuk', '1101012002002': 'diterima' };
const of = (state) => Object.keys(STATES).find((k) => STATES[k] === state);
const API = '/api/v1/kontes/ppwp';
let folder, server, root, browser;

async function start(where) {
  const port = await new Promise((done) => {
    const s = createServer().listen(0, '127.0.0.1', () => { const { port: p } = s.address(); s.close(() => done(p)); });
  });
  server = spawn(REKAP, ['serve', 'pemilu', '--listen', `127.0.0.1:${port}`], { cwd: where, stdio: 'ignore' });
  root = `http://127.0.0.1:${port}`;
  for (let i = 0; ; i++) {
    if (server.exitCode !== null || i > 300) throw new Error('rekap serve does not answer');
    try {
      if ((await fetch(`${root}/api/v1/pemilu`)).ok) return;
    } catch {
      // not yet
    }
    await new Promise((r) => setTimeout(r, 100));
  }
}

before(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'rekap-photographed-'));
  execFileSync('bash', [path.join(here, 'photographed.sh')], { cwd: folder, env: { ...process.env, REKAP, ROOT }, stdio: ['ignore', 'ignore', 'inherit'] });
  await start(folder);
  browser = await open();
});
after(async () => {
  await browser?.close();
  server?.kill('SIGTERM');
  if (folder) rmSync(folder, { recursive: true, force: true });
});

const json = async (address) => (await fetch(root + address)).json();
const sha256 = (b) => createHash('sha256').update(b).digest('hex');

// Opens the page of a station. `change`: [part of an address, what becomes of the answer's bytes].
async function station(kode, work, change = []) {
  const page = await browser.context.newPage();
  const errors = [];
  page.on('pageerror', (e) => errors.push(String(e)));
  page.on('console', (m) => { if (m.type() === 'error' && !/\/wilayah\//.test(m.location().url)) errors.push(m.text()); });
  for (const [part, edit] of change) {
    await page.route((u) => u.pathname.includes(part), async (route) => {
      const answer = await route.fetch();
      await route.fulfill({ response: answer, body: edit(await answer.body()) });
    });
  }
  try {
    await page.goto(`${root}/hasil/ppwp/${kode}`);
    await page.locator('.proof-verdict:not([data-verdict="running"])').waitFor();
    await work(page);
    assert.deepEqual(errors, []);
  } finally {
    await page.evaluate(() => localStorage.clear()).catch(() => {});
    await page.close();
  }
}
const verdict = (page) => page.locator('.proof-verdict').getAttribute('data-verdict');
const steps = (page) => page.locator('.proof-steps li').evaluateAll((all) => all.map((li) => `${li.dataset.step} ${li.dataset.state}`));

test('the election is as the pages need it', async () => {
  const states = await Promise.all(Object.keys(STATES).map(async (k) => (await json(`${API}/tps/${k}/baca`)).keadaan));
  assert.deepEqual(states, Object.values(STATES));
});

for (const [kode, state] of Object.entries(STATES)) {
  test(`${kode}, ${state}: photos and reading are proven from the log`, () => station(kode, async (page) => {
    const reading = await json(`${API}/tps/${kode}/baca`);
    assert.equal(await verdict(page), 'ok', await page.locator('.proof').innerText());
    const form = state === 'sesuai';
    assert.equal(reading.banding, kode === TYPED ? 'beda' : null);
    assert.deepEqual(await steps(page), ['inLog ok', 'checkpoint ok', 'witness none', 'before none', ...(form ? ['signature ok'] : []), 'keys ok',
      ...(form ? ['figures ok'] : []), 'photos ok', reading.bacaan ? 'reading ok' : 'reading none']);
    assert.match(await page.locator('.proof-verdict').innerText(), form ? /angka ini ada/ : /foto dan bacaan ini ada/);
    if (reading.foto[0].berkas) {
      await page.locator('.photo-check[data-check="ok"]').waitFor();
      const bytes = Buffer.from(await (await fetch(`${root}/${reading.foto[0].berkas}`)).arrayBuffer());
      assert.equal(sha256(bytes), reading.foto[0].salinan);
    }
    const values = await page.locator('.read-figures > li').evaluateAll((all) => all.map((li) => [li.dataset.read, li.querySelector('.read-value').textContent]));
    const shown = (f) => (f.foto === null ? '—' : f.nilai === null ? 'kosong' : String(f.nilai));
    assert.deepEqual(values, (reading.bacaan?.angka ?? []).map((f) => [f.medan, shown(f)]));
  }));
}

test('what was written is what is shown, and where it is written', () => station(of('sesuai'), async (page) => {
  const written = { suara_01: 30, suara_02: 200, suara_sah: 230, suara_tidak_sah: 5, suara_total: 235 };
  await page.locator('.photo-check[data-check="ok"]').waitFor();
  for (const [field, value] of Object.entries(written)) {
    await page.locator(`[data-field="${field}"] .to-photo`).click();
    const row = page.locator(`li[data-read="${field}"]`);
    assert.equal(Number(await row.locator('.read-value').innerText()), value);
    const digits = await row.locator('.box-digit').allInnerTexts();
    assert.equal(Number(digits.join('').replace(/X/g, '')), value, digits.join());
    // there is ink in each box that was cut out of the photo
    const dark = await row.locator('canvas').evaluateAll((all) => all.map((c) => {
      const { data } = c.getContext('2d').getImageData(0, 0, c.width, c.height);
      return data.filter((v, i) => i % 4 === 0 && v < 110).length / (c.width * c.height);
    }));
    assert.ok(dark.length === digits.length && dark.every((d) => d > 0.03 && d < 0.7), `${field}: ${dark}`);
  }
}));

const edited = (edit) => (body) => {
  const x = JSON.parse(body);
  edit(x);
  return JSON.stringify(x);
};
const other = 'ab'.repeat(32);
const tampered = [
  ['a figure that was read', 'dirujuk', 'reading', /menunjukkan bacaan yang lain/, (x) => { x.bacaan.angka[0].nilai += 1; }],
  ['a referred figure as passed', 'dirujuk', 'reading', /menunjukkan bacaan yang lain/, (x) => { x.bacaan.angka[0].status = 'accept'; }],
  ['a box in another place', 'sesuai', 'reading', /menunjukkan bacaan yang lain/, (x) => { x.bacaan.angka[1].kotak[0].sudut[2][0] += 0.5; }],
  ['a bubble', 'sesuai', 'reading', /menunjukkan bacaan yang lain/, (x) => { x.bacaan.angka[0].kotak[2].bulatan = 7; }],
  ['how sure a digit is', 'dirujuk', 'reading', /menunjukkan bacaan yang lain/, (x) => { x.bacaan.angka[2].kotak[0].yakin = 10000; }],
  ['the name of a figure', 'tidak-sesuai', 'reading', /menunjukkan bacaan yang lain/, (x) => { x.bacaan.angka[0].medan = 'suara_02'; }],
  ['a figure left out', 'tidak-sesuai', 'reading', /bacaan/, (x) => { x.bacaan.angka.pop(); x.bacaan.ragu = []; }],
  ['doubts left out', 'dirujuk', 'reading', /bukan bacaan/, (x) => { x.bacaan.ragu = []; }],
  ['that it differs from what people entered', TYPED, 'reading', /bukan bacaan/, (x) => { x.banding = 'sama'; }],
  ['the state', 'tidak-sesuai', 'reading', /bukan bacaan/, (x) => { x.keadaan = 'sesuai'; }],
  ['the model', 'sesuai', 'reading', /bukan bacaan/, (x) => { x.bacaan.model = other; }],
  ['that the code of a page was not read', 'dirujuk', 'reading', /bukan bacaan/, (x) => { x.foto[0].tanpa_kode = true; }],
  ['why a photo was not read', 'ditolak', 'reading', /bukan bacaan/, (x) => { x.foto[0].hasil = 'dark'; }],
  ['the hash of the public copy', 'sesuai', 'photos', /Foto 1/, (x) => { x.foto[0].salinan = other; }],
  ['the hash of the original', 'diterima', 'photos', /Foto 1/, (x) => { x.foto[0].asli = other; }],
  ['a photo too many', 'sesuai', 'photos', /tidak mencatat/, (x) => { x.foto.push({ ...x.foto[0] }); }],
  ['the entry of the photos', 'dirujuk', 'photos', /tidak mencatat/, (x) => { x.foto[0].entri -= 1; }],
];
for (const [name, state, step, word, edit] of tampered) {
  test(`shown as a failure: ${name}`, () => station(STATES[state] ? state : of(state), async (page) => {
    assert.equal(await verdict(page), 'bad');
    assert.ok((await steps(page)).includes(`${step} bad`), (await steps(page)).join());
    assert.match(await page.locator(`[data-step="${step}"]`).innerText(), word);
  }, [['/baca', edited(edit)]]));
}

test('shown as a failure: the reading of another station', async () => {
  const theirs = JSON.stringify(await json(`${API}/tps/${of('tidak-sesuai')}/baca`));
  await station(of('dirujuk'), async (page) => {
    assert.equal(await verdict(page), 'bad');
    assert.ok((await steps(page)).includes('photos bad'));
  }, [['/baca', () => theirs]]);
});

test('shown as a failure: a bit of the reading’s entry', () => station(of('dirujuk'), async (page) => {
  assert.equal(await verdict(page), 'bad');
  assert.ok((await steps(page)).includes('inLog bad'));
}, [['/log/entri/', edited((x) => {
  if (x.jenis !== 'baca') return;
  const bytes = Buffer.from(x.mentah, 'base64');
  bytes[bytes.length >> 1] ^= 1;
  x.mentah = bytes.toString('base64');
})]]));

test('another photo: the page’s own hash tells, and the log still holds', () => station(of('sesuai'), async (page) => {
  await page.locator('.photo-check[data-check="bad"][role="alert"]').waitFor();
  assert.equal(await verdict(page), 'ok');
}, [['/foto/', (body) => Buffer.concat([body, Buffer.of(0)])]]));

test('another photo, and a server that shows its hash: the log tells', async () => {
  const kode = of('sesuai');
  const [photo] = (await json(`${API}/tps/${kode}/baca`)).foto;
  const bytes = Buffer.concat([Buffer.from(await (await fetch(`${root}/${photo.berkas}`)).arrayBuffer()), Buffer.of(0)]);
  await station(kode, async (page) => {
    await page.locator('.photo-check[data-check="ok"]').waitFor();
    assert.equal(await verdict(page), 'bad');
    assert.ok((await steps(page)).includes('photos bad'));
  }, [['/foto/', () => bytes], ['/baca', edited((x) => Object.assign(x.foto[0], { salinan: sha256(bytes), ukuran: bytes.length }))]]);
});

test('where people entered other figures, both are shown', () => station(TYPED, async (page) => {
  assert.match(await page.locator('.photo-card').innerText(), /Berbeda dari angka petugas/);
  assert.equal(await page.locator('[data-field="suara_total"] dd .to-photo').evaluate((b) => b.firstChild.textContent), '103', 'what people entered counts');
  await page.locator('li[data-read="suara_total"] .read-figure').click();
  assert.match(await page.locator('li[data-read="suara_total"]').innerText(), /102[^]*Yang dihitung: 103\./);
}));

test('the nation counts the states', async () => {
  const page = await browser.context.newPage();
  try {
    await page.goto(`${root}/`);
    await page.locator('.photo-counts').waitFor();
    const shown = await page.locator('.photo-counts .pairs-row').evaluateAll((all) => all.map((x) => `${x.dataset.read} ${x.querySelector('dd').textContent}`));
    assert.deepEqual(shown, ['dibaca 4', 'sesuai 2', 'dirujuk 1', 'tidak_sesuai 1', 'ditolak 1', 'menunggu 1', 'beda 1']);
  } finally {
    await page.close();
  }
});
