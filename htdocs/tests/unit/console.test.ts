// SPDX-License-Identifier: Apache-2.0
// The console's logic without its pages.
import { describe, expect, it } from 'vitest';
import { canonical, findRoute, isOwnPath } from '../../src/admin/routes';
import { blocksOf, fillWith } from '../../src/admin/dashboards/richDom';
import { newWidget, showWidgets, tidy, widgetFaults, widgetWidths, type Widget } from '../../src/admin/dashboards/widgets';
import { bodyOf, emptyPortal, showPortalValue } from '../../src/admin/portals/portalValues';
import { changeLines } from '../../src/admin/shared/changes';
import { changesOf } from '../../src/admin/shared/draft.svelte';
import { firstRunSteps } from '../../src/admin/shared/firstRun';
import { onceEach } from '../../src/admin/shared/idempotency';
import { Resource } from '../../src/admin/shared/resource.svelte';
import { actionWords, count, countries, countryName, personName, sponsorEnds } from '../../src/admin/shared/words';
import { endOfDay, lastDay } from '../../src/model/days';
import type { Block } from '../../src/model/richtext';

describe('what an event changed', () => {
  it('is said in words', () => {
    const old = { groups: [], state: 'active', sponsor: null, mail: true };
    const now = { groups: ['Quality', 'Sales'], state: 'active', sponsor: 'Ada', mail: false };
    const changes = Object.entries(old).map(([field, value]) => ({ field, old: value, new: now[field as keyof typeof now] }));
    expect(changeLines(changes).map((c) => `${c.name}: ${c.old} → ${c.now}`)).toEqual([
      'groups: – → Quality, Sales',
      'state: active → active',
      'sponsor: – → Ada',
      'mail: yes → no',
    ]);
  });
  it('is, of things with parts, only the parts that differ', () => {
    const process = (id: string, allow_delete: boolean, groups: string[]) => ({ process_id: id, allow_delete, creators: { everyone: false, groups } });
    const changes = [
      { field: 'processes', old: [process('a', false, []), process('b', true, ['Sales'])], new: [process('b', true, ['Sales', 'Quality'])] },
      { field: 'form_owners', old: null, new: { creator: true } },
    ];
    expect(changeLines(changes)).toEqual([
      { name: 'processes › 1 › process id', old: 'a', now: '–' },
      { name: 'processes › 1 › allow delete', old: 'no', now: '–' },
      { name: 'processes › 1 › creators › everyone', old: 'no', now: '–' },
      { name: 'processes › 2 › creators › groups', old: 'Sales', now: 'Sales, Quality' },
      { name: 'form owners › creator', old: '–', now: 'yes' },
    ]);
  });
});

describe('addresses', () => {
  it('finds pages with their parts', () => {
    expect(findRoute('/portals/new')?.route.title).toBe('Create portal');
    expect(findRoute('/portals/acme/members')?.params).toEqual({ portal: 'acme', section: 'members' });
    expect(findRoute('/nowhere')).toBeNull();
  });
  it('opens a thing’s own address beside its list', () => {
    expect(canonical('/portals/acme/members/7')).toBe('/portals/acme/members?open=7');
    expect(canonical('/host/users/7')).toBe('/host/users?open=7');
    expect(canonical('/portals/acme/members')).toBeNull();
  });
  it('leaves the server’s own addresses alone', () => {
    for (const path of ['/api/v1/portals', '/oidc/callback', '/signed-out', '/preview/home']) expect(isOwnPath(path)).toBe(false);
  });
});

describe('rich text in the editor', () => {
  const blocks: Block[] = [
    { type: 'heading', level: 2, content: [{ text: 'News' }] },
    {
      type: 'paragraph',
      content: [{ text: 'See ' }, { text: 'all', bold: true, italic: true }, { text: ' of ' }, { text: 'it', link: '/manuals/' }],
    },
    { type: 'list', ordered: true, items: [[{ text: 'one' }], [{ text: 'two', bold: true }]] },
  ];
  function typed(fill: (root: HTMLElement) => void): Block[] {
    const root = document.createElement('div');
    fill(root);
    return blocksOf(root);
  }
  function element(tag: string, ...children: (Node | string)[]): HTMLElement {
    const made = document.createElement(tag);
    made.append(...children);
    return made;
  }

  it('comes back as it was filled in', () => {
    expect(typed((root) => fillWith(root, blocks))).toEqual(blocks);
  });
  it('begins with an empty line, which is no block', () => {
    expect(typed((root) => fillWith(root, []))).toEqual([]);
  });
  it('takes words and marks, and no address that is not safe', () => {
    const bad = element('a', 'press');
    bad.setAttribute('href', 'javascript:alert(1)');
    expect(typed((root) => root.append(element('p', bad, element('script', 'x')), 'loose'))).toEqual([
      { type: 'paragraph', content: [{ text: 'pressx' }] },
      { type: 'paragraph', content: [{ text: 'loose' }] },
    ]);
  });
  it('makes lines of line breaks and divisions, and one list of what the browser nests', () => {
    expect(
      typed((root) => root.append(element('div', 'a', element('br'), 'b'), element('p', element('ul', element('li', 'c'))))),
    ).toEqual([
      { type: 'paragraph', content: [{ text: 'a' }] },
      { type: 'paragraph', content: [{ text: 'b' }] },
      { type: 'list', ordered: false, items: [[{ text: 'c' }]] },
    ]);
  });
  it('joins neighbours with the same marks', () => {
    expect(typed((root) => root.append(element('p', element('b', 'x'), element('strong', 'y'))))).toEqual([
      { type: 'paragraph', content: [{ text: 'xy', bold: true }] },
    ]);
  });
});

