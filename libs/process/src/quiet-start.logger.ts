import type { LoggerService } from '@nestjs/common';

const FRAMEWORK = new Set(['InstanceLoader', 'NestApplication', 'NestFactory', 'RouterExplorer', 'RoutesResolver']);

/** Passes everything on, but what Nest itself says about its modules and routes as `debug`. */
export class QuietStartLogger implements LoggerService {
  constructor(
    private readonly logger: Required<Pick<LoggerService, 'log' | 'warn' | 'error' | 'debug' | 'verbose' | 'fatal'>>,
  ) {}

  log(message: unknown, ...rest: unknown[]): void {
    const context = rest.at(-1);
    if (typeof context === 'string' && FRAMEWORK.has(context)) this.debug(message, ...rest);
    else this.logger.log(message, ...rest);
  }
  warn(message: unknown, ...rest: unknown[]): void {
    this.logger.warn(message, ...rest);
  }
  error(message: unknown, ...rest: unknown[]): void {
    this.logger.error(message, ...rest);
  }
  debug(message: unknown, ...rest: unknown[]): void {
    this.logger.debug(message, ...rest);
  }
  verbose(message: unknown, ...rest: unknown[]): void {
    this.logger.verbose(message, ...rest);
  }
  fatal(message: unknown, ...rest: unknown[]): void {
    this.logger.fatal(message, ...rest);
  }
}
