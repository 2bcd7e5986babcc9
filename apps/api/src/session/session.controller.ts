import { Body, Controller, Delete, Get, HttpCode, Ip, Param, Post } from '@nestjs/common';
import { Credentials, SessionService } from '@larder/shop';
import { z } from 'zod';
import { Answers } from '../http/answers.decorator.js';
import { CurrentUser, SignedIn } from './access.decorators.js';
import type { Principal } from './principal.js';
import { currentSession, CurrentSession, SessionList, sessionList, SignedInSession } from './session.answers.js';
import { SignInService } from './sign-in.service.js';

const SessionParams = z.strictObject({ sessionId: z.string().regex(/^[A-Za-z0-9._-]{1,64}$/, 'expected an id') });
type SessionParams = z.infer<typeof SessionParams>;

/** Signing in, signing out, and a user's own sessions. */
@Controller('v1/sessions')
export class SessionController {
  constructor(
    private readonly signIns: SignInService,
    private readonly sessions: SessionService,
  ) {}

  @Post()
  @Answers(201, SignedInSession, [401, 429])
  signIn(@Body({ schema: Credentials }) credentials: Credentials, @Ip() address: string): Promise<SignedInSession> {
    return this.signIns.signIn(credentials, address);
  }

  @Get()
  @SignedIn()
  @Answers(200, SessionList)
  async list(@CurrentUser() { sessionId, user }: Principal): Promise<SessionList> {
    return sessionList(await this.sessions.listOf(user.id), sessionId);
  }

  @Get('current')
  @SignedIn()
  @Answers(200, CurrentSession)
  current(@CurrentUser() principal: Principal): CurrentSession {
    return currentSession(principal);
  }

  @Delete('current')
  @SignedIn()
  @HttpCode(204)
  @Answers(204)
  async signOut(@CurrentUser() { sessionId, user }: Principal): Promise<void> {
    await this.sessions.revoke(sessionId, user.id);
  }

  @Delete(':sessionId')
  @SignedIn()
  @HttpCode(204)
  @Answers(204, undefined, [404])
  async revoke(
    @CurrentUser() { user }: Principal,
    @Param({ schema: SessionParams }) { sessionId }: SessionParams,
  ): Promise<void> {
    await this.sessions.revoke(sessionId, user.id);
  }

  @Delete()
  @SignedIn()
  @HttpCode(204)
  @Answers(204)
  async revokeAll(@CurrentUser() { user }: Principal): Promise<void> {
    await this.sessions.revokeAllOf(user.id);
  }
}
