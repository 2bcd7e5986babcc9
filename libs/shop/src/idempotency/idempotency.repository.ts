import { Injectable } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import type { Model } from 'mongoose';
import { type Answer, IDEMPOTENCY_RECORD, type IdempotencyDocument } from './idempotency.document.js';
import { IdempotencyInFlightError } from './idempotency.errors.js';
import type { RequestIdentity } from './idempotency.key.js';

const WRITE_CONFLICT = 112;
const DUPLICATE_KEY = 11_000;

/** Every query on idempotency records. */
@Injectable()
export class IdempotencyRepository {
  constructor(@InjectModel(IDEMPOTENCY_RECORD) private readonly records: Model<IdempotencyDocument>) {}

  /** The record with this id, once its transaction is committed. */
  find(id: string): Promise<IdempotencyDocument | null> {
    return this.records.findById(id).lean<IdempotencyDocument>().exec();
  }

  /**
   * Takes the key within the running transaction: until that ends, nobody else can.
   * @throws {IdempotencyInFlightError} another transaction holds it, or has taken it meanwhile
   */
  async claim({ id, fingerprint }: RequestIdentity): Promise<void> {
    try {
      await this.records.insertOne({ _id: id, fingerprint, at: new Date() });
    } catch (error) {
      // As an error of its own it ends the transaction; as the driver's it would be retried until the other one is through.
      if (isTaken(error)) throw new IdempotencyInFlightError();
      throw error;
    }
  }

  /** Keeps the answer of the running transaction with its record. */
  async keep(id: string, answer: Answer): Promise<void> {
    await this.records.updateOne({ _id: id }, { $set: { answer } }).exec();
  }

  /** Keeps an answer that nothing took effect for, unless one is kept already. */
  async keepRefusal({ id, fingerprint }: RequestIdentity, answer: Answer): Promise<void> {
    await this.records
      .updateOne({ _id: id }, { $setOnInsert: { fingerprint, answer, at: new Date() } }, { upsert: true })
      .exec();
  }
}

const isTaken = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && (error.code === WRITE_CONFLICT || error.code === DUPLICATE_KEY);
