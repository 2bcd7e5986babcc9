/** A heap of pairs, the greatest number on top. */
class Farthest {
  #numbers = [];
  #keys = [];

  push(number, key) {
    const [numbers, keys] = [this.#numbers, this.#keys];
    let at = numbers.length;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (numbers[parent] >= number) break;
      [numbers[at], keys[at]] = [numbers[parent], keys[parent]];
      at = parent;
    }
    [numbers[at], keys[at]] = [number, key];
  }

  pop() {
    const [numbers, keys] = [this.#numbers, this.#keys];
    const top = { number: numbers[0], key: keys[0] };
    const [number, key] = [numbers.pop(), keys.pop()];
    if (numbers.length === 0) return top;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= numbers.length) break;
      if (numbers[child + 1] > numbers[child]) child += 1;
      if (numbers[child] <= number) break;
      [numbers[at], keys[at]] = [numbers[child], keys[child]];
      at = child;
    }
    [numbers[at], keys[at]] = [number, key];
    return top;
  }
}

const NEVER = 2 ** 30;

/** How many hits a cache with so much room could have had, had it known what comes (Belady 1966). */
export const mostHits = (stream, room) => {
  const nextUse = new Int32Array(stream.length);
  const seen = new Map();
  for (let at = stream.length - 1; at >= 0; at -= 1) {
    nextUse[at] = seen.get(stream[at]) ?? NEVER;
    seen.set(stream[at], at);
  }
  const kept = new Map();
  const farthest = new Farthest();
  let hits = 0;
  for (let at = 0; at < stream.length; at += 1) {
    if (kept.has(stream[at])) hits += 1;
    kept.set(stream[at], nextUse[at]);
    farthest.push(nextUse[at], stream[at]);
    if (kept.size <= room) continue;
    let victim;
    do victim = farthest.pop();
    while (kept.get(victim.key) !== victim.number); // an older word about a key that was used since
    kept.delete(victim.key);
  }
  return hits;
};
