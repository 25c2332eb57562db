import type { Page } from 'playwright-core';

/** Drops a file of the disk on the middle of the window, as the system would. */
export const dropFile = async (page: Page, file: string): Promise<void> => {
  const devtools = await page.context().newCDPSession(page);
  const at = { x: 700, y: 450, data: { items: [], files: [file], dragOperationsMask: 1 } };
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const) {
    await devtools.send('Input.dispatchDragEvent', { type, ...at });
  }
  await devtools.detach();
};
