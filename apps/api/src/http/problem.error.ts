/** One member of a request that broke a rule. `path` names it with dots, such as `items.0.quantity`. */
export interface Fault {
  readonly path: string;
  readonly message: string;
}

/** What a problem may carry beside its status and its sentence. */
export interface ProblemExtras {
  readonly errors?: readonly Fault[];
  readonly headers?: Readonly<Record<string, string>>;
  readonly members?: Readonly<Record<string, unknown>>;
}

/** A request that is refused by HTTP's own rules rather than the shop's; `message` is shown to the client as `detail`. */
export class ProblemError extends Error {
  constructor(
    readonly status: number,
    message: string,
    readonly extras: ProblemExtras = {},
  ) {
    super(message);
    this.name = 'ProblemError';
  }
}

/** The refusal that the first request with this idempotency key got, sent once more as it was. */
export class RepeatedRefusal extends Error {
  constructor(
    readonly answer: {
      readonly status: number;
      readonly headers: Readonly<Record<string, string>>;
      readonly body: string | null;
    },
  ) {
    super('refused as the first time');
    this.name = 'RepeatedRefusal';
  }
}
