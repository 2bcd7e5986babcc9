/** One entity tag of RFC 9110, section 8.8.3, without its quotes. */
export interface EntityTag {
  readonly weak: boolean;
  readonly opaque: string;
}

const TAG = /^(W\/)?"([\x21\x23-\x7e\x80-\xff]*)"$/;

/** The tags of an `If-Match` or `If-None-Match` header: `'*'`, a list, or `undefined` when it is malformed. */
export const parseEntityTags = (header: string): '*' | readonly EntityTag[] | undefined => {
  const text = header.trim();
  if (text === '*') return '*';
  const tags: EntityTag[] = [];
  for (const part of splitOutsideQuotes(text)) {
    const [, weak, opaque] = TAG.exec(part) ?? [];
    if (opaque === undefined) return undefined;
    tags.push({ weak: weak !== undefined, opaque });
  }
  return tags.length > 0 ? tags : undefined;
};

/** Whether `If-None-Match` names the representation with this (quoted) tag, by weak comparison. A malformed header names none. */
export const namesRepresentation = (header: string | undefined, tag: string): boolean => {
  if (header === undefined) return false;
  const asked = parseEntityTags(header);
  if (asked === '*') return true;
  const opaque = tag.replace(/^W\//, '').slice(1, -1);
  return asked?.some((candidate) => candidate.opaque === opaque) ?? false;
};

/** The strong tag of a version, as `ETag` and `If-Match` carry it. */
export const versionTag = (version: number): string => `"v${version}"`;

// A comma may stand inside a tag, so a plain split on commas would tear one apart.
const splitOutsideQuotes = (text: string): string[] => {
  const parts: string[] = [];
  let start = 0;
  let isQuoted = false;
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at];
    if (character === '"') isQuoted = !isQuoted;
    if (character !== ',' || isQuoted) continue;
    parts.push(text.slice(start, at).trim());
    start = at + 1;
  }
  parts.push(text.slice(start).trim());
  return parts.filter((part) => part !== '');
};
