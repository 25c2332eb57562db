import { detailMessages } from '#renderer/detail/messages.ts';
import { defineMessages } from '#renderer/i18n/define-messages.ts';

export const logMessages = defineMessages({
  ...detailMessages,
  'log.retry': { es: 'Reintentar', en: 'Try again' },

  'log.column.id': { es: 'ID', en: 'ID' },
  'log.column.date': { es: 'Fecha', en: 'Date' },
  'log.column.event': { es: 'Evento', en: 'Event' },
  'log.column.user': { es: 'Usuario', en: 'User' },
  'log.column.record': { es: 'Registro', en: 'Record' },
  'log.column.field': { es: 'Campo', en: 'Field' },
  'log.column.change': { es: 'Cambio', en: 'Change' },
  'log.column.module': { es: 'Módulo', en: 'Module' },
  'log.column.target': { es: 'Afectación', en: 'Affected' },
  'log.column.detail': { es: 'Detalle', en: 'Detail' },
  'log.column.action': { es: 'Acción', en: 'Action' },
  'log.column.status': { es: 'Estado', en: 'Status' },
  'log.column.source': { es: 'Origen', en: 'Source' },
  'log.copy.old': { es: 'Valor anterior', en: 'Old value' },
  'log.copy.new': { es: 'Valor actual', en: 'New value' },

  'log.value.null': { es: 'sin valor', en: 'no value' },
  'log.value.empty': { es: '(vacío)', en: '(empty)' },

  'log.search.label': { es: 'Buscar en el registro', en: 'Search the log' },
  'log.search.placeholder': {
    es: 'Palabras, o condiciones como evento:UPDATE usuario:ana desde:2026-03-01',
    en: 'Words, or conditions such as event:UPDATE user:ana from:2026-03-01',
  },
  'log.search.completions': { es: 'Para completar', en: 'Completions' },
  'log.chip.hint': {
    es: '{text} · clic: apagar o encender · doble clic o ↵: editar · Supr: quitar',
    en: '{text} · click: switch off or on · double click or ↵: edit · Del: remove',
  },
  'log.chip.remove': { es: 'Quitar {text}', en: 'Remove {text}' },

  'log.views': { es: 'Vistas', en: 'Views' },
  'log.views.everything': { es: 'Todo el registro', en: 'The whole log' },
  'log.views.name': { es: 'Nombre de esta vista', en: 'Name of this view' },
  'log.views.save': { es: 'Guardar', en: 'Save' },
  'log.views.star': { es: 'Destacar «{name}»', en: 'Star “{name}”' },
  'log.views.unstar': { es: 'Dejar de destacar «{name}»', en: 'Unstar “{name}”' },
  'log.views.no-start': { es: 'No empezar con «{name}»', en: 'Don’t start with “{name}”' },
  'log.views.start': { es: 'Empezar con «{name}»', en: 'Start with “{name}”' },
  'log.views.delete': { es: 'Eliminar «{name}»', en: 'Delete “{name}”' },

  'log.timeline.label': { es: 'Registros en el tiempo', en: 'Entries over time' },
  'log.timeline.start': { es: 'Principio del periodo', en: 'Start of the period' },
  'log.timeline.end': { es: 'Fin del periodo', en: 'End of the period' },
  'log.timeline.entries': {
    es: { one: '{count} registro', other: '{count} registros' },
    en: { one: '{count} entry', other: '{count} entries' },
  },
  'log.timeline.about': {
    es: { one: '≈ {count} registro', other: '≈ {count} registros' },
    en: { one: '≈ {count} entry', other: '≈ {count} entries' },
  },
  'log.timeline.scale': {
    es: 'La altura es la raíz de la cantidad; la barra más alta tiene {most}',
    en: 'The height is the square root of the count; the tallest bar has {most}',
  },

  'log.facets.label': { es: 'Qué hay en la vista', en: 'What the view holds' },
  'log.facets.search': { es: 'Buscar en {title}', en: 'Search in {title}' },
  'log.facets.value': { es: '{label}, {entries}', en: '{label}, {entries}' },
  'log.facets.about': { es: 'unos {count}', en: 'about {count}' },
  'log.facets.excluded': { es: '{label}, excluido, {entries}', en: '{label}, excluded, {entries}' },
  'log.facets.exclude': { es: 'Excluir {label}', en: 'Exclude {label}' },
  'log.facets.more': { es: '{more} más…', en: '{more} more…' },
  'log.facets.fewer': { es: 'menos', en: 'fewer' },
  'log.facets.none': { es: 'nada', en: 'nothing' },
  'log.facets.rest': { es: '{rest} más: búsquelos con la lupa', en: '{rest} more: find them with the lens' },
  'log.facets.show': { es: 'Mostrar los filtros', en: 'Show the filters' },
  'log.facets.hide': { es: 'Ocultar los filtros', en: 'Hide the filters' },

  'log.grid.label': { es: 'Registros de la vista', en: 'Entries of the view' },
  'log.grid.bar': { es: 'Lugar en la vista', en: 'Place in the view' },
  'log.grid.place': { es: '{row} de {total}', en: '{row} of {total}' },
  'log.grid.marked': { es: 'marcado', en: 'marked' },
  'log.grid.columns': { es: 'Columnas', en: 'Columns' },
  'log.grid.columns-reset': { es: 'Columnas como al principio', en: 'Columns as at first' },
  'log.grid.none': { es: 'Ningún registro cumple esta vista', en: 'No entry matches this view' },
  'log.grid.none-hint': {
    es: 'Apague un filtro con un clic en él, o quítelos todos.',
    en: 'Switch a filter off with a click on it, or remove them all.',
  },
  'log.grid.empty': { es: 'El libro todavía no tiene registros', en: 'The ledger has no entries yet' },
  'log.grid.empty-hint': {
    es: 'Importe un archivo o conecte un sistema para empezar.',
    en: 'Import a file or connect a system to begin.',
  },
  'log.grid.clear': { es: 'Quitar todos los filtros', en: 'Remove all filters' },
  'log.grid.loading': { es: 'Leyendo…', en: 'Reading…' },
  'log.grid.new': {
    es: { one: '{count} nuevo · F5', other: '{count} nuevos · F5' },
    en: { one: '{count} new · F5', other: '{count} new · F5' },
  },
  'log.grid.copied': {
    es: { one: '{count} fila copiada', other: '{count} filas copiadas' },
    en: { one: '{count} row copied', other: '{count} rows copied' },
  },
  'log.grid.copy-failed': { es: 'No se pudo copiar: {reason}', en: 'It could not be copied: {reason}' },
  'log.resize.facets': { es: 'Ancho de los filtros', en: 'Width of the filters' },
  'log.resize.panel': { es: 'Ancho del registro abierto', en: 'Width of the open entry' },

  'log.menu.include': { es: 'Solo «{value}»', en: 'Only “{value}”' },
  'log.menu.exclude': { es: 'Excluir «{value}»', en: 'Exclude “{value}”' },
  'log.menu.copy-value': { es: 'Copiar el valor', en: 'Copy the value' },
  'log.menu.copy-rows': { es: 'Copiar las filas', en: 'Copy the rows' },
  'log.menu.record': { es: 'Todo lo de este registro ({record})', en: 'Everything of this record ({record})' },
  'log.menu.mark': { es: 'Marcar o desmarcar', en: 'Mark or unmark' },

  'log.total.of': { es: '{shown} de {all}', en: '{shown} of {all}' },
  'log.total.at-least': { es: '≥ {shown} de {all}', en: '≥ {shown} of {all}' },
  'log.total.all': {
    es: { one: '{count} registro', other: '{count} registros' },
    en: { one: '{count} entry', other: '{count} entries' },
  },
  'log.total.marked': {
    es: { one: '{count} marcado', other: '{count} marcados' },
    en: { one: '{count} marked', other: '{count} marked' },
  },
  'log.marks.full': {
    es: 'Ya hay {limit} registros marcados; desmarque alguno para marcar otros.',
    en: '{limit} entries are marked already; unmark some to mark others.',
  },

  'log.goto.title': { es: 'Ir a un registro', en: 'Go to an entry' },
  'log.goto.label': { es: 'ID o fecha', en: 'ID or date' },
  'log.goto.hint': {
    es: '214907, 2021-02-11 o 2021-02-11 18:04, en la hora {zone}',
    en: '214907, 2021-02-11 or 2021-02-11 18:04, on the clock of {zone}',
  },
  'log.goto.go': { es: 'Ir', en: 'Go' },
  'log.goto.unreadable': {
    es: 'Eso no es un ID ni una fecha. Escriba un número o una fecha como 2021-02-11.',
    en: 'That is neither an ID nor a date. Write a number or a date such as 2021-02-11.',
  },
  'log.goto.not-here': {
    es: 'El registro {id} no está en esta vista; se abre a la derecha.',
    en: 'Entry {id} is not in this view; it opens at the right.',
  },
  'log.goto.no-date': {
    es: 'La vista no tiene ningún registro a partir de esa fecha.',
    en: 'The view has no entry from that date on.',
  },

  'log.keys.title': { es: 'Registro', en: 'Log' },
  'log.keys.search': { es: 'Buscar', en: 'Search' },
  'log.keys.newest': { es: 'Traer lo más nuevo', en: 'Bring in the newest' },
  'log.keys.print': { es: 'Imprimir esta vista', en: 'Print this view' },
  'log.keys.export': { es: 'Exportar esta vista', en: 'Export this view' },
  'log.keys.goto': { es: 'Ir a un ID o una fecha', en: 'Go to an ID or a date' },
  'log.keys.next': { es: 'Resultado siguiente', en: 'Next hit' },
  'log.keys.previous': { es: 'Resultado anterior', en: 'Previous hit' },
  'log.keys.mark': { es: 'Marcar o desmarcar', en: 'Mark or unmark' },
  'log.keys.close': { es: 'Cerrar el registro abierto', en: 'Close the open entry' },
  'log.keys.move': { es: 'Moverse por las filas', en: 'Move through the rows' },
  'log.keys.open': { es: 'Abrir el registro', en: 'Open the entry' },
  'log.keys.copy': { es: 'Copiar filas para una hoja de cálculo', en: 'Copy rows for a spreadsheet' },
  'log.keys.clear': { es: 'Quitar todos los filtros', en: 'Remove all filters' },
});
