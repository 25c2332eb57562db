import type { ReactNode } from 'react';

export const ImportIndicator = (): ReactNode => null;
