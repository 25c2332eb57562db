import '@mantine/core/styles.css';
import '#renderer/ui/fonts.css';
import '#renderer/ui/theme.css';
import '#renderer/ui/controls.css';
import { MantineProvider } from '@mantine/core';
import { type ComponentProps, createRef, type ReactNode } from 'react';
import { createRoot } from 'react-dom/client';
import { defaultLayout } from '#renderer/grid/column-layout.ts';
import { EntryGrid, type GridHandle } from '#renderer/grid/entry-grid.tsx';
import { I18nProvider } from '#renderer/i18n/use-i18n.tsx';
import { createHighlight } from '#renderer/log/highlight.ts';
import { resolveCssVariables, theme } from '#renderer/ui/theme.ts';
import type { EntryRow } from '#shared/contract/entry.ts';
import type { Page } from '#shared/contract/view.ts';

/** The product's grid over rows in memory, as large and with as many rows as the one it is compared with. */
interface Shown {
  readonly rows: readonly EntryRow[];
  readonly total: number;
  readonly width: number;
  readonly height: number;
}

/** The rows over and over again; each place has a row of its own, as in a ledger. */
const pageAt = ({ rows, total }: Shown, position: number, limit: number): Page => ({
  rows: Array.from({ length: Math.max(0, Math.min(limit, total - position)) }, (_, place) => {
    const row = rows[(position + place) % rows.length];
    if (!row) throw new Error('there are no rows');
    return { ...row, id: total - position - place };
  }),
  position,
  newestId: total,
  now: new Date().toISOString(),
  total: { atLeast: total, exact: true },
  next: position + limit < total ? 'next' : null,
});

const nothing = (): void => undefined;

const show = (shown: Shown): ReactNode => {
  const looks: ComponentProps<typeof EntryGrid>['looks'] = {
    zone: 'America/Mexico_City',
    highlight: createHighlight({ clauses: [] }, true),
    sort: { column: 'id', descending: true },
    onSort: nothing,
    marks: new Set(),
  };
  return (
    <MantineProvider theme={theme} cssVariablesResolver={resolveCssVariables} defaultColorScheme="auto">
      <I18nProvider language="es">
        <div style={{ display: 'flex', width: shown.width, height: shown.height }}>
          <EntryGrid
            handle={createRef<GridHandle>()}
            view={{
              key: 'memory',
              question: 'memory',
              first: pageAt(shown, 0, 200),
              fetchPage: (position, limit) => Promise.resolve(pageAt(shown, position, limit)),
            }}
            rowCount={shown.total}
            looks={looks}
            layout={defaultLayout}
            onLayout={nothing}
            onTop={nothing}
            onOpen={nothing}
            onMove={nothing}
            onExclude={nothing}
            onMenu={nothing}
            onCopy={nothing}
            onError={(error) => {
              throw error;
            }}
          />
        </div>
      </I18nProvider>
    </MantineProvider>
  );
};

const root = document.getElementById('root');
if (root === null) throw new Error('index.html has no #root');
createRoot(root).render(show((await (await fetch('rows.json')).json()) as Shown));
