import { Injectable } from '@nestjs/common';
import { ReadThrough, WriteThrough, type Change } from '@larder/caching';
import { Passwords } from './passwords.js';
import type { Role } from './roles.js';
import { EmailTakenError, InvalidCredentialsError } from './session.errors.js';
import { permissionsOfUser } from './session.regions.js';
import { toUser, type UserDocument } from './user.document.js';
import type { Credentials, Permissions, Registration, User } from './user.js';
import { UserRepository } from './user.repository.js';

/** Accounts: who they are, whether a password is theirs, and what they may do. */
@Injectable()
export class UserService {
  constructor(
    private readonly users: UserRepository,
    private readonly passwords: Passwords,
  ) {}

  /**
   * Registers a customer.
   * @throws {EmailTakenError} the e-mail belongs to an account
   * @throws {TooBusyError} too many passwords wait
   */
  async register(registration: Registration): Promise<User> {
    return toUser(await this.create(registration, ['customer']));
  }

  /**
   * The enabled user whose e-mail and password these are. Takes as long when there is none.
   * @throws {InvalidCredentialsError} alike for an unknown e-mail, a wrong password and a disabled account
   * @throws {TooBusyError} too many passwords wait
   */
  async authenticate({ email, password }: Credentials): Promise<UserDocument> {
    const user = await this.users.findByEmail(email);
    const isTheirs = await this.passwords.matches(user?.passwordDigest, password);
    if (!user || !isTheirs || user.isDisabled) throw new InvalidCredentialsError();
    return user;
  }

  /**
   * Makes the administrator unless the e-mail has an account, whose password and roles are then left alone; safe when
   * several processes do it at once. Answers whether this call made it.
   */
  async ensureAdministrator(credentials: Credentials): Promise<boolean> {
    if (await this.users.findByEmail(credentials.email)) return false;
    try {
      await this.create({ ...credentials, name: 'Administrator' }, ['admin']);
      return true;
    } catch (error) {
      if (error instanceof EmailTakenError) return false;
      throw error;
    }
  }

  /** What the user may do; `null` for nobody. Whether the user may enter at all, the session says. */
  @ReadThrough(permissionsOfUser)
  permissionsOf({ userId }: { userId: string }): Promise<Permissions | null> {
    return this.users.findPermissions(userId);
  }

  /**
   * Gives the user these roles instead of the present ones; in force on every instance within 100 ms.
   * @throws {UserNotFoundError} no such user
   */
  @WriteThrough(permissionsOfUser, { key: (userId: string) => ({ userId }) })
  changeRoles(userId: string, roles: readonly Role[]): Promise<Change<Permissions>> {
    return this.users.changeRoles(userId, roles);
  }

  private async create({ email, password, name }: Registration, roles: Role[]): Promise<UserDocument> {
    return this.users.insert({ email, name, roles, passwordDigest: await this.passwords.digest(password) });
  }
}
