import { appMessages } from '#renderer/app/messages.ts';
import { captureMessages } from '#renderer/capture/messages.ts';
import { exportMessages } from '#renderer/export/messages.ts';
import { firstRunMessages } from '#renderer/first-run/messages.ts';
import { importMessages } from '#renderer/import/messages.ts';
import { logMessages } from '#renderer/log/messages.ts';
import { paletteMessages } from '#renderer/palette/messages.ts';
import { printMessages } from '#renderer/print/messages.ts';
import { settingsMessages } from '#renderer/settings/messages.ts';
import { uiMessages } from '#renderer/ui/messages.ts';

/** Every text that a person sees, from the catalogues of all rooms. */
export const catalogue = {
  ...appMessages,
  ...captureMessages,
  ...exportMessages,
  ...firstRunMessages,
  ...importMessages,
  ...logMessages,
  ...paletteMessages,
  ...printMessages,
  ...settingsMessages,
  ...uiMessages,
};
export type Catalogue = typeof catalogue;
export type MessageKey = keyof Catalogue & string;
