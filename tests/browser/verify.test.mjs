// What the station's page proves in the browser, against the real server; and that each thing a server could
// change on the way is shown as a failure. Changes are made to answers between server and page.
import test, { after } from 'node:test';
import assert from 'node:assert/strict';
import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { open, url } from './browser.mjs';

const root = url.replace(/\/+$/, '');
const e = encodeURIComponent;
const json = async (path) => (await fetch(root + path)).json();
const election = (await json('/api/v1/pemilu')).pemilu[0];
const base = `/${e(election.id)}`;
const k = election.kontes[0].kode;
const log = await json(`${base}/api/v1/log`);
const sha256 = (b) => createHash('sha256').update(b).digest();

async function aStation() {
  let r = await json(`${base}/api/v1/kontes/${k}/wilayah/0`);
  while (!r.anak.some((c) => c.tingkat === 5)) r = await json(`${base}/api/v1/kontes/${k}/wilayah/${e(r.anak.find((c) => c.tps.masuk > 0).kode)}`);
  return json(`${base}/api/v1/kontes/${k}/tps/${e(r.anak.find((c) => c.masuk).kode)}`);
}

// A key of its own, as verifier key text and with a way to sign.
function makeKey(name, type) {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const raw = Buffer.concat([Buffer.of(type), publicKey.export({ format: 'der', type: 'spki' }).subarray(-32)]);
  const id = sha256(Buffer.concat([Buffer.from(`${name}\n`), raw])).subarray(0, 4);
  const line = (text, time = 1700000000n) => {
    const stamp = Buffer.alloc(type === 4 ? 8 : 0);
    if (type === 4) stamp.writeBigUInt64BE(time);
    const message = type === 4 ? `cosignature/v1\ntime ${time}\n${text}` : text;
    return `— ${name} ${Buffer.concat([id, stamp, sign(null, Buffer.from(message), privateKey)]).toString('base64')}\n`;
  };
  return { text: `${name}+${id.toString('hex')}+${raw.toString('base64')}`, line };
}

const flip = (base64) => { // one bit of the middle byte
  const b = Buffer.from(base64, 'base64');
  b[b.length >> 1] ^= 1;
  return b.toString('base64');
};

let browser = null;
after(() => browser?.close());
const station = log.checkpoint ? await aStation() : null;

// Opens the station's page; `change` maps a piece of an address to what is done to the answer's text.
async function check(change, work, before = null) {
  browser ??= await open();
  const page = await browser.context.newPage();
  const errors = [];
  page.on('pageerror', (error) => errors.push(String(error)));
  for (const [piece, edit] of Object.entries(change)) {
    await page.route((u) => u.pathname.includes(piece), async (route) => {
      const answer = await route.fetch();
      await route.fulfill({ response: answer, body: edit(await answer.text()) });
    });
  }
  try {
    await page.goto(`${root}${base}/unduh/${k}`);
    await page.evaluate((item) => { localStorage.clear(); if (item) localStorage.setItem(...item); }, before);
    await page.goto(`${root}${base}/hasil/${k}/${e(station.kode)}`);
    await work(page);
    assert.deepEqual(errors, []);
  } finally {
    await page.evaluate(() => localStorage.clear()).catch(() => {});
    await page.close();
  }
}

const verdict = async (page) => {
  await page.locator('.proof-verdict:not([data-verdict="running"])').waitFor();
  return page.locator('.proof-verdict').getAttribute('data-verdict');
};
const state = (page, step) => page.locator(`[data-step="${step}"]`).getAttribute('data-state');

async function fails(page, step, word) {
  assert.equal(await verdict(page), 'bad');
  assert.equal(await state(page, step), 'bad');
  assert.match(await page.locator(`[data-step="${step}"]`).innerText(), word);
  assert.match(await page.locator('.proof-verdict').innerText(), /TIDAK COCOK/);
}

const skip = station ? false : 'the log is not signed';

