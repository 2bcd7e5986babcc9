import { Injectable } from '@nestjs/common';

/** Whether this process takes new work: until it is told to leave. */
@Injectable()
export class Readiness {
  #isLeaving = false;

  get isLeaving(): boolean {
    return this.#isLeaving;
  }

  /** From now on the process is not ready, for good. */
  leave(): void {
    this.#isLeaving = true;
  }
}
