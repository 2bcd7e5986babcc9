import { PreloadBudget } from './preload-budget.js';
import { PreloadLedger } from './preload-ledger.js';
import { SourcePace } from './source-pace.js';

describe('the budget of preloads', () => {
  it('allows guesses for a share of what missed, and so many a tick', () => {
    const budget = new PreloadBudget(10, 0.2);
    budget.begin({ missed: 0, used: 0 });
    expect(budget.forGuesses).toBe(0);
    expect(budget.forRefreshes).toBe(10);
    budget.begin({ missed: 25, used: 0 });
    expect(budget.forGuesses).toBe(5);
    budget.spend(5, true);
    expect(budget).toMatchObject({ forGuesses: 0, forRefreshes: 5, spent: 5 });
    budget.begin({ missed: 1_000, used: 0 });
    expect(budget.forGuesses).toBe(10);
  });

  it('gives back what a used guess cost', () => {
    const budget = new PreloadBudget(10, 0.2);
    budget.begin({ missed: 5, used: 0 });
    budget.spend(1, true);
    budget.begin({ missed: 0, used: 1 });
    expect(budget.forGuesses).toBe(1);
  });

  it('asks more of a guess as more are loaded, and less as more reads miss', () => {
    const budget = new PreloadBudget(100, 0.2);
    budget.begin({ missed: 500, used: 0 });
    expect(budget.price).toBe(1);
    budget.spend(50, true);
    const { price } = budget;
    expect(price).toBeGreaterThan(2);
    budget.begin({ missed: 100, used: 0 });
    expect(budget.price).toBeLessThan(price);
  });
});

describe('the ledger of preloads', () => {
  it('tells what was used and what was not', () => {
    const ledger = new PreloadLedger();
    for (const key of ['a', 'b', 'c']) ledger.note(key, 1_000, true);
    ledger.read('a', 500);
    ledger.read('a', 600);
    ledger.read('b', 1_500);
    expect(ledger.isOpen('c')).toBe(true);
    ledger.sweep(2_000);
    expect(ledger.counts).toEqual({ preloaded: 3, used: 1, wasted: 2 });
    expect([ledger.takeUsedGuesses(), ledger.takeUsedGuesses()]).toEqual([1, 0]);
  });

  it('stays bounded when nobody reads anything', () => {
    const ledger = new PreloadLedger();
    for (let number = 0; number < 60_000; number += 1) ledger.note(`p-${number}`, Infinity, false);
    expect(ledger.counts).toEqual({ preloaded: 60_000, used: 0, wasted: 10_000 });
  });
});

describe('the pace of the source', () => {
  it('leaves out more ticks each time that it is slow, up to 32, and none once it is quick', () => {
    const pace = new SourcePace();
    const leftOut = (): number => {
      let ticks = 0;
      while (!pace.mayAsk()) ticks += 1;
      return ticks;
    };
    const pauses = Array.from({ length: 7 }, () => {
      pace.took(Infinity);
      return leftOut();
    });
    expect(pauses).toEqual([1, 2, 4, 8, 16, 32, 32]);
    pace.took(10);
    expect(leftOut()).toBe(0);
  });
});
