import { type ReactNode, useId } from 'react';
import classes from '#renderer/settings/settings.module.css';

/** One topic of the settings: its name at the left, what can be set at the right. */
export const SettingsGroup = ({ title, children }: { title: string; children: ReactNode }): ReactNode => {
  const id = useId();
  return (
    <section className={classes.group} aria-labelledby={id}>
      <h2 id={id}>{title}</h2>
      <div className={classes.body}>{children}</div>
    </section>
  );
};
