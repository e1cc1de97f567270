// SPDX-License-Identifier: Apache-2.0
// Words and places for the steps of the first-run lists; the server says which are done.
import type { Schema } from '../../api/types';
import type { Step } from './Steps.svelte';

type FirstRun = Schema<'FirstRun'>;

interface Words {
  title: string;
  text: string;
  act: string;
  href: (portal: string | null) => string;
}

const inPortal = (rest: string) => (portal: string | null) => (portal ? `/portals/${portal}${rest}` : '/portals');

const words: Record<FirstRun['steps'][number]['id'], Words> = {
  organisation_named: {
    title: 'Name your organisation',
    text: 'Its name, logo and contact stand in mails and on pages.',
    act: 'Open settings',
    href: () => '/settings',
  },
  portal_created: {
    title: 'Create the first portal',
    text: 'A sub-domain with its own name, colour and pictures.',
    act: 'Create portal',
    href: () => '/portals/new',
  },
  brand_set: {
    title: 'Give it its brand',
    text: 'Colour, logo and cover, with the pages as partners will see them.',
    act: 'Set brand',
    href: inPortal('/brand'),
  },
  partner_added: {
    title: 'Add a partner',
    text: 'An organisation whose people may come in.',
    act: 'Add partner',
    href: inPortal('/partners?do=add'),
  },
  member_invited: {
    title: 'Invite people',
    text: 'Paste their addresses; each gets a mail with a personal link.',
    act: 'Invite people',
    href: inPortal('/members?do=invite'),
  },
  member_signed_in: {
    title: 'See the first member sign in',
    text: 'This ticks itself when somebody accepts an invitation and comes in.',
    act: 'See invitations',
    href: inPortal('/invitations'),
  },
  dashboard_created: {
    title: 'Create a dashboard',
    text: 'A page of text, links and pictures, or a link to a place on the portal.',
    act: 'Create dashboard',
    href: () => '/dashboards?do=create',
  },
  dashboard_placed: {
    title: 'Place a dashboard',
    text: 'Choose what this portal shows, and to whom.',
    act: 'Place dashboard',
    href: inPortal('/dashboards?do=place'),
  },
};

/** The list as it is shown; steps that this version does not know are left out. */
export function firstRunSteps(run: FirstRun, portal: string | null): Step[] {
  return run.steps
    .filter((step) => step.id in words)
    .map(({ id, done }) => {
      const { title, text, act, href } = words[id];
      return { id, done, title, text, act, href: href(portal) };
    });
}
