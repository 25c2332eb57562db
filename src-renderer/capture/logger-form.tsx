import { Button, Radio, TagsInput, TextInput } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import {
  draftOf,
  draftProblem,
  emptyRule,
  keepDraft,
  type LoggerDraft,
  ownerOf,
  ruleFields,
} from '#renderer/capture/logger-draft.ts';
import { useI18n } from '#renderer/i18n/use-i18n.tsx';
import settings from '#renderer/settings/settings.module.css';
import { SmallForm } from '#renderer/settings/small-form.tsx';
import type { Logger, LogRule } from '#shared/contract/log-files.ts';
import classes from './capture.module.css';

/** As many values as a rule takes of one kind, and characters of each. */
const mostValues = 100;
const longestValue = 200;

const RuleFields = ({
  rule,
  number,
  onChange,
  onDrop,
}: {
  rule: LogRule;
  /** 1 the first. */
  number: number;
  onChange: (rule: LogRule) => void;
  /** Null when it is the only one. */
  onDrop: (() => void) | null;
}): ReactNode => {
  const { t } = useI18n();
  return (
    <fieldset className={classes.rule}>
      <legend>{t('capture.loggers.rule', { number })}</legend>
      {ruleFields.map((field) => (
        <TagsInput
          key={field}
          size="xs"
          classNames={{ pill: classes.pill ?? '' }}
          label={t(`capture.loggers.rule.${field}`)}
          value={rule[field]}
          maxTags={mostValues}
          maxLength={longestValue}
          onChange={(values) => onChange({ ...rule, [field]: values })}
        />
      ))}
      {onDrop !== null && (
        <Button variant="default" size="compact-xs" onClick={onDrop}>
          {t('capture.loggers.rule.drop', { number })}
        </Button>
      )}
    </fieldset>
  );
};

/** One logger: its name, its file with size and copies, and what goes into it. */
export const LoggerForm = ({
  loggers,
  at,
  onKeep,
  onCancel,
}: {
  loggers: readonly Logger[];
  /** Which of them is changed; null for a new one. */
  at: number | null;
  onKeep: (loggers: Logger[]) => Promise<void>;
  onCancel: () => void;
}): ReactNode => {
  const { t } = useI18n();
  const [draft, setDraft] = useState(() => draftOf(at === null ? null : (loggers[at] ?? null)));
  const [tried, setTried] = useState(false);
  const change = (patch: Partial<LoggerDraft>): void => setDraft((known) => ({ ...known, ...patch }));
  const problem = draftProblem(draft, loggers, at);
  const owner = ownerOf(draft, loggers, at);
  const send = (): Promise<void> | null => {
    setTried(true);
    return problem === null ? onKeep(keepDraft(draft, loggers, at)) : null;
  };
  return (
    <SmallForm
      wide
      label={at === null ? t('capture.loggers.new') : t('capture.loggers.change.of', { name: loggers[at]?.name ?? '' })}
      action={t('capture.loggers.keep')}
      send={send}
      onCancel={onCancel}
    >
      <div className={classes.pair}>
        <TextInput
          label={t('capture.loggers.name')}
          spellCheck={false}
          data-autofocus
          value={draft.name}
          onChange={(event) => change({ name: event.currentTarget.value })}
        />
        <TextInput
          label={t('capture.files.file')}
          spellCheck={false}
          value={draft.file}
          onChange={(event) => change({ file: event.currentTarget.value })}
        />
      </div>
      {owner === null ? (
        <div className={classes.pair}>
          <TextInput
            label={t('capture.loggers.size')}
            inputMode="decimal"
            value={draft.megabytes}
            onChange={(event) => change({ megabytes: event.currentTarget.value })}
          />
          <TextInput
            label={t('capture.loggers.copies')}
            inputMode="numeric"
            value={draft.backups}
            onChange={(event) => change({ backups: event.currentTarget.value })}
          />
        </div>
      ) : (
        <p className={settings.hint}>{t('capture.loggers.shared', { name: owner.name, file: owner.file })}</p>
      )}
      <Radio.Group
        label={t('capture.loggers.takes')}
        value={draft.everything ? 'everything' : 'rules'}
        onChange={(value) => change({ everything: value === 'everything' })}
      >
        <Radio value="everything" mt={6} label={t('capture.loggers.takes.everything')} />
        <Radio
          value="rules"
          mt={6}
          label={t('capture.loggers.takes.rules')}
          description={t('capture.loggers.takes.rules.hint')}
        />
      </Radio.Group>
      {!draft.everything && (
        <>
          {draft.rules.map((rule, place) => (
            <RuleFields
              // biome-ignore lint/suspicious/noArrayIndexKey: rules have no name, only their place
              key={place}
              rule={rule}
              number={place + 1}
              onChange={(next) => change({ rules: draft.rules.with(place, next) })}
              onDrop={
                draft.rules.length > 1
                  ? () => change({ rules: draft.rules.filter((_other, other) => other !== place) })
                  : null
              }
            />
          ))}
          <div>
            <Button variant="subtle" onClick={() => change({ rules: [...draft.rules, emptyRule] })}>
              {t('capture.loggers.rule.add')}
            </Button>
          </div>
        </>
      )}
      {tried && problem !== null && (
        <p role="alert" className={classes.wrong}>
          {t(problem)}
        </p>
      )}
    </SmallForm>
  );
};
