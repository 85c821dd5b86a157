// The photos of a station's form beside what was read of them, against mock.mjs, which has one station for each
// state: the figure that is chosen is found in the photo and the other way round, by mouse and by keyboard; a photo that
// is not the one on record is an alarm; what is not certain is said in words.
import test, { after, before } from 'node:test';
import assert from 'node:assert/strict';
import { open } from './browser.mjs';
import { serve, smallElections } from './mock.mjs';
import { sumsOf } from '../../web/sums.js';
import { columnNames } from '../../web/verify.js';

const elections = smallElections();
const election = elections.find((p) => [...p.stations.values()].some((s) => s.reading));
const stations = [...election.stations.values()].filter((s) => s.reading);
const of = (state, banding = null) => stations.find((s) => s.reading.keadaan === state && s.reading.banding === banding);
const STATES = { sesuai: 'Dibaca mesin, semuanya cocok', dirujuk: 'Dirujuk ke petugas', 'tidak-sesuai': 'Tidak sesuai sebagaimana tertulis', ditolak: 'Foto tidak terbaca', diterima: 'Foto diterima, belum dibaca' };
let server, root, browser;

before(async () => {
  server = await serve(elections);
  root = `http://127.0.0.1:${server.address().port}`;
  browser = await open();
});
after(async () => {
  await browser?.close();
  server?.close();
});

