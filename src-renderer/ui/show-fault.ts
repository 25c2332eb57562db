import { notifications } from '@mantine/notifications';

/** Shows the sentence of an error that belongs to no place on the screen; it stays until it is closed. */
export const showFault = (sentence: string): void => {
  notifications.show({ id: sentence, color: 'red', message: sentence, autoClose: false });
};
