import { buildSources } from './build.mjs';
import { installPackages } from './install.mjs';
import { withSetupLock } from './lock.mjs';

const NODE_RANGE = '20.19 or newer of 20, 22.12 or newer';

const isSupportedNode = () => {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  return (major === 20 && minor >= 19) || (major === 22 && minor >= 12) || major > 22;
};

/** Makes the checkout ready to run: the locked packages and a build of these sources. Two commands may do so at once. */
export const prepare = (signal) => {
  if (!isSupportedNode()) throw new Error(`Node ${process.versions.node} is not supported: use ${NODE_RANGE}.`);
  return withSetupLock(async () => {
    await installPackages(signal);
    await buildSources(signal);
  }, signal);
};
