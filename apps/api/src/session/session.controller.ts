import { Body, Controller, Delete, Get, HttpCode, Ip, Param, Patch, Post } from '@nestjs/common';
import { Credentials, Preferences, PreferencesPatch, PreferencesService, SessionService } from '@larder/shop';
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
    private readonly preferences: PreferencesService,
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
  async current(@CurrentUser() principal: Principal): Promise<CurrentSession> {
    return currentSession(principal, await this.preferences.find({ userId: principal.user.id }));
  }

  @Get('current/preferences')
  @SignedIn()
  @Answers(200, Preferences)
  preferencesOf(@CurrentUser() { user }: Principal): Promise<Preferences> {
    return this.preferences.find({ userId: user.id });
  }

  @Patch('current/preferences')
  @SignedIn()
  @Answers(200, Preferences)
  changePreferences(
    @CurrentUser() { user }: Principal,
    @Body({ schema: PreferencesPatch }) patch: PreferencesPatch,
  ): Promise<Preferences> {
    return this.preferences.change(user.id, patch);
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
