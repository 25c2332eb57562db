import { notifications } from '@mantine/notifications';
import type { ReactNode } from 'react';
import { createI18n, type I18n, useI18n } from '#renderer/i18n/use-i18n.tsx';

/** What is said, in the language that the window has at that moment. */
type Text = (i18n: I18n) => string;

const Said = ({ text }: { text: Text }): ReactNode => text(useI18n());

const usuallyShownFor = 4000;

/** Says something at the edge of the window, for so many milliseconds. It follows the language. */
export const showNotice = (text: Text, shownFor = usuallyShownFor): void => {
  notifications.show({ message: <Said text={text} />, autoClose: shownFor });
};

/** Shows the sentence of an error that belongs to no place on the screen; it stays until it is closed. */
export const showFault = (error: unknown): void => {
  const text: Text = ({ sentence }) => sentence(error);
  // The same one is there once, whatever the language was.
  notifications.show({ id: text(createI18n('en')), color: 'red', message: <Said text={text} />, autoClose: false });
};
