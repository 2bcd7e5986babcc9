import net from 'node:net';

const END = 'commands-counted';
const OWN = new Set(['echo', 'monitor', 'info', 'client', 'hello', 'time', 'ping', 'subscribe']);
const LINE = /^\+?[\d.]+ \[\d+ ([^\]]+)\] (.*)$/;

/** Larder's reading of its bus goes on whether anybody asks for anything or not. */
const isBusReading = ([command, ...keys]) =>
  command === 'xread' || (command === 'mget' && keys.every((key) => key.endsWith(':end')));

/** The words of a line of `MONITOR`, with who sent them; `undefined` for another line. */
const parsed = (line) => {
  const [, source, said] = LINE.exec(line) ?? [];
  if (said === undefined) return undefined;
  const words = Array.from(said.matchAll(/"((?:[^"\\]|\\.)*)"/g), ([, word]) => word);
  return { source, words: [words[0].toLowerCase(), ...words.slice(1)] };
};

/** How many commands processes send to Redis while `work` runs; what a script calls is part of its one. */
export const commandsDuring = async (redisUrl, work) => {
  const { hostname, port } = new URL(redisUrl);
  const [monitor, marker] = [net.connect(Number(port), hostname), net.connect(Number(port), hostname)];
  let count = 0;
  let rest = '';
  await new Promise((resolve) => {
    monitor.once('data', resolve);
    monitor.write('MONITOR\r\n');
  });
  const ended = new Promise((resolve) => {
    monitor.on('data', (chunk) => {
      const lines = `${rest}${chunk}`.split('\r\n');
      rest = lines.pop();
      for (const { source, words } of lines.map(parsed).filter(Boolean)) {
        if (words[0] === 'echo' && words[1] === END) resolve();
        else if (source !== 'lua' && !OWN.has(words[0]) && !isBusReading(words)) count += 1;
      }
    });
  });
  await work();
  marker.write(`ECHO ${END}\r\n`);
  await ended;
  monitor.destroy();
  marker.destroy();
  return count;
};
