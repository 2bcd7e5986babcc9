import {
  type CallHandler,
  type ExecutionContext,
  Inject,
  Injectable,
  Logger,
  type NestInterceptor,
} from '@nestjs/common';
import { CACHE_MANAGER } from '@nestjs/cache-manager';
import { CATEGORY_INDEX_KEY } from '@larder/shop';
import type { Cache } from 'cache-manager';
import { from, mergeMap, type Observable } from 'rxjs';

/**
 * Drops the category index once a product is made, changed or removed. The index has none of the promises of a region: what cannot
 * be dropped, or is kept by a read that began earlier, goes by its ten seconds.
 */
@Injectable()
export class DropCategoryIndex implements NestInterceptor {
  readonly #logger = new Logger(DropCategoryIndex.name);

  constructor(@Inject(CACHE_MANAGER) private readonly cache: Cache) {}

  intercept(_context: ExecutionContext, next: CallHandler<unknown>): Observable<unknown> {
    return next.handle().pipe(mergeMap((answer: unknown) => from(this.#drop().then(() => answer))));
  }

  async #drop(): Promise<void> {
    try {
      await this.cache.del(CATEGORY_INDEX_KEY);
    } catch (error) {
      this.#logger.warn({ err: error }, 'the category index could not be dropped, it lasts for up to 10 s more');
    }
  }
}
