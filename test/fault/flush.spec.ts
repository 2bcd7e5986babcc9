import { itEndures } from './endures.js';
import { askedToStop } from './scenarios/asked.to.stop.js';
import { duplicates } from './scenarios/duplicates.js';
import { flushKilled } from './scenarios/flush.killed.js';
import { flusherFrozen } from './scenarios/flusher.frozen.js';
import { mongoAway } from './scenarios/mongo.away.js';
import { mongoSlow } from './scenarios/mongo.slow.js';
import { poisonous } from './scenarios/poison.js';

describe('what was accepted is applied once and in order though', () => {
  itEndures([flushKilled, flusherFrozen, duplicates, poisonous, mongoAway, mongoSlow, askedToStop]);
});
