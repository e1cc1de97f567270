// SPDX-License-Identifier: Apache-2.0
// Kinds of widgets, new ones, and what is missing in one before the server is asked.
import type { Schema } from '../../api/types';
import { safeLink } from '../../model/richtext';

export type Widget = Schema<'Widget'>;

export const widgetWords: Record<Widget['type'], { label: string; hint: string }> = {
  rich_text: { label: 'Text', hint: 'Headings, lists, links' },
  link: { label: 'Link', hint: 'A tile that leads somewhere' },
  image: { label: 'Picture', hint: 'PNG, JPEG or WebP' },
};

const widths = [
  { value: 3, label: 'Quarter' },
  { value: 4, label: 'Third' },
  { value: 6, label: 'Half' },
  { value: 8, label: 'Two thirds' },
  { value: 9, label: 'Three quarters' },
  { value: 12, label: 'Full' },
];

/** The widths that are offered; one that came by the API stays choosable. */
export function widgetWidths(now: number): { value: number; label: string }[] {
  if (widths.some((w) => w.value === now)) return widths;
  return [...widths, { value: now, label: `${now} of 12` }].sort((a, b) => a.value - b.value);
}

export function newWidget(type: Widget['type']): Widget {
  if (type === 'rich_text') return { type, width: 12, blocks: [] };
  if (type === 'link') return { type, width: 4, label: '', url: '', description: '' };
  return { type, width: 6, file: '', alt: '', url: null };
}

/** What is missing, by the names the server would use: `widgets/0/url`. */
export function widgetFaults(widgets: Widget[]): Record<string, string> {
  const faults: Record<string, string> = {};
  widgets.forEach((widget, i) => {
    const at = `widgets/${i}`;
    if (widget.type === 'link') {
      if (!widget.label.trim()) faults[`${at}/label`] = 'Write a label.';
      if (!widget.url.trim()) faults[`${at}/url`] = 'Say where the link leads.';
      else if (!safeLink(widget.url)) faults[`${at}/url`] = 'Begin with https:// or with / for a place on the portal.';
    }
    if (widget.type === 'image') {
      if (!widget.file) faults[`${at}/file`] = 'Choose a picture, or remove this widget.';
      if (widget.url && !safeLink(widget.url)) faults[`${at}/url`] = 'Begin with https:// or with / for a place on the portal.';
    }
  });
  return faults;
}

/** An optional description that is empty is not sent. */
export function tidy(widgets: Widget[]): Widget[] {
  return widgets.map((widget) => {
    if (widget.type !== 'link') return widget;
    const { description, ...rest } = widget;
    return description ? { ...rest, description } : rest;
  });
}

/** One line a widget, for the comparison of two versions. */
export function showWidgets(widgets: Widget[]): string {
  return widgets
    .map((w) => {
      if (w.type === 'link') return `Link “${w.label}” to ${w.url}`;
      if (w.type === 'image') return `Picture “${w.alt || 'without words'}”`;
      const text = w.blocks
        .flatMap((b) => (b.type === 'list' ? b.items : [b.content]))
        .map((content) => content.map((t) => t.text).join(''))
        .join(' ');
      return `Text “${text.length > 80 ? `${text.slice(0, 80)}…` : text}”`;
    })
    .join('\n');
}
