import type { ReactNode } from 'react';
import { Brand } from '#renderer/ui/brand.tsx';
import { LanguageSwitch } from '#renderer/ui/language-switch.tsx';
import classes from '#renderer/ui/sheet.module.css';

/** One calm page in the middle of the window: first run, sign-in, what can't be opened. */
export const Sheet = ({
  title,
  wide = false,
  children,
}: {
  title: string;
  wide?: boolean;
  children: ReactNode;
}): ReactNode => (
  <main className={classes.page}>
    <div className={wide ? `${classes.sheet} ${classes.wide}` : classes.sheet}>
      <Brand className={classes.brand} />
      <h1>{title}</h1>
      {children}
      <LanguageSwitch />
    </div>
  </main>
);
