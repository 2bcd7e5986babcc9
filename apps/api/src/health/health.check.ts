/** The state of one thing this process depends on. */
export type DependencyState = 'up' | 'down';

/** Asks one dependency whether it answers. */
export interface HealthCheck {
  readonly name: string;
  /** Whether the process is of any use without it. */
  readonly isVital: boolean;
  /** Settles once it has answered; rejects when it does not. */
  ask(): Promise<unknown>;
}

/** `up` when `check` settles well within `deadlineMs`, else `down`; never later than that, never an error. */
export const stateOf = async (check: HealthCheck, deadlineMs: number): Promise<DependencyState> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<DependencyState>((resolve) => {
    timer = setTimeout(() => {
      resolve('down');
    }, deadlineMs);
  });
  const asked = Promise.resolve()
    .then(() => check.ask())
    .then(
      (): DependencyState => 'up',
      (): DependencyState => 'down',
    );
  try {
    return await Promise.race([asked, late]);
  } finally {
    clearTimeout(timer);
  }
};
