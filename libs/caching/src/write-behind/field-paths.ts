import type { Json } from './json.js';

/** Changes the field at a dotted path; what the path leads through is made where it is missing. */
export const changeAt = (value: Record<string, unknown>, path: string, next: (before: unknown) => unknown): void => {
  const parts = path.split('.');
  const last = parts.pop() ?? '';
  let at = value;
  for (const part of parts) {
    const inner = at[part];
    if (typeof inner === 'object' && inner !== null) at = inner as Record<string, unknown>;
    else at = at[part] = {};
  }
  at[last] = next(at[last]);
};

/** The field of `fields` that the one at `path` is a part of, the outermost: `a` of `a.b.c`. */
export const wholeOf = (path: string, fields: object): string | undefined => {
  for (let dot = path.indexOf('.'); dot >= 0; dot = path.indexOf('.', dot + 1)) {
    const outer = path.slice(0, dot);
    if (Object.hasOwn(fields, outer)) return outer;
  }
  return undefined;
};

/** The sum of a field's value and what is added to it; what is no number stays as it is. */
const added = (before: unknown, addend: number): unknown =>
  before === undefined ? addend : typeof before === 'number' ? before + addend : before;

interface Fields {
  readonly set: Readonly<Record<string, Json>>;
  readonly add: Readonly<Record<string, number>>;
}

/**
 * The same with no field that is a part of another that is set, which MongoDB would refuse: the part, which is set or added
 * to after the whole, is changed in the whole's value.
 */
export const folded = ({ set, add }: Fields): Fields => {
  const isNested = [...Object.keys(set), ...Object.keys(add)].some((path) => path.includes('.'));
  if (!isNested) return { set, add };
  const wholes: Record<string, Json> = {};
  const changeIn = (whole: string, path: string, next: (before: unknown) => unknown): void => {
    const held = { value: structuredClone(wholes[whole]) };
    changeAt(held, `value${path.slice(whole.length)}`, next);
    wholes[whole] = held.value as Json;
  };
  for (const path of Object.keys(set).sort()) {
    const whole = wholeOf(path, wholes);
    if (whole === undefined) wholes[path] = set[path] ?? null;
    else changeIn(whole, path, () => set[path]);
  }
  const apart: Record<string, number> = {};
  for (const [path, addend] of Object.entries(add)) {
    const whole = wholeOf(path, wholes);
    if (whole === undefined) apart[path] = addend;
    else changeIn(whole, path, (before) => added(before, addend));
  }
  return { set: wholes, add: apart };
};
