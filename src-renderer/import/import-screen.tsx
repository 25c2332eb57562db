import type { ReactNode } from 'react';

export const ImportScreen = (): ReactNode => <div />;
