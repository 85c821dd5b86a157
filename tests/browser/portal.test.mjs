// The portal as a person uses it, against any server of docs/api/v1.md: `rekap serve` or mock.mjs.
// Nothing is known of the data beforehand; what is shown must equal what the API says.
import test, { after } from 'node:test';
import assert from 'node:assert/strict';
import { open, url } from './browser.mjs';

const root = url.replace(/\/+$/, '');
const json = async (path) => {
  const answer = await fetch(root + path);
  assert.equal(answer.status, 200, path);
  return answer.json();
};
const elections = (await json('/api/v1/pemilu')).pemilu;
const digits = (text) => Number(text.replace(/[^\d]/g, ''));
const e = encodeURIComponent;

// What a test knows of an election: its base, its first contest, and asking its API.
function known(p) {
  const base = `/${e(p.id)}`;
  const k = p.kontes[0].kode;
  return { base, k, api: (path) => json(`${base}/api/v1/kontes/${e(k)}/${path}`), page: (path) => root + base + path };
}

// One browser for all tests, since starting it takes longer than they do; a page of its own for each.
let browser = null;
after(() => browser?.close());

async function portal(work, { width = 1280, height = 800, errorsMatter = true } = {}) {
  browser ??= await open();
  const page = await browser.context.newPage();
  await page.setViewportSize({ width, height });
  const errors = [];
  const foreign = [];
  page.on('pageerror', (error) => errors.push(String(error)));
  page.on('console', (m) => {
    // a typed code is asked for as a region first, shelves and the node are asked for: the browser itself reports that 404
    if (m.type() === 'error' && !/\/wilayah\/|\/rilis\/terbaru\.json$|\/terbuka\/|\/arsip\/|\/api\/v1\/simpul$/.test(m.location().url)) errors.push(`${m.text()} ${m.location().url}`);
  });
  page.on('request', (r) => r.url().startsWith(root) || foreign.push(r.url()));
  try {
    await work(page);
    if (errorsMatter) assert.deepEqual(errors, [], 'errors on the page');
    assert.deepEqual(foreign, [], 'requests to other hosts');
  } finally {
    await page.evaluate(() => localStorage.clear()).catch(() => {});
    await page.close();
  }
}

const heading = (page, text) => page.locator('#content h1', { hasText: text }).first().waitFor();
const lang = (page, code) => page.locator(`button[data-lang="${code}"]`).click();

async function showsRegion(page, r) {
  await page.locator('.coverage').first().waitFor();
  const shown = await page.locator('.coverage').innerText();
  assert.equal(digits(shown.split(/dari|of/)[0]), r.tps.masuk, `${r.nama}: stations with votes`);
  for (const c of r.pilihan.filter((x) => !x.kode.includes('.'))) {
    const n = page.locator(`.choice[data-choice="${c.kode}"] .choice-votes .n`);
    if (r.tps.masuk > 0) assert.equal(digits(await n.innerText()), c.suara, `${r.nama}: votes of ${c.kode}`);
  }
  for (const field of ['suara_sah', 'suara_tidak_sah', 'suara_total']) {
    if (r.tps.diterima === 0 || !(field in r.medan)) continue;
    assert.equal(digits(await page.locator(`[data-field="${field}"] dd`).innerText()), r.medan[field], `${r.nama}: ${field}`);
  }
}

const inTable = (page, code) => page.locator(`tbody tr[data-code="${code}"] th a`);

