import type { CallHandler, ExecutionContext, NestInterceptor, Type } from '@nestjs/common';
import { UseInterceptors } from '@nestjs/common';
import type { FastifyLikeRequest, RequestSchemas } from './request-params.js';
import { paramsFromRequest } from './request-params.js';
import { firstValueFrom, from, type Observable } from 'rxjs';
import type { AnyRegion } from '../region/region.js';

/** What one decorator recorded: which interceptor acts, and on what. */
export interface Switched {
  readonly interceptor: Type<Strategy>;
  readonly region: AnyRegion;
  readonly options: StrategyOptions;
}

/** What a decorator may say beyond its region. */
export interface StrategyOptions {
  /** On a handler: the schemas by which the key's parameters are read from the request. */
  readonly from?: RequestSchemas;
  /** On a writing method: the parameters of the region, from the method's arguments. */
  readonly key?: (...args: never[]) => unknown;
  readonly [option: string]: unknown;
}

/** One call of a decorated method or handler. */
export interface StrategyCall {
  readonly switched: Switched;
  /** The arguments of the method; on a handler, the region's parameters alone. */
  readonly args: readonly unknown[];
  /** Runs the method or handler, at most once. */
  readonly proceed: (...args: readonly unknown[]) => Promise<unknown>;
  readonly isHandler: boolean;
}

const SWITCHED = Symbol('larder:strategies');

/** The strategies that decorators switched on for a method, innermost first. */
export const strategiesOf = (method: object): readonly Switched[] =>
  (Reflect.getOwnMetadata(SWITCHED, method) as Switched[] | undefined) ?? [];

/** What a method decorator is given, as far as its type matters: a method that fits `M` fits. */
export interface Decorated<M> {
  readonly value?: M;
}

/** A decorator of methods that fit `M`; others do not compile. */
export type StrategyDecorator<M> = (target: object, name: string | symbol, descriptor: Decorated<M>) => void;

/** A decorator that records a strategy; on a controller's handler Nest's own pipeline runs it. */
export const switchOn =
  (interceptor: Type<Strategy>, region: AnyRegion, options: StrategyOptions = {}) =>
  (target: object, name: string | symbol, descriptor: Decorated<object>): void => {
    const method = descriptor.value;
    if (!method) return;
    Reflect.defineMetadata(SWITCHED, [...strategiesOf(method), { interceptor, region, options }], method);
    if (options.from) UseInterceptors(interceptor)(target, name, descriptor as PropertyDescriptor);
  };

/** A caching strategy: one class serves provider methods (wired at start) and handlers (as a Nest interceptor). */
export abstract class Strategy implements NestInterceptor {
  /** Answers a call of the decorated method. */
  abstract around(call: StrategyCall): Promise<unknown>;

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const switched = strategiesOf(context.getHandler()).find(({ interceptor }) => this instanceof interceptor);
    if (!switched?.options.from) return next.handle();
    const params = paramsFromRequest(context.switchToHttp().getRequest<FastifyLikeRequest>(), switched.options.from);
    // What the schemas refuse is the pipe's to answer.
    if (params === undefined) return next.handle();
    const proceed = (): Promise<unknown> => firstValueFrom(next.handle());
    return from(this.around({ switched, args: [params], proceed, isHandler: true }));
  }
}
