import type { ReactNode } from 'react';

export const ImportJobProvider = ({ children }: { children: ReactNode }): ReactNode => children;
