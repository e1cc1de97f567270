// SPDX-License-Identifier: Apache-2.0
// What the palette offers, by the words that the designer uses for it.
import type { Component } from 'svelte';
import AlignLeft from '@lucide/svelte/icons/align-left';
import Calendar from '@lucide/svelte/icons/calendar';
import CalendarClock from '@lucide/svelte/icons/calendar-clock';
import CircleDot from '@lucide/svelte/icons/circle-dot';
import Hash from '@lucide/svelte/icons/hash';
import Heading from '@lucide/svelte/icons/heading';
import Image from '@lucide/svelte/icons/image';
import Link from '@lucide/svelte/icons/link';
import ListChecks from '@lucide/svelte/icons/list-checks';
import Paperclip from '@lucide/svelte/icons/paperclip';
import Pilcrow from '@lucide/svelte/icons/pilcrow';
import Table from '@lucide/svelte/icons/table';
import ToggleLeft from '@lucide/svelte/icons/toggle-left';
import Type from '@lucide/svelte/icons/type';
import UserRound from '@lucide/svelte/icons/user-round';
import type { Field } from '../../forms/document';

type Icon = Component<{ size?: number | string; 'aria-hidden'?: 'true' }>;

export interface FieldKind {
  kind: string;
  label: string;
  icon: Icon;
  /** A new one; name, title and width are filled in. */
  make: () => Partial<Field> & Pick<Field, 'type'>;
  showing?: true;
}

const options = () => [
  { value: 'option_1', label: 'Option 1' },
  { value: 'option_2', label: 'Option 2' },
];

export const fieldKinds: FieldKind[] = [
  { kind: 'text', label: 'Text', icon: Type, make: () => ({ type: 'text' }) },
  { kind: 'long_text', label: 'Long text', icon: AlignLeft, make: () => ({ type: 'text', multiline: true }) },
  { kind: 'choice', label: 'Choice', icon: CircleDot, make: () => ({ type: 'choice', appearance: 'dropdown', options: options(), width: 6 }) },
  { kind: 'choices', label: 'Several choices', icon: ListChecks, make: () => ({ type: 'choice', appearance: 'checkboxes', options: options() }) },
  { kind: 'number', label: 'Number', icon: Hash, make: () => ({ type: 'number', format: 'integer', width: 4 }) },
  { kind: 'date', label: 'Date', icon: Calendar, make: () => ({ type: 'date', width: 4 }) },
  { kind: 'date_time', label: 'Date and time', icon: CalendarClock, make: () => ({ type: 'date_time', width: 6 }) },
  { kind: 'toggle', label: 'Toggle', icon: ToggleLeft, make: () => ({ type: 'toggle', width: 4 }) },
  { kind: 'file', label: 'Files', icon: Paperclip, make: () => ({ type: 'file' }) },
  {
    kind: 'table',
    label: 'Table',
    icon: Table,
    make: () => ({
      type: 'table',
      columns: [
        { name: 'item', title: 'Item', type: 'text' },
        { name: 'count', title: 'Count', type: 'number', format: 'integer' },
      ],
    }),
  },
  { kind: 'person', label: 'Person', icon: UserRound, make: () => ({ type: 'person', from_partner: true, width: 6 }) },
  { kind: 'heading', label: 'Heading', icon: Heading, showing: true, make: () => ({ type: 'heading', text: 'Heading' }) },
  {
    kind: 'rich_text',
    label: 'Text block',
    icon: Pilcrow,
    showing: true,
    make: () => ({ type: 'rich_text', content: [{ type: 'paragraph', content: [{ text: 'What people should know here.' }] }] }),
  },
  { kind: 'image', label: 'Picture', icon: Image, showing: true, make: () => ({ type: 'image', file: '', alt: '', width: 6 }) },
  { kind: 'link', label: 'Link', icon: Link, showing: true, make: () => ({ type: 'link', label: 'Link', url: '' }) },
];

export function kindOf(field: Pick<Field, 'type' | 'multiline' | 'appearance'>): FieldKind {
  let kind: string = field.type;
  if (field.type === 'text' && field.multiline) kind = 'long_text';
  if (field.type === 'choice' && (field.appearance === 'multiselect' || field.appearance === 'checkboxes')) kind = 'choices';
  return fieldKinds.find((k) => k.kind === kind) ?? fieldKinds[0]!;
}
