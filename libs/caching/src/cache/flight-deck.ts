import type { FlightControl } from '../coherence/coherence.js';
import type { Regions } from './regions.js';

/** Tells reads under way that what they read may no longer be true: nobody joins them any more. */
export class FlightDeck implements FlightControl {
  constructor(private readonly regions: Regions) {}

  voidName(name: string): void {
    for (const { prefix, flights } of this.regions.all()) {
      const flight = name.startsWith(`${prefix}:`) ? flights.get(name) : undefined;
      if (!flight) continue;
      flight.isVoid = true;
      flights.delete(name);
    }
  }

  voidPrefix(prefix: string): void {
    for (const state of this.regions.all()) if (state.prefix === prefix) this.ground(state.flights);
  }

  /** Which tags a value will carry is known only when it is there: any loader may give some. */
  voidAll(): void {
    for (const { flights } of this.regions.all()) this.ground(flights);
  }

  private ground(flights: Map<string, { isVoid: boolean }>): void {
    for (const flight of flights.values()) flight.isVoid = true;
    flights.clear();
  }
}
