import { Schema } from 'mongoose';

/** The name of the model of resume tokens. */
export const RESUME_TOKEN = 'ResumeToken';

/** Up to where a change stream was read and all that it told was delivered. */
export interface ResumeTokenDocument {
  _id: string;
  token: object;
  at: Date;
}

export const ResumeTokenSchema = new Schema<ResumeTokenDocument>(
  {
    _id: { type: String, required: true },
    token: { type: Schema.Types.Mixed, required: true },
    at: { type: Date, required: true },
  },
  { collection: 'resume_tokens', versionKey: false, strict: 'throw' },
);
