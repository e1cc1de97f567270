// SPDX-License-Identifier: Apache-2.0
// A pasted heap of addresses, as mail programs and spreadsheets give it.

export interface PastedAddress {
  email: string;
  first_name?: string;
  last_name?: string;
}

export interface PastedAddresses {
  addresses: PastedAddress[];
  /** Pieces that are no address, as they were written. */
  rejected: string[];
  /** How many addresses came more than once. */
  repeated: number;
}

const ADDRESS = /^[^\s@<>"(),:;\\[\]]+@[^\s@<>"(),:;\\[\]]+\.[^\s@<>"(),:;\\[\]]{2,}$/;

/** Takes `a@x.example, "Ann Lee" <ann@x.example>; b@x.example` and one address a line. */
export function parseAddresses(text: string): PastedAddresses {
  const result: PastedAddresses = { addresses: [], rejected: [], repeated: 0 };
  const seen = new Set<string>();
  const pieces = text.match(/(?:"[^"]*"|<[^>]*>|[^",;<\n\r])+/g) ?? [];
  for (const raw of pieces) {
    for (const piece of split(raw.trim())) {
      const address = parseOne(piece);
      if (!address) {
        result.rejected.push(piece);
      } else if (seen.has(address.email.toLowerCase())) {
        result.repeated++;
      } else {
        seen.add(address.email.toLowerCase());
        result.addresses.push(address);
      }
    }
  }
  return result;
}

/* Addresses with nothing but blanks between them: `a@x.example b@x.example`. */
function split(piece: string): string[] {
  if (piece === '') return [];
  const words = piece.split(/\s+/);
  return words.every((word) => ADDRESS.test(bare(word))) ? words : [piece];
}

const bare = (word: string) => word.replace(/^mailto:/i, '');

function parseOne(piece: string): PastedAddress | null {
  const named = /^"?(.*?)"?\s*<\s*(.+?)\s*>$/.exec(piece);
  const email = bare((named ? named[2] : piece)?.trim() ?? '');
  if (!ADDRESS.test(email) || email.length > 254) return null;
  /* "Lee, Ann" is how directories write Ann Lee. */
  const name = (named?.[1] ?? '').replace(/^([^,]+),\s*([^,]+)$/, '$2 $1');
  const words = name.split(/\s+/).filter(Boolean);
  if (words.length < 2) return { email };
  return { email, first_name: words.slice(0, -1).join(' '), last_name: words.at(-1)! };
}
