import { type ReactNode, useEffect, useState } from 'react';
import { DemoChoice } from '#renderer/first-run/demo-choice.tsx';
import { useI18n } from '#renderer/i18n/use-i18n.tsx';
import { Sheet } from '#renderer/ui/sheet.tsx';

/** Whoever signs out of the demo is not signed in to it again by itself. */
let wasHere = false;

/** Bitácora was started in the demo, or somebody signed out of it: there is no password to ask for. */
export const DemoEntrance = (): ReactNode => {
  const { t } = useI18n();
  const [first] = useState(!wasHere);
  useEffect(() => {
    wasHere = true;
  }, []);
  return (
    <Sheet title={t('first-run.title')}>
      <DemoChoice atOnce={first} />
    </Sheet>
  );
};
