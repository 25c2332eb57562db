import { defineMessages } from '#renderer/i18n/define-messages.ts';

export const uiMessages = defineMessages({
  'ui.keys.title': { es: 'Teclas', en: 'Keys' },
  'ui.keys.or': { es: 'o', en: 'or' },
  'ui.key.Backspace': { es: 'Retroceso', en: 'Backspace' },
  'ui.key.Delete': { es: 'Supr', en: 'Delete' },
  'ui.key.End': { es: 'Fin', en: 'End' },
  'ui.key.Enter': { es: 'Intro', en: 'Enter' },
  'ui.key.Home': { es: 'Inicio', en: 'Home' },
  'ui.key.PageDown': { es: 'Av Pág', en: 'Page Down' },
  'ui.key.PageUp': { es: 'Re Pág', en: 'Page Up' },
  'ui.key.Space': { es: 'Espacio', en: 'Space' },
  'ui.key.Tab': { es: 'Tab', en: 'Tab' },
  'ui.close': { es: 'Cerrar', en: 'Close' },
});