for (const p of elections) {
  test(`${p.id}: from the nation to a station by clicks, and back`, () => portal(async (page) => {
    const { api, page: at } = known(p);
    await page.goto(at('/'));
    let r = await api('wilayah/0');
    await heading(page, 'Indonesia');
    await showsRegion(page, r);
    const trail = [r];
    while (r.tingkat < 4) {
      const rows = await page.locator('tbody tr[data-code]').count();
      assert.equal(rows, r.anak.length, `${r.nama}: one row for each child`);
      const next = r.anak.find((c) => c.tps.masuk > 0);
      assert.ok(next, `${r.nama} has a child with data`);
      await inTable(page, next.kode).click();
      r = await api(`wilayah/${e(next.kode)}`);
      if (r.anak.length === 0 || r.anak[0].tingkat === 5) r.tingkat = 4; // stations may hang higher abroad
      await page.waitForURL((u) => u.pathname.endsWith(`/${e(next.kode)}`));
      await heading(page, next.nama);
      await showsRegion(page, r);
      trail.push(r);
    }
    const first = r.anak.find((s) => s.masuk);
    await inTable(page, first.kode).click();
    await heading(page, first.nama);
    const s = await api(`tps/${e(first.kode)}`);
    for (const c of s.pilihan) {
      const shown = await page.locator(`[data-field="suara_${c.kode}"] dd`).innerText();
      if (c.suara === null) assert.match(shown, /—/);
      else assert.equal(digits(shown), c.suara, `${s.kode}: ${c.kode}`);
    }
    assert.equal(await page.locator('.findings li').count(), s.temuan.length);
    assert.match(await page.title(), new RegExp(first.nama));
    await page.goBack();
    await heading(page, trail.at(-1).nama);
    await page.locator('.path a').first().click();
    await heading(page, 'Indonesia');
  }));

  test(`${p.id}: an address leads straight to a region or a station`, () => portal(async (page) => {
    const { api, page: at, k } = known(p);
    let r = await api('wilayah/0');
    while (!r.anak.some((c) => c.tingkat === 5)) r = await api(`wilayah/${e(r.anak.find((c) => c.tps.masuk > 0).kode)}`);
    await page.goto(at(`/hasil/${k}/${e(r.kode)}`));
    await heading(page, r.nama);
    await showsRegion(page, r);
    const s = r.anak.find((c) => c.masuk);
    await page.goto(at(`/hasil/${k}/${e(s.kode)}`));
    await heading(page, s.nama);
    await page.reload();
    await heading(page, s.nama);
    assert.equal(await page.locator('.path li').count(), r.leluhur.length + 2);
  }));

  test(`${p.id}: regions without data say so`, () => portal(async (page) => {
    const { api, page: at } = known(p);
    const empty = (await api('wilayah/0')).anak.filter((c) => c.tps.masuk === 0);
    await page.goto(at('/'));
    await heading(page, 'Indonesia');
    assert.equal(await page.locator('tr.no-data').count(), empty.length);
    if (empty.length === 0) return;
    assert.match(await page.locator(`tr[data-code="${empty[0].kode}"]`).innerText(), /Belum ada data/);
    await inTable(page, empty[0].kode).click();
    await page.locator('.note', { hasText: 'Belum ada suara' }).waitFor();
  }));

  test(`${p.id}: findings by rule and region`, () => portal(async (page) => {
    const { api, page: at, k } = known(p);
    const all = await api('temuan?banyak=1');
    await page.goto(at(`/temuan/${k}`));
    await heading(page, 'Temuan');
    assert.equal(digits(await page.locator('.card h2').first().innerText()), all.jumlah);
    const [rule, n] = Object.entries(all.per_aturan).find(([, x]) => x > 0);
    await page.locator('#rule').selectOption(rule);
    await page.waitForURL((u) => u.searchParams.get('aturan') === rule);
    await page.waitForFunction((want) => Number(document.querySelector('.card h2').textContent.replace(/\D/g, '')) === want, n);
    const one = (await api(`temuan?aturan=${e(rule)}&banyak=1`)).temuan[0];
    const row = page.locator('tbody tr').first();
    assert.match(await row.innerText(), new RegExp(one.nama));
    if (n > 50) {
      await page.locator('.paging a[rel="next"]').click();
      await page.waitForURL((u) => u.searchParams.get('mulai') === '50');
      await page.goBack();
      await page.locator('.paging').waitFor();
    }
    await page.locator('tbody tr th a').first().click();
    await heading(page, one.nama);
    assert.ok(await page.locator('.findings li').count() > 0);
    const province = (await api('wilayah/0')).anak.find((c) => c.tps.periksa > 0);
    await page.goto(at(`/temuan/${k}?wilayah=${e(province.kode)}`));
    await heading(page, province.nama);
    const there = await api(`temuan?wilayah=${e(province.kode)}&banyak=1`);
    assert.equal(digits(await page.locator('.card h2').first().innerText()), there.jumlah);
  }));

  test(`${p.id}: the comparison stands beside the count`, () => portal(async (page) => {
    const { api, page: at, k } = known(p);
    const data = await api('banding');
    await page.goto(at(`/banding/${k}`));
    await heading(page, 'Banding');
    if (data.seri.length === 0) {
      await page.locator('.empty').waitFor();
      return;
    }
    const row = data.seri[0].baris[0];
    const cells = await page.locator(`tr[data-code="${row.kode}"] td`).allInnerTexts();
    const expected = row.resmi.flatMap((_, i) => [row.resmi[i], row.hitung[i], row.selisih[i]]);
    assert.deepEqual(cells.map((c) => (c.includes('−') ? -1 : 1) * digits(c)), expected);
  }));

  test(`${p.id}: what the law makes of it, with what it rests on`, () => portal(async (page) => {
    const { api, page: at } = known(p);
    const o = await api('hasil');
    await page.goto(at('/'));
    await heading(page, 'Indonesia');
    await page.locator('.outcome').waitFor();
    assert.equal(await page.locator('.outcome .series').count(), o.seri.length);
    for (const [i, s] of o.seri.entries()) {
      const box = page.locator('.outcome .series').nth(i);
      assert.equal(await box.locator('.verdict').getAttribute('data-verdict'), s.keputusan);
      const text = await box.innerText();
      for (const n of s.tps ? [s.tps.masuk, s.tps.jumlah] : [s.provinsi.diketahui]) assert.ok(text.includes(n.toLocaleString('id-ID')), `${n}: ${text}`);
      for (const code of s.siapa) assert.ok((await box.locator('.verdict').innerText()).includes(s.pilihan.find((c) => c.kode === code).nama));
      for (const c of s.pilihan) {
        const shown = await box.locator(`[data-choice="${c.kode}"] dd`).innerText();
        assert.equal(digits(shown.split('%')[0]), c.bp, `${c.kode}: share`);
        assert.ok(shown.includes(`di ${c.provinsi_seperlima} provinsi (perlu ${s.provinsi.perlu})`), shown);
      }
    }
    for (const [kind, x] of [['turnout', o.partisipasi], ['invalid', o.tidak_sah]]) {
      if (!x) continue;
      const text = await page.locator(`[data-share="${kind}"]`).innerText();
      for (const n of [x.bagian, x.seluruh, x.tps]) assert.ok(text.includes(n.toLocaleString('id-ID')), `${n}: ${text}`);
    }
    await lang(page, 'en');
    await page.locator('.outcome h2', { hasText: 'What the law makes of it' }).waitFor();
    await page.goto(at(`/?as_of=${o.entri}`));
    await heading(page, 'Indonesia');
    assert.equal(await page.locator('.outcome').count(), 0, 'not for an earlier state');
  }));

  test(`${p.id}: downloads and the command to recount`, () => portal(async (page) => {
    const { page: at, k } = known(p);
    await page.goto(at(`/unduh/${k}`));
    await heading(page, 'Unduh');
    assert.equal(await page.locator('#recount').innerText(), `rekap recount --wilayah wilayah.csv --kontes ${k} tps.csv`);
    const hrefs = await page.locator('.files a').evaluateAll((list) => list.map((a) => a.href));
    for (const name of ['/wilayah.csv', `/kontes/${k}/tps.csv`, `/kontes/${k}/rekap.csv`, `/kontes/${k}/temuan.csv`]) {
      const href = hrefs.find((h) => h.endsWith(name));
      assert.ok(href, name);
      assert.equal((await fetch(href, { method: 'HEAD' })).status, 200, href);
    }
  }));

  test(`${p.id}: the way to the releases, where there are any`, () => portal(async (page) => {
    const { page: at, base, k } = known(p);
    await page.route('**/rilis/terbaru.json', (r) => r.fulfill({ json: { rilis: 'rilis-17', waktu: '2026-11-24 18:00:06', zona: 'WIB' } }));
    await page.goto(at(`/unduh/${k}`));
    await heading(page, 'Unduh');
    const link = page.locator('#releases');
    assert.ok((await link.getAttribute('href')).endsWith(`${base}/rilis/`));
    const box = page.locator('.card', { has: link });
    assert.match(await box.innerText(), /rilis-17.*18:00:06 WIB[^]*paling sering sekali semenit[^]*4 berkas sekaligus/);
    await lang(page, 'en');
    await heading(page, 'Download');
    assert.match(await box.innerText(), /at most once a minute[^]*4 downloads/);
    await page.unroute('**/rilis/terbaru.json');
  }));

  test(`${p.id}: no page is wider than a phone`, () => portal(async (page) => {
    const { api, page: at, k } = known(p);
    let r = await api('wilayah/0');
    const codes = ['0'];
    while (!r.anak.some((c) => c.tingkat === 5)) {
      r = await api(`wilayah/${e(r.anak.find((c) => c.tps.masuk > 0).kode)}`);
      codes.push(r.kode);
    }
    codes.push((r.anak.find((c) => c.periksa) ?? r.anak[0]).kode);
    const pages = [...codes.map((c) => `/hasil/${k}/${e(c)}`), `/temuan/${k}`, `/banding/${k}`, `/keterbukaan/${k}`, `/unduh/${k}`];
    for (const path of pages) {
      await page.goto(at(path));
      await page.locator('#content h1').waitFor();
      const [wide, room] = await page.evaluate(() => [document.documentElement.scrollWidth, window.innerWidth]);
      assert.ok(wide <= room, `${path}: ${wide} px`);
      const out = await page.evaluate(() => [...document.querySelectorAll('#content *')].filter((el) => !el.closest('.unseen, thead, .bar')
        && el.getBoundingClientRect().right > document.documentElement.clientWidth + 1).map((el) => `${el.tagName}.${el.className}`).slice(0, 5));
      assert.deepEqual(out, [], `${path}: sticks out`);
    }
  }, { width: 360, height: 740 }));
}

