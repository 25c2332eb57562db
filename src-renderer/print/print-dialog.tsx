import { Button, Modal, NativeSelect, Progress } from '@mantine/core';
import { type FormEvent, type ReactNode, useEffect, useState } from 'react';
import { useEngine } from '#renderer/engine/engine-context.tsx';
import classes from '#renderer/export/dialog.module.css';
import type { ExportWanted } from '#renderer/export/export-dialog.tsx';
import { documentColumns, offeredName } from '#renderer/export/export-request.ts';
import { useI18n } from '#renderer/i18n/use-i18n.tsx';
import { PdfPages } from '#renderer/print/pdf-pages.tsx';
import { usePreference } from '#renderer/settings/preferences.tsx';
import { showFault, showNotice } from '#renderer/ui/notice.tsx';
import { isCancelled } from '#shared/contract/errors.ts';
import { type ExportJob, type ExportOptions, orientations, pageLayouts, paperSizes } from '#shared/contract/export.ts';

type PrintChoice = ExportOptions['pdf'];
type Rows = 'all' | 'chosen' | 'marked';

const defaultChoice: PrintChoice = { paper: 'a4', orientation: 'landscape', layout: 'table' };
const isPrintChoice = (value: unknown): value is PrintChoice => {
  if (typeof value !== 'object' || value === null) return false;
  const { paper, orientation, layout } = value as { paper?: unknown; orientation?: unknown; layout?: unknown };
  const isOf = (list: readonly unknown[], word: unknown): boolean => list.includes(word);
  return isOf(paperSizes, paper) && isOf(orientations, orientation) && isOf(pageLayouts, layout);
};

/** Where printing stands. */
type Step =
  | { readonly kind: 'choose' }
  | { readonly kind: 'making'; readonly job: ExportJob | null; readonly abort: AbortController }
  | {
      readonly kind: 'shown';
      readonly job: ExportJob;
      readonly volume: number;
      readonly bytes: Uint8Array;
      readonly printers: readonly string[];
    };

const Choice = <T extends string>({
  label,
  options,
  value,
  onChange,
}: {
  label: string;
  options: readonly { readonly value: T; readonly label: string }[];
  value: T;
  onChange: (value: T) => void;
}): ReactNode => (
  <NativeSelect
    label={label}
    data={[...options]}
    value={value}
    onChange={(event) => onChange(event.currentTarget.value as T)}
  />
);

