// `node --import tell-usage.mjs …`: when the process ends, what it used goes to its standard error as the last line.
import { writeSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';

if (isMainThread) {
  process.on('exit', () => {
    const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
    const usage = { peakBytes: maxRSS * 1024, cpu: (userCPUTime + systemCPUTime) / 1000 };
    writeSync(2, `\nusage ${JSON.stringify(usage)}\n`);
  });
}
