import { Body, Controller, Delete, HttpCode, Param, Put } from '@nestjs/common';
import { RoleChange, SessionService, UserService } from '@larder/shop';
import { z } from 'zod';
import { Answers } from '../http/answers.decorator.js';
import { written } from '../http/written.js';
import { Requires } from './access.decorators.js';
import { GrantedRoles } from './session.answers.js';

const UserParams = z.strictObject({ id: z.string().regex(/^[A-Za-z0-9._-]{1,64}$/, 'expected an id') });
type UserParams = z.infer<typeof UserParams>;

/** What staff may change about users. */
@Controller('v1/admin/users')
export class UserAdminController {
  constructor(
    private readonly users: UserService,
    private readonly sessions: SessionService,
  ) {}

  @Put(':id/roles')
  @Requires('users:write')
  @Answers(200, GrantedRoles, [404])
  async changeRoles(
    @Param({ schema: UserParams }) { id }: UserParams,
    @Body({ schema: RoleChange }) { roles }: RoleChange,
  ): Promise<GrantedRoles> {
    const permissions = written(await this.users.changeRoles(id, roles));
    return { id: permissions.userId, roles: permissions.roles, permissions: permissions.grants };
  }

  @Delete(':id/sessions')
  @Requires('users:write')
  @HttpCode(204)
  @Answers(204, undefined, [404])
  async revokeSessions(@Param({ schema: UserParams }) { id }: UserParams): Promise<void> {
    await this.sessions.revokeAllOf(id);
  }
}
