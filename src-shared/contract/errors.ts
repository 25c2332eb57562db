/**
 * The one error type that crosses a boundary, and the one table from which its HTTP status and its sentence in both
 * languages come. A sentence says what happened, what was kept and what to do; `{name}` is filled from `details`.
 */
export type Language = 'es' | 'en';

interface ErrorEntry {
  /** HTTP status; also decides the command line's exit code: 4xx that speak of wrong use end with 2, the rest with 1. */
  readonly status: number;
  readonly es: string;
  readonly en: string;
}

export const errorTable = {
  unreadable: { status: 400, es: 'No se pudo leer la petición.', en: 'The request could not be read.' },
  query_unreadable: {
    status: 400,
    es: 'No se entiende la consulta en el carácter {place}: {reasonEs}.',
    en: 'The query can’t be read at character {place}: {reason}.',
  },
  unauthenticated: { status: 401, es: 'Inicie sesión para continuar.', en: 'Sign in to continue.' },
  wrong_credentials: {
    status: 401,
    es: 'El usuario o la contraseña no son correctos.',
    en: 'The user name or the password is not right.',
  },
  forbidden: { status: 403, es: 'Su función no permite hacer esto.', en: 'Your role does not allow this.' },
  not_found: { status: 404, es: 'No existe: {what}.', en: 'There is no such thing: {what}.' },
  entry_not_found: { status: 404, es: 'No hay ningún registro con el ID {id}.', en: 'There is no entry with ID {id}.' },
  conflict: { status: 409, es: 'Ya existe: {what}.', en: 'It exists already: {what}.' },
  too_large: {
    status: 413,
    es: 'El contenido supera el límite de {limit} bytes.',
    en: 'The content is over the limit of {limit} bytes.',
  },
  too_many_entries: {
    status: 413,
    es: 'Son más de {limit} registros a la vez; no se guardó ninguno. Envíelos en varias peticiones.',
    en: 'There are more than {limit} entries at once; none was stored. Send them in several requests.',
  },
  unsupported_media: {
    status: 415,
    es: 'Este tipo de contenido no se acepta: {type}.',
    en: 'This kind of content is not accepted: {type}.',
  },
  invalid: { status: 422, es: 'Hay datos que no son válidos: {fields}.', en: 'Some values are not valid: {fields}.' },
  too_many: {
    status: 429,
    es: 'Demasiados intentos; espere {seconds} segundos.',
    en: 'Too many attempts; wait {seconds} seconds.',
  },
  cancelled: { status: 499, es: 'Se canceló.', en: 'It was cancelled.' },
  internal: {
    status: 500,
    es: 'Fallo interno de Bitácora; nada de lo guardado se perdió. El detalle está en el registro del programa ({reference}).',
    en: 'A fault inside Bitácora; nothing stored was lost. The detail is in the program’s log ({reference}).',
  },
  unavailable: {
    status: 503,
    es: 'El motor no está disponible en este momento; se reintenta solo.',
    en: 'The engine is not available right now; it is being tried again.',
  },
  not_accepting: {
    status: 503,
    es: 'Ahora no se puede guardar ({reason}). No se guardó nada de esta petición; repítala más tarde.',
    en: 'Nothing can be stored right now ({reason}). Nothing of this request was stored; send it again later.',
  },
  ledger_not_ours: {
    status: 409,
    es: '«{path}» no es un libro de Bitácora; no se ha tocado. Elija otra carpeta de datos.',
    en: '“{path}” is not a Bitácora ledger; it has not been touched. Choose another data folder.',
  },
  ledger_newer: {
    status: 409,
    es: '«{path}» lo escribió una versión más nueva de Bitácora (formato {found}; este programa llega al {known}). Actualice el programa; el libro no se ha tocado.',
    en: '“{path}” was written by a newer Bitácora (format {found}; this program knows up to {known}). Update the program; the ledger has not been touched.',
  },
  ledger_damaged: {
    status: 409,
    es: 'El libro «{path}» está dañado y no se ha tocado: {reason}. Recupere una copia.',
    en: 'The ledger “{path}” is damaged and has not been touched: {reason}. Restore a copy.',
  },
  ledger_read_only: {
    status: 409,
    es: 'No hay permiso para escribir en «{path}». Cambie los permisos o elija otra carpeta; nada se ha perdido.',
    en: 'There is no permission to write to “{path}”. Change the permissions or choose another folder; nothing was lost.',
  },
  ledger_locked: {
    status: 409,
    es: 'Otra Bitácora tiene abierto «{path}». Ciérrela e inténtelo de nuevo.',
    en: 'Another Bitácora has “{path}” open. Close it and try again.',
  },
  ledger_missing: {
    status: 404,
    es: 'No hay ningún libro en «{path}».',
    en: 'There is no ledger in “{path}”.',
  },
  disk_full: {
    status: 507,
    es: 'El disco está lleno. Todo lo confirmado hasta aquí está guardado; libere espacio y repita: lo guardado no se duplica.',
    en: 'The disk is full. Everything confirmed so far is stored; free some space and repeat: nothing is stored twice.',
  },
  disk_fault: {
    status: 507,
    es: 'El disco devolvió un error al guardar ({reason}). Lo confirmado hasta aquí está guardado.',
    en: 'The disk gave an error while storing ({reason}). What was confirmed so far is stored.',
  },
  file_not_found: { status: 404, es: 'No se encuentra el archivo «{path}».', en: 'The file “{path}” can’t be found.' },
  file_unreadable: {
    status: 403,
    es: 'No se puede leer el archivo «{path}»: {reason}.',
    en: 'The file “{path}” can’t be read: {reason}.',
  },
  import_empty: {
    status: 422,
    es: 'El archivo «{file}» está vacío: no hay nada que importar.',
    en: 'The file “{file}” is empty: there is nothing to import.',
  },
  import_binary: {
    status: 422,
    es: '«{file}» no es un archivo de texto. Expórtelo como CSV o como JSON (un objeto por línea) e inténtelo de nuevo; no se ha guardado nada.',
    en: '“{file}” is not a text file. Export it as CSV or as JSON (one object a line) and try again; nothing was stored.',
  },
  import_unknown_format: {
    status: 422,
    es: 'No se reconoce el formato de «{file}»: no es JSON con un objeto por línea, ni una lista JSON, ni CSV con nombres de columna en la primera fila. No se ha guardado nada.',
    en: 'The format of “{file}” is not known: it is neither JSON with one object a line, nor a JSON list, nor CSV with column names in the first row. Nothing was stored.',
  },
  file_unwritable: {
    status: 403,
    es: 'No se puede escribir «{path}»: {reasonEs}. Elija otro lugar u otro nombre; no ha quedado nada a medias.',
    en: '“{path}” can’t be written: {reason}. Choose another place or name; nothing was left half-done.',
  },
  export_disk_full: {
    status: 507,
    es: 'El disco se llenó al exportar «{path}»; no ha quedado ningún archivo a medias y lo que había antes sigue ahí. Libere espacio o elija otro disco.',
    en: 'The disk became full while exporting “{path}”; no half-made file was left and what was there before still is. Free some space or choose another disk.',
  },
  export_volume_exists: {
    status: 403,
    es: 'El documento ocupa varios archivos y uno de ellos sustituiría a «{path}», que ya existe: no se ha tocado y no ha quedado nada a medias. Elija otro nombre, o quite antes ese archivo.',
    en: 'The document takes several files, and one of them would replace “{path}”, which exists already: it was not touched, and nothing was left half-done. Choose another name, or move that file away first.',
  },
  export_check_failed: {
    status: 500,
    es: 'Al releer «{path}» no coincidía con el libro ({reason}), así que se ha descartado. Repita la exportación; el libro no se ha tocado.',
    en: 'Read back, “{path}” did not agree with the ledger ({reason}), so it was discarded. Export again; the ledger has not been touched.',
  },
  export_too_large: {
    status: 422,
    es: 'El documento pasa de 4 GiB, más de lo que cabe en un archivo de Excel o ZIP; no se ha dejado nada. Exporte menos filas o columnas, o elija CSV.',
    en: 'The document is over 4 GiB, more than a file of Excel or a ZIP file holds; nothing was left. Export fewer rows or columns, or choose CSV.',
  },
  printer_failed: {
    status: 500,
    es: 'La impresora «{printer}» no ha aceptado el documento. Elija otra o imprímalo desde el diálogo del sistema.',
    en: 'The printer “{printer}” did not take the document. Choose another one, or print it from the system’s dialog.',
  },
  log_disk_full: {
    status: 507,
    es: 'El disco de los archivos de registro está lleno. El libro sigue guardándolo todo; los archivos se completan solos cuando haya espacio.',
    en: 'The disk of the log files is full. The ledger goes on storing everything; the files are completed when there is room.',
  },
  log_unwritable: {
    status: 403,
    es: 'No se puede escribir en los archivos de registro ({reason} {path}). El libro sigue guardándolo todo; se reintenta solo y no faltará nada.',
    en: 'The log files can’t be written ({reason} {path}). The ledger goes on storing everything; it is tried again and nothing will be missing.',
  },
  follow_format: {
    status: 422,
    es: '«{path}» no se puede seguir: no es un registro con un objeto JSON por línea en UTF-8 o Latin-1. Se reintenta solo; otros formatos se importan.',
    en: '“{path}” can’t be followed: it is no log with one JSON object a line in UTF-8 or Latin-1. It is tried again; other formats are imported.',
  },
  follow_rejects_full: {
    status: 422,
    es: 'Se dejó de seguir el registro: sus líneas que no son registros llenaron «{path}» ({limit} bytes). Nada se perdió: mire qué se escribe ahí, mueva el archivo a otro sitio, y se sigue donde quedó.',
    en: 'The log is not followed for now: its lines that are no entries have filled “{path}” ({limit} bytes). Nothing was lost: see what is written there, move the file elsewhere, and it goes on where it stopped.',
  },
  follow_own: {
    status: 422,
    es: '«{path}» lo escribe Bitácora misma: seguirlo no aportaría nada.',
    en: '“{path}” is written by Bitácora itself: nothing would come of following it.',
  },
  follow_outside: {
    status: 403,
    es: 'Desde el navegador solo se siguen archivos que estén en {folders}. Lo decide quien inicia «bitacora serve» (--follow-in).',
    en: 'From the browser only files in {folders} can be followed. Whoever starts “bitacora serve” decides that (--follow-in).',
  },
  path_relative: {
    status: 422,
    es: '«{path}» no es una ruta completa: escríbala desde la raíz.',
    en: '“{path}” is no full path: write it from the root on.',
  },
  log_torn: {
    status: 507,
    es: 'Solo una parte llegó al archivo de registro «{path}», o alguien más escribe en él. El libro sigue guardándolo todo; se reintenta solo.',
    en: 'Only a part got into the log file “{path}”, or somebody else writes into it. The ledger goes on storing everything; it is tried again.',
  },
  port_taken: {
    status: 409,
    es: 'Otro programa usa el puerto {port}. Elija otro puerto, o cierre ese programa e inténtelo de nuevo.',
    en: 'Another program uses port {port}. Choose another port, or close that program and try again.',
  },
  port_forbidden: {
    status: 403,
    es: 'El sistema no permite escuchar en el puerto {port}. Elija uno a partir de 1024.',
    en: 'The system does not allow listening at port {port}. Choose one from 1024 on.',
  },
  usage: { status: 400, es: '{reason}', en: '{reason}' },
} as const satisfies Record<string, ErrorEntry>;

