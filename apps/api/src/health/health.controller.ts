import { Controller, Get, HttpStatus } from '@nestjs/common';
import { z } from 'zod';
import { Answers } from '../http/answers.decorator.js';
import { Problem } from '../http/problem.js';
import { ProblemError } from '../http/problem.error.js';
import { type Health, HealthService } from './health.service.js';

const LiveAnswer = z.strictObject({ status: z.literal('live') });
type LiveAnswer = z.infer<typeof LiveAnswer>;

const Dependencies = z.record(z.string(), z.enum(['up', 'down']));
const ReadyAnswer = z.strictObject({ status: z.enum(['ready', 'degraded']), dependencies: Dependencies });
const UnreadyProblem = Problem.extend({ state: z.enum(['unavailable', 'leaving']), dependencies: Dependencies });

const REASONS = {
  unavailable: 'A store that everything needs does not answer.',
  leaving: 'This process is being stopped.',
};

/** For whoever runs this process: is it alive, and does it take work. */
@Controller('health')
export class HealthController {
  constructor(private readonly health: HealthService) {}

  @Get('live')
  @Answers(200, LiveAnswer)
  live(): LiveAnswer {
    return { status: 'live' };
  }

  /** @throws {ProblemError} 503 with `dependencies` while MongoDB is away, and from the moment the process is told to stop */
  @Get('ready')
  @Answers(200, ReadyAnswer, [], { 503: UnreadyProblem })
  async ready(): Promise<Health> {
    const { status, dependencies } = await this.health.look();
    if (status === 'ready' || status === 'degraded') return { status, dependencies };
    throw new ProblemError(HttpStatus.SERVICE_UNAVAILABLE, REASONS[status], {
      members: { state: status, dependencies },
    });
  }
}