async function at(path, work, { width = 1280, height = 900, route = null, failing = /\/wilayah\// } = {}) {
  const page = await browser.context.newPage();
  await page.setViewportSize({ width, height });
  const errors = [];
  const foreign = [];
  page.on('pageerror', (e) => errors.push(String(e)));
  page.on('console', (m) => { // a typed code is asked for as a region first: the browser itself reports that 404
    if (m.type() === 'error' && !/\/wilayah\//.test(m.location().url) && !failing.test(m.location().url)) errors.push(`${m.text()} ${m.location().url}`);
  });
  page.on('request', (r) => r.url().startsWith(root) || foreign.push(r.url()));
  try {
    if (route) await page.route(...route);
    await page.goto(`${root}/${election.id}${path}`);
    await page.locator('#content h1').waitFor();
    await work(page);
    assert.deepEqual(errors, [], 'errors on the page');
    assert.deepEqual(foreign, [], 'requests to other hosts');
  } finally {
    await page.evaluate(() => localStorage.clear()).catch(() => {});
    await page.close();
  }
}
const station = (s, work, options) => at(`/hasil/ppwp/${s.kode}`, work, options);
const row = (page, field) => page.locator(`li[data-read="${field}"]`);
const box = (page, field) => page.locator(`svg.photo-boxes g[data-figure="${field}"]`);
const checked = (page) => page.locator('.photo-check:not([data-check="waiting"])').waitFor();

// Whether the boxes of a figure lie in the part of the photo that one sees.
const inSight = (page, field) => page.evaluate((name) => {
  const view = document.querySelector('.photo-view').getBoundingClientRect();
  const b = document.querySelector(`g[data-figure="${name}"]`).getBoundingClientRect();
  return b.left >= view.left && b.right <= view.right && b.top >= view.top && b.bottom <= view.bottom && b.width > view.width * 0.25;
}, field);

test('sums: what holds, what does not, what is open; blank adds nothing, not read is not blank', () => {
  const choices = ['1', '1.1', '1.2', '2'].map((kode) => ({ kode }));
  const contest = { aturan: [
    { id: 'R22', cek: ['jumlah_suara_1 = jumlah suara partai dan calonnya'] }, { id: 'R23', cek: ['suara_sah = jumlah(pilihan)'] },
    { id: 'R10', cek: ['suara_total = pengguna_total'] }, { id: 'R14', cek: ['100 surat >= 102 dpt'] }, { id: 'K', cek: ['2 dpt + 5 = suara_sah'] }] };
  const states = (figures) => Object.fromEntries(sumsOf(contest, choices, new Map(Object.entries(figures))).map((x) => [x.rule.id, x.state]));
  const all = { jumlah_suara_1: 9, suara_1: 5, 'suara_1.1': 4, 'suara_1.2': null, suara_2: 6, suara_sah: 15, dpt: 5, suara_total: 7, pengguna_total_l: 3, pengguna_total_p: 4, pengguna_total_j: null };
  assert.deepEqual(states(all), { R22: 'holds', R23: 'holds', R10: 'holds', K: 'holds' });
  assert.deepEqual(states({ ...all, jumlah_suara_1: 10, suara_sah: 14, pengguna_total_j: 8 }), { R22: 'broken', R23: 'broken', R10: 'broken', K: 'broken' });
  const unread = { ...all, suara_1: null, suara_total: null };
  delete unread['suara_1.2'];
  assert.deepEqual(states(unread), { R22: 'open', R23: 'open', R10: 'open', K: 'holds' });
});

test('columns without a form: gaps where other districts have more choices; names out of order are none', () => {
  const station = { medan: { suara_sah: null }, pilihan: ['1', '1.1', '2'].map((kode) => ({ kode })) };
  const names = (columns, shown) => [...columnNames(null, station, { figures: columns.map((column) => ({ column })) }, { angka: shown.map((medan) => ({ medan })) })];
  assert.deepEqual(names([3, 0, 1, 7, null], ['suara_1.1', 'suara_sah', 'suara_1', 'suara_2', 'kata']),
    [[0, 'suara_sah'], [1, 'suara_1'], [3, 'suara_1.1'], [7, 'suara_2']]);
  assert.deepEqual(names([1, 3, 7], ['suara_2', 'suara_1.1', 'suara_1']), [[0, 'suara_sah']].concat([[3, 'suara_1.1']]));
  assert.deepEqual(names([1], ['suara_1.1']), [[0, 'suara_sah']], 'the first cell is no later choice');
});

test('a figure leads to its boxes in the photo, whichever way the photo lies', () => station(of('sesuai'), async (page) => {
  const s = of('sesuai');
  await checked(page);
  assert.equal(await page.locator('.photo-tabs [aria-pressed="true"]').innerText(), 'Halaman 1');
  // page 1 lies straight, page 2 on its head, page 3 on its side
  for (const [field, tab, turns] of [['pemilih_dpt_l', 1, 0], ['suara_100026', 2, 2], ['suara_sah', 3, 3]]) {
    await row(page, field).locator('.read-figure').click();
    await box(page, field).waitFor();
    assert.equal(await page.locator('.photo-tabs [aria-pressed="true"]').innerText(), `Halaman ${tab}`);
    assert.ok(await inSight(page, field), `${field}: its boxes are in sight, and large`);
    assert.ok((await page.locator('.photo-sheet').getAttribute('style')).includes(`rotate(${turns * 90}deg)`), `${field}: upright`);
    assert.match(await box(page, field).getAttribute('class'), /chosen/);
    assert.equal(await row(page, field).locator('.read-figure').getAttribute('aria-expanded'), 'true');
    const f = s.reading.bacaan.angka.find((x) => x.medan === field);
    assert.equal(Number(await row(page, field).locator('.read-value').innerText()), f.nilai);
    // the boxes drawn are where the reading says
    const points = await box(page, field).locator('polygon').evaluateAll((list) => list.map((p) => p.getAttribute('points')));
    assert.deepEqual(points, f.kotak.map((k) => k.sudut.map((c) => c.join(',')).join(' ')));
    assert.ok(new URL(page.url()).hash.endsWith(field), 'the address leads to the figure');
  }
  assert.equal(await page.locator('.read-detail:visible').count(), 1, 'one figure is open');
}));

test('a box leads to its figure, with what every channel read', () => station(of('dirujuk'), async (page) => {
  await checked(page);
  assert.deepEqual(await page.locator('.photo-tabs button').allInnerTexts(), ['Halaman 1', 'Halaman 2', 'Halaman 3'], 'by page, not as they came in');
  await page.locator('.photo-tabs button').nth(1).click();
  await box(page, 'suara_100026').locator('polygon').first().click({ force: true });
  const detail = row(page, 'suara_100026').locator('.read-detail');
  await detail.waitFor();
  assert.match(await row(page, 'suara_100026').locator('.read-figure').innerText(), /207[^]*dirujuk/);
  const boxes = await detail.locator('tbody tr').evaluateAll((list) => list.map((tr) => [...tr.children].map((c) => c.innerText.trim())));
  assert.deepEqual(boxes.map((b) => [b[0], b[2], b[4]]), [['ratusan', '2', '2'], ['puluhan', '0', '2'], ['satuan', '7', '7']]);
  assert.match(boxes[1][3], /61,30\s%\s*ragu 82,14\s%/);
  assert.match(await detail.locator('[data-channel="digits"]').innerText(), /207, yakin 61,20/);
  assert.match(await detail.locator('[data-channel="bubbles"]').innerText(), /BERTENTANGAN/);
  assert.deepEqual(await detail.locator('[data-channel="sums"] li').evaluateAll((l) => l.map((x) => x.dataset.sum)), ['holds']);
  // the pixels of each box are cut out of the photo: ink and paper, not an empty canvas
  const spread = await detail.locator('canvas').evaluateAll((all) => all.map((c) => {
    const { data } = c.getContext('2d').getImageData(4, 4, c.width - 8, c.height - 8);
    const grey = data.filter((_, i) => i % 4 === 0);
    return Math.max(...grey) - Math.min(...grey);
  }));
  assert.equal(spread.length, 3);
  assert.ok(spread.every((v) => v > 60), String(spread));
}));

test('with the keyboard alone', () => station(of('sesuai'), async (page) => {
  await checked(page);
  const first = box(page, 'pemilih_dpt_l');
  await first.focus();
  await page.keyboard.press('ArrowRight');
  assert.equal(await page.evaluate(() => document.activeElement.dataset.figure), 'pemilih_dpt_p');
  await page.keyboard.press('Enter');
  assert.equal(await row(page, 'pemilih_dpt_p').locator('.read-figure').getAttribute('aria-expanded'), 'true');
  assert.equal(await page.evaluate(() => document.activeElement.dataset.figure), 'pemilih_dpt_p', 'the eye stays in the photo');
  assert.match(await page.locator('.photo-card > [role="status"]').innerText(), /146, lolos/);
  const stops = await page.locator('svg.photo-boxes g').evaluateAll((all) => all.filter((g) => g.getAttribute('tabindex') === '0').length);
  assert.equal(stops, 1, 'the boxes are one stop of the Tab key');
  await row(page, 'suara_sah').locator('.read-figure').focus();
  await page.keyboard.press('Enter');
  await box(page, 'suara_sah').waitFor();
  assert.ok(await inSight(page, 'suara_sah'));
  await page.keyboard.press('Enter');
  assert.equal(await row(page, 'suara_sah').locator('.read-figure').getAttribute('aria-expanded'), 'false');
}));

test('from the figures that count to their boxes, and by address', () => station(of('sesuai'), async (page) => {
  await page.locator('[data-field="suara_total"] button.to-photo').click();
  await box(page, 'suara_total').waitFor();
  assert.ok(await inSight(page, 'suara_total'));
  await page.goto('about:blank');
  await page.goto(`${root}/${election.id}/hasil/ppwp/${of('sesuai').kode}#angka-suara_100025`);
  await box(page, 'suara_100025').waitFor();
  assert.equal(await row(page, 'suara_100025').locator('.read-figure').getAttribute('aria-expanded'), 'true');
}));

test('larger, smaller, whole, turned', () => station(of('sesuai'), async (page) => {
  await checked(page);
  const wide = () => page.locator('.photo-sheet').evaluate((el) => el.getBoundingClientRect().width);
  const at1 = await wide();
  await page.getByRole('button', { name: 'Perbesar' }).click();
  assert.ok(await wide() > at1 * 1.5);
  await page.getByRole('button', { name: 'Utuh' }).click();
  assert.ok(Math.abs(await wide() - at1) < 1);
  await page.getByRole('button', { name: 'Putar' }).click();
  assert.match(await page.locator('.photo-sheet').getAttribute('style'), /rotate\(90deg\)/);
}));

test('the hash of each photo is checked, both hashes and the reader are shown', () => station(of('sesuai'), async (page) => {
  const { foto, bacaan } = of('sesuai').reading;
  for (const [i, p] of foto.entries()) {
    await page.locator('.photo-tabs button').nth(i).click();
    await page.locator('.photo-check[data-check="ok"]').waitFor();
    assert.match(await page.locator('.photo-check').innerText(), /cocok/);
    await page.locator('.photo-about summary').click();
    const text = await page.locator('.photo-about').innerText();
    for (const hash of [p.salinan, p.asli]) assert.ok(text.includes(hash), hash);
  }
  await page.locator('.photo-reader summary').click();
  const reader = await page.locator('.photo-reader').innerText();
  for (const word of [bacaan.pembaca, bacaan.model, bacaan.formulir, bacaan.kunci]) assert.ok(reader.includes(word), word);
}));

test('another photo than the one on record is an alarm', () => {
  const s = of('sesuai');
  const [, second] = s.reading.foto;
  return station(s, async (page) => {
    await page.locator('.photo-check[data-check="ok"]').waitFor();
    await page.locator('.photo-tabs button').nth(1).click();
    const alarm = page.locator('.photo-check[data-check="bad"]');
    await alarm.waitFor();
    assert.equal(await alarm.getAttribute('role'), 'alert');
    assert.match(await alarm.innerText(), /TIDAK COCOK[^]*bukti/);
    await page.locator('.photo-tabs button').first().click();
    await page.locator('.photo-check[data-check="ok"]').waitFor();
  }, { route: [(u) => u.pathname.endsWith(second.berkas), async (r) => { // the last byte: the picture looks the same
    const body = Buffer.concat([await (await r.fetch()).body(), Buffer.of(0)]);
    await r.fulfill({ contentType: 'image/jpeg', body });
  }] });
});

test('photos are fetched when they are looked at, and no sooner', () => {
  const asked = [];
  return station(of('sesuai'), async (page) => {
    await page.locator('.photo-check[data-check="ok"]').waitFor();
    assert.deepEqual([...new Set(asked)], [of('sesuai').reading.foto[0].berkas]);
  }, { route: [/\/foto\//, (r) => { asked.push(new URL(r.request().url()).pathname.split('/').slice(-2).join('/')); return r.continue(); }] });
});

for (const [state, words] of Object.entries(STATES)) {
  test(`${state}: said in words, Indonesian and English`, () => station(of(state), async (page) => {
    const { reading } = of(state);
    const card = page.locator('.photo-card');
    assert.ok((await card.innerText()).includes(words), words);
    assert.ok((await page.locator('.badges').first().innerText()).includes(words), 'in the head of the page');
    const n = (status) => (reading.bacaan?.angka ?? []).filter((f) => f.status === status).length;
    const badges = await card.locator('.read-figure .badge').evaluateAll((all) => all.map((b) => b.textContent));
    assert.deepEqual(['lolos', 'dirujuk', 'tidak terbaca'].map((w) => badges.filter((b) => b === w).length), ['accept', 'refer', 'refuse'].map(n));
    assert.equal(await page.locator('.proof').count(), 1, 'and the proof');
    await page.locator('button[data-lang="en"]').click();
    await page.locator('.photo-card h2', { hasText: 'Photos of the form' }).waitFor();
    assert.doesNotMatch(await page.locator('.photo-card').innerText(), /read_|photo[A-Z]|figure_|undefined|\{\w+\}/, 'every word is there');
  }));
}

test('inconsistent as written: the sums that do not hold are named, with both sides', () => station(of('tidak-sesuai'), async (page) => {
  await row(page, 'suara_sah').locator('.read-figure').click();
  const sums = row(page, 'suara_sah').locator('[data-channel="sums"] li');
  assert.deepEqual(await sums.evaluateAll((all) => all.map((x) => x.dataset.sum)), ['broken', 'broken']);
  assert.match(await sums.first().innerText(), /tidak cocok[^]*R08[^]*219 ≠ 218/);
  assert.match(await page.locator('.photo-card').innerText(), /Tidak ada yang diperbaiki/);
}));

test('where people entered other figures, both are shown', () => station(of('tidak-sesuai', 'beda'), async (page) => {
  const s = of('tidak-sesuai', 'beda');
  assert.match(await page.locator('.photo-card').innerText(), /Berbeda dari angka petugas/);
  const f = s.reading.bacaan.angka.find((x) => s.form[x.medan] !== null && s.form[x.medan] !== undefined && s.form[x.medan] !== x.nilai);
  await row(page, f.medan).locator('.read-figure').click();
  assert.ok((await row(page, f.medan).locator('.read-detail').innerText()).includes(`Yang dihitung: ${s.form[f.medan]}.`));
}));

test('refused: why each photo was not read; a file that is no photo', () => station(of('ditolak'), async (page) => {
  assert.match(await page.locator('.photo-result').innerText(), /terlalu gelap/);
  await page.locator('.photo-tabs button').nth(1).click();
  assert.match(await page.locator('.photo-result').innerText(), /bukan foto JPEG/);
  assert.match(await page.locator('.photo-view').innerText(), /tidak ada yang dapat ditampilkan/);
  assert.equal(await page.locator('.photo').count(), 0);
}));

test('no photos at all: no trace of them', () => {
  const s = [...election.stations.values()].find((x) => x.form && !x.reading);
  return station(s, async (page) => {
    assert.equal(await page.locator('.photo-card').count(), 0);
    assert.equal(await page.locator('.to-photo').count(), 0);
  });
});

test('the document of the photos cannot be had: the form is shown and it is said', () => station(of('sesuai'), async (page) => {
  assert.match(await page.locator('#content .note').first().innerText(), /tidak dapat dimuat/);
  assert.equal(await page.locator('[data-field="suara_sah"] dd').innerText(), '218');
}, { route: ['**/baca', (r) => r.fulfill({ status: 503, json: { galat: { kode: 'busy', pesan: 'busy' } } })], failing: /\/baca$/ }));

test('a region counts the states beside its coverage, and explains them', () => at('/hasil/ppwp/0', async (page) => {
  const n = election.byCode.get('0').foto;
  const shown = async (key) => Number(await page.locator(`.photo-counts [data-read="${key}"] dd`).innerText());
  for (const key of ['dibaca', 'sesuai', 'dirujuk', 'tidak_sesuai', 'ditolak', 'beda']) assert.equal(await shown(key), n[key], key);
  assert.equal(await shown('menunggu'), 1);
  await page.locator('.photo-counts summary').click();
  assert.match(await page.locator('.photo-counts').innerText(), /Tidak ada yang diperbaiki/);
}));

test('a village has the state of each station; an election without photos has nothing of it', () => at(`/hasil/ppwp/${of('sesuai').node.kode}`, async (page) => {
  const text = await page.locator('table.stations').innerText();
  for (const word of ['cocok', 'dirujuk', 'tidak sesuai']) assert.ok(text.includes(word), word);
  const other = elections.find((p) => p !== election);
  await page.goto(`${root}/${other.id}/`);
  await page.locator('.coverage').waitFor();
  assert.equal(await page.locator('.photo-counts').count(), 0);
}));

test('nothing sticks out of a phone', async () => {
  for (const s of [of('sesuai'), of('dirujuk'), of('ditolak')]) {
    await station(s, async (page) => {
      if (s.reading.keadaan !== 'ditolak') {
        await row(page, 'suara_100026').locator('.read-figure').click();
        await box(page, 'suara_100026').waitFor();
        assert.ok(await inSight(page, 'suara_100026'));
        const [photo, figure] = await page.evaluate(() => [document.querySelector('.photo-view'), document.querySelector('li[data-read="suara_100026"]')]
          .map((el) => el.getBoundingClientRect()).map((r) => ({ top: r.top, bottom: r.bottom })));
        assert.ok(photo.top >= 0 && figure.top >= photo.bottom - 1, 'the photo stays in sight, the figure begins below it');
      }
      await page.locator('summary').evaluateAll((all) => all.forEach((x) => { x.parentElement.open = true; }));
      const [wide, room] = await page.evaluate(() => [document.documentElement.scrollWidth, window.innerWidth]);
      assert.ok(wide <= room, `${s.kode}: ${wide} px`);
    }, { width: 360, height: 740 });
  }
});
