import { fillSentence, type Language } from '#shared/contract/errors.ts';

const catalogue = {
  program: {
    es: 'Bitácora: captura, guarda, busca y prueba un rastro de auditoría.',
    en: 'Bitácora: captures, keeps, searches and proves an audit trail.',
  },
  usageTitle: { es: 'Uso:', en: 'Usage:' },
  argumentsTitle: { es: 'Argumentos:', en: 'Arguments:' },
  optionsTitle: { es: 'Opciones:', en: 'Options:' },
  commandsTitle: { es: 'Órdenes:', en: 'Commands:' },
  optionsWord: { es: 'opciones', en: 'options' },
  commandWord: { es: 'orden', en: 'command' },
  defaultWord: { es: 'si no se dice', en: 'default' },
  optionHelp: { es: 'muestra esta ayuda', en: 'shows this help' },
  optionVersion: { es: 'muestra la versión', en: 'shows the version' },
  optionData: {
    es: 'carpeta de datos; si no se dice, la del usuario en este sistema',
    en: 'data folder; otherwise this user’s own on this system',
  },
  optionJson: { es: 'resultado para máquinas, en JSON', en: 'result for machines, as JSON' },
  optionLang: { es: 'idioma: es o en', en: 'language: es or en' },
  serveSummary: {
    es: 'sirve la página y la API HTTP en esta máquina, sin ventana',
    en: 'serves the page and the HTTP API on this machine, without a window',
  },
  servePort: { es: 'puerto; 0 toma uno libre', en: 'port; 0 takes a free one' },
  serveDemo: { es: 'abre el libro de muestra', en: 'opens the demo ledger' },
  serveFollowIn: {
    es: 'carpetas cuyos archivos de registro puede seguir un administrador desde el navegador',
    en: 'folders whose logs an administrator may have followed from the browser',
  },
  importSummary: {
    es: 'importa rastros: NDJSON o CSV, también .gz; nada se guarda dos veces',
    en: 'imports trails: NDJSON or CSV, also .gz; nothing is stored twice',
  },
  importFiles: { es: 'archivos que importar', en: 'files to import' },
  importMap: { es: 'JSON con {"campo del archivo": "columna"}', en: 'JSON with {"field of the file": "column"}' },
  importUsers: {
    es: 'JSON con quiénes son los usuarios que el rastro solo numera: [{"id", "username", "email", …}]',
    en: 'JSON with who the users are that the trail only numbers: [{"id", "username", "email", …}]',
  },
  importSource: { es: 'nombre del sistema del que vienen', en: 'name of the system they come from' },
  importFormat: { es: 'formato; si no se dice, se reconoce', en: 'format; otherwise it is recognised' },
  importEncoding: { es: 'codificación; si no se dice, se reconoce', en: 'encoding; otherwise it is recognised' },
  importDelimiter: {
    es: 'separador de un CSV: coma, punto y coma o tab',
    en: 'delimiter of a CSV: comma, semicolon or tab',
  },
  importDateOrder: { es: 'cómo se lee 03/04/2026', en: 'how 03/04/2026 is read' },
  importZone: { es: 'zona IANA de las horas que no dicen la suya', en: 'IANA zone of times that don’t say theirs' },
  querySummary: {
    es: 'busca con el mismo lenguaje que el cuadro de búsqueda',
    en: 'searches with the same language as the search box',
  },
  queryText: { es: 'consulta; vacía son todos los registros', en: 'query; an empty one is all entries' },
  querySort: {
    es: 'columna; un menos delante ordena de mayor a menor',
    en: 'column; a minus before it sorts descending',
  },
  queryLimit: {
    es: 'cuántos como mucho (tabla y --json: 100; ndjson y csv: todos)',
    en: 'how many at most (table and --json: 100; ndjson and csv: all)',
  },
  queryAfter: { es: 'sigue donde acabó otra: su «next»', en: 'goes on where another ended: its “next”' },
  queryCount: { es: 'solo cuántos hay, exactamente', en: 'only how many there are, exactly' },
  queryFormat: { es: 'formato de la respuesta', en: 'format of the answer' },
  queryZone: {
    es: 'zona IANA de las fechas; si no se dice, la de este sistema',
    en: 'IANA zone of the dates; otherwise this system’s',
  },
  queryAccents: { es: 'á se encuentra al pedir a', en: 'á is found when asked for a' },
  exportSummary: {
    es: 'escribe todo lo que la consulta encuentra como documento, lo relee y lo comprueba',
    en: 'writes everything that the query finds as a document, reads it back and checks it',
  },
  exportTo: {
    es: 'archivo; su extensión dice el formato',
    en: 'file; its extension says the format',
  },
  exportColumns: {
    es: 'columnas de la tabla, separadas por comas; si no se dice, todas',
    en: 'columns of the table, separated by commas; otherwise all',
  },
  exportZone: {
    es: 'zona IANA de las fechas; si no se dice, la de este sistema',
    en: 'IANA zone of the dates; otherwise this system’s',
  },
  exportDelimiter: { es: 'separador del CSV: comma o semicolon', en: 'delimiter of the CSV: comma or semicolon' },
  exportNoBom: {
    es: 'CSV sin la marca de UTF-8 que Excel necesita',
    en: 'CSV without the UTF-8 mark that Excel needs',
  },
  exportNoGuard: {
    es: 'CSV sin proteger las celdas que una hoja de cálculo tomaría por fórmulas',
    en: 'CSV without guarding cells that a spreadsheet would take for formulas',
  },
  exportPaper: { es: 'papel del PDF: a4 o letter', en: 'paper of the PDF: a4 or letter' },
  exportOrientation: {
    es: 'hoja del PDF: landscape (apaisada) o portrait (vertical)',
    en: 'page of the PDF: landscape or portrait',
  },
  exportLayout: {
    es: 'páginas del PDF: table (una tabla) o sheets (una ficha por registro)',
    en: 'pages of the PDF: table (one table) or sheets (a sheet for each entry)',
  },
  accountSummary: { es: 'cuentas de quienes entran', en: 'accounts of those who sign in' },
  accountCreateSummary: {
    es: 'crea una cuenta; la contraseña llega por la entrada estándar',
    en: 'makes an account; the password comes from standard input',
  },
  accountLogin: { es: 'nombre de usuario', en: 'user name' },
  accountRole: { es: 'función', en: 'role' },
  accountName: { es: 'nombre completo', en: 'full name' },
  accountListSummary: { es: 'enumera las cuentas', en: 'lists the accounts' },
  tokenSummary: {
    es: 'fichas de los programas que capturan o leen',
    en: 'tokens of the programs that capture or read',
  },
  tokenCreateSummary: {
    es: 'crea una ficha y la muestra esta única vez',
    en: 'makes a token and shows it this once',
  },
  tokenScope: { es: 'para qué sirve: capture o read', en: 'what it is for: capture or read' },
  tokenName: { es: 'nombre; el del sistema que captura', en: 'name; that of the system that captures' },
  tokenListSummary: { es: 'enumera las fichas', en: 'lists the tokens' },
  tokenRevokeSummary: { es: 'anula una ficha para siempre', en: 'ends a token for good' },
  tokenId: { es: 'ID de la ficha', en: 'ID of the token' },
  followSummary: { es: 'registros de otros programas que se siguen', en: 'logs of other programs that are followed' },
  followAddSummary: {
    es: 'sigue un archivo de registro (JSON por líneas) y guarda lo que llega; lo hacen la ventana y serve',
    en: 'follows a log (JSON lines) and stores what comes; the window and serve do it',
  },
  followListSummary: { es: 'muestra qué se sigue y cómo va', en: 'shows what is followed and how it goes' },
  followRemoveSummary: { es: 'deja de seguir un archivo de registro', en: 'follows a log no more' },
  followFile: { es: 'archivo que escribe el otro programa', en: 'file that the other program writes' },
  followFrom: {
    es: 'beginning: también lo que ya hay, con los archivos rotados; now: solo lo que llegue',
    en: 'beginning: what is there already too, with its rotated files; now: only what comes',
  },
  demoSummary: {
    es: 'añade un rastro generado, igual para la misma semilla',
    en: 'adds a generated trail, the same for the same seed',
  },
  reindexSummary: {
    es: 'rehace los índices desde el libro; para los dañados o perdidos',
    en: 'makes the indexes anew from the ledger, for those damaged or lost',
  },
  demoRows: { es: 'cuántos registros', en: 'how many entries' },
  demoSeed: { es: 'semilla', en: 'seed' },

  unknownOption: { es: 'No existe la opción {what}.', en: 'There is no option {what}.' },
  unknownCommand: { es: 'No existe la orden «{what}».', en: 'There is no command “{what}”.' },
  missingArgument: { es: 'Falta el argumento <{what}>.', en: 'The argument <{what}> is missing.' },
  missingOption: { es: 'Falta la opción {what}.', en: 'The option {what} is missing.' },
  missingOptionValue: { es: 'A la opción {what} le falta su valor.', en: 'The option {what} lacks its value.' },
  excessArguments: { es: 'Hay más argumentos de los que caben aquí.', en: 'There are more arguments than fit here.' },
  badOptionValue: { es: '{option} no admite «{value}».', en: '{option} does not take “{value}”.' },
  badOptionChoice: {
    es: '{option} no admite «{value}»; valen: {choices}.',
    en: '{option} does not take “{value}”; it takes: {choices}.',
  },
  badJsonFile: {
    es: 'El archivo «{path}» no es lo que {option} espera: {reason}.',
    en: 'The file “{path}” is not what {option} expects: {reason}.',
  },
  unknownZone: { es: 'No existe la zona horaria «{zone}».', en: 'There is no time zone “{zone}”.' },
  notJson: { es: 'no es JSON válido', en: 'it is not valid JSON' },
  unknownTarget: {
    es: '«{field}» se asigna a una columna que no existe',
    en: '“{field}” is mapped to a column that does not exist',
  },
  shortPassword: {
    es: 'La contraseña necesita al menos {least} caracteres.',
    en: 'The password needs at least {least} characters.',
  },
  longPassword: {
    es: 'La contraseña tiene más de {most} caracteres.',
    en: 'The password has more than {most} characters.',
  },
  badLogin: {
    es: 'El nombre de usuario solo admite letras, cifras y . _ @ + -, hasta 150.',
    en: 'A user name takes only letters, digits and . _ @ + -, at most 150.',
  },
  passwordsDiffer: { es: 'Las dos contraseñas no coinciden.', en: 'The two passwords differ.' },
  portTaken: {
    es: 'El puerto {port} ya está ocupado por otro programa.',
    en: 'Port {port} is taken by another program already.',
  },
  portForbidden: { es: 'El sistema no deja usar el puerto {port}.', en: 'The system does not allow port {port}.' },
  pageNotBuilt: {
    es: 'La página no está construida: ejecute «npm run build».',
    en: 'The page is not built: run “npm run build”.',
  },
  engineGivenUp: {
    es: 'El motor terminó solo varias veces seguidas y no se vuelve a arrancar; todo lo confirmado está guardado.',
    en: 'The engine ended by itself several times in a row and is not started again; everything confirmed is stored.',
  },
  engineRestarts: {
    es: 'El motor terminó ({reason}) y se arranca de nuevo.',
    en: 'The engine ended ({reason}) and is started again.',
  },
  unexpected: {
    es: 'Fallo interno de Bitácora: {message}',
    en: 'A fault inside Bitácora: {message}',
  },

  askPassword: { es: 'Contraseña: ', en: 'Password: ' },
  askPasswordAgain: { es: 'Otra vez: ', en: 'Again: ' },
  accountMade: { es: 'Cuenta «{login}» creada ({role}).', en: 'Account “{login}” made ({role}).' },
  followAdded: { es: 'Se sigue «{path}».', en: '“{path}” is followed.' },
  followRemoved: { es: 'Ya no se sigue «{path}».', en: '“{path}” is followed no more.' },
  tokenMade: {
    es: 'Ficha {id} «{name}» creada ({scope}). Guárdela: no se vuelve a mostrar.',
    en: 'Token {id} “{name}” made ({scope}). Keep it: it is not shown again.',
  },
  tokenRevoked: { es: 'Ficha {id} «{name}» anulada.', en: 'Token {id} “{name}” revoked.' },
  importDone: {
    es: '{file}: {read} leídos, {stored} guardados, {duplicates} repetidos, {rejected} rechazados.',
    en: '{file}: {read} read, {stored} stored, {duplicates} duplicates, {rejected} rejected.',
  },
  rejectsAt: { es: 'Las líneas rechazadas y sus motivos: {path}', en: 'The rejected lines and their reasons: {path}' },
  importWarning: { es: '{file}: {reason}', en: '{file}: {reason}' },
  importCancelled: {
    es: 'Se canceló: {stored} registros quedan guardados; repita la orden y sigue desde ahí.',
    en: 'It was cancelled: {stored} entries are stored; repeat the command and it goes on from there.',
  },
  badExportName: {
    es: 'La extensión de «{file}» no dice un formato; valen: {choices}.',
    en: 'The extension of “{file}” says no format; it takes: {choices}.',
  },
  exportCounting: { es: 'Contando…', en: 'Counting …' },
  exportChecking: { es: 'Releyendo y comprobando…', en: 'Reading back and checking …' },
  exportProgress: {
    es: '{rows} de {total}  {rate} filas/s  {remaining}',
    en: '{rows} of {total}  {rate} rows/s  {remaining}',
  },
  exportedFile: { es: '{path}  SHA-256 {sha256}', en: '{path}  SHA-256 {sha256}' },
  exportedSide: { es: 'Hoja de completitud: {path}', en: 'Completeness sheet: {path}' },
  exportDone: {
    es: '{rows} registros exportados, del {first} al {last}; releídos y conformes.',
    en: '{rows} entries exported, from {first} to {last}; read back and in agreement.',
  },
  exportedNothing: {
    es: 'Ningún registro coincide: el documento solo tiene su cabecera.',
    en: 'No entry matches: the document has only its head.',
  },
  exportShortened: {
    es: '{count} valores no cabían enteros en este formato; la hoja de metadatos los enumera.',
    en: '{count} values did not fit whole into this format; the metadata sheet lists them.',
  },
  cancelled: { es: 'Se canceló.', en: 'It was cancelled.' },
  importProgress: {
    es: '{file}  {percent} %  {stored} guardados  {rate} filas/s  {remaining}',
    en: '{file}  {percent}%  {stored} stored  {rate} rows/s  {remaining}',
  },
  remainingTime: { es: 'faltan {time}', en: '{time} left' },
  indexProgress: { es: 'Indexando: {done} de {total}', en: 'Indexing: {done} of {total}' },
  indexLater: {
    es: 'Se canceló la espera: todo está guardado y el índice se completa la próxima vez.',
    en: 'The wait was cancelled: everything is stored, and the index is completed next time.',
  },
  reindexProgress: { es: 'Rehaciendo {kind}: {done} de {total}', en: 'Making {kind} anew: {done} of {total}' },
  indexSearch: { es: 'la búsqueda', en: 'the search' },
  indexColumns: { es: 'las columnas', en: 'the columns' },
  indexOrders: { es: 'los órdenes', en: 'the orders' },
  reindexDone: {
    es: 'Índices rehechos: {entries} registros en {seconds} s; ocupan {size} MB.',
    en: 'Indexes made anew: {entries} entries in {seconds} s; they take {size} MB.',
  },
  demoProgress: { es: 'Generando: {done} de {total}', en: 'Generating: {done} of {total}' },
  demoDone: { es: '{stored} registros generados.', en: '{stored} entries generated.' },
  shown: { es: '{shown} de {total} · horas de {zone}', en: '{shown} of {total} · times in {zone}' },
  shownAtLeast: {
    es: '{shown} de al menos {total} · horas de {zone}',
    en: '{shown} of at least {total} · times in {zone}',
  },
  noEntries: { es: 'Ningún registro coincide.', en: 'No entry matches.' },

  columnId: { es: 'ID', en: 'ID' },
  columnDate: { es: 'Fecha', en: 'Date' },
  columnEvent: { es: 'Evento', en: 'Event' },
  columnModule: { es: 'Módulo', en: 'Module' },
  columnUser: { es: 'Usuario', en: 'User' },
  columnRecord: { es: 'ID de registro', en: 'Record ID' },
  columnTarget: { es: 'Afectación', en: 'Affected' },
  columnField: { es: 'Campo', en: 'Field' },
  columnOld: { es: 'Valor anterior', en: 'Old value' },
  columnNew: { es: 'Valor actual', en: 'New value' },
  columnDetail: { es: 'Detalle', en: 'Detail' },
  columnAction: { es: 'Acción', en: 'Action' },
  columnStatus: { es: 'Estado', en: 'Status' },
  columnSource: { es: 'Origen', en: 'Source' },
  columnLogin: { es: 'Usuario', en: 'User' },
  columnName: { es: 'Nombre', en: 'Name' },
  columnScope: { es: 'Sirve para', en: 'Scope' },
  columnMade: { es: 'Creada', en: 'Made' },
  columnLastUsed: { es: 'Último uso', en: 'Last used' },
  columnFile: { es: 'Archivo', en: 'File' },
  columnState: { es: 'Estado', en: 'State' },
  columnStored: { es: 'Guardadas', en: 'Stored' },
  columnRejected: { es: 'Rechazadas', en: 'Rejected' },
  columnUnread: { es: 'Bytes sin leer', en: 'Bytes unread' },
  columnFault: { es: 'Problema', en: 'Problem' },
  columnRevoked: { es: 'Anulada', en: 'Revoked' },
  columnRole: { es: 'Función', en: 'Role' },
} as const satisfies Record<string, Record<Language, string>>;

export type MessageKey = keyof typeof catalogue;

/** A text of the command line; `{name}` is filled from `values`. */
export type Say = (key: MessageKey, values?: Readonly<Record<string, unknown>>) => string;

export const sayIn =
  (language: Language): Say =>
  (key, values = {}) =>
    fillSentence(catalogue[key][language], values);
