import { once } from 'node:events';
import type { INestApplicationContext, LogLevel, Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Cache } from '@larder/caching';
import { Database } from '@larder/shop';

const QUIET: { logger: LogLevel[]; abortOnError: boolean } = { logger: ['fatal', 'error'], abortOnError: false };
const READY_WITHIN_MS = 15_000;
const CACHE_WITHIN_MS = 2_000;

/**
 * The shop, ready to be written to. To be closed by the caller.
 * @throws {DatabaseUnavailableError} MongoDB was not ready within 15 s
 */
export const openShop = async (module: Type): Promise<INestApplicationContext> => {
  const shop = await NestFactory.createApplicationContext(module, QUIET);
  try {
    await shop.get(Database).ready({ withinMs: READY_WITHIN_MS });
    return shop;
  } catch (error) {
    await shop.close();
    throw error;
  }
};

/** Whether every invalidation reached the cache; waits up to 2 s for a cache that is away. */
export const hasToldCache = async (shop: INestApplicationContext): Promise<boolean> => {
  const cache = shop.get(Cache);
  const tooLate = AbortSignal.timeout(CACHE_WITHIN_MS);
  while (!cache.isAvailable) {
    try {
      await once(cache.events, 'availability', { signal: tooLate });
    } catch (error) {
      if (tooLate.aborted) return false;
      throw error;
    }
  }
  return true;
};
