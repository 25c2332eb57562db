import type { Language } from '#shared/contract/errors.ts';
import { formatMicros } from '#shared/text/zoned-time.ts';
import type { ExportFacts } from './document.ts';
import { columnTitle } from './export-words.ts';

const labels = {
  title: { es: 'Hoja de completitud', en: 'Completeness sheet' },
  query: { es: 'Consulta', en: 'Query' },
  everything: { es: '(todo el registro)', en: '(the whole log)' },
  selected: { es: 'Selección', en: 'Selection' },
  selectedOnly: { es: 'solo las filas elegidas a mano', en: 'only the rows picked by hand' },
  selectedAll: { es: 'todas las filas de la consulta', en: 'every row of the query' },
  accents: { es: 'Acentos', en: 'Accents' },
  accentsIgnored: { es: 'no distinguen', en: 'do not matter' },
  accentsMatter: { es: 'distinguen', en: 'matter' },
  sort: { es: 'Orden', en: 'Sort' },
  ascending: { es: 'ascendente', en: 'ascending' },
  descending: { es: 'descendente', en: 'descending' },
  columns: { es: 'Columnas', en: 'Columns' },
  ledgerEntries: { es: 'Registros antes del filtro', en: 'Entries before the filter' },
  rows: { es: 'Registros en el documento', en: 'Entries in the document' },
  firstId: { es: 'Primer ID', en: 'First ID' },
  lastId: { es: 'Último ID', en: 'Last ID' },
  none: { es: 'ninguno', en: 'none' },
  period: { es: 'Periodo', en: 'Period' },
  newestId: { es: 'Último ID del libro en esta mirada', en: 'Newest ID of the ledger in this look' },
  missing: { es: 'IDs que faltan en el libro', en: 'IDs missing from the ledger' },
  zone: { es: 'Zona horaria', en: 'Time zone' },
  ledger: { es: 'Libro', en: 'Ledger' },
  fingerprint: { es: 'Huella del libro (SHA-256)', en: 'Fingerprint of the ledger (SHA-256)' },
  checkpoint: { es: 'Punto de control', en: 'Checkpoint' },
  noCheckpoint: { es: 'no hay ninguno todavía', en: 'none yet' },
  operator: { es: 'Exportado por', en: 'Exported by' },
  exportedAt: { es: 'Exportado el', en: 'Exported at' },
  version: { es: 'Versión de Bitácora', en: 'Version of Bitácora' },
  contentHash: { es: 'SHA-256 del contenido (como NDJSON)', en: 'SHA-256 of the content (as NDJSON)' },
  shortened: { es: 'Valores acortados por el formato', en: 'Values shortened by the format' },
  fileHash: { es: 'SHA-256 del archivo', en: 'SHA-256 of the file' },
} as const satisfies Record<string, Readonly<Record<Language, string>>>;
export type CompletenessLabel = keyof typeof labels;

export const completenessLabel = (label: CompletenessLabel, language: Language): string => labels[label][language];

/** One line of a completeness sheet. */
export interface CompletenessLine {
  readonly label: string;
  readonly value: string | number;
  /** A number of things, which people read in groups of three digits; ids are not. */
  readonly counted?: true;
}

/** What `facts` says, for people, in its language and zone. What is only known at the end is added by the writer. */
export const completenessLines = (facts: ExportFacts): readonly CompletenessLine[] => {
  const { language, zone } = facts;
  const say = (label: CompletenessLabel): string => labels[label][language];
  const line = (label: CompletenessLabel, value: string | number): CompletenessLine => ({ label: say(label), value });
  const instant = (micros: number): string => formatMicros(micros, zone);
  const { count, ranges } = facts.missing;
  const shown = ranges.map(({ from, to }) => (from === to ? String(from) : `${from}–${to}`)).join(', ');
  const descending = facts.sort.startsWith('-');
  const sortColumn = facts.sort.replace(/^-/, '') as Parameters<typeof columnTitle>[0];
  return [
    line('query', facts.query === '' ? say('everything') : facts.query),
    line('selected', say(facts.selected ? 'selectedOnly' : 'selectedAll')),
    line('accents', say(facts.ignoreAccents ? 'accentsIgnored' : 'accentsMatter')),
    line('sort', `${columnTitle(sortColumn, language)}, ${say(descending ? 'descending' : 'ascending')}`),
    line('columns', facts.columns.map((column) => columnTitle(column, language)).join(', ')),
    { ...line('ledgerEntries', facts.ledgerEntries), counted: true },
    { ...line('rows', facts.rows), counted: true },
    line('firstId', facts.firstId ?? say('none')),
    line('lastId', facts.lastId ?? say('none')),
    line('period', facts.period === null ? say('none') : `${instant(facts.period.from)} … ${instant(facts.period.to)}`),
    line('newestId', facts.newestId),
    line('missing', count === 0 ? say('none') : `${count}: ${shown}${ranges.length < 100 ? '' : ' …'}`),
    line('zone', zone),
    line('ledger', `${facts.ledgerFile} (${facts.ledgerId})`),
    line('fingerprint', facts.fingerprint),
    line('checkpoint', say('noCheckpoint')),
    line('operator', facts.operator),
    line('exportedAt', instant(facts.exportedAt)),
    line('version', facts.version),
  ];
};
