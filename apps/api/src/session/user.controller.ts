import { Body, Controller, Ip, Post } from '@nestjs/common';
import { Registration, User, UserService } from '@larder/shop';
import { Answers } from '../http/answers.decorator.js';
import { Idempotent } from '../http/idempotent.interceptor.js';
import { EntryLimits } from './entry.limits.js';

/** Where customers register. */
@Controller('v1/users')
export class UserController {
  constructor(
    private readonly users: UserService,
    private readonly limits: EntryLimits,
  ) {}

  @Post()
  @Idempotent()
  @Answers(201, User, [409, 429])
  async register(@Body({ schema: Registration }) registration: Registration, @Ip() address: string): Promise<User> {
    await this.limits.countRegistration(address);
    return this.users.register(registration);
  }
}
