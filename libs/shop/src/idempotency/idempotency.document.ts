import { Schema } from 'mongoose';

/** The name of the model of idempotency records. */
export const IDEMPOTENCY_RECORD = 'IdempotencyRecord';

const KEPT_FOR_SECONDS = 86_400;

/** The first answer to a request; `body` is JSON text, `null` for none. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
}

/** What a key was used for, and the answer that it got. Without an answer it is seen only inside its own transaction. */
export interface IdempotencyDocument {
  _id: string;
  fingerprint: string;
  answer?: Answer;
  at: Date;
}

export const IdempotencySchema = new Schema<IdempotencyDocument>(
  {
    _id: { type: String, required: true },
    fingerprint: { type: String, required: true },
    answer: { type: Schema.Types.Mixed },
    at: { type: Date, required: true },
  },
  { collection: 'idempotency', versionKey: false, strict: 'throw' },
);
IdempotencySchema.index({ at: 1 }, { expireAfterSeconds: KEPT_FOR_SECONDS });