describe('widgets', () => {
  it('names what is missing as the server would', () => {
    const widgets: Widget[] = [newWidget('rich_text'), newWidget('link'), { ...newWidget('image'), url: 'javascript:x' } as Widget];
    expect(Object.keys(widgetFaults(widgets))).toEqual(['widgets/1/label', 'widgets/1/url', 'widgets/2/file', 'widgets/2/url']);
    expect(widgetFaults([{ type: 'link', width: 4, label: 'Manuals', url: '/manuals/' }])).toEqual({});
    expect(widgetFaults([{ type: 'link', width: 4, label: 'Evil', url: '//evil.example' }])).toHaveProperty(['widgets/0/url']);
  });
  it('does not send an empty description', () => {
    expect(tidy([{ type: 'link', width: 4, label: 'a', url: '/', description: '' }])).toEqual([{ type: 'link', width: 4, label: 'a', url: '/' }]);
  });
  it('keeps a width that came by the API choosable', () => {
    expect(widgetWidths(5).map((w) => w.value)).toEqual([3, 4, 5, 6, 8, 9, 12]);
    expect(widgetWidths(6)).toHaveLength(6);
  });
  it('reads as a line each', () => {
    expect(showWidgets([{ type: 'link', width: 4, label: 'Manuals', url: '/manuals/' }])).toBe('Link “Manuals” to /manuals/');
  });
});

describe('forms', () => {
  it('sends the changed members only', () => {
    expect(changesOf({ a: 1, b: { c: [1] }, d: null }, { a: 1, b: { c: [2] }, d: null })).toEqual({ b: { c: [2] } });
  });
  it('sends an empty logout URL as none, and one that was not touched not at all', () => {
    expect(bodyOf({ logout_url: '  ' })).toEqual({ logout_url: null });
    expect(bodyOf({ name: 'x' })).toEqual({ name: 'x' });
    expect(bodyOf(emptyPortal('en')).logout_url).toBeNull();
  });
  it('shows values in words', () => {
    expect(showPortalValue('contact', { name: 'Desk', email: 'desk@host.example' })).toBe('Desk, desk@host.example');
    expect(showPortalValue('logo', null)).toBe('');
  });
  it('gives the same body the same key, and another body another', () => {
    const once = onceEach();
    const first = once({ a: 1 });
    expect(once({ a: 1 })).toEqual(first);
    expect(once({ a: 2 })).not.toEqual(first);
    expect(first['Idempotency-Key']).toMatch(/^[0-9a-f]{32}$/);
  });
  it('counts a day in full', () => {
    expect(new Date(endOfDay('2026-12-24')!).getDate()).toBe(25);
    expect(lastDay(endOfDay('2026-12-31'))).toBe('2026-12-31');
    expect(endOfDay('soon')).toBeNull();
    expect(lastDay(null)).toBe('');
  });
});

describe('a resource', () => {
  it('lets the newer answer win', async () => {
    const answers: ((text: string) => void)[] = [];
    const resource = new Resource(() => new Promise<string>((resolve) => answers.push(resolve)));
    const [older, newer] = [resource.load(), resource.load()];
    answers[1]!('new');
    await newer;
    answers[0]!('old');
    await older;
    expect(resource.data).toBe('new');
  });
  it('keeps what is shown when fetching again fails', async () => {
    let works = true;
    const resource = new Resource(async () => {
      if (!works) throw new Error('gone');
      return 'here';
    });
    await resource.load();
    works = false;
    await resource.load();
    expect(resource.data).toBe('here');
    expect(resource.problem).toBeInstanceOf(Error);
    expect(resource.loading).toBe(false);
  });
});

describe('words', () => {
  it('says what happened', () => {
    expect(actionWords('member.suspend')).toBe('Member suspended');
    expect(actionWords('host_user.create')).toBe('Host user created');
    expect(actionWords('host_user.link')).toBe('Host user signed in for the first time');
    expect(actionWords('thing.juggle')).toBe('Thing juggle');
    expect(actionWords('odd')).toBe('odd');
  });
  it('counts people', () => {
    expect(count(1, 'person', 'people')).toBe('1 person');
    expect(count(1200, 'person', 'people')).toBe('1,200 people');
  });
  it('names people and countries', () => {
    expect(personName({ first_name: '', last_name: '', email: 'a@b.example' })).toBe('a@b.example');
    expect(['pending', 'active', 'suspended', 'removed'].map((state) => sponsorEnds({ sponsor: { state } }))).toEqual([
      '',
      '',
      'Sponsor suspended: no access',
      'Sponsor removed: no access',
    ]);
    expect(sponsorEnds({ sponsor: null })).toBe('');
    expect(countryName('AT')).toBe('Austria');
    expect(new Set(countries().map((c) => c.value)).size).toBe(countries().length);
  });
  it('leads each first step somewhere', () => {
    const steps = firstRunSteps({ complete: false, steps: [{ id: 'partner_added', done: false }] }, 'acme');
    expect(steps[0]?.href).toBe('/portals/acme/partners?do=add');
    expect(firstRunSteps({ complete: false, steps: [{ id: 'partner_added', done: false }] }, null)[0]?.href).toBe('/portals');
  });
});
