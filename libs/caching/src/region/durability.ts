/**
 * What holds of a write once it is acknowledged. `relaxed`: a power loss may take the last seconds. `durable`: it is on
 * disk. `replicated`: it is on disk and at one replica.
 */
export type Durability = 'relaxed' | 'durable' | 'replicated';
