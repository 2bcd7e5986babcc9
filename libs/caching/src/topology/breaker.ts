const FIRST_PAUSE_MS = 20;
const LONGEST_PAUSE_MS = 250;

/**
 * Open while a dependency does not answer: callers fail at once instead of waiting out the deadline. It opens with the
 * first failure; a probe in the background, never a caller, finds out when the dependency is back. Idea: Nygard.
 */
export class Breaker {
  private open = false;
  private closing = false;
  private timer: NodeJS.Timeout | undefined;

  /**
   * `probe` asks the dependency for a sign of life and does what must be done before it is trusted again; while it
   * rejects, the breaker stays open. `isSettled` is asked in the moment of closing whether that is still done; where not,
   * it is probed again. `onChange` hears of each opening and closing.
   */
  constructor(
    private readonly probe: () => Promise<void>,
    private readonly onChange: (isOpen: boolean, cause?: unknown) => void,
    private readonly isSettled: () => boolean = () => true,
  ) {}

  get isOpen(): boolean {
    return this.open;
  }

  failed(cause: unknown): void {
    if (this.open || this.closing) return;
    this.open = true;
    this.onChange(true, cause);
    void this.attempt(FIRST_PAUSE_MS);
  }

  /** Ends the probing; the breaker stays as it is. */
  stop(): void {
    this.closing = true;
    clearTimeout(this.timer);
  }

  private async attempt(pauseMs: number): Promise<void> {
    try {
      do await this.probe();
      while (!this.isSettled());
      this.open = false;
      this.onChange(false);
    } catch {
      // still away: that is what an open breaker says
      if (this.closing) return;
      this.timer = setTimeout(() => void this.attempt(Math.min(pauseMs * 2, LONGEST_PAUSE_MS)), pauseMs);
      this.timer.unref();
    }
  }
}
