import { Button, Modal, Radio, TextInput } from '@mantine/core';
import { type FormEvent, type ReactNode, useCallback, useEffect, useState } from 'react';
import { CopyButton } from '#renderer/detail/copy-button.tsx';
import { useEngine } from '#renderer/engine/engine-context.tsx';
import { useI18n } from '#renderer/i18n/use-i18n.tsx';
import { formatInstant } from '#renderer/i18n/zoned-time.ts';
import settings from '#renderer/settings/settings.module.css';
import { SettingsGroup } from '#renderer/settings/settings-group.tsx';
import { useReading } from '#renderer/settings/window-settings.tsx';
import { Fault } from '#renderer/ui/fault.tsx';
import { type Token, type TokenScope, tokenScopes } from '#shared/contract/access.ts';
import classes from './capture.module.css';

/** How often the last uses are asked for again while they are looked at, milliseconds. */
const askEveryMs = 10_000;

interface MadeToken {
  readonly name: string;
  readonly token: string;
}

const NewTokenForm = ({ onMade, onCancel }: { onMade: (made: MadeToken) => void; onCancel: () => void }): ReactNode => {
  const { t } = useI18n();
  const engine = useEngine();
  const [name, setName] = useState('');
  const [scope, setScope] = useState<TokenScope>('capture');
  const [tried, setTried] = useState(false);
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState<unknown>(null);

  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    setTried(true);
    if (name.trim() === '') return;
    setBusy(true);
    setFault(null);
    try {
      const { token, info } = await engine.call('token.create', { name, scope });
      onMade({ name: info.name, token });
    } catch (error) {
      setFault(error);
      setBusy(false);
    }
  };

  return (
    <form
      className={settings.form}
      onSubmit={(event) => void submit(event)}
      noValidate
      aria-label={t('capture.tokens.new')}
    >
      <TextInput
        label={t('capture.tokens.name')}
        description={t('capture.tokens.name.hint')}
        inputWrapperOrder={['label', 'input', 'description', 'error']}
        error={tried && name.trim() === '' ? t('capture.tokens.name.wrong') : null}
        maxLength={200}
        data-autofocus
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <Radio.Group
        label={t('capture.tokens.scope')}
        value={scope}
        onChange={(value) => setScope(tokenScopes.find((one) => one === value) ?? 'capture')}
      >
        {tokenScopes.map((one) => (
          <Radio
            key={one}
            value={one}
            mt={6}
            label={t(`capture.tokens.scope.${one}`)}
            description={t(`capture.tokens.scope.${one}.hint`)}
          />
        ))}
      </Radio.Group>
      <Fault error={fault} />
      <div className={settings.buttons}>
        <Button type="submit" loading={busy}>
          {t('capture.tokens.make')}
        </Button>
        <Button variant="default" onClick={onCancel}>
          {t('capture.tokens.cancel')}
        </Button>
      </div>
    </form>
  );
};

const ShownOnce = ({ made, onKept }: { made: MadeToken; onKept: () => void }): ReactNode => {
  const { t } = useI18n();
  return (
    <div className={classes.token} role="status">
      <p>{t('capture.tokens.made', { name: made.name })}</p>
      <p className={classes.url}>
        <code>{made.token}</code>
        <CopyButton text={made.token} label={t('capture.tokens.copy')} />
      </p>
      <Button variant="default" size="compact-sm" onClick={onKept}>
        {t('capture.tokens.kept')}
      </Button>
    </div>
  );
};

const RevokeDialog = ({
  token,
  onClose,
  onRevoked,
}: {
  token: Token | null;
  onClose: () => void;
  onRevoked: () => void;
}): ReactNode => {
  const { t } = useI18n();
  const engine = useEngine();
  const [fault, setFault] = useState<unknown>(null);
  const revoke = async (): Promise<void> => {
    if (token === null) return;
    try {
      await engine.call('token.revoke', { id: token.id });
      setFault(null);
      onRevoked();
    } catch (error) {
      setFault(error);
    }
  };
  return (
    <Modal
      opened={token !== null}
      onClose={onClose}
      title={t('capture.tokens.revoke.title', { name: token?.name ?? '' })}
      size={440}
      closeButtonProps={{ 'aria-label': t('ui.close') }}
    >
      <p className={classes.sure}>{t('capture.tokens.revoke.text')}</p>
      <Fault error={fault} />
      <div className={settings.buttons}>
        <Button color="var(--delete)" onClick={() => void revoke()}>
          {t('capture.tokens.revoke')}
        </Button>
        <Button variant="default" data-autofocus onClick={onClose}>
          {t('capture.tokens.cancel')}
        </Button>
      </div>
    </Modal>
  );
};

