import { type ReactNode, useEffect, useRef, useState } from 'react';
import { navigate } from '#renderer/app/route.ts';
import { useI18n } from '#renderer/i18n/use-i18n.tsx';
import classes from '#renderer/import/import.module.css';
import { useImportJob } from '#renderer/import/import-job.tsx';

const carriesFiles = (event: DragEvent): boolean => event.dataTransfer?.types.includes('Files') ?? false;

/**
 * Takes a file that is dropped anywhere on the window and shows the import. Without it a page would leave for the file
 * that falls on it; who may not import only gets that protection.
 */
export const ImportDrop = ({ allowed }: { allowed: boolean }): ReactNode => {
  const { t } = useI18n();
  const { takeFile } = useImportJob();
  const [over, setOver] = useState(false);
  // Elements inside the window send enter and leave of their own: only their balance says where the file is.
  const depth = useRef(0);

  useEffect(() => {
    const listen = new AbortController();
    const on = (type: 'dragenter' | 'dragover' | 'dragleave' | 'drop', act: (event: DragEvent) => void): void =>
      window.addEventListener(
        type,
        (event) => {
          if (!carriesFiles(event)) return;
          event.preventDefault();
          act(event);
        },
        { signal: listen.signal },
      );
    const move = (step: number): void => {
      depth.current = Math.max(0, depth.current + step);
      setOver(depth.current > 0);
    };
    on('dragenter', () => move(1));
    on('dragleave', () => move(-1));
    on('dragover', () => undefined);
    on('drop', (event) => {
      move(-depth.current);
      const file = event.dataTransfer?.files.item(0);
      if (!allowed || !file) return;
      navigate('import');
      takeFile(file);
    });
    return () => listen.abort();
  }, [allowed, takeFile]);

  return over && allowed ? (
    <div className={classes.drop}>
      <span>{t('import.drop')}</span>
    </div>
  ) : null;
};
