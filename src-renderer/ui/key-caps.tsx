import { Fragment, type ReactNode } from 'react';
import { useI18n } from '#renderer/i18n/use-i18n.tsx';
import classes from '#renderer/ui/kbd.module.css';
import { isMac, keyCaps, wordKeys } from '#renderer/ui/keys.ts';

/** A combination as it stands on the keyboard. */
export const KeyCaps = ({ keys }: { keys: string }): ReactNode => {
  const { t } = useI18n();
  return keyCaps(keys, isMac()).map((cap, index) => {
    const word = wordKeys.find((name) => name === cap);
    return (
      <Fragment key={cap}>
        {index > 0 && ' '}
        <kbd className={classes.kbd}>{word === undefined ? cap : t(`ui.key.${word}`)}</kbd>
      </Fragment>
    );
  });
};
