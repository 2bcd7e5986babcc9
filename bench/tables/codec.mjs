import { defaultDeserialize, defaultSerialize } from '@keyv/serialize';
import { Packr } from 'msgpackr';
import v8 from 'node:v8';
import { repeated } from '../harness/loop.mjs';
import { larder, larderPart, openLarder } from '../subjects/larder.mjs';
import { keysOf, loadProduct, pageOf, productOf } from '../subjects/payload.mjs';

const SIZES = { '1 KB': productOf(7), '12.6 KB': pageOf(7) };
const SAMPLES = 64;

/** A measurement of decoding and encoding both sizes. `encode` answers what `decode` takes. */
const coding = ({ encode, decode }) => {
  const measure = async (forMs) => {
    const figures = {};
    for (const [size, value] of Object.entries(SIZES)) {
      const encoded = Array.from({ length: SAMPLES }, () => encode(value));
      let at = 0;
      const decoding = (count) => {
        for (let done = 0; done < count; done += 1) decode(encoded[(at = (at + 1) % SAMPLES)]);
      };
      const encoding = (count) => {
        for (let done = 0; done < count; done += 1) encode(value);
      };
      figures[`decode ${size}`] = (await repeated(decoding, forMs / 4)).cpu;
      figures[`encode ${size}`] = (await repeated(encoding, forMs / 4)).cpu;
    }
    return figures;
  };
  return { measure, close: () => undefined };
};

/** How often JSON is parsed or written while products are read near. */
const callsOnNearHits = async (redisUrl) => {
  const { read, close } = await openLarder(redisUrl, loadProduct);
  const keys = keysOf(64);
  await Promise.all(keys.map((key) => read(key)));
  const { parse, stringify } = JSON;
  let calls = 0;
  const counted =
    (call) =>
    (...args) => {
      calls += 1;
      return call(...args);
    };
  [JSON.parse, JSON.stringify] = [counted(parse), counted(stringify)];
  for (const key of keys) await read(key);
  [JSON.parse, JSON.stringify] = [parse, stringify];
  await close();
  return calls;
};

const openLarderCodec = async ({ redisUrl }) => {
  const { defineRegion, hours } = await larder();
  const { seal } = await larderPart('cache/seal.js');
  const { openBody } = await larderPart('region/opening.js');
  const region = defineRegion({ name: 'page', version: 1, key: ({ id }) => id, ttlMs: hours(24) });
  const calls = await callsOnNearHits(redisUrl);
  const { measure, close } = coding({ encode: (value) => seal(region, value).body, decode: openBody });
  return { measure: async (forMs) => ({ ...(await measure(forMs)), calls }), close };
};

const openMsgpackr = () => {
  const packr = new Packr({ structures: [], useRecords: true });
  return coding({ encode: (value) => packr.pack(value), decode: (bytes) => packr.unpack(bytes) });
};

const FIGURES = Object.keys(SIZES).flatMap((size) => [`decode ${size}`, `encode ${size}`]);

export default {
  row: 9,
  name: 'codec',
  title: 'Codec',
  setting: 'One product of 1 KB and one page of 12.6 KB, from bytes to a value and back.',
  rounds: 9,
  figures: {
    ...Object.fromEntries(FIGURES.map((figure) => [figure, `ns CPU, ${figure}`])),
    calls: 'JSON calls on near hits',
  },
  cases: {
    larder: {
      label: 'Larder',
      note: 'JSON, frozen deeply; encoding answers the value as readers will get it.',
      open: openLarderCodec,
    },
    json: {
      label: 'JSON',
      isLimit: true,
      note: '`JSON.parse(bytes.toString())`, `Buffer.from(JSON.stringify(value))`.',
      open: () =>
        coding({
          encode: (value) => Buffer.from(JSON.stringify(value)),
          decode: (bytes) => JSON.parse(bytes.toString('utf8')),
        }),
    },
    msgpackr: { label: 'msgpackr', note: 'Shared records.', open: openMsgpackr },
    v8: {
      label: 'v8',
      note: '`serialize`, `deserialize`.',
      open: () => coding({ encode: (value) => v8.serialize(value), decode: (bytes) => v8.deserialize(bytes) }),
    },
    keyv: {
      label: 'Keyv',
      note: 'Its default serializer, text.',
      open: () => coding({ encode: (value) => defaultSerialize(value), decode: (text) => defaultDeserialize(text) }),
    },
  },
  results: [
    ...FIGURES.map((figure) => ({
      name: `codec ${figure}`,
      figure,
      unit: 'ns CPU',
      goals: [{ against: 'json', most: 1 }],
    })),
    {
      name: 'codec near hit',
      figure: 'calls',
      unit: 'calls',
      goals: [{ against: 'calls of JSON', isAbsolute: true, most: 0 }],
    },
  ],
};
