import type { ReactNode } from 'react';
import type { Account } from '#shared/contract/access.ts';

export const showPalette = (): void => undefined;
export const Palette = ({ account }: { account: Account }): ReactNode => <div hidden>{account.login}</div>;
