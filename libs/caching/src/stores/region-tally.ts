/** What a store keeps of a region now. */
export interface Kept {
  readonly entries: number;
  readonly bytes: number;
}

const NOTHING: Kept = { entries: 0, bytes: 0 };

/** Counts entries and bytes of each region in and out. */
export class RegionTally {
  private readonly regions = new Map<string, { entries: number; bytes: number }>();

  add(region: string, bytes: number): void {
    const kept = this.regions.get(region);
    if (!kept) {
      this.regions.set(region, { entries: 1, bytes });
      return;
    }
    kept.entries += 1;
    kept.bytes += bytes;
  }

  remove(region: string, bytes: number): void {
    const kept = this.regions.get(region);
    if (!kept) return;
    kept.entries -= 1;
    kept.bytes -= bytes;
  }

  of(region: string): Kept {
    return { ...(this.regions.get(region) ?? NOTHING) };
  }
}
