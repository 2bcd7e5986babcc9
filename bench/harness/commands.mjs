import { Redis } from 'ioredis';

const END = 'commands-counted';
const OWN = new Set(['echo', 'monitor', 'info', 'client', 'hello', 'time', 'ping', 'subscribe']);

/** Larder's reading of its bus goes on whether anybody asks for anything or not. */
const isBusReading = ([command, ...keys]) =>
  command === 'xread' || (command === 'mget' && keys.every((key) => key.endsWith(':end')));

/** How many commands other processes send to Redis while `work` runs; what a script calls is part of its one. */
export const commandsDuring = async (redisUrl, work) => {
  const client = new Redis(redisUrl);
  const monitor = await client.monitor();
  let count = 0;
  let onEnd;
  const ended = new Promise((resolve) => (onEnd = resolve));
  monitor.on('monitor', (time, [name, ...rest], source) => {
    const args = [name.toLowerCase(), ...rest];
    if (args[0] === 'echo' && args[1] === END) onEnd();
    else if (source !== 'lua' && !OWN.has(args[0]) && !isBusReading(args)) count += 1;
  });
  await work();
  await client.echo(END);
  await ended;
  monitor.disconnect();
  client.disconnect();
  return count;
};
