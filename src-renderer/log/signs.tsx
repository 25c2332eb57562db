import type { ReactNode } from 'react';
import {
  arrowShape,
  enterShape,
  flagShape,
  foldedShape,
  nullShape,
  type SignShape,
  unfoldedShape,
} from '#renderer/log/sign-shapes.ts';
import classes from './signs.module.css';

const Sign = ({ shape: { path, text }, label }: { shape: SignShape; label?: string | undefined }): ReactNode => (
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

export const NullSign = ({ label }: { label: string }): ReactNode => <Sign shape={nullShape} label={label} />;
export const ArrowSign = (): ReactNode => <Sign shape={arrowShape} />;
export const FoldSign = ({ open }: { open: boolean }): ReactNode => <Sign shape={open ? unfoldedShape : foldedShape} />;
export const FlagSign = ({ label }: { label?: string }): ReactNode => <Sign shape={flagShape} label={label} />;
export const EnterSign = (): ReactNode => <Sign shape={enterShape} />;
