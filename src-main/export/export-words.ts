import type { Language } from '#shared/contract/errors.ts';
import type { ExportColumn } from '#shared/contract/export.ts';

/** What columns are called in a document for people. */
const titles: Readonly<Record<ExportColumn, Readonly<Record<Language, string>>>> = {
  id: { es: 'ID', en: 'ID' },
  eventId: { es: 'Identidad (UUID)', en: 'Identity (UUID)' },
  occurredAt: { es: 'Fecha', en: 'Date' },
  occurredText: { es: 'Fecha en el origen', en: 'Date as written' },
  receivedAt: { es: 'Recibido', en: 'Received' },
  actor: { es: 'Usuario', en: 'User' },
  actorId: { es: 'ID de usuario', en: 'User ID' },
  actorLogin: { es: 'Cuenta', en: 'Login' },
  actorName: { es: 'Nombre del usuario', en: 'User name' },
  actorEmail: { es: 'Correo', en: 'E-mail' },
  event: { es: 'Evento', en: 'Event' },
  module: { es: 'Módulo', en: 'Module' },
  moduleNumber: { es: 'Número de módulo', en: 'Module number' },
  moduleName: { es: 'Módulo', en: 'Module' },
  target: { es: 'Afectación', en: 'Affected' },
  recordId: { es: 'ID de registro', en: 'Record ID' },
  field: { es: 'Campo', en: 'Field' },
  oldValue: { es: 'Valor anterior', en: 'Old value' },
  newValue: { es: 'Valor actual', en: 'New value' },
  detail: { es: 'Detalle', en: 'Detail' },
  action: { es: 'Acción', en: 'Action' },
  status: { es: 'Estado', en: 'Status' },
  requestMethod: { es: 'Método', en: 'Method' },
  requestPath: { es: 'Ruta', en: 'Path' },
  requestQuery: { es: 'Parámetros', en: 'Query string' },
  requestBody: { es: 'Petición', en: 'Request' },
  responseBody: { es: 'Respuesta', en: 'Response' },
  requestAddress: { es: 'Dirección', en: 'Address' },
  requestDurationMs: { es: 'Duración (ms)', en: 'Duration (ms)' },
  requestCorrelationId: { es: 'Correlación', en: 'Correlation' },
  source: { es: 'Origen', en: 'Source' },
  sourceEntryId: { es: 'ID en el origen', en: 'ID at the source' },
  originFile: { es: 'Archivo', en: 'File' },
  originLine: { es: 'Línea', en: 'Line' },
  extra: { es: 'Otros datos', en: 'Other data' },
};

export const columnTitle = (column: ExportColumn, language: Language): string => titles[column][language];