test('the figures of a station are proven; the second visit compares with the first', { skip }, () => check({}, async (page) => {
  assert.equal(await verdict(page), 'ok', await page.locator('.proof').innerText());
  assert.deepEqual(await page.locator('.proof-steps li').evaluateAll((all) => all.map((li) => `${li.dataset.step} ${li.dataset.state}`)),
    ['inLog ok', 'checkpoint ok', `witness ${log.kebijakan ? 'ok' : 'none'}`, 'before none', 'signature ok', 'keys ok', 'figures ok']);
  await page.reload();
  assert.equal(await verdict(page), 'ok');
  assert.equal(await state(page, 'before'), 'ok');
  await page.locator('button[data-lang="en"]').click();
  await page.locator('.proof-verdict', { hasText: 'Proven' }).waitFor();
  await page.locator('[data-step="figures"]', { hasText: 'equal those of the entry' }).waitFor();
}));

test('a history shows who, why and what changed', { skip }, () => check({
  [`/tps/${station?.kode}`]: (text) => {
    const s = JSON.parse(text);
    s.riwayat.unshift({ ...s.riwayat[0], entri: s.entri, alasan: 'salah tulis', bukti: ['ab'.repeat(32)], perubahan: [{ medan: 'suara_sah', dari: 1, ke: null }] });
    return JSON.stringify(s);
  },
}, async (page) => {
  const rows = page.locator('table.history tbody tr');
  await rows.first().waitFor();
  assert.equal(await rows.count(), station.riwayat.length + 1);
  assert.match(await rows.first().innerText(), /salah tulis[\s\S]*abababab[\s\S]*Suara sah: 1 → —/);
  assert.match(await rows.last().innerText(), /Formulir pertama/);
}));

const tampered = [
  ['a figure that is changed', 'figures', /menunjukkan/, { '/tps/': (text) => {
    const s = JSON.parse(text);
    s.pilihan[0].suara = (s.pilihan[0].suara ?? 0) + 1;
    return JSON.stringify(s);
  } }],
  ['a figure that is left out', 'figures', /menunjukkan/, { '/tps/': (text) => {
    const s = JSON.parse(text);
    const name = Object.keys(s.medan).find((f) => s.medan[f] !== null);
    s.medan[name] = null;
    return JSON.stringify(s);
  } }],
  ['a bit of the entry', 'inLog', /tidak ada dalam catatan/, { '/log/entri/': (text) => {
    const x = JSON.parse(text);
    x.mentah = flip(x.mentah);
    return JSON.stringify(x);
  } }],
  ['another entry in its place', 'inLog', /tidak ada dalam catatan/, { '/log/entri/': (text) => JSON.stringify({ ...JSON.parse(text), entri: 1 }) }],
  ['a hash of the proof', 'inLog', /tidak ada dalam catatan/, { '/log/bukti/': (text) => {
    const lines = text.split('\n');
    lines[2] = flip(lines[2]);
    return lines.join('\n');
  } }],
  ['a hash too many', 'inLog', /tidak benar bentuknya/, { '/log/bukti/': (text) => text.replace('\n\n', `\n${'A'.repeat(43)}=\n\n`) }],
  ['the signature of the checkpoint', 'checkpoint', /Tanda tangan/, { '/log/bukti/': (text) => text.replace(/(— \S+ \S{20})(.)/, (all, a, b) => a + (b === 'A' ? 'B' : 'A')) }],
  ['no signature of the log', 'checkpoint', /Tanda tangan/, { '/log/bukti/': (text) => text.replace(/\n— [\s\S]*/, `\n${makeKey('lain', 1).line('x\n')}`) }],
  ['a form that is not in the signed file', 'signature', /bukan bagian|tidak benar/, { '/log/batch-bukti/': (text) => {
    const lines = text.split('\n');
    lines[3] = lines[3] ? flip(lines[3]) : `${'A'.repeat(43)}=`;
    return lines.join('\n');
  } }],
  ['a wrong key of the log', 'checkpoint', /Tanda tangan/, { '/api/v1/log': (text) => {
    if (!text.startsWith('{"asal"')) return text;
    const x = JSON.parse(text);
    x.kunci.find((key) => key.guna === 'checkpoint').kunci = makeKey(x.asal, 1).text;
    return JSON.stringify(x);
  } }],
];
for (const [name, step, word, change] of tampered) {
  test(`shown as a failure: ${name}`, { skip }, () => check(change, (page) => fails(page, step, word)));
}

