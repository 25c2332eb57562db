import { Button, SegmentedControl, Switch, TextInput } from '@mantine/core';
import { type FormEvent, type ReactNode, useEffect, useState } from 'react';
import { type SnippetKind, snippetKinds, snippetNames, snippetOf } from '#renderer/capture/snippets.ts';
import { CopyButton } from '#renderer/detail/copy-button.tsx';
import { useEngine } from '#renderer/engine/engine-context.tsx';
import { useI18n } from '#renderer/i18n/use-i18n.tsx';
import settings from '#renderer/settings/settings.module.css';
import { SettingsGroup } from '#renderer/settings/settings-group.tsx';
import { Fault } from '#renderer/ui/fault.tsx';
import { type CaptureChoices, type CaptureState, usualCapturePort } from '#shared/contract/capture-state.ts';
import { BitacoraError, type ErrorCode } from '#shared/contract/errors.ts';
import classes from './capture.module.css';

type Choose = (change: Partial<CaptureChoices>) => Promise<void>;

const PortForm = ({ port, offerFree, choose }: { port: number; offerFree: boolean; choose: Choose }): ReactNode => {
  const { t } = useI18n();
  const [text, setText] = useState(String(port));
  useEffect(() => setText(String(port)), [port]);
  const asked = /^\d{1,5}$/.test(text.trim()) ? Number(text) : 0;
  const wrong = asked < 1 || asked > 65_535;
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (!wrong) void choose({ port: asked });
  };
  return (
    <form className={classes.port} onSubmit={submit} noValidate>
      <TextInput
        label={t('capture.port')}
        inputMode="numeric"
        value={text}
        error={wrong ? t('capture.port.wrong') : null}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      {asked !== port && !wrong && (
        <Button type="submit" variant="default">
          {t('capture.port.change')}
        </Button>
      )}
      {offerFree && <Button onClick={() => void choose({ port: 0 })}>{t('capture.port.free')}</Button>}
    </form>
  );
};

const Snippet = ({ url }: { url: string }): ReactNode => {
  const { t } = useI18n();
  const [kind, setKind] = useState<SnippetKind>('curl');
  const code = snippetOf(kind, url);
  return (
    <div className={classes.snippet}>
      <div className={classes.snippetHead}>
        <span className={settings.label}>{t('capture.send')}</span>
        <SegmentedControl<SnippetKind>
          size="xs"
          aria-label={t('capture.send')}
          data={snippetKinds.map((value) => ({ value, label: snippetNames[value] }))}
          value={kind}
          onChange={setKind}
        />
        <CopyButton text={code} label={t('capture.send.copy')} />
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by keyboard */}
      <section className={classes.code} tabIndex={0} aria-label={t('capture.send')}>
        <pre>{code}</pre>
      </section>
      <p className={settings.hint}>{t('capture.send.hint')}</p>
    </div>
  );
};

/** Whether entries are taken, where, and what a program has to send there. */
export const AddressGroup = ({ state }: { state: CaptureState }): ReactNode => {
  const { t } = useI18n();
  const engine = useEngine();
  const [fault, setFault] = useState<unknown>(null);
  const choose: Choose = async (change) => {
    try {
      await engine.call('capture.choose', change);
      setFault(null);
    } catch (error) {
      setFault(error);
    }
  };
  const { problem } = state;
  const own = state.host === 'own';
  const said = !state.on
    ? 'capture.state.off'
    : state.url !== null
      ? 'capture.state.on'
      : problem !== null
        ? 'capture.state.unreachable'
        : 'capture.state.opening';
  return (
    <SettingsGroup title={t('capture.title')}>
      <Switch
        label={t('capture.on')}
        description={t('capture.on.hint')}
        checked={state.on}
        onChange={(event) => void choose({ on: event.currentTarget.checked })}
      />
      <div className={classes.address}>
        <p
          role="status"
          className={classes.state}
          data-state={state.on ? (state.url === null ? 'bad' : 'good') : 'off'}
        >
          <span aria-hidden className={classes.dot} />
          {t(said)}
        </p>
        {state.url !== null && (
          <p className={classes.url}>
            <code>{state.url}</code>
            <CopyButton text={state.url} label={t('capture.address.copy')} />
          </p>
        )}
        {state.url !== null && (
          <p className={settings.hint}>{t(own ? 'capture.address.hint' : 'capture.address.served')}</p>
        )}
      </div>
      <Fault error={problem === null ? null : new BitacoraError(problem.code as ErrorCode, problem.details)} />
      {own && (state.on || state.port !== usualCapturePort) && (
        <PortForm port={state.port} offerFree={problem !== null} choose={choose} />
      )}
      <Fault error={fault} />
      {own && (
        <Switch
          label={t('capture.keep')}
          description={t('capture.keep.hint')}
          checked={state.keepRunning}
          onChange={(event) => void choose({ keepRunning: event.currentTarget.checked })}
        />
      )}
      {state.url !== null && state.on && <Snippet url={state.url} />}
    </SettingsGroup>
  );
};
