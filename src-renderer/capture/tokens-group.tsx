import { Button, Radio, TextInput } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { CopyButton } from '#renderer/detail/copy-button.tsx';
import { useEngine } from '#renderer/engine/engine-context.tsx';
import { useI18n } from '#renderer/i18n/use-i18n.tsx';
import { formatInstant } from '#renderer/i18n/zoned-time.ts';
import settings from '#renderer/settings/settings.module.css';
import { SettingsGroup } from '#renderer/settings/settings-group.tsx';
import { SmallForm } from '#renderer/settings/small-form.tsx';
import { SureDialog } from '#renderer/settings/sure-dialog.tsx';
import { useAsked } from '#renderer/settings/use-asked.ts';
import { useReading } from '#renderer/settings/window-settings.tsx';
import { Fault } from '#renderer/ui/fault.tsx';
import { type Token, type TokenScope, tokenScopes } from '#shared/contract/access.ts';
import type { EngineClient } from '#shared/rpc/typed-client.ts';
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

  const send = (): Promise<void> | null => {
    setTried(true);
    if (name.trim() === '') return null;
    return engine.call('token.create', { name, scope }).then(({ token, info }) => onMade({ name: info.name, token }));
  };

  return (
    <SmallForm label={t('capture.tokens.new')} action={t('capture.tokens.make')} send={send} onCancel={onCancel}>
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
    </SmallForm>
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

const askTokens = (engine: EngineClient, signal: AbortSignal) => engine.call('token.list', {}, { signal });

/** The tokens of programs: made, shown once, revoked. */
export const TokensGroup = (): ReactNode => {
  const { t } = useI18n();
  const { zone } = useReading();
  const engine = useEngine();
  const { known, fault, again } = useAsked(askTokens, askEveryMs);
  const tokens = known?.tokens ?? null;
  const [adding, setAdding] = useState(false);
  const [made, setMade] = useState<MadeToken | null>(null);
  const [revoking, setRevoking] = useState<Token | null>(null);
  const [revokedShown, setRevokedShown] = useState(false);

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
        <table className={settings.table}>
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
                <td className={settings.date}>{used(token)}</td>
                <td className={settings.number}>
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
            void again();
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
      {revoking !== null && (
        <SureDialog
          title={t('capture.tokens.revoke.title', { name: revoking.name })}
          text={t('capture.tokens.revoke.text')}
          action={t('capture.tokens.revoke')}
          act={async () => {
            await engine.call('token.revoke', { id: revoking.id });
            await again();
          }}
          onClose={() => setRevoking(null)}
        />
      )}
    </SettingsGroup>
  );
};
