import type { AnyRegion, Region } from '../region/region.js';

/** What a write did to one value: what it was and what it is; `null` for not there. */
export interface Change<V> {
  readonly before: V | null;
  readonly after: V | null;
}

/** The tags of the lists that showed a value before a change, or show it after. */
export const affectedTags = <P, V>(region: Region<P, V>, { before, after }: Change<NonNullable<V>>): string[] => {
  const images = [before, after].filter((image) => image !== null);
  return [...new Set(images.flatMap((image) => region.affects?.(image) ?? []))];
};

/** The same for a region whose shapes are not known; what is no change affects nothing. */
export const affectedTagsOf = (region: AnyRegion, change: unknown): string[] =>
  isChange(change) ? affectedTags(region as unknown as Region<unknown, object>, change) : [];

/** Whether a method's answer is a change. */
export const isChange = (value: unknown): value is Change<object> =>
  typeof value === 'object' && value !== null && 'before' in value && 'after' in value;
