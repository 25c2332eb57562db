import type { ReactNode } from 'react';
import { visibleText } from '#renderer/log/visible-text.ts';
import classes from './event-name.module.css';

const kinds: Readonly<Record<string, string | undefined>> = {
  CREATE: classes.create,
  UPDATE: classes.update,
  DELETE: classes.delete,
  STATUS_CHANGE: classes.status,
  REQUEST: classes.request,
};

/** An event in the colour of its kind. */
export const EventName = ({ event }: { event: string | null }): ReactNode =>
  event === null ? null : <span className={`${classes.event} ${kinds[event] ?? ''}`}>{visibleText(event)}</span>;
