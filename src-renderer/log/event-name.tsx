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

/** The class that gives an event the colour of its kind. */
export const eventClass = (event: string): string => `${classes.event} ${kinds[event] ?? ''}`;

/** An event in the colour of its kind. */
export const EventName = ({ event }: { event: string | null }): ReactNode =>
  event === null ? null : <span className={eventClass(event)}>{visibleText(event)}</span>;
