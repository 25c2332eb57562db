import type { ReactNode } from 'react';
import classes from '#renderer/ui/kbd.module.css';
import { isMac, keyCaps } from '#renderer/ui/keys.ts';

/** A combination as it stands on the keyboard. */
export const KeyCaps = ({ keys }: { keys: string }): ReactNode =>
  keyCaps(keys, isMac()).map((cap, index) => (
    <span key={cap}>
      {index > 0 && ' '}
      <kbd className={classes.kbd}>{cap}</kbd>
    </span>
  ));
