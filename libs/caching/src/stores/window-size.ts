const LEAST = 0.01;
const MOST = 0.8;
const STEP = 0.15;
const LONGEST_REST = 32;
/** How many standard deviations, and how much besides, a change of the hit ratio must exceed to be none of chance. */
const SIGNIFICANT = 2.5;
const NOTICEABLE = 0.002;

/**
 * How much of the room newcomers get unconditionally: 1 % where some keys are always more popular than others, more
 * where a key is wanted often for a short while. Tries a step now and then, and keeps it only where the hit ratio says
 * more than chance would; otherwise it goes back and rests twice as long. Idea: the hill climbing of Caffeine.
 */
export class WindowSize {
  /** The share of the room, 0.01 to 0.8. */
  share = LEAST;
  private ratio = 0;
  private move = 0;
  private rest = 0;
  private patience = 2;
  private wasUp = false;

  /** Judges the period that ends now, of so many hits and misses, and sets `share` for the next. */
  judge(hits: number, misses: number): void {
    const sightings = hits + misses;
    const ratio = hits / sightings;
    const change = ratio - this.ratio;
    const chance = SIGNIFICANT * Math.sqrt((2 * ratio * (1 - ratio)) / sightings) + NOTICEABLE;
    this.ratio = ratio;
    if (this.move === 0) this.move = this.rested() ? this.go(this.nextStep()) : 0;
    else if (change > chance) this.goOn();
    else if (this.move > 0 || change < -chance) this.goBack();
    else this.move = this.go(this.move); // a smaller window that costs nothing is tried smaller still
  }

  private rested(): boolean {
    this.rest += 1;
    if (this.rest < this.patience) return false;
    this.rest = 0;
    return true;
  }

  private nextStep(): number {
    this.wasUp = this.share <= LEAST || (this.share < MOST && !this.wasUp);
    return this.wasUp ? STEP : -STEP;
  }

  private goOn(): void {
    this.patience = 1;
    this.move = this.go(this.move);
  }

  private goBack(): void {
    this.go(-this.move);
    this.move = 0;
    this.patience = Math.min(this.patience * 2, LONGEST_REST);
  }

  private go(by: number): number {
    const before = this.share;
    this.share = Math.min(Math.max(before + by, LEAST), MOST);
    return this.share - before;
  }
}
