import type { ReactNode } from 'react';

export const FirstRun = (): ReactNode => <div />;
