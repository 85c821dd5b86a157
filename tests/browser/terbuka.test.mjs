// Openness, from the portal to the reports on the shelves: they open, their style is applied, no script
// runs, nothing is fetched from elsewhere, and what they say is what the documents say. Against `rekap serve` over
// what scripts/openness made; a server without shelves (mock.mjs) says that there is nothing.
import test, { after } from 'node:test';
import assert from 'node:assert/strict';
import { open, url } from './browser.mjs';

const root = url.replace(/\/+$/, '');
const elections = (await (await fetch(`${root}/api/v1/pemilu`)).json()).pemilu;
const [{ id, kontes: [{ kode }] }] = elections;
const base = `${root}/${encodeURIComponent(id)}`;
const shelved = (await fetch(`${base}/terbuka/infrastruktur/infrastruktur.json`)).status === 200;
const skip = shelved ? false : 'no shelves here';

let browser = null;
after(() => browser?.close());

async function look(work, errorsMatter = true) {
  browser ??= await open();
  const page = await browser.context.newPage();
  const wrong = [];
  page.on('pageerror', (e) => wrong.push(String(e)));
  page.on('console', (m) => m.type() === 'error' && wrong.push(`${m.text()} ${m.location().url}`));
  page.on('request', (r) => r.url().startsWith(root) || wrong.push(`foreign: ${r.url()}`));
  try {
    await work(page);
    if (errorsMatter) assert.deepEqual(wrong.filter((w) => !/\/rilis\/terbaru\.json|favicon\.ico/.test(w)), []);
  } finally {
    await page.close();
  }
}

const openness = async (page) => {
  await page.goto(`${base}/`);
  await page.locator('#menu a', { hasText: 'Keterbukaan' }).click();
  await page.locator('#content h1', { hasText: 'Keterbukaan' }).waitFor();
};

test('without shelves the page says so', { skip: shelved ? 'there are shelves' : false }, () => look(async (page) => {
  await openness(page);
  assert.match(await page.locator('#content .note').innerText(), /belum menerbitkan/);
}, false));

test('the page names what there is, as the documents say', { skip }, () => look(async (page) => {
  const d = await (await fetch(`${base}/terbuka/infrastruktur/infrastruktur.json`)).json();
  const node = JSON.parse((await (await fetch(`${root}/api/v1/simpul`)).text()).split('\n\n')[0]);
  await openness(page);
  assert.ok(page.url().endsWith(`/keterbukaan/${kode}`));
  const text = await page.locator('#openness').innerText();
  assert.ok(text.includes(d.name) && text.includes('Contoh rekaan'));
  assert.match(await page.locator('#observed').innerText(), new RegExp(`${d.observed.nodes.length} simpul .*, ${d.observed.findings.length} temuan`));
  assert.ok((await page.locator('#node').innerText()).includes(node.build.sha256));
  assert.ok(d.observed.nodes.some((n) => n.id === node.id && n.build === node.build.sha256 && n.state === 'as declared'), 'the report knows this server');
  for (const link of await page.locator('#openness a').evaluateAll((list) => list.map((a) => a.href))) {
    assert.equal((await fetch(link)).status, 200, link);
  }
  await page.locator('button[data-lang=en]').click();
  await page.locator('#content h1', { hasText: 'Openness' }).waitFor();
  await page.evaluate(() => localStorage.clear());
}));

// Text in the serif of a browser without style, or a table without lines, means that the style was not applied.
const styled = (page) => page.evaluate(() => {
  const cell = document.querySelector('td');
  return { font: getComputedStyle(document.body).fontFamily, line: cell ? getComputedStyle(cell).borderTopWidth : '1px' };
});

for (const [where, title, more] of [
  ['terbuka/infrastruktur/', 'Infrastruktur sistem tabulasi', async (page) => {
    const sizes = await page.locator('img.gambar').evaluateAll((all) => all.map((i) => [i.complete, i.naturalWidth]));
    assert.ok(sizes.every(([done, width]) => done && width > 100), `pictures: ${JSON.stringify(sizes)}`);
    assert.match(await page.locator('body').innerText(), /Dinyatakan dan teramati/);
  }],
  ['terbuka/ppid/', null, null],
  ['arsip/', 'Arsip pemilu 1999-2024', async (page) => {
    await page.locator('a[href*="ikuti/"]').first().click();
    await page.locator('h1').waitFor();
  }],
]) {
  test(`from the portal: ${where}`, { skip }, () => look(async (page) => {
    await openness(page);
    await page.locator(`#openness a[href$="/${where}"]`).click();
    await page.waitForURL(`**/${where}`);
    if (title) assert.ok((await page.locator('h1').innerText()).includes(title));
    const { font, line } = await styled(page);
    assert.match(font, /sans|system-ui|Segoe|Arial/i, 'styled');
    assert.notEqual(line, '0px', 'tables have lines');
    if (more) await more(page);
    const csp = (await fetch(`${base}/${where}`)).headers.get('content-security-policy');
    assert.match(csp, /default-src 'none'/);
    assert.doesNotMatch(csp, /script-src/);
    await page.goBack();
  }));
}

test('a path that leads out of a shelf is not found', { skip }, async () => {
  for (const path of ['terbuka/..%2f..%2frekap.db', 'terbuka/%2e%2e/rekap.db', 'arsip/.stempel', 'terbuka/tidak-ada', 'arsip/ikuti']) {
    const answer = await fetch(`${base}/${path}`, { redirect: 'manual' });
    assert.ok([301, 404].includes(answer.status), `${path}: ${answer.status}`);
    assert.ok(answer.status === 404 || answer.headers.get('location') === 'ikuti/', path);
  }
});
