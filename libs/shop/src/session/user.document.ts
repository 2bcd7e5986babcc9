import { Schema } from 'mongoose';
import { WITH_PRE_IMAGES } from '../database/pre-images.js';
import type { Role } from './roles.js';
import type { User } from './user.js';

/** The name of the model of users. */
export const USER = 'User';

/**
 * A user as kept. `epoch` grows when all sessions are revoked: a session of an earlier epoch is dead, also one whose
 * sign-in was under way. `version` grows with every change.
 */
export interface UserDocument {
  _id: string;
  email: string;
  name: string;
  passwordDigest: string;
  roles: Role[];
  isDisabled: boolean;
  epoch: number;
  version: number;
  createdAt: Date;
}

export const UserSchema = new Schema<UserDocument>(
  {
    _id: { type: String, required: true },
    email: { type: String, required: true },
    name: { type: String, required: true },
    passwordDigest: { type: String, required: true },
    roles: { type: [String], required: true },
    isDisabled: { type: Boolean, required: true },
    epoch: { type: Number, required: true },
    version: { type: Number, required: true },
    createdAt: { type: Date, required: true },
  },
  { collection: 'users', collectionOptions: WITH_PRE_IMAGES, versionKey: false, strict: 'throw' },
);
UserSchema.index({ email: 1 }, { unique: true });

/** A user as answered. */
export const toUser = ({ _id, email, name, roles }: Pick<UserDocument, '_id' | 'email' | 'name' | 'roles'>): User => ({
  id: _id,
  email,
  name,
  roles: [...roles],
});