export type ErrorCode = keyof typeof errorTable;
export type ErrorDetails = Readonly<Record<string, unknown>>;

/** What an error looks like on the wire. */
export interface WireError {
  readonly code: ErrorCode;
  readonly message: string;
  readonly details: ErrorDetails;
}

/** Puts `details` into the `{name}` places of a sentence; a name that is not given stays visible. */
export const fillSentence = (sentence: string, details: ErrorDetails): string =>
  sentence.replace(/\{(\w+)\}/g, (place, name: string) => {
    const value = details[name];
    return value === undefined ? place : String(value);
  });

export const errorSentence = (code: ErrorCode, details: ErrorDetails, language: Language): string =>
  fillSentence(errorTable[code][language], details);

/** An expected error: it is shown to the person as it is. Anything else that is thrown is a bug. */
export class BitacoraError extends Error {
  readonly code: ErrorCode;
  readonly details: ErrorDetails;

  constructor(code: ErrorCode, details: ErrorDetails = {}, options?: { cause?: unknown }) {
    super(errorSentence(code, details, 'en'), options);
    this.name = 'BitacoraError';
    this.code = code;
    this.details = details;
  }

  get status(): number {
    return errorTable[this.code].status;
  }

  toWire(): WireError {
    return { code: this.code, message: this.message, details: this.details };
  }

  static fromWire(wire: WireError): BitacoraError {
    return new BitacoraError(wire.code, wire.details);
  }
}

export const isBitacoraError = (error: unknown, code?: ErrorCode): error is BitacoraError =>
  error instanceof BitacoraError && (code === undefined || error.code === code);

/** True for every way in which a cancelled call ends; a cancel is never logged as a failure. */
export const isCancelled = (error: unknown): boolean =>
  isBitacoraError(error, 'cancelled') || (error instanceof Error && error.name === 'AbortError');

export const cancelled = (): BitacoraError => new BitacoraError('cancelled');

export const throwIfCancelled = (signal: AbortSignal): void => {
  if (signal.aborted) throw cancelled();
};
