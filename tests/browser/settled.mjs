// SPDX-License-Identifier: Apache-2.0
// When a page has come to rest: nothing is asked of the server, no timer is about to do something, nothing is being drawn.
import assert from 'node:assert/strict';

const LIMIT = 30_000;

/**
 * Counts the requests that a page has under way, from now on. Playwright's own "networkidle" waits half a second each
 * time, and for ever once the address of a frame was replaced while it loaded: then neither an end nor a failure is
 * told of what the frame had asked for. So whatever a frame asked for is forgotten when it goes or shows another document.
 */
export function counting(page) {
  const running = new Set();
  const counted = { running, begun: 0 };
  /* Frame → the request for the document that it is to show next. */
  const arriving = new Map();
  const forget = (frame, kept) => {
    for (const request of running) if (request.frame() === frame && request !== kept) running.delete(request);
  };
  page.on('request', (request) => {
    const frame = request.frame();
    counted.begun++;
    /* The page itself tells of these: that one has ended is not told when nobody reads its answer. */
    if (request.resourceType() !== 'fetch') running.add(request);
    if (!request.isNavigationRequest()) return;
    arriving.set(frame, request);
    forget(frame, request);
  });
  const ended = (request) => running.delete(request);
  page.on('requestfinished', ended);
  page.on('requestfailed', ended);
  page.on('framenavigated', (frame) => {
    /* Without a request it is a new address of the same document, or an empty one. */
    if (!arriving.has(frame)) return;
    forget(frame, arriving.get(frame));
    arriving.delete(frame);
  });
  page.on('framedetached', (frame) => forget(frame));
  return counted;
}

/**
 * Run in each document before its own scripts: keeps `b2bWork`, what is fetched, read of an answer, or soon due, such as
 * what waits for the end of somebody's typing. Later timers (a message goes, a list is asked for again) are no work begun;
 * they take longer here, since a test that looks for a message of six seconds may come too late where others compute.
 */
export function countWork() {
  const SOON = 1000;
  const PATIENCE = 5;
  const work = (window.b2bWork = new Set());
  const during = (what, promise) => {
    const one = { what };
    work.add(one);
    const end = () => work.delete(one);
    promise.then(end, end);
    return promise;
  };
  const { fetch, setTimeout: set, clearTimeout: clear } = window;
  window.fetch = (...of) => during(of[0].url ?? of[0], fetch(...of));
  for (const how of ['arrayBuffer', 'blob', 'json', 'text']) {
    const read = Response.prototype[how];
    Response.prototype[how] = function () {
      return during(`${how} of ${this.url}`, read.call(this));
    };
  }
  const timers = new Map();
  const forget = (timer) => {
    work.delete(timers.get(timer));
    timers.delete(timer);
  };
  window.setTimeout = (act, delay = 0, ...rest) => {
    if (typeof act !== 'function') return set(act, delay, ...rest);
    if (delay > SOON) return set(act, delay * PATIENCE, ...rest);
    const due = () => {
      forget(timer);
      act(...rest);
    };
    const timer = set(due, delay);
    timers.set(timer, { what: `a timer of ${delay} ms` });
    work.add(timers.get(timer));
    return timer;
  };
  window.clearTimeout = (timer) => {
    forget(timer);
    clear(timer);
  };
}

/* In the page, when it has nothing else to do: what it still waits for, or null. */
async function unrest() {
  const BUSY = '.skeleton, [aria-busy=true]';
  const of = (view) => {
    const { document: shown, b2bWork: work = [] } = view;
    if (shown.readyState !== 'complete') return `${shown.URL} loads`;
    for (const { what } of work) return what;
    if (shown.querySelector(BUSY)) return shown.querySelector(BUSY).outerHTML.slice(0, 200);
    return Array.from(view.frames, of).find(Boolean) ?? null;
  };
  /* What comes of an answer is drawn with the next frame; what is kept for idle moments was queued before this. */
  const idle = () => new Promise((done) => requestIdleCallback(done, { timeout: 1000 }));
  await idle();
  await new Promise(requestAnimationFrame);
  await idle();
  return of(window);
}

/** Waits until the page has come to rest; `page.b2b.counted` is what counting() returned. */
export async function settled(page) {
  const until = Date.now() + LIMIT;
  const { counted } = page.b2b;
  for (;;) {
    await page.waitForLoadState();
    const { begun } = counted;
    const why = await page.evaluate(unrest).catch((thrown) => {
      /* Another document came meanwhile. */
      if (/context was destroyed|navigat/i.test(thrown.message)) return thrown.message;
      throw thrown;
    });
    if (!why && counted.running.size === 0 && counted.begun === begun) return;
    const asked = [...counted.running].map((request) => request.url());
    assert.ok(Date.now() < until, `no rest: ${why ?? ''} ${asked.join(' ')}`);
  }
}
