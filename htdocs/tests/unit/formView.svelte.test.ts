// SPDX-License-Identifier: Apache-2.0
import { cleanup, fireEvent, render, screen } from '@testing-library/svelte';
import { tick } from 'svelte';
import { afterEach, describe, expect, it } from 'vitest';
import { Problem } from '../../src/api/problem';
import type { Field, Values } from '../../src/forms/document';
import FormView from '../../src/forms/FormView.svelte';
import { problemsOf } from '../../src/forms/problems';

afterEach(cleanup);

const fields: Field[] = [
  { name: 'subject', title: 'Subject', type: 'text', required: true, help: 'One line.' },
  { name: 'stopped', title: 'Stopped', type: 'toggle' },
  { name: 'since', title: 'Since', type: 'date', required: true, shown_when: { field: 'stopped', is: 'equals', value: true } },
  { name: 'loss', title: 'Loss', type: 'number', format: 'currency', currency: 'EUR' },
  {
    name: 'parts',
    title: 'Parts',
    type: 'table',
    columns: [
      { name: 'part', title: 'Part', type: 'text', required: true },
      { name: 'count', title: 'Count', type: 'number' },
    ],
  },
  { name: 'fixed', title: 'Fixed', type: 'text', read_only: true },
];

function show(values: Values = {}, more: Partial<{ problems: Record<string, string>; mode: 'edit' | 'read' }> = {}) {
  let last = $state.raw(values);
  const props = {
    form: { fields },
    get values() {
      return last;
    },
    set values(next: Values) {
      last = next;
    },
    ...more,
  };
  return { ...render(FormView, props), values: () => last };
}
const described = (element: HTMLElement) =>
  (element.getAttribute('aria-describedby') ?? '')
    .split(' ')
    .map((id) => document.getElementById(id)?.textContent)
    .join(' ');

describe('FormView', () => {
  it('shows a field when its condition comes to hold, and asks for what is missing', async () => {
    const { component, values } = show();
    expect(screen.queryByLabelText(/Since/)).toBeNull();
    await fireEvent.click(screen.getByRole('switch'));
    expect(screen.getByLabelText(/Since/)).toBeTruthy();
    expect(values()).toEqual({ stopped: true });

    expect(component.check()).toBe(false);
    await tick();
    await tick();
    expect(document.activeElement?.textContent).toContain('2 answers need your attention');
    const subject = screen.getByLabelText(/Subject/);
    expect(subject.getAttribute('aria-invalid')).toBe('true');
    expect(described(subject)).toBe('This is needed. One line.');
    await fireEvent.click(screen.getByRole('link', { name: 'Subject' }));
    expect(document.activeElement).toBe(subject);
    await fireEvent.input(subject, { target: { value: 'Scratches' } });
    expect(subject.getAttribute('aria-invalid')).toBeNull();
  });

  it('saves a draft without what is missing, but not with what is wrong', async () => {
    const { component } = show({ loss: 'much' });
    expect(component.check(false)).toBe(false);
    await fireEvent.input(screen.getByLabelText(/Loss/), { target: { value: '12.50' } });
    expect(component.check(false)).toBe(true);
  });

  it("shows the server's problems until their field is changed", async () => {
    const problem = new Problem(422, { errors: [{ field: 'values/parts/0/count', detail: 'Too many.' }, { field: 'values/subject', detail: 'Taken.' }] });
    show({ subject: 'x', parts: [{ part: 'Bolt', count: 3 }] }, { problems: problemsOf(problem) });
    await tick();
    const count = screen.getByLabelText('Count, Row 1');
    expect(described(count)).toBe('Too many.');
    await fireEvent.input(screen.getByLabelText(/Subject/), { target: { value: 'y' } });
    expect(screen.queryAllByText('Taken.')).toEqual([]);
    expect(described(count)).toBe('Too many.');
  });

  it('adds and removes rows', async () => {
    const { values } = show();
    await fireEvent.click(screen.getByRole('button', { name: 'Parts: Add a row' }));
    await fireEvent.input(screen.getByLabelText('Part, Row 1'), { target: { value: 'Bolt' } });
    expect(values()['parts']).toEqual([{ part: 'Bolt' }]);
    await fireEvent.keyDown(screen.getByLabelText('Count, Row 1'), { key: 'Enter' });
    expect(values()['parts']).toEqual([{ part: 'Bolt' }, {}]);
    await tick();
    expect(document.activeElement).toBe(screen.getByLabelText('Part, Row 2'));
    await fireEvent.click(screen.getByRole('button', { name: 'Remove row 1' }));
    await fireEvent.click(screen.getByRole('button', { name: 'Remove row 1' }));
    expect(values()['parts']).toBeNull();
  });

  it('cannot change what is locked, nor anything when it is only read', () => {
    const { unmount } = show({ fixed: 'F-1' });
    expect(screen.getByLabelText<HTMLInputElement>(/Fixed/).readOnly).toBe(true);
    unmount();
    show({ subject: 'Scratches', loss: 12.5 }, { mode: 'read' });
    expect(screen.queryAllByRole('textbox')).toEqual([]);
    expect(screen.getByText('12.50 EUR')).toBeTruthy();
  });
});
