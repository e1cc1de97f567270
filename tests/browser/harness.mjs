// SPDX-License-Identifier: Apache-2.0
// What the browser tests stand on: Debian's Chromium, sign-in at the development provider, and a page that
// notices what must not happen: CSP violations, console errors, other origins, axe findings.
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '../..');

/** Where the pages' npm packages are; `build-aux/pages.sh prepare` prints the folder. */
const require = createRequire(join(process.env.B2B_BROWSER_PACKAGES ?? join(root, 'htdocs'), 'package.json'));
const { chromium } = require('playwright-core');
const { AxeBuilder } = require('@axe-core/playwright');

/** The console's address; a portal's is a sub-domain of it. */
export const consoleUrl = (process.env.B2B_BROWSER_URL ?? 'http://portals.localhost:8080').replace(/\/$/, '');
export const portalUrl = (name) => consoleUrl.replace('://', `://${name}.`);
export const mailUrl = process.env.B2B_BROWSER_MAIL ?? '';
const shots = process.env.B2B_BROWSER_SHOTS ?? join(root, 'build/browser');

const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

const tests = [];
export function test(name, body) {
  tests.push({ name, body });
}
export const registered = () => tests;

let browser;
const states = new Map();

export async function launch() {
  const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium';
  browser = await chromium.launch({ executablePath, headless: true, args: flags });
  mkdirSync(shots, { recursive: true });
}

export async function close() {
  await browser?.close();
}

/**
 * A page of a fresh window, signed in at `url` as `as` (the provider's `sub`; without it nobody is).
 * It is closed when the test ends. `expect`: messages that are meant to come, as in expecting().
 */
export async function open(url, { as, expect = [], ...options } = {}) {
  const key = as && `${new URL(url).origin} ${typeof as === 'string' ? as : as.email}`;
  const context = await browser.newContext({
    viewport: { width: 1280, height: 800 },
    locale: 'en-GB',
    reducedMotion: 'reduce',
    ...(states.has(key) ? { storageState: states.get(key) } : {}),
    ...options,
  });
  context.setDefaultTimeout(15_000);
  opened.push(context);
  await context.addInitScript(() => {
    window.b2bViolations = [];
    addEventListener('securitypolicyviolation', (e) =>
      window.b2bViolations.push(`${e.violatedDirective} ${e.blockedURI} ${e.sourceFile ?? ''}:${e.lineNumber}`),
    );
  });
  const page = await context.newPage();
  if (as) {
    await signIn(page, url, as);
    states.set(key, await context.storageState());
  } else {
    await page.goto(url);
  }
  watch(page, expect);
  if (as) await page.goto(url);
  await settled(page);
  return page;
}

const opened = [];

/** What was on the screen when a test failed. */
export async function pictures(name) {
  for (const [i, page] of opened.flatMap((context) => context.pages()).entries()) {
    const path = join(shots, `failed-${name.replace(/\W+/g, '-').slice(0, 60)}-${i + 1}.png`);
    await page.screenshot({ path }).catch(() => {});
  }
}

export async function closeAll() {
  for (const context of opened.splice(0)) await context.close();
}

/**
 * Follows the sign-in, wherever it stands: the portal's own login page, then the provider's page of people.
 * `who` is the `sub` of somebody of the demo, or {email, name} of anybody else.
 */
export async function signIn(page, url, who) {
  if (url) await page.goto(url);
  const { origin } = new URL(url ?? page.url());
  await page.waitForLoadState();
  const button = page.locator('main.sheet ul.buttons a').first();
  if (await button.count()) await button.click();
  await page.waitForLoadState();
  if (new URL(page.url()).origin === origin) return;
  if (typeof who === 'string') {
    await page.locator(`button[name="sub"][value="${who}"]`).click();
  } else {
    await page.locator('input[name=email]').fill(who.email);
    await page.locator('input[name=name]').fill(who.name);
    await page.locator('form.guest button').click();
  }
  await page.waitForURL((to) => to.origin === origin && !to.pathname.startsWith('/oidc/'));
}

/** Forgets kept sessions, after a test ended one on the server. */
export function forgetSessions() {
  states.clear();
}

