import { fillSentence, type Language } from '#shared/contract/errors.ts';

/** What the pages say, beside the titles of columns and the completeness sheet. */
const words = {
  title: { es: 'Registro de auditoría', en: 'Audit log' },
  sheetTitle: { es: 'Ficha de registro', en: 'Entry sheet' },
  sheetsTitle: { es: 'Fichas de registros', en: 'Entry sheets' },
  indexTitle: { es: 'Índice de volúmenes', en: 'Index of volumes' },
  period: { es: 'Periodo', en: 'Period' },
  filter: { es: 'Filtro', en: 'Filter' },
  everything: { es: 'Todo el registro, sin filtro', en: 'The whole log, no filter' },
  totals: { es: 'Registros', en: 'Entries' },
  totalsOf: { es: '{rows} de {all}', en: '{rows} of {all}' },
  ids: { es: 'ID', en: 'IDs' },
  idsFromTo: { es: '{from} a {to}', en: '{from} to {to}' },
  idsOnPage: { es: 'ID {from} … {to}', en: 'IDs {from} … {to}' },
  none: { es: 'ninguno', en: 'none' },
  prepared: { es: 'Exportado', en: 'Exported' },
  preparedBy: { es: '{at}, por {operator}', en: '{at}, by {operator}' },
  entries: { es: 'Registros', en: 'Entries' },
  entry: { es: 'Registro {id}', en: 'Entry {id}' },
  empty: { es: 'Ningún registro cumple el filtro.', en: 'No entry matches the filter.' },
  page: { es: 'Página {page}', en: 'Page {page}' },
  ofPages: { es: 'de {pages}', en: 'of {pages}' },
  contentHash: { es: 'SHA-256 del contenido: {hash}', en: 'SHA-256 of the content: {hash}' },
  contentHashInIndex: {
    es: 'SHA-256 del contenido: en el índice, último archivo de la serie',
    en: 'SHA-256 of the content: in the index, the last file of the series',
  },
  checkpoint: {
    es: 'Huella del libro: {fingerprint} · punto de control: no hay todavía',
    en: 'Fingerprint of the ledger: {fingerprint} · checkpoint: none yet',
  },
  marks: {
    es: 'En los valores, ↵ es un salto de línea, ⇥ un tabulador, y ‹U+…› un carácter que no se ve, que cambia el orden de lectura o que no tiene dibujo en este documento: su código dice cuál es. Nada se omite ni se recorta.',
    en: 'In values, ↵ is a line break, ⇥ a tab, and ‹U+…› a character that is not seen, changes the order of reading or has no drawing in this document: its code says which. Nothing is left out or cut.',
  },
  below: { es: 'Debajo, entero: {length} caracteres', en: 'Whole, below: {length} characters' },
  blockTitle: {
    es: '{column} del registro {id}, {length} caracteres',
    en: '{column} of entry {id}, {length} characters',
  },
  continued: { es: '(continúa)', en: '(continued)' },
  volume: { es: 'Volumen {volume}', en: 'Volume {volume}' },
  volumeNote: {
    es: 'Este documento ocupa varios volúmenes. El último archivo de la serie es su índice, con los ID, las páginas y el SHA-256 de cada uno.',
    en: 'This document takes several volumes. The last file of the series is their index, with the IDs, pages and SHA-256 of each.',
  },
  volumeEnd: {
    es: 'Fin del volumen {volume}; sigue en el volumen {next}',
    en: 'End of volume {volume}; goes on in volume {next}',
  },
  volumeLast: {
    es: 'Fin del volumen {volume}, el último; sigue el índice',
    en: 'End of volume {volume}, the last; the index follows',
  },
  file: { es: 'Archivo', en: 'File' },
  pages: { es: 'Páginas', en: 'Pages' },
  fileHash: { es: 'SHA-256 del archivo', en: 'SHA-256 of the file' },
  signatures: { es: 'Firmas', en: 'Signatures' },
  signatureNote: {
    es: 'Quienes firman declaran haber recibido este documento completo. Registros: {rows}. Páginas: {pages}.',
    en: 'Those who sign declare that they received this document complete. Entries: {rows}. Pages: {pages}.',
  },
  signPrepared: { es: 'Elaboró', en: 'Prepared by' },
  signReviewed: { es: 'Revisó', en: 'Reviewed by' },
  signReceived: { es: 'Recibió', en: 'Received by' },
  signName: { es: 'Nombre, firma y fecha', en: 'Name, signature and date' },
  end: { es: 'Fin del documento', en: 'End of document' },
  rowsOf: { es: 'Registros {from} a {to}', en: 'Entries {from} to {to}' },
  keywords: { es: 'auditoría, registro, Bitácora', en: 'audit, log, Bitácora' },
} as const satisfies Record<string, Readonly<Record<Language, string>>>;
export type PdfWord = keyof typeof words;

export type Say = (word: PdfWord, values?: Readonly<Record<string, string | number>>) => string;

export const sayIn =
  (language: Language): Say =>
  (word, values = {}) =>
    fillSentence(words[word][language], values);

const numbers = {
  es: new Intl.NumberFormat('es', { useGrouping: 'always' }),
  en: new Intl.NumberFormat('en'),
} as const;

/** 333549 → `333 549` in Spanish, with spaces that don't break; `333,549` in English. As in the window. */
export const countText = (value: number, language: Language): string =>
  numbers[language]
    .formatToParts(value)
    .map(({ type, value: part }) => (type === 'group' && language === 'es' ? '\u00a0' : part))
    .join('');
