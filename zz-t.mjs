import { hash, verify, argon2id } from 'argon2';
import { randomBytes } from 'node:crypto';
const u = (b) => b.toString('base64').replace(/=+$/, '');
const real = await hash('x', { type: argon2id, memoryCost: 19456, timeCost: 2, parallelism: 1 });
const dummy = `$argon2id$v=19$m=19456,t=2,p=1$${u(randomBytes(16))}$${u(randomBytes(32))}`;
const t = { real: [], dummy: [] };
for (let i = 0; i < 200; i++) for (const k of i % 2 ? ['real', 'dummy'] : ['dummy', 'real']) { const s = performance.now(); await verify(k === 'real' ? real : dummy, 'wrong'); t[k].push(performance.now() - s); }
const all = [...t.real.map(v => [v, 1]), ...t.dummy.map(v => [v, 0])].sort((a, b) => a[0] - b[0]);
let R = 0; all.forEach(([, g], i) => { if (g) R += i + 1; }); const n = 200, mu = n * (2 * n + 1) / 2, sd = Math.sqrt(n * n * (2 * n + 1) / 12);
const med = (a) => a.sort((x, y) => x - y)[100];
console.log(med(t.real), med(t.dummy), 'z', (R - mu) / sd);
