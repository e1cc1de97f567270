// SPDX-License-Identifier: Apache-2.0
// What the browser tests stand on: Debian's Chromium, sign-in at the development provider, and a page that
// notices what must not happen: CSP violations, console errors, other origins, axe findings.
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { counting, countWork, settled } from './settled.mjs';

const root = resolve(import.meta.dirname, '../..');

/** Where the pages' npm packages are; `build-aux/pages.sh prepare` prints the folder. */
const require = createRequire(join(process.env.B2B_BROWSER_PACKAGES ?? join(root, 'htdocs'), 'package.json'));
const { chromium } = require('playwright-core');
const { source: axeSource } = require('axe-core');

/** The console's address; a portal's is a sub-domain of it. */
export const consoleUrl = (process.env.B2B_BROWSER_URL ?? 'http://portals.localhost:8080').replace(/\/$/, '');
const own = new URL(consoleUrl);
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
  context.setDefaultTimeout(60_000);
  opened.push(context);
  await context.addInitScript(countWork);
  await context.addInitScript(() => {
    window.b2bViolations = [];
    addEventListener('securitypolicyviolation', (e) =>
      window.b2bViolations.push(`${e.violatedDirective} ${e.blockedURI} ${e.sourceFile ?? ''}:${e.lineNumber}`),
    );
    /* Messages go again; a test that missed one can tell what was said. */
    window.b2bSaid = [];
    const come = ({ addedNodes }) =>
      [...addedNodes].filter((e) => e.matches?.('.toast')).forEach((e) => window.b2bSaid.push(`"${e.textContent.trim()}" at ${Math.round(performance.now())} ms`));
    new MutationObserver((changes) => changes.forEach(come)).observe(document, { childList: true, subtree: true });
  });
  const page = await context.newPage();
  watch(page, expect);
  await page.goto(url);
  const at = new URL(page.url());
  if (as && (!inside(at) || at.pathname === '/login')) {
    await signIn(page, undefined, as);
    states.set(key, await context.storageState());
    page.b2b.faults = [];
    await page.goto(url);
  }
  if (options.javaScriptEnabled !== false) await settled(page);
  return page;
}

const opened = [];

/** Pictures of what was on the screen when a test failed; what the pages complained of, waited for and said by then. */
export async function pictures(name) {
  const complaints = [];
  for (const [i, page] of opened.flatMap((context) => context.pages()).entries()) {
    const path = join(shots, `failed-${name.replace(/\W+/g, '-').slice(0, 60)}-${i + 1}.png`);
    await page.screenshot({ path }).catch(() => {});
    const waits = await page.evaluate(() => [...(window.b2bWork ?? [])].map(({ what }) => what)).catch(String);
    complaints.push(`at ${page.url()}`, ...(page.b2b?.faults ?? []).map((fault) => `  ${fault}`));
    if (waits.length) complaints.push(`  waits for ${waits}`);
    const said = await page.evaluate(() => [`now is ${Math.round(performance.now())} ms`, ...(window.b2bSaid ?? [])]).catch(String);
    complaints.push(`  said ${said}`);
  }
  return complaints;
}

export async function closeAll() {
  for (const context of opened.splice(0)) await context.close();
}

/* A portal's own login page: one button for each issuer. */
const issuers = (page) => page.locator('main.sheet ul.buttons a').first();
const inside = (url) => url.hostname === own.hostname || url.hostname.endsWith(`.${own.hostname}`);

/**
 * Follows the sign-in, wherever it stands: the portal's own login page, then the provider's page of people.
 * `who` is the `sub` of somebody of the demo, or {email, name} of anybody else.
 */
export async function signIn(page, url, who) {
  if (url) await page.goto(url);
  const guest = page.locator('form.guest');
  await issuers(page).or(guest).first().waitFor();
  if (await issuers(page).count()) await issuers(page).click();
  await guest.waitFor();
  if (typeof who === 'string') {
    await page.locator(`button[name="sub"][value="${who}"]`).click();
  } else {
    await guest.locator('input[name=email]').fill(who.email);
    await guest.locator('input[name=name]').fill(who.name);
    await guest.getByRole('button').click();
  }
  await page.waitForURL((to) => inside(to) && !to.pathname.startsWith('/oidc/'));
}

/** Forgets kept sessions, after a test ended one on the server. */
export function forgetSessions() {
  states.clear();
}

function watch(page, expect) {
  page.b2b = { faults: [], allowed: [...expect], counted: counting(page) };
  const fault = (text) => page.b2b.allowed.some((rule) => rule.test(text)) || page.b2b.faults.push(text);
  page.on('console', (m) => {
    if (m.type() === 'error' || m.type() === 'warning') fault(`console ${m.type()}: ${m.text()} (${m.location().url})`);
  });
  page.on('pageerror', (e) => fault(`exception: ${e.stack ?? e}`));
  page.on('request', (r) => {
    const to = new URL(r.url());
    if (!/^https?:$/.test(to.protocol)) return;
    if (!inside(to) || to.port !== own.port) fault(`foreign origin: ${r.url()}`);
  });
}

/** Says that a message of the browser is meant to come, such as the 404 that a test asks for. */
export function expecting(page, ...rules) {
  page.b2b.allowed.push(...rules);
}

const every = { type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] };
/** The rules of axe that look at colours. */
const colours = { type: 'rule', values: ['color-contrast', 'link-in-text-block'] };

/*
 * What axe finds in the page and its frames. Not by way of @axe-core/playwright: that fetches all that passed as well and
 * works it up in a second window, which takes four times as long.
 */
async function axe(page, runOnly) {
  for (const frame of page.frames()) {
    if (!(await frame.evaluate(() => 'axe' in window))) await frame.evaluate(axeSource);
  }
  const violations = await page.evaluate(
    async (options) => (await window.axe.run(document, options)).violations.map((v) => [v.id, v.help, ...v.nodes.map((n) => n.html.slice(0, 200))]),
    { runOnly, resultTypes: ['violations'] },
  );
  return violations.map(([id, help, ...nodes]) => `${id}: ${help}\n    ${nodes.join('\n    ')}`);
}

/** Asserts that the page is clean, once it is at rest. */
export async function clean(page, what = page.url(), runOnly = every) {
  await settled(page);
  await cleanNow(page, what, runOnly);
}

/** Asserts it of a page that waits for what a test holds back: axe, CSP, console, origins, nothing cut off at the side. */
export async function cleanNow(page, what, runOnly = every) {
  assert.deepEqual(await axe(page, runOnly), [], `axe on ${what}`);
  assert.deepEqual(await page.evaluate(() => window.b2bViolations ?? []), [], `CSP violations on ${what}`);
  assert.deepEqual(page.b2b.faults, [], `faults on ${what}`);
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

/**
 * Clean in light, dark and 390 pixels; a picture of each goes to the build folder as NAME-light.png and so on.
 * In the dark only the rules about colours are asked again: the scheme changes nothing else, since styles choose by
 * light-dark() alone and no script asks for it. Where the window is narrow other things are shown, so all rules are.
 */
export async function looks(page, name) {
  const before = page.viewportSize();
  for (const [suffix, colorScheme, size, asked] of [
    ['light', 'light', before, every],
    ['dark', 'dark', before, colours],
    ['390', 'light', { width: 390, height: 844 }, every],
  ]) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await page.setViewportSize(size);
    await settled(page);
    await page.screenshot({ path: join(shots, `${name}-${suffix}.png`), fullPage: true });
    await clean(page, `${name} (${suffix})`, asked);
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

export { assert, settled };
