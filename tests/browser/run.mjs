// Runs tests/browser/*.test.mjs (or the files named) against `rekap serve` on a free loopback port.
//   REKAP_ELECTIONS  election directories, separated by ':' (the first is the default one)
//   REKAP            the program; default ../../build/rekap
//   REKAP_RESULTS    file to append one JSON line per test to (scripts/test reads it)
// Each test file is a node:test file in a process of its own and finds REKAP_URL in its environment
// ("http://127.0.0.1:PORT/"); browser.mjs beside this file opens Chromium for it.
import { spawn } from 'node:child_process';
import { appendFileSync, existsSync, readdirSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const here = path.dirname(fileURLToPath(import.meta.url));
const program = process.env.REKAP ?? path.join(here, '..', '..', 'build', 'rekap');
const elections = (process.env.REKAP_ELECTIONS ?? '').split(':').filter(Boolean);
const readySeconds = 60;
const fileSeconds = 300;

function freePort() {
  return new Promise((resolve, reject) => {
    const s = createServer();
    s.on('error', reject);
    s.listen(0, '127.0.0.1', () => {
      const { port } = s.address();
      s.close(() => resolve(port));
    });
  });
}

async function startServer() {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}/`;
  const server = spawn(program, ['serve', ...elections, '--listen', `127.0.0.1:${port}`],
    { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  let gone = null;
  for (const stream of [server.stdout, server.stderr]) {
    stream.on('data', (d) => { said = (said + d).slice(-20000); });
  }
  server.on('error', (e) => { gone = String(e); });
  server.on('exit', (code, signal) => { gone = `exit ${code ?? signal}`; });
  const until = Date.now() + readySeconds * 1000;
  for (;;) {
    if (gone) throw new Error(`rekap serve ended before it answered (${gone})\n${said}`);
    try {
      await (await fetch(url)).arrayBuffer();
      break;
    } catch {
      if (Date.now() > until) {
        server.kill('SIGKILL');
        throw new Error(`rekap serve did not answer on ${url} within ${readySeconds} s\n${said}`);
      }
      await new Promise((r) => setTimeout(r, 100));
    }
  }
  return {
    url,
    gone: () => gone && `rekap serve ended during the tests (${gone})\n${said}`,
    async stop() {
      if (gone) return;
      const end = new Promise((r) => server.once('exit', r));
      server.kill('SIGTERM');
      const timer = setTimeout(() => server.kill('SIGKILL'), 5000);
      await end;
      clearTimeout(timer);
    },
  };
}

function runFile(file, url) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, ['--test-reporter=tap', file],
      { env: { ...process.env, REKAP_URL: url }, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
    let tap = '';
    child.stdout.on('data', (d) => { tap += d; });
    child.stderr.on('data', (d) => { tap += d; });
    let late = false;
    const endGroup = () => { try { process.kill(-child.pid, 'SIGKILL'); } catch { /* all gone */ } };
    const timer = setTimeout(() => { late = true; endGroup(); }, fileSeconds * 1000);
    child.on('close', (code) => {
      clearTimeout(timer);
      endGroup(); // a browser that a failed test left behind
      resolve({ code: late ? `over ${fileSeconds} s` : code, tap });
    });
  });
}

// One result per leaf test of a TAP stream; a suite's own line ("type: 'suite'") is not a test.
export function results(tap, file) {
  const lines = tap.split('\n');
  const found = [];
  for (let i = 0; i < lines.length; i++) {
    const m = /^(\s*)(not ok|ok) \d+(?: - (.*?))?(?: # (SKIP|TODO)(.*))?$/.exec(lines[i]);
    if (!m) continue;
    let end = i + 1;
    if (lines[end]?.trim() === '---') {
      while (end < lines.length && lines[end].trim() !== '...') end++;
    }
    const detail = lines.slice(i + 1, end);
    if (detail.some((l) => /^\s*type: 'suite'/.test(l))) continue;
    const ms = Number(/duration_ms: ([\d.]+)/.exec(detail.join('\n'))?.[1] ?? 0);
    const result = m[4] ? 'skip' : m[2] === 'ok' ? 'ok' : 'FAIL';
    found.push({
      name: `${path.basename(file, '.test.mjs')}: ${m[3] ?? 'test'}`,
      result,
      seconds: ms / 1000,
      output: result === 'FAIL' ? detail.join('\n') : '',
    });
  }
  return found;
}

function report(r) {
  if (process.env.REKAP_RESULTS) appendFileSync(process.env.REKAP_RESULTS, JSON.stringify(r) + '\n');
  console.log(`${r.result.padEnd(4)} ${r.name} (${r.seconds.toFixed(1)} s)${r.output ? '\n' + r.output : ''}`);
}

async function main() {
  if (elections.length === 0) {
    console.error('run.mjs: REKAP_ELECTIONS names no election directory');
    return 2;
  }
  const named = process.argv.slice(2);
  const files = named.length ? named.map((f) => path.resolve(f))
    : readdirSync(here).filter((f) => f.endsWith('.test.mjs')).sort().map((f) => path.join(here, f));
  if (!existsSync('/usr/bin/chromium') && !process.env.CHROMIUM) {
    console.error('run.mjs: there is no /usr/bin/chromium (set CHROMIUM to another path)');
    return 2;
  }
  const server = await startServer();
  let failed = 0;
  try {
    for (const file of files) {
      const { code, tap } = await runFile(file, server.url);
      const all = results(tap, file);
      if (code !== 0 && !all.some((r) => r.result === 'FAIL')) {
        all.push({ name: path.basename(file), result: 'FAIL', seconds: 0, output: `ended with ${code}\n${tap.slice(-4000)}` });
      }
      all.forEach(report);
      failed += all.filter((r) => r.result === 'FAIL').length;
      if (server.gone()) throw new Error(server.gone());
    }
  } finally {
    await server.stop();
  }
  return failed ? 1 : 0;
}

process.exitCode = await main().catch((e) => {
  console.error(e.message);
  return 1;
});
