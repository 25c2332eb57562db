import type { ReactNode } from 'react';

/** The name as the mock writes it, with its accent in the accent colour. */
export const Brand = ({ className }: { className?: string | undefined }): ReactNode => (
  <div className={className} translate="no">
    Bit<i>á</i>cora
  </div>
);
