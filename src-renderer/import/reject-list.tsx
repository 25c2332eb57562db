import type { ReactNode } from 'react';
import { useI18n } from '#renderer/i18n/use-i18n.tsx';
import classes from '#renderer/import/import.module.css';
import type { Reject } from '#shared/contract/import.ts';
import { rejectSentence } from '#shared/contract/reject-reasons.ts';

/** Rejected lines with the reason of each. */
export const RejectList = ({ rejects }: { rejects: readonly Reject[] }): ReactNode => {
  const { t, number, language } = useI18n();
  return (
    <table className={classes.rejects}>
      <thead>
        <tr>
          <th scope="col">{t('import.reject.line')}</th>
          <th scope="col">{t('import.reject.reason')}</th>
          <th scope="col">{t('import.reject.excerpt')}</th>
        </tr>
      </thead>
      <tbody>
        {rejects.map((reject) => (
          <tr key={reject.line}>
            <td>{number(reject.line)}</td>
            <td>{rejectSentence(reject.reason, reject.details, language)}</td>
            <td>
              <code title={reject.excerpt}>{reject.excerpt}</code>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
};
