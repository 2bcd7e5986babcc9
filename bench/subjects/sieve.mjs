/** SIEVE (Zhang et al., NSDI '24), as its paper says: a queue, a visited mark, and a hand that moves from the oldest on. */
export class Sieve {
  #room;
  #nodes = new Map();
  #newest;
  #oldest;
  #hand;

  constructor(room) {
    this.#room = room;
  }

  get(key) {
    const node = this.#nodes.get(key);
    if (!node) return undefined;
    node.isVisited = true;
    return node.value;
  }

  set(key, value) {
    if (this.#nodes.size >= this.#room) this.#evict();
    const node = { key, value, isVisited: false, newer: undefined, older: this.#newest };
    if (this.#newest) this.#newest.newer = node;
    this.#newest = node;
    this.#oldest ??= node;
    this.#nodes.set(key, node);
  }

  #evict() {
    let node = this.#hand ?? this.#oldest;
    while (node.isVisited) {
      node.isVisited = false;
      node = node.newer ?? this.#oldest;
    }
    this.#hand = node.newer;
    if (node.newer) node.newer.older = node.older;
    else this.#newest = node.older;
    if (node.older) node.older.newer = node.newer;
    else this.#oldest = node.newer;
    this.#nodes.delete(node.key);
  }
}
