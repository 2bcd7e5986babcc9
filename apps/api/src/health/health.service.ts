import { Inject, Injectable } from '@nestjs/common';
import { type DependencyState, type HealthCheck, stateOf } from './health.check.js';
import { Readiness } from './readiness.js';

/** The injection token of the list of checks. */
export const HEALTH_CHECKS = Symbol('HEALTH_CHECKS');

const DEADLINE_MS = 1_000;

/** Whether the process takes work, and what it depends on. */
export interface Health {
  readonly status: 'ready' | 'degraded' | 'unavailable' | 'leaving';
  readonly dependencies: Readonly<Record<string, DependencyState>>;
}

/** Asks every dependency at once, each under its own deadline. */
@Injectable()
export class HealthService {
  constructor(
    @Inject(HEALTH_CHECKS) private readonly checks: readonly HealthCheck[],
    private readonly readiness: Readiness,
  ) {}

  async look(): Promise<Health> {
    const found = await Promise.all(
      this.checks.map(async (check) => ({ check, state: await stateOf(check, DEADLINE_MS) })),
    );
    const dependencies = Object.fromEntries(found.map(({ check, state }) => [check.name, state]));
    const down = found.filter(({ state }) => state === 'down');
    if (this.readiness.isLeaving) return { status: 'leaving', dependencies };
    if (down.some(({ check }) => check.isVital)) return { status: 'unavailable', dependencies };
    return { status: down.length > 0 ? 'degraded' : 'ready', dependencies };
  }
}
