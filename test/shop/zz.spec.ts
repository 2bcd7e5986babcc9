import { ShopStore } from './shop.store.js';
it.each([50, 100, 200])('%d', async (n) => {
  const store = await ShopStore.open(import.meta.filename);
  const t = performance.now();
  const outcomes = await Promise.allSettled(Array.from({ length: n }, () => store.make({ category: 'Crowded' })));
  const bad = outcomes.filter((o) => o.status === 'rejected');
  console.log(n, performance.now() - t, bad.length, String((bad[0] as PromiseRejectedResult | undefined)?.reason));
  const t2 = performance.now();
  for (let i = 0; i < 50; i++) await store.make({ category: 'Crowded' });
  console.log('sequential each', (performance.now() - t2) / 50);
  await store.connection.close();
}, 100000);
