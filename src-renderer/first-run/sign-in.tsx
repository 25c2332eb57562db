import type { ReactNode } from 'react';
import type { Account } from '#shared/contract/access.ts';

export const SignIn = ({ again }: { again?: Account }): ReactNode => <div>{again?.name}</div>;
