import { type ReactNode, useState } from 'react';
import { DemoChoice } from '#renderer/first-run/demo-choice.tsx';
import classes from '#renderer/first-run/first-run.module.css';
import { NewLedger } from '#renderer/first-run/new-ledger.tsx';
import { useI18n } from '#renderer/i18n/use-i18n.tsx';
import { Sheet } from '#renderer/ui/sheet.tsx';

/** The first page that a person sees: a ledger of their own, or a look around. */
export const FirstRun = (): ReactNode => {
  const { t } = useI18n();
  const [opening, setOpening] = useState(false);
  return (
    <Sheet title={t('first-run.title')} wide>
      <div className={classes.choices}>
        <NewLedger disabled={opening} />
        <DemoChoice onBusy={setOpening} />
      </div>
    </Sheet>
  );
};
