import type { HealthCheck } from './health.check.js';
import { HealthService } from './health.service.js';
import { Readiness } from './readiness.js';

const up = (name: string, isVital: boolean): HealthCheck => ({ name, isVital, ask: () => Promise.resolve() });
const down = (name: string, isVital: boolean): HealthCheck => ({
  name,
  isVital,
  ask: () => Promise.reject(new Error('away')),
});
const silent = (name: string, isVital: boolean): HealthCheck => ({
  name,
  isVital,
  ask: () => new Promise(() => undefined),
});
const broken = (name: string, isVital: boolean): HealthCheck => ({
  name,
  isVital,
  ask: () => {
    throw new Error('at once');
  },
});

describe('health', () => {
  it.each([
    ['ready', [up('mongodb', true), up('redis', false)]],
    ['degraded', [up('mongodb', true), down('redis', false)]],
    ['degraded', [up('mongodb', true), broken('redis', false)]],
    ['degraded', [up('mongodb', true), silent('redis', false)]],
    ['unavailable', [down('mongodb', true), up('redis', false)]],
    ['unavailable', [silent('mongodb', true), silent('redis', false)]],
  ])('is %s', async (status, checks) => {
    expect(await new HealthService(checks, new Readiness()).look()).toMatchObject({ status });
  });

  it('is leaving from the moment the process is told to, for good', async () => {
    const readiness = new Readiness();
    readiness.leave();
    const health = new HealthService([up('mongodb', true)], readiness);
    expect(await health.look()).toEqual({ status: 'leaving', dependencies: { mongodb: 'up' } });
  });
});
