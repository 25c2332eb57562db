import { defineMessages } from '#renderer/i18n/define-messages.ts';

export const uiMessages = defineMessages({
  'ui.keys.title': { es: 'Teclas', en: 'Keys' },
  'ui.keys.or': { es: 'o', en: 'or' },
  'ui.close': { es: 'Cerrar', en: 'Close' },
});