function watch(page, expect) {
  page.b2b = { faults: [], allowed: [...expect] };
  const own = new URL(consoleUrl);
  const fault = (text) => page.b2b.allowed.some((rule) => rule.test(text)) || page.b2b.faults.push(text);
  page.on('console', (m) => {
    if (m.type() === 'error' || m.type() === 'warning') fault(`console ${m.type()}: ${m.text()} (${m.location().url})`);
  });
  page.on('pageerror', (e) => fault(`exception: ${e.stack ?? e}`));
  page.on('request', (r) => {
    const to = new URL(r.url());
    if (!/^https?:$/.test(to.protocol)) return;
    const inside = to.hostname === own.hostname || to.hostname.endsWith(`.${own.hostname}`);
    if (!inside || to.port !== own.port) fault(`foreign origin: ${r.url()}`);
  });
}

/** Says that a message of the browser is meant to come, such as the 404 that a test asks for. */
export function expecting(page, ...rules) {
  page.b2b.allowed.push(...rules);
}

/**
 * Waits until nothing is loading any more: no skeleton, no request for half a second. Counted here, because
 * Playwright's own "networkidle" never comes back after a frame's address was replaced while it loaded.
 */
export async function settled(page) {
  await page.waitForLoadState();
  const running = page.b2b?.running;
  if (!running) await page.waitForLoadState('networkidle');
  const until = Date.now() + 15_000;
  for (let quiet = 0; running && quiet < 5; quiet = running.size ? 0 : quiet + 1) {
    assert.ok(Date.now() < until, `still loading: ${[...running].map((r) => r.url())}`);
    await new Promise((done) => setTimeout(done, 100));
  }
  await page.waitForFunction(() => !document.querySelector('.skeleton, main[aria-busy=true]'));
}

const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** Asserts that the page is clean: axe, CSP, console, origins, nothing cut off at the side. */
export async function clean(page, what = page.url()) {
  const { violations } = await new AxeBuilder({ page }).withTags(rules).analyze();
  const found = violations.map((v) => `${v.id}: ${v.help}\n    ${v.nodes.map((n) => n.html.slice(0, 200)).join('\n    ')}`);
  assert.deepEqual(found, [], `axe on ${what}`);
  assert.deepEqual(await page.evaluate(() => window.b2bViolations ?? []), [], `CSP violations on ${what}`);
  assert.deepEqual(page.b2b?.faults ?? [], [], `faults on ${what}`);
  const wider = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  assert.ok(wider <= 0, `${what} is ${wider} pixels wider than the window`);
  const cut = await page.evaluate(() =>
    [...document.querySelectorAll('body :not(input, textarea, select, option)')]
      .filter((e) => {
        const style = getComputedStyle(e);
        const clips = ['hidden', 'clip'].includes(style.overflowX) && style.textOverflow !== 'ellipsis';
        return clips && e.clientWidth > 1 && e.scrollWidth > e.clientWidth + 1;
      })
      .map((e) => e.outerHTML.slice(0, 120)),
  );
  assert.deepEqual(cut, [], `cut off at the side on ${what}`);
}

/** What the window shows, as NAME.png in the build folder. */
export function picture(page, name) {
  return page.screenshot({ path: join(shots, `${name}.png`) });
}

/** Clean in light, dark and 390 pixels; a picture of each goes to the build folder as NAME-light.png and so on. */
export async function looks(page, name) {
  const before = page.viewportSize();
  for (const [suffix, colorScheme, size] of [
    ['light', 'light', before],
    ['dark', 'dark', before],
    ['390', 'light', { width: 390, height: 844 }],
  ]) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await page.setViewportSize(size);
    await settled(page);
    await page.screenshot({ path: join(shots, `${name}-${suffix}.png`), fullPage: true });
    await clean(page, `${name} (${suffix})`);
  }
  await page.emulateMedia({ colorScheme: 'light' });
  await page.setViewportSize(before);
}

/** Calls the API as the page's person, from the page's own origin. */
export function api(page, method, path, { body, etag } = {}) {
  return page.evaluate(
    async ([method, path, body, etag]) => {
      const headers = { Accept: 'application/json' };
      if (body !== undefined) headers['Content-Type'] = 'application/json';
      if (etag) headers['If-Match'] = etag;
      const response = await fetch(`/api/v1${path}`, { method, headers, body: body === undefined ? undefined : JSON.stringify(body) });
      const text = await response.text();
      return { status: response.status, etag: response.headers.get('ETag'), data: text ? JSON.parse(text) : null };
    },
    [method, path, body, etag],
  );
}

/** What has the focus, as a person using a keyboard would name it. */
export function focused(page) {
  return page.evaluate(() => {
    const e = document.activeElement;
    return e?.getAttribute('aria-label') || e?.labels?.[0]?.textContent?.trim() || e?.textContent?.trim() || e?.tagName;
  });
}

export { assert };
