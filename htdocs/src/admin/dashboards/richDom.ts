// SPDX-License-Identifier: Apache-2.0
// Between the blocks of a rich text and the elements one types into. Nothing is ever parsed as HTML:
// elements are made one by one, and of what is found only words, marks and safe links are taken.
import { safeLink, type Block, type Text } from '../../model/richtext';

type Marks = Omit<Text, 'text'>;

function inline(text: Text): Node {
  let node: Node = document.createTextNode(text.text);
  const wrap = (tag: string) => {
    const element = document.createElement(tag);
    element.append(node);
    node = element;
    return element;
  };
  if (text.italic) wrap('i');
  if (text.bold) wrap('b');
  const href = safeLink(text.link);
  if (href) wrap('a').setAttribute('href', href);
  return node;
}

function line(tag: string, content: Text[]): HTMLElement {
  const element = document.createElement(tag);
  element.append(...content.map(inline));
  if (!content.length) element.append(document.createElement('br'));
  return element;
}

/** Fills the field with what the blocks say. */
export function fillWith(root: HTMLElement, blocks: Block[]): void {
  const elements = blocks.map((block) => {
    if (block.type === 'heading') return line(`h${block.level}`, block.content);
    if (block.type === 'paragraph') return line('p', block.content);
    const list = document.createElement(block.ordered ? 'ol' : 'ul');
    list.append(...block.items.map((item) => line('li', item)));
    return list;
  });
  root.replaceChildren(...(elements.length ? elements : [line('p', [])]));
}

const sameMarks = (a: Marks, b: Marks) => a.bold === b.bold && a.italic === b.italic && a.link === b.link;

/** Lines of text below a node; a line break begins another. */
function linesOf(node: Node): Text[][] {
  const lines: Text[][] = [[]];
  const put = (text: string, marks: Marks) => {
    const line = lines.at(-1)!;
    const last = line.at(-1);
    if (last && sameMarks(last, marks)) last.text += text;
    else line.push({ text, ...marks });
  };
  const walk = (at: Node, marks: Marks) => {
    if (at.nodeType === Node.TEXT_NODE) {
      const text = (at.textContent ?? '').replace(/[\u00a0\n\t]/g, ' ');
      if (text) put(text, marks);
      return;
    }
    if (!(at instanceof HTMLElement)) return;
    const tag = at.tagName;
    if (tag === 'BR') {
      lines.push([]);
      return;
    }
    const now = { ...marks };
    if (tag === 'B' || tag === 'STRONG') now.bold = true;
    if (tag === 'I' || tag === 'EM') now.italic = true;
    const href = tag === 'A' ? safeLink(at.getAttribute('href')) : null;
    if (href) now.link = href;
    const block = /^(P|DIV|LI|H[1-6]|UL|OL|BLOCKQUOTE)$/.test(tag);
    if (block && lines.at(-1)!.length) lines.push([]);
    for (const child of at.childNodes) walk(child, now);
    if (block && lines.at(-1)!.length) lines.push([]);
  };
  for (const child of node.childNodes) walk(child, {});
  return lines
    .map((line) => line.filter((t) => t.text !== ''))
    .filter((line) => line.some((t) => t.text.trim() !== ''));
}

/** What the field says, as blocks; empty lines are left out. */
export function blocksOf(root: HTMLElement): Block[] {
  const blocks: Block[] = [];
  let loose: Node[] = [];
  const flush = () => {
    if (!loose.length) return;
    const holder = document.createElement('div');
    holder.append(...loose.map((n) => n.cloneNode(true)));
    for (const content of linesOf(holder)) blocks.push({ type: 'paragraph', content });
    loose = [];
  };
  for (const child of root.childNodes) {
    const tag = child instanceof HTMLElement ? child.tagName : '';
    if (!/^(P|DIV|H[1-6]|UL|OL|BLOCKQUOTE)$/.test(tag)) {
      loose.push(child);
      continue;
    }
    flush();
    if (tag === 'UL' || tag === 'OL') {
      const items = [...(child as HTMLElement).querySelectorAll('li')].flatMap((li) => {
        const own = li.cloneNode(true) as HTMLElement;
        own.querySelectorAll('ul, ol').forEach((nested) => nested.remove());
        const content = linesOf(own).flat();
        return content.length ? [content] : [];
      });
      if (items.length) blocks.push({ type: 'list', ordered: tag === 'OL', items });
    } else if (/^H[1-6]$/.test(tag)) {
      const level = tag === 'H1' || tag === 'H2' ? 2 : 3;
      for (const content of linesOf(child)) blocks.push({ type: 'heading', level, content });
    } else {
      /* A list that the browser put inside a paragraph is still a list. */
      const nested = (child as HTMLElement).querySelector('ul, ol');
      if (nested) blocks.push(...blocksOf(child as HTMLElement));
      else for (const content of linesOf(child)) blocks.push({ type: 'paragraph', content });
    }
  }
  flush();
  return blocks;
}