/** The tokens of programs: made, shown once, revoked. */
export const TokensGroup = (): ReactNode => {
  const { t } = useI18n();
  const { zone } = useReading();
  const engine = useEngine();
  const [tokens, setTokens] = useState<readonly Token[] | null>(null);
  const [fault, setFault] = useState<unknown>(null);
  const [adding, setAdding] = useState(false);
  const [made, setMade] = useState<MadeToken | null>(null);
  const [revoking, setRevoking] = useState<Token | null>(null);
  const [revokedShown, setRevokedShown] = useState(false);

  const load = useCallback(
    async (signal?: AbortSignal) => {
      try {
        setTokens((await engine.call('token.list', {}, { signal })).tokens);
        setFault(null);
      } catch (error) {
        if (!signal?.aborted) setFault(error);
      }
    },
    [engine],
  );
  useEffect(() => {
    const abort = new AbortController();
    void load(abort.signal);
    const timer = setInterval(() => void load(abort.signal), askEveryMs);
    return () => {
      clearInterval(timer);
      abort.abort();
    };
  }, [load]);

  const revoked = tokens?.filter(({ revokedAt }) => revokedAt !== null) ?? [];
  const shown = tokens?.filter(({ revokedAt }) => revokedAt === null || revokedShown) ?? [];
  const used = ({ lastUsedAt, revokedAt }: Token): string =>
    revokedAt !== null
      ? t('capture.tokens.revoked', { date: formatInstant(revokedAt, zone).slice(0, 10) })
      : lastUsedAt === null
        ? t('capture.tokens.never')
        : formatInstant(lastUsedAt, zone).slice(0, 16);
  return (
    <SettingsGroup title={t('capture.tokens')}>
      <p className={settings.hint}>{t('capture.tokens.hint')}</p>
      <Fault error={fault} />
      {tokens !== null && shown.length === 0 && <p>{t('capture.tokens.none')}</p>}
      {shown.length > 0 && (
        <table className={classes.table}>
          <thead>
            <tr>
              <th scope="col">{t('capture.tokens.name')}</th>
              <th scope="col">{t('capture.tokens.scope')}</th>
              <th scope="col">{t('capture.tokens.ending')}</th>
              <th scope="col">{t('capture.tokens.used')}</th>
              <th scope="col" aria-label={t('capture.tokens.actions')} />
            </tr>
          </thead>
          <tbody>
            {shown.map((token) => (
              <tr key={token.id} data-over={token.revokedAt !== null}>
                <td>{token.name}</td>
                <td>{t(`capture.tokens.scope.${token.scope}`)}</td>
                <td>
                  <code>{`…${token.hint}`}</code>
                </td>
                <td className={classes.date}>{used(token)}</td>
                <td className={classes.number}>
                  {token.revokedAt === null && (
                    <Button
                      variant="default"
                      size="compact-xs"
                      aria-label={t('capture.tokens.revoke.of', { name: token.name })}
                      onClick={() => setRevoking(token)}
                    >
                      {t('capture.tokens.revoke')}
                    </Button>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {made !== null && <ShownOnce made={made} onKept={() => setMade(null)} />}
      {adding ? (
        <NewTokenForm
          onCancel={() => setAdding(false)}
          onMade={(token) => {
            setAdding(false);
            setMade(token);
            void load();
          }}
        />
      ) : (
        <div className={settings.buttons}>
          <Button
            variant="default"
            onClick={() => {
              setMade(null);
              setAdding(true);
            }}
          >
            {t('capture.tokens.new')}
          </Button>
          {revoked.length > 0 && !revokedShown && (
            <Button variant="subtle" onClick={() => setRevokedShown(true)}>
              {t('capture.tokens.show-revoked', { count: revoked.length })}
            </Button>
          )}
        </div>
      )}
      <RevokeDialog
        token={revoking}
        onClose={() => setRevoking(null)}
        onRevoked={() => {
          setRevoking(null);
          void load();
        }}
      />
    </SettingsGroup>
  );
};
