// SPDX-License-Identifier: Apache-2.0
import { cleanup, render, screen } from '@testing-library/svelte';
import { afterEach, describe, expect, it } from 'vitest';
import { Problem as ProblemError, asProblem, problemOf } from '../../src/api/problem';
import Problem from '../../src/ui/Problem.svelte';
import RichText from '../../src/ui/RichText.svelte';
import { saveOrMerge, conflict } from '../../src/ui/conflict.svelte';

afterEach(cleanup);

describe('RichText', () => {
  it('renders by elements; markup stays text and bad links stay words', () => {
    const { container } = render(RichText, {
      blocks: [
        { type: 'heading', level: 3, content: [{ text: 'Title' }] },
        { type: 'paragraph', content: [{ text: '<img src=x onerror=alert(1)>', bold: true }, { text: ' go', link: 'javascript:alert(1)' }] },
        { type: 'list', ordered: true, items: [[{ text: 'one', link: '/manuals/' }]] },
      ],
    });
    expect(container.querySelector('h3')?.textContent).toBe('Title');
    expect(container.querySelector('img')).toBeNull();
    expect(container.querySelector('strong')?.textContent).toBe('<img src=x onerror=alert(1)>');
    expect([...container.querySelectorAll('a')].map((a) => a.getAttribute('href'))).toEqual(['/manuals/']);
    expect(container.querySelector('ol li')?.textContent).toBe('one');
  });
});

describe('Problem', () => {
  it('shows the sentence and the request id', () => {
    render(Problem, { problem: new ProblemError(409, { detail: 'The name is taken.', request_id: 'req-1' }) });
    expect(screen.getByRole('alert').textContent).toContain('The name is taken.');
    expect(screen.getByText('req-1')).toBeTruthy();
  });
  it('knows the field it is about', () => {
    const p = new ProblemError(400, { detail: 'd', errors: [{ field: 'name', detail: 'too long' }] });
    expect(p.at('name')).toBe('too long');
    expect(p.isAt(['other'])).toBe(false);
  });
  it('makes one of an answer that is none, and of no answer', async () => {
    const p = await problemOf(new Response('<h1>Bad gateway', { status: 502, headers: { 'X-Request-Id': 'r' } }));
    expect([p.status, p.requestId, p.message]).toEqual([502, 'r', 'HTTP 502']);
    expect(asProblem(new TypeError('failed')).status).toBe(0);
  });
});

describe('saving against a newer version', () => {
  const stale = () => Promise.reject(new ProblemError(412, {}));

  it('asks field by field and saves again', async () => {
    const saved: unknown[] = [];
    const done = saveOrMerge({
      base: { name: 'A', color: 'red' },
      mine: { name: 'B', color: 'red' },
      etag: '"1"',
      save: (values, etag) => (etag === '"1"' ? stale() : Promise.resolve(saved.push([values, etag]))),
      load: () => Promise.resolve({ data: { name: 'C', color: 'blue' }, etag: '"2"' }),
      labels: {},
    });
    await expect.poll(() => conflict.open?.fields.length).toBe(2);
    conflict.open!.fields[0]!.choice = 'theirs';
    conflict.open!.resolve(true);
    expect(await done).toEqual({ name: 'C', color: 'blue' });
    expect(saved).toEqual([[{ name: 'C', color: 'blue' }, '"2"']]);
    expect(conflict.open).toBeNull();
  });
  it('keeps everything when cancelled', async () => {
    const done = saveOrMerge({
      base: { name: 'A' },
      mine: { name: 'B' },
      etag: '"1"',
      save: stale,
      load: () => Promise.resolve({ data: { name: 'C' }, etag: '"2"' }),
      labels: {},
    });
    await expect.poll(() => conflict.open?.fields.length).toBe(1);
    conflict.open!.resolve(false);
    expect(await done).toBeNull();
  });
  it('passes other failures on', async () => {
    const failing = () => Promise.reject(new ProblemError(503, { detail: 'busy' }));
    const load = () => Promise.resolve({ data: {}, etag: '' });
    await expect(saveOrMerge({ base: {}, mine: {}, etag: '', save: failing, load, labels: {} })).rejects.toThrow('busy');
  });
});
