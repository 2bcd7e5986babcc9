import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import type { Model } from 'mongoose';
import type { Change } from '@larder/caching';
import { duplicateFieldOf } from '../database/duplicate-key.js';
import { EmailTakenError, UserNotFoundError } from './session.errors.js';
import { grantsOf, type Role } from './roles.js';
import { USER, type UserDocument } from './user.document.js';
import type { Permissions } from './user.js';

const toPermissions = ({ _id, roles, version }: UserDocument): Permissions => ({
  userId: _id,
  roles: [...roles],
  grants: grantsOf(roles),
  version,
});

/** Every query on users. */
@Injectable()
export class UserRepository {
  private indexes: Promise<void> | undefined;

  constructor(@InjectModel(USER) private readonly users: Model<UserDocument>) {}

  /**
   * Keeps a new user, enabled, at version 1.
   * @throws {EmailTakenError} another user has the e-mail, also when both register at the same moment
   */
  async insert(user: Pick<UserDocument, 'email' | 'name' | 'passwordDigest' | 'roles'>): Promise<UserDocument> {
    await this.uniqueEmails();
    const fresh = { ...user, _id: randomUUID(), isDisabled: false, epoch: 0, version: 1, createdAt: new Date() };
    try {
      await this.users.insertOne(fresh);
    } catch (error) {
      if (duplicateFieldOf(error) === 'email') throw new EmailTakenError();
      throw error;
    }
    return fresh;
  }

  /** The user with this e-mail, in its normalised form. */
  findByEmail(email: string): Promise<UserDocument | null> {
    return this.users.findOne({ email }).lean<UserDocument>().exec();
  }

  /** What the user may do now; `null` for nobody. */
  async findPermissions(userId: string): Promise<Permissions | null> {
    const user = await this.users.findById(userId).lean<UserDocument>().exec();
    return user && toPermissions(user);
  }

  /**
   * Gives the user these roles instead of the present ones.
   * @throws {UserNotFoundError} no such user
   */
  async changeRoles(userId: string, roles: readonly Role[]): Promise<Change<Permissions>> {
    const change = { $set: { roles: [...roles] }, $inc: { version: 1 } };
    const before = await this.users
      .findOneAndUpdate({ _id: userId }, change, { returnDocument: 'before' })
      .lean<UserDocument>()
      .exec();
    if (!before) throw new UserNotFoundError(userId);
    const after = { ...before, roles: [...roles], version: before.version + 1 };
    return { before: toPermissions(before), after: toPermissions(after) };
  }

  /**
   * Ends every session opened so far, in one write, sign-ins under way included.
   * @throws {UserNotFoundError} no such user
   */
  async beginEpoch(userId: string): Promise<void> {
    const { matchedCount } = await this.users.updateOne({ _id: userId }, { $inc: { epoch: 1, version: 1 } }).exec();
    if (matchedCount === 0) throw new UserNotFoundError(userId);
  }

  /** Indexes are made in the background after connecting; the first user must not come in before them. */
  private async uniqueEmails(): Promise<void> {
    this.indexes ??= this.users.createIndexes();
    try {
      await this.indexes;
    } catch (error) {
      this.indexes = undefined;
      throw error;
    }
  }
}
