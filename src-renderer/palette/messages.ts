import { defineMessages } from '#renderer/i18n/define-messages.ts';

export const paletteMessages = defineMessages({});