test('search by name with the keyboard', () => portal(async (page) => {
  const { api, page: at } = known(elections[0]);
  const target = (await api('wilayah/0')).anak.find((c) => c.tps.masuk > 0);
  await page.goto(at('/'));
  await heading(page, 'Indonesia');
  const box = page.locator('#search-text');
  await box.pressSequentially(target.nama.toLowerCase());
  await page.locator('.hit').first().waitFor();
  assert.equal(await box.getAttribute('aria-expanded'), 'true');
  await box.press('ArrowDown');
  assert.ok(await box.getAttribute('aria-activedescendant'));
  await box.press('Escape');
  assert.equal(await page.locator('.hits').first().isVisible(), false);
  await box.fill('');
  await box.fill('zzqxj');
  await page.locator('.hit.none').waitFor();
  await box.fill(target.nama);
  const hit = page.locator('.hit:not(.none)').filter({ has: page.getByText(target.nama, { exact: true }) }).first();
  await hit.waitFor();
  const place = await page.locator('.hit').evaluateAll((all, name) => all.findIndex((el) => el.querySelector('.hit-name')?.textContent === name), target.nama);
  for (let i = 0; i <= place; i++) await box.press('ArrowDown');
  await box.press('Enter');
  await heading(page, target.nama);
}));

test('Indonesian and English, remembered', () => portal(async (page) => {
  const { api, page: at } = known(elections[0]);
  const nation = await api('wilayah/0');
  await page.goto(at('/'));
  await heading(page, 'Indonesia');
  assert.equal(await page.locator('html').getAttribute('lang'), 'id');
  const grouped = new Intl.NumberFormat('id-ID').format(nation.tps.jumlah);
  assert.match(await page.locator('.coverage').innerText(), new RegExp(`dari ${grouped.replaceAll('.', '\\.')} TPS`));
  await lang(page, 'en');
  await page.locator('.coverage', { hasText: 'stations' }).waitFor();
  assert.equal(await page.locator('html').getAttribute('lang'), 'en');
  assert.match(await page.locator('.coverage').innerText(), new RegExp(`of ${new Intl.NumberFormat('en-US').format(nation.tps.jumlah)} stations`));
  await page.reload();
  await page.locator('.coverage', { hasText: 'stations' }).waitFor();
  await showsRegion(page, nation);
}));

