import type { MemoryGauge } from './memory-gauge.js';

const HIGH = 0.8;
/** From here on nothing is waited for. */
const CRITICAL = 0.88;
/** So many looks in a row must be high: a heap is also full of garbage just before it is collected. */
const LASTING = 3;
/** How far the heap must have grown or shrunk since the last shedding: between, nothing was collected yet. */
const GROWN = 0.03;
const SHRUNK = 0.01;
const CONTAINER_HIGH = 0.9;
/** Freed memory takes some looks to leave the container. */
const CONTAINER_REST = 5;

/** Says when memory is so short that a cache should give some back. */
export class MemoryPressure {
  private highLooks = 0;
  /** The heap's share at the last shedding; 0 when there is no pressure. */
  private shedAt = 0;
  private containerRest = 0;

  constructor(private readonly gauge: Pick<MemoryGauge, 'heapShare' | 'containerShare'>) {}

  /** Whether the last look found nothing to worry about. */
  get isCalm(): boolean {
    return this.highLooks === 0 && this.containerRest === 0;
  }

  /** A look now and then, a second apart: whether to shed. */
  look(): boolean {
    const share = this.gauge.heapShare();
    this.highLooks = share >= HIGH ? this.highLooks + 1 : 0;
    if (this.highLooks >= LASTING || share >= CRITICAL) return this.isDue(share) || this.isContainerFull();
    if (share < HIGH) this.shedAt = 0;
    return this.isContainerFull();
  }

  /** A look between two of those, while the cache grows fast: whether to shed before it is too late. */
  glance(): boolean {
    const share = this.gauge.heapShare();
    return share >= CRITICAL && this.isDue(share);
  }

  private isDue(share: number): boolean {
    const isDue = this.shedAt === 0 || share > this.shedAt + GROWN || share < this.shedAt - SHRUNK;
    if (isDue) this.shedAt = share;
    return isDue;
  }

  private isContainerFull(): boolean {
    if (this.containerRest > 0) {
      this.containerRest -= 1;
      return false;
    }
    if (this.gauge.containerShare() < CONTAINER_HIGH) return false;
    this.containerRest = CONTAINER_REST;
    return true;
  }
}
