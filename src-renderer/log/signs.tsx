import type { ReactNode } from 'react';
import classes from './signs.module.css';

/*
 * Signs that the bundled fonts lack, as drawings. Where the text around them can be selected and copied, the character
 * itself is there too, out of sight.
 */
const Sign = ({ path, text, label }: { path: string; text?: string; label?: string | undefined }): ReactNode => (
  <>
    {label === undefined ? (
      <svg className={classes.sign} viewBox="0 0 16 16" aria-hidden="true">
        <path d={path} />
      </svg>
    ) : (
      <svg className={classes.sign} viewBox="0 0 16 16" role="img">
        <title>{label}</title>
        <path d={path} />
      </svg>
    )}
    {text !== undefined && <span className={classes.text}>{text}</span>}
  </>
);

/** ∅ stands for «no value», which is not the same as an empty one. */
export const NullSign = ({ label }: { label: string }): ReactNode => (
  <Sign path="M8 3a5 5 0 1 0 0 10A5 5 0 0 0 8 3M3.5 14l9-12" text="∅" label={label} />
);
export const ArrowSign = (): ReactNode => <Sign path="M2.5 8h11M10 4.5 13.5 8 10 11.5" text=" → " />;
export const FoldSign = ({ open }: { open: boolean }): ReactNode => (
  <Sign path={open ? 'M4 6l4 4 4-4' : 'M6 4l4 4-4 4'} />
);
export const FlagSign = ({ label }: { label?: string }): ReactNode => (
  <Sign path="M4 14V2.5h8L10 5.5l2 3H4" label={label} />
);
export const EnterSign = (): ReactNode => <Sign path="M13 3v5.5H3.5M6.5 5.5l-3 3 3 3" />;