/** Makes the view a document, shows its pages, and hands it to a printer. */
export const PrintDialog = ({
  wanted,
  opened,
  zone,
  onClose,
}: {
  wanted: ExportWanted;
  opened: boolean;
  zone: string;
  onClose: () => void;
}): ReactNode => {
  const { t, number, language } = useI18n();
  const engine = useEngine();
  const [choice, keepChoice] = usePreference('print.choice', defaultChoice, isPrintChoice);
  const [rows, setRows] = useState<Rows>('all');
  const [step, setStep] = useState<Step>({ kind: 'choose' });
  const [printer, setPrinter] = useState('');
  const { chosen, marked, count } = wanted;

  useEffect(() => {
    if (!opened) setStep({ kind: 'choose' });
  }, [opened]);

  const make = async (): Promise<void> => {
    const abort = new AbortController();
    const { signal } = abort;
    setStep({ kind: 'making', job: null, abort });
    try {
      const target = await engine.printTarget(offeredName('pdf', new Date()), signal);
      const request = {
        view: wanted.view,
        ids: rows === 'all' ? null : [...(rows === 'chosen' ? chosen : marked)],
        format: 'pdf' as const,
        columns: choice.layout === 'sheets' ? null : documentColumns(wanted.shown),
        zone,
        language,
        options: { pdf: choice },
      };
      const { job } = await engine.call('export.start', { grant: target.grant, request, forPrint: true }, { signal });
      signal.addEventListener('abort', () => void engine.call('export.cancel', { job }).catch(showFault));
      const done = await new Promise<ExportJob>((resolve, reject) => {
        const onEvent = ({ jobs }: { readonly jobs: readonly ExportJob[] }): void => {
          const own = jobs.find((one) => one.job === job);
          if (own === undefined) return;
          if (own.state === 'running') setStep({ kind: 'making', job: own, abort });
          else resolve(own);
        };
        engine.call('export.watch', {}, { signal, onEvent }).catch(reject);
      });
      if (done.state !== 'done') {
        if (done.error !== null) showFault(done.error);
        setStep({ kind: 'choose' });
        return;
      }
      const [bytes, printers] = [await engine.readExported(job, 0, signal), await engine.printers()];
      setStep({ kind: 'shown', job: done, volume: 0, bytes, printers });
    } catch (error) {
      if (!isCancelled(error)) showFault(error);
      setStep({ kind: 'choose' });
    }
  };
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    void make();
  };
  const close = (): void => {
    if (step.kind === 'making') step.abort.abort();
    onClose();
  };
  const showVolume = async (shown: Extract<Step, { kind: 'shown' }>, volume: number): Promise<void> => {
    try {
      const bytes = await engine.readExported(shown.job.job, volume, new AbortController().signal);
      setStep({ ...shown, volume, bytes });
    } catch (error) {
      showFault(error);
    }
  };
  const print = async ({ job, volume }: Extract<Step, { kind: 'shown' }>): Promise<void> => {
    try {
      await engine.printExported(job.job, printer === '' ? { volume } : { printer });
      if (printer !== '') showNotice(({ t: say }) => say('print.sent', { printer }));
      onClose();
    } catch (error) {
      showFault(error);
    }
  };
  const all = count === null ? t('print.rows.all-uncounted') : t('print.rows.all', { count: number(count) });
  const progress = step.kind === 'making' ? step.job?.progress : undefined;
  return (
    <Modal
      opened={opened}
      onClose={close}
      title={t('print.title')}
      size={step.kind === 'shown' ? 900 : 480}
      closeButtonProps={{ 'aria-label': t('ui.close') }}
    >
      {step.kind === 'choose' && (
        <form className={classes.form} onSubmit={submit}>
          <Choice<Rows>
            label={t('print.rows')}
            options={[
              { value: 'all', label: all },
              // One chosen row is only the one that the cursor stands on.
              ...(chosen.length > 0
                ? [{ value: 'chosen' as const, label: t('print.rows.chosen', { count: number(chosen.length) }) }]
                : []),
              ...(marked.length > 0
                ? [{ value: 'marked' as const, label: t('print.rows.marked', { count: number(marked.length) }) }]
                : []),
            ]}
            value={rows}
            onChange={setRows}
          />
          <Choice
            label={t('print.layout')}
            options={pageLayouts.map((value) => ({ value, label: t(`print.layout.${value}`) }))}
            value={choice.layout}
            onChange={(layout) => keepChoice({ ...choice, layout })}
          />
          <Choice
            label={t('print.paper')}
            options={paperSizes.map((value) => ({ value, label: t(`print.paper.${value}`) }))}
            value={choice.paper}
            onChange={(paper) => keepChoice({ ...choice, paper })}
          />
          <Choice
            label={t('print.orientation')}
            options={orientations.map((value) => ({ value, label: t(`print.orientation.${value}`) }))}
            value={choice.orientation}
            onChange={(orientation) => keepChoice({ ...choice, orientation })}
          />
          <div className={classes.buttons}>
            <Button variant="default" onClick={close}>
              {t('print.close')}
            </Button>
            <Button type="submit" data-autofocus>
              {t('print.preview')}
            </Button>
          </div>
        </form>
      )}
      {step.kind === 'making' && (
        <div className={classes.form}>
          <p className={classes.mute}>
            {progress?.totalRows
              ? t('print.making', { rows: number(progress.rows), total: number(progress.totalRows) })
              : t('print.counting')}
          </p>
          <Progress
            value={progress?.totalRows ? (100 * progress.rows) / progress.totalRows : 0}
            aria-label={t('print.preview')}
          />
          <div className={classes.buttons}>
            <Button variant="default" onClick={close}>
              {t('print.close')}
            </Button>
          </div>
        </div>
      )}
      {step.kind === 'shown' && (
        <div className={classes.form}>
          {(step.job.result?.files.length ?? 1) > 1 && (
            <>
              <NativeSelect
                label={t('print.volume')}
                data={(step.job.result?.files ?? []).map(({ name }, place) => ({ value: String(place), label: name }))}
                value={String(step.volume)}
                onChange={(event) => void showVolume(step, Number(event.currentTarget.value))}
              />
              <p className={classes.mute}>
                {printer === ''
                  ? t('print.volumes.one', { count: step.job.result?.files.length ?? 1 })
                  : t('print.volumes.all', { count: step.job.result?.files.length ?? 1 })}
              </p>
            </>
          )}
          {printer === '' && (
            <p className={classes.mute}>{t(engine.kind === 'electron' ? 'print.by.system' : 'print.by.browser')}</p>
          )}
          <div className={classes.buttons}>
            {step.printers.length > 0 && (
              <NativeSelect
                label={t('print.printer')}
                data={[
                  { value: '', label: t('print.system') },
                  ...step.printers.map((name) => ({ value: name, label: name })),
                ]}
                value={printer}
                onChange={(event) => setPrinter(event.currentTarget.value)}
              />
            )}
            <Button variant="default" onClick={() => setStep({ kind: 'choose' })}>
              {t('print.change')}
            </Button>
            <Button onClick={() => void print(step)} data-autofocus>
              {t('print.print')}
            </Button>
          </div>
          <PdfPages key={step.volume} bytes={step.bytes} onFault={showFault} />
        </div>
      )}
    </Modal>
  );
};