test('shown as a failure: a whole log signed by another key', { skip }, () => {
  const key = makeKey(log.asal, 1);
  return check({
    '/api/v1/log': (text) => {
      if (!text.startsWith('{"asal"')) return text;
      const x = JSON.parse(text);
      x.kunci.find((q) => q.guna === 'checkpoint').kunci = key.text;
      return JSON.stringify(x);
    },
    '/log/bukti/': (text) => text.replace(/\n\n([\s\S]*?\n)\n— [\s\S]*/, (all, note) => `\n\n${note}\n${key.line(note)}`),
  }, (page) => fails(page, 'keys', /tidak berasal dari catatan/));
});

test('shown as a failure: a log that is not the one seen before', { skip }, () => {
  const seen = { size: log.ukuran, root: sha256('lain').toString('base64'), key: '' };
  return check({}, (page) => fails(page, 'before', /bukan awal/), [`rekap-catatan ${log.asal}`, JSON.stringify(seen)]);
});

test('shown as a failure: an older log that does not begin this one', { skip }, () => {
  const seen = { size: 3, root: sha256('lain').toString('base64'), key: '' };
  return check({}, (page) => fails(page, 'before', /bukan awal/), [`rekap-catatan ${log.asal}`, JSON.stringify(seen)]);
});

test('witnesses: enough, too few, and one whose cosignature is wrong', { skip }, async () => {
  const w = [makeKey('satu.example/w', 4), makeKey('dua.example/w', 4)];
  const policy = `log ${log.kunci[0].kunci}\nwitness satu ${w[0].text}\nwitness dua ${w[1].text}\ngroup saksi all satu dua\nquorum saksi\n`;
  const with_ = (sign) => ({
    '/api/v1/log': (text) => (text.startsWith('{"asal"') ? JSON.stringify({ ...JSON.parse(text), kebijakan: policy }) : text),
    '/log/bukti/': (text) => text + sign(/\n\n([\s\S]*?\n)\n— /.exec(text)[1]),
  });
  await check(with_((note) => w[0].line(note) + w[1].line(note)), async (page) => {
    assert.equal(await verdict(page), 'ok');
    assert.equal(await state(page, 'witness'), 'ok');
  });
  await check(with_((note) => w[1].line(note)), async (page) => {
    assert.equal(await verdict(page), 'warn');
    assert.match(await page.locator('[data-step="witness"]').innerText(), /Baru 1 dari 2/);
  });
  await check(with_((note) => w[0].line(note) + w[1].line(`${note}x`)), (page) => fails(page, 'witness', /dua\.example/));
});

test('without Ed25519 the page says so', { skip }, async () => {
  browser ??= await open();
  const page = await browser.context.newPage();
  try {
    await page.addInitScript(() => {
      const asked = SubtleCrypto.prototype.importKey;
      SubtleCrypto.prototype.importKey = function importKey(format, data, algorithm, ...more) {
        return algorithm?.name === 'Ed25519' ? Promise.reject(new DOMException('no', 'NotSupportedError')) : asked.call(this, format, data, algorithm, ...more);
      };
    });
    await page.goto(`${root}${base}/hasil/${k}/${e(station.kode)}`);
    assert.equal(await verdict(page), 'noEd25519');
    assert.match(await page.locator('.proof-verdict').innerText(), /Ed25519/);
  } finally {
    await page.close();
  }
});

