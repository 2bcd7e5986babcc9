import { itEndures } from './endures.js';
import { diskFull } from './scenarios/disk.full.js';
import { logThrownAway } from './scenarios/log.thrown.away.js';
import { memoryFull } from './scenarios/memory.full.js';
import { powerLost } from './scenarios/power.lost.js';
import { queueKilled } from './scenarios/queue.killed.js';
import { syncSlow } from './scenarios/sync.slow.js';

describe('what was accepted is applied once and in order though', () => {
  itEndures([queueKilled, powerLost, syncSlow, diskFull, memoryFull, logThrownAway]);
});
