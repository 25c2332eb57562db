import type { ReactNode } from 'react';
import { useI18n } from '#renderer/i18n/use-i18n.tsx';
import classes from '#renderer/import/import.module.css';
import type { ImportResult } from '#shared/contract/import.ts';

const counted = ['read', 'stored', 'duplicates', 'rejected'] as const;

/** What became of the lines so far; `more` are further pairs of name and value. */
export const Figures = ({
  counts,
  more = [],
}: {
  counts: Pick<ImportResult, (typeof counted)[number]>;
  more?: readonly (readonly [string, string])[];
}): ReactNode => {
  const { t, number } = useI18n();
  const pairs = [...counted.map((name) => [t(`import.figure.${name}`), number(counts[name])] as const), ...more];
  return (
    <dl className={classes.figures}>
      {pairs.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
};
