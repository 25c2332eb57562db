import { defineMessages } from '#renderer/i18n/define-messages.ts';

export const paletteMessages = defineMessages({
  'palette.title': { es: 'Paleta de acciones', en: 'Command palette' },
  'palette.search': { es: 'Acción o número de registro…', en: 'Action or entry number…' },
  'palette.none': { es: 'No hay ninguna acción así.', en: 'There is no such action.' },
  'palette.entry': { es: 'Abrir el registro {id}', en: 'Open entry {id}' },
  'palette.go-log': { es: 'Ir al registro', en: 'Go to the log' },
  'palette.go-import': { es: 'Importar un archivo', en: 'Import a file' },
  'palette.go-settings': { es: 'Ir a los ajustes', en: 'Go to the settings' },
  'palette.language': { es: 'Cambiar de idioma: {language}', en: 'Change the language: {language}' },
  'palette.language.keywords': { es: 'español english language', en: 'español english idioma' },
  'palette.appearance.light': { es: 'Apariencia clara', en: 'Light appearance' },
  'palette.appearance.dark': { es: 'Apariencia oscura', en: 'Dark appearance' },
  'palette.appearance.system': { es: 'Apariencia del sistema', en: 'System appearance' },
  'palette.appearance.keywords': { es: 'tema theme color modo', en: 'theme tema colour mode' },
  'palette.zone.system': {
    es: 'Mostrar las fechas en la hora de este equipo ({zone})',
    en: 'Show dates on this computer’s clock ({zone})',
  },
  'palette.zone.utc': { es: 'Mostrar las fechas en UTC', en: 'Show dates in UTC' },
  'palette.accents.ignore': { es: 'Buscar sin distinguir acentos', en: 'Search without telling accents apart' },
  'palette.accents.mind': { es: 'Buscar distinguiendo acentos', en: 'Search telling accents apart' },
  'palette.keys': { es: 'Ver todas las teclas', en: 'See all keys' },
});
