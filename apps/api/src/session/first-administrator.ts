import { setTimeout as delay } from 'node:timers/promises';
import { Logger, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { Credentials, type UserService } from '@larder/shop';

const FIRST_RETRY_MS = 50;
const LONGEST_RETRY_MS = 2_000;
const START_WAITS_MS = 1_000;

/**
 * Makes the first administrator at start when absent. Start waits a second for it at most; with MongoDB away it goes on
 * trying in the background. An account that exists keeps its password.
 */
export class FirstAdministrator implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(FirstAdministrator.name);
  private readonly closing = new AbortController();
  private attempts: Promise<void> = Promise.resolve();

  constructor(
    private readonly users: UserService,
    private readonly email: string,
    private readonly password: string | undefined,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    if (this.password === undefined) {
      this.logger.log('ADMIN_PASSWORD is not set, so no first administrator is made.');
      return;
    }
    this.attempts = this.untilMade(Credentials.parse({ email: this.email, password: this.password }));
    await Promise.race([this.attempts, delay(START_WAITS_MS, undefined, { ref: false })]);
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.closing.abort();
    await this.attempts;
  }

  private async untilMade(credentials: Credentials): Promise<void> {
    for (
      let retryMs = FIRST_RETRY_MS;
      !this.closing.signal.aborted;
      retryMs = Math.min(2 * retryMs, LONGEST_RETRY_MS)
    ) {
      try {
        if (await this.users.ensureAdministrator(credentials))
          this.logger.log(`Made the administrator ${credentials.email}.`);
        return;
      } catch (error) {
        this.logger.debug(`The first administrator waits for MongoDB: ${String(error)}`);
      }
      // The wait ends early, by its rejection, only when the process stops; the loop sees that itself.
      await delay(retryMs, undefined, { signal: this.closing.signal }).catch(() => undefined);
    }
  }
}
