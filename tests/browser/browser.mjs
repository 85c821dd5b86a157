// Chromium for a test: a fresh profile each time, gone with the browser, and no traffic of its own.
//   const { page, close } = await open({ width: 375 });
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { chromium } from 'playwright-core';

export const url = process.env.REKAP_URL;

export async function open({ width = 1280, height = 800, locale = 'id-ID', ...more } = {}) {
  const profile = mkdtempSync(path.join(tmpdir(), 'rekap-chromium-'));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    headless: true,
    args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
      '--disable-background-networking', '--disable-component-update', '--disable-sync'],
    baseURL: url,
    viewport: { width, height },
    locale,
    ...more,
  });
  const page = context.pages()[0] ?? await context.newPage();
  const errors = []; // what the page's own scripts threw: a test may assert that there is nothing
  page.on('pageerror', (e) => errors.push(String(e)));
  return {
    page,
    context,
    errors,
    async close() {
      await context.close();
      rmSync(profile, { recursive: true, force: true });
    },
  };
}
