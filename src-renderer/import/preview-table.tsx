import { NativeSelect } from '@mantine/core';
import { type ReactNode, useMemo } from 'react';
import { useI18n } from '#renderer/i18n/use-i18n.tsx';
import classes from '#renderer/import/import.module.css';
import { type ImportPreview, type ImportTarget, importTargets } from '#shared/contract/import.ts';

/** The first rows as the file has them; above each column, what it becomes. */
export const PreviewTable = ({
  preview,
  stale,
  onTarget,
}: {
  preview: ImportPreview;
  /** The rows are those of the options before; new ones are on their way. */
  stale: boolean;
  onTarget: (column: string, target: ImportTarget) => void;
}): ReactNode => {
  const { t } = useI18n();
  const targets = useMemo(
    () => importTargets.map((target) => ({ value: target, label: t(`import.target.${target}`) })),
    [t],
  );
  return (
    <section className={classes.scroll} aria-label={t('import.preview.rows')} aria-busy={stale}>
      <table className={stale ? `${classes.table} ${classes.stale}` : classes.table}>
        <thead>
          <tr>
            {preview.columns.map((column) => (
              <th key={column.name} scope="col">
                <div title={column.name}>{column.name}</div>
                <NativeSelect
                  aria-label={t('import.preview.becomes', { name: column.name })}
                  data={targets}
                  value={column.target}
                  onChange={(event) => {
                    const target = importTargets.find((name) => name === event.currentTarget.value);
                    if (target !== undefined) onTarget(column.name, target);
                  }}
                />
                <small className={column.guessed ? classes.guessed : undefined}>
                  {column.guessed ? t('import.preview.guessed') : t('import.preview.chosen')}
                </small>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {preview.rows.map((row, index) => (
            // Rows of a file have no name but their place in it.
            // biome-ignore lint/suspicious/noArrayIndexKey: see above
            <tr key={index}>
              {preview.columns.map((column, place) => {
                const cell = row[place] ?? null;
                return (
                  <td key={column.name} title={cell ?? undefined} className={cell === null ? classes.mute : undefined}>
                    {cell ?? '—'}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
};
