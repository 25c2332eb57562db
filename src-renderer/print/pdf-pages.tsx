import { Button } from '@mantine/core';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import { getDocumentProxy } from 'unpdf';
import { useI18n } from '#renderer/i18n/use-i18n.tsx';
import classes from './print.module.css';

type Document = Awaited<ReturnType<typeof getDocumentProxy>>;

/** A document page by page, drawn here: what is seen is what the printer gets, in every host. */
export const PdfPages = ({ bytes, onFault }: { bytes: Uint8Array; onFault: (error: unknown) => void }): ReactNode => {
  const { t } = useI18n();
  const canvas = useRef<HTMLCanvasElement>(null);
  const [document, setDocument] = useState<Document | null>(null);
  const [page, setPage] = useState(1);

  useEffect(() => {
    let wanted = true;
    // Glyphs are drawn as paths: the page's policy allows no font that is made while it runs.
    const opening = getDocumentProxy(bytes.slice(), { disableFontFace: true, useSystemFonts: false });
    opening.then((opened) => wanted && setDocument(opened), onFault);
    return () => {
      wanted = false;
      opening.then((opened) => opened.loadingTask.destroy()).catch(() => undefined);
    };
  }, [bytes, onFault]);

  useEffect(() => {
    const target = canvas.current;
    if (document === null || target === null) return;
    let task: { cancel(): void } | null = null;
    let wanted = true;
    const draw = async (): Promise<void> => {
      const shown = await document.getPage(page);
      if (!wanted) return;
      const plain = shown.getViewport({ scale: 1 });
      const viewport = shown.getViewport({ scale: (2 * target.clientWidth) / plain.width });
      target.width = Math.floor(viewport.width);
      target.height = Math.floor(viewport.height);
      const drawing = shown.render({ canvas: target, viewport });
      task = drawing;
      await drawing.promise;
      target.dataset.drawn = String(page);
    };
    draw().catch((error: unknown) => wanted && onFault(error));
    return () => {
      wanted = false;
      task?.cancel();
    };
  }, [document, page, onFault]);

  const pages = document?.numPages ?? 1;
  return (
    <div className={classes.pages}>
      <div className={classes.paging}>
        <Button variant="default" size="xs" disabled={page <= 1} onClick={() => setPage(page - 1)}>
          {t('print.previous')}
        </Button>
        <output>{t('print.page', { page, pages })}</output>
        <Button variant="default" size="xs" disabled={page >= pages} onClick={() => setPage(page + 1)}>
          {t('print.next')}
        </Button>
      </div>
      <canvas ref={canvas} className={classes.page} role="img" aria-label={t('print.page', { page, pages })} />
    </div>
  );
};
