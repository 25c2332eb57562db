import type { ReactNode } from 'react';
import { useI18n } from '#renderer/i18n/use-i18n.tsx';
import classes from '#renderer/ui/fault.module.css';

/** The sentence of an error, where it happened; nothing for null. It follows the language. */
export const Fault = ({ error }: { error: unknown }): ReactNode => {
  const { sentence } = useI18n();
  return error === null ? null : (
    <p role="alert" className={classes.fault}>
      {sentence(error)}
    </p>
  );
};