test('the page of the log: size, key, how to check', async () => {
  browser ??= await open();
  const page = await browser.context.newPage();
  try {
    await page.goto(`${root}${base}/catatan/${k}`);
    await page.locator('#content h1', { hasText: 'Catatan publik' }).waitFor();
    if (!log.checkpoint) return;
    assert.equal(Number((await page.locator('[data-log="size"] dd').innerText()).replace(/\D/g, '')), log.ukuran);
    assert.equal(await page.locator('pre.checkpoint').innerText(), log.checkpoint);
    const key = log.kunci.find((x) => x.guna === 'checkpoint' && x.sampai === null).kunci;
    assert.ok((await page.locator('#verify').innerText()).includes(log.kebijakan ? '--policy' : key));
    await page.locator('.card', { hasText: log.kebijakan ? 'Saksi' : 'belum memiliki saksi' }).first().waitFor();
  } finally {
    await page.close();
  }
});

test('the page of the log: a witness that has seen more is an alarm', { skip }, async () => {
  browser ??= await open();
  const page = await browser.context.newPage();
  try {
    await page.route((u) => u.pathname.endsWith('/api/v1/log'), async (route) => {
      const body = await (await route.fetch()).json();
      await route.fulfill({ json: { ...body, bahaya: ['ahead 999999999 satu.example/w'], kebijakan: 'x', masalah: '', ditanya: '2024-02-14 13:00:00',
        saksi: [{ nama: 'satu.example/w', sebutan: 'bawaslu', keadaan: 'ahead', sejak: '2024-02-14 12:00:00', ukuran: 999999999, waktu: null, pesan: 'x' },
          { nama: 'dua.example/w', sebutan: 'kampus', keadaan: 'away', sejak: '2024-02-14 11:00:00', ukuran: 5, waktu: null, pesan: 'no' }] } });
    });
    await page.goto(`${root}${base}/catatan/${k}`);
    await page.locator('#content [role="alert"]', { hasText: 'satu.example/w' }).waitFor();
    assert.match(await page.locator('tr[data-code="dua.example/w"]').innerText(), /tidak menjawab[\s\S]*sejak 14 Februari 2024/);
    await page.goto(`${root}${base}/unduh/${k}`); // above every page
    await page.locator('#alarm', { hasText: 'tidak beres' }).waitFor();
  } finally {
    await page.close();
  }
});

test('the page of the log: where the data lie, and what was refused', { skip }, async () => {
  browser ??= await open();
  const page = await browser.context.newPage();
  try {
    await page.route((u) => u.pathname.endsWith('/api/v1/log'), async (route) => {
      const body = await (await route.fetch()).json();
      await route.fulfill({ json: { ...body, keluar: { diminta: 1200, ditolak: 3, terakhir: [
        { waktu: '2024-02-14 13:00:00', aturan: 'S01', jenis: 'witness', host: '<b>jauh.example', porta: 443, kali: 3 }] } } });
    });
    await page.route((u) => u.pathname.endsWith('/api/v1/residensi'), (route) => route.fulfill({ json: { pernyataan:
      Array.from({ length: 9 }, (_, i) => ({ nama: `2024-02-0${i + 1}`, sha256: '0'.repeat(64), entri: 100 + i })) } }));
    await page.goto(`${root}${base}/catatan/${k}`);
    await page.locator('#residency').waitFor();
    const links = await page.locator('#residency li a:first-child').allInnerTexts();
    assert.deepEqual(links, ['2024-02-09', '2024-02-08', '2024-02-07', '2024-02-06', '2024-02-05', '2024-02-04', '2024-02-03']);
    assert.match(await page.locator('#residency a').first().getAttribute('href'), /\/api\/v1\/residensi\/2024-02-09$/);
    assert.match(await page.locator('#outbound').innerText(), /1\.200 diminta, 3 ditolak/);
    assert.match(await page.locator('#outbound + ul').innerText(), /<b>jauh\.example:443[\s\S]*S01[\s\S]*3 kali/);
  } finally {
    await page.close();
  }
});