test('columns sort', () => portal(async (page) => {
  const { api, page: at } = known(elections[0]);
  const children = (await api('wilayah/0')).anak;
  await page.goto(at('/'));
  await heading(page, 'Indonesia');
  await page.locator('button[data-sort="total"]').click();
  assert.equal(await page.locator('th[aria-sort]').getAttribute('aria-sort'), 'descending');
  const most = Math.max(...children.map((c) => c.medan.suara_total ?? 0));
  const code = await page.locator('tbody tr[data-code]').first().getAttribute('data-code');
  assert.equal(children.find((c) => c.kode === code).medan.suara_total, most);
}));

test('the other election is a click away; an unknown address says so', () => portal(async (page) => {
  await page.goto(`${root}/`);
  await heading(page, 'Indonesia');
  if (elections.length > 1) {
    await page.locator('#elections a').nth(1).click();
    await page.waitForURL((u) => u.pathname.includes(`/${e(elections[1].id)}/`));
    await page.locator('.under', { hasText: elections[1].kontes[0].nama }).waitFor();
  }
  const { page: at } = known(elections[0]);
  await page.goto(at(`/temuan/${e('tidak-ada')}`));
  await heading(page, 'Tidak ditemukan');
}));

test('names are text, whatever stands in them', () => portal(async (page) => {
  const name = '<img src=x onerror=alert(1)> & "NAMA"';
  let code;
  await page.route('**/wilayah/0', async (route) => {
    const body = await (await route.fetch()).json();
    body.pilihan[0].nama = name;
    body.pilihan[0].warna = 'url(https://example.org/x)';
    body.anak[0].nama = name;
    code = body.anak[0].kode;
    await route.fulfill({ json: body });
  });
  await page.goto(`${root}/`);
  await heading(page, 'Indonesia');
  assert.equal(await page.locator('#content img').count(), 0);
  assert.equal(await inTable(page, code).innerText(), name);
}));

test('data that cannot be had: a sentence and a way to try again', () => portal(async (page) => {
  await page.route('**/wilayah/0', (route) => route.abort());
  await page.goto(`${root}/`);
  await heading(page, 'Data tidak dapat dimuat');
  await page.unroute('**/wilayah/0');
  await page.locator('.error button').click();
  await heading(page, 'Indonesia');
}, { errorsMatter: false }));
