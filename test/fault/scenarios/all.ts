import type { Scenario } from '../scenario.js';
import { askedToStop } from './asked.to.stop.js';
import { campaign } from './campaign.js';
import { diskFull } from './disk.full.js';
import { duplicates } from './duplicates.js';
import { flushKilled } from './flush.killed.js';
import { flusherFrozen } from './flusher.frozen.js';
import { logThrownAway } from './log.thrown.away.js';
import { memoryFull } from './memory.full.js';
import { mongoAway } from './mongo.away.js';
import { mongoSlow } from './mongo.slow.js';
import { poisonous } from './poison.js';
import { powerLost } from './power.lost.js';
import { queueKilled } from './queue.killed.js';
import { syncSlow } from './sync.slow.js';

/** Every scenario in the order of the fault plan, and last the campaign, which is run when it is asked for. */
export const scenarios: readonly Scenario[] = [
  ...[queueKilled, powerLost, syncSlow, diskFull, flushKilled, flusherFrozen],
  ...[duplicates, poisonous, mongoAway, mongoSlow, memoryFull, logThrownAway, askedToStop, campaign],
];
