import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Entry } from '#shared/contract/entry.ts';
import type { ExportResult } from '#shared/contract/export.ts';
import type { InputOf } from '#shared/contract/procedures.ts';
import type { CallOptions } from '#shared/rpc/client.ts';
import { type Caller, connect, openEngine, setUp, temporaryFolder, wholeLog } from '../engine/engine-kit.ts';

/** Values that break exports: formulas, limits, controls, directions, line ends, quotes, scripts. */
export const hardValues: readonly string[] = [
  ...["=cmd|' /C calc'!A0", '@SUM(1+1)*cmd', '+1', '-1', '=1+1', '\t=1', '\r=1', '\n=1', '＝1+1', "'=1"],
  ...['x'.repeat(32_766), 'x'.repeat(32_767), 'x'.repeat(32_768), `${'á'.repeat(32_766)}😀`],
  ...['a\u0000b', '\u0001\u001f\u007f', '\u0085\u2028\u2029', '\u202eoculto\u202c', '\u200b\ufeff', '\ufffe\uffff'],
  ...['una\nlínea', 'una\r\notra', 'una\rmás', '\n', 'dijo "no"', '"', '""', "'", ',', ';', 'a,b;c\td'],
  ...['', ' ', ' con espacios ', '\u00a0', '_x000D_', '_x0041_', '_x005F_x0041_', '&lt;b&gt;', '<b>&amp;</b>', ']]>'],
  ...[
    'Ñandú áéíóú',
    'Ελληνικά',
    'Кириллица',
    'العربية',
    'עברית',
    'हिन्दी',
    '日本語',
    '한국어',
    'ไทย',
    '😀👩‍👩‍👧‍👦',
    'e\u0301',
  ],
  ...['1e5', '0012', '12345678901234567890', '1/2', '2026-03-01', 'TRUE', '#N/A', 'https://example.com/?a=1&b=2'],
];

const line = (value: string, place: number): string =>
  JSON.stringify({
    id: place + 1,
    fecha: new Date(Date.UTC(2026, 2, 1, 0, 0, place)).toISOString(),
    usuario: `persona${place % 3}`,
    evento: place % 2 === 0 ? 'UPDATE' : 'CREATE',
    tabla_log: (place % 6) + 1,
    afectacion: 'PTE',
    registro_id: `PTE-${place}`,
    campo: 'nota',
    valor_anterior: value,
    valor_actual: value,
    detalle: `caso ${place}`,
  });

export interface ExportDesk {
  readonly folder: string;
  readonly data: string;
  readonly host: Caller;
  readonly window: Caller;
  /** Every entry that was imported, whole, by id. */
  readonly entries: ReadonlyMap<number, Entry>;
  run(name: string, request?: Partial<InputOf<'export.run'>['request']>, options?: CallOptions): Promise<ExportResult>;
}

/** An engine with a ledger of hard values, somebody who may export from it, and a folder to export to. */
export const openExportDesk = async (values: readonly string[] = hardValues): Promise<ExportDesk> => {
  const folder = temporaryFolder();
  const data = path.join(folder, 'data');
  const engine = await openEngine(data);
  const { admin: window } = await setUp(engine);
  const host = connect(engine, 'host');
  const trail = path.join(folder, 'trail.ndjson');
  await writeFile(trail, values.map((value, place) => `${line(value, place)}\n`).join(''));
  const { grant } = await host.call('file.grant', { path: trail });
  const { stored } = await window.call('import.run', { grant, options: {} });
  const entries = new Map<number, Entry>();
  for (let id = 1; id <= stored; id++) entries.set(id, await window.call('log.entry', { id }));
  return {
    folder,
    data,
    host,
    window,
    entries,
    run: async (name, request = {}, options = {}) => {
      const given = await host.call('export.grant', { path: path.join(folder, name) });
      return window.call(
        'export.run',
        {
          grant: given.grant,
          request: {
            view: wholeLog([
              { kind: 'value', key: 'event', exclude: true, values: [{ text: 'EXPORT', prefix: false }] },
            ]),
            format: 'csv',
            zone: 'America/Mexico_City',
            language: 'es',
            ...request,
          },
        },
        options,
      );
    },
  };
};
