// @ts-check
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { findOnPath } from './desktopVscode.mjs';

/** Draws no window of its own, and so takes about half the processor time. */
const headlessNames = ['chromium-headless-shell'];
const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome', 'msedge'];
const elsewhere = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  ...['PROGRAMFILES', 'PROGRAMFILES(X86)', 'LOCALAPPDATA'].flatMap((name) => {
    const base = process.env[name];
    return base === undefined ? [] : [join(base, 'Google', 'Chrome', 'Application', 'chrome.exe')];
  }),
];

/** How to get a browser, for a person who has none of them. */
export const noChromium = 'No Chromium or Chrome was found. Install one, or name it in FLOTILLA_CHROMIUM.';

/**
 * The path of a Chromium on this machine, if there is one.
 * @param {{ headless: boolean }} options whether nobody will see its window
 */
export function findChromium({ headless }) {
  const named = process.env['FLOTILLA_CHROMIUM'];
  const wanted = [...(headless ? headlessNames : []), ...names];
  return [named, ...wanted.map((name) => findOnPath(name)), ...elsewhere].find(
    (path) => path !== undefined && path !== '' && existsSync(path),
  );
}

/**
 * Starts a browser that ends with this process, and that Ctrl-C does not end before we are done with it.
 * @param {string} executablePath
 * @param {{ headless: boolean }} options
 */
export function launchBrowser(executablePath, { headless }) {
  const asRoot = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  return chromium.launch({
    executablePath,
    headless,
    handleSIGINT: false,
    handleSIGTERM: false,
    handleSIGHUP: false,
    args: [
      ...asRoot,
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}
