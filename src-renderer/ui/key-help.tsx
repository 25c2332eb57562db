import { Modal } from '@mantine/core';
import { Fragment, type ReactNode, useSyncExternalStore } from 'react';
import { useI18n } from '#renderer/i18n/use-i18n.tsx';
import { KeyCaps } from '#renderer/ui/key-caps.tsx';
import classes from '#renderer/ui/key-help.module.css';
import { registeredKeys } from '#renderer/ui/keys.ts';

let open = false;
const listeners = new Set<() => void>();
const setOpen = (value: boolean): void => {
  open = value;
  for (const listener of [...listeners]) listener();
};
const subscribe = (listener: () => void): (() => void) => {
  listeners.add(listener);
  return () => void listeners.delete(listener);
};

export const showKeyHelp = (): void => setOpen(true);

/** All keys that work on the present screen, from the one registry. */
export const KeyHelp = (): ReactNode => {
  const { t } = useI18n();
  const opened = useSyncExternalStore(subscribe, () => open);
  return (
    <Modal
      opened={opened}
      onClose={() => setOpen(false)}
      title={t('ui.keys.title')}
      closeButtonProps={{ 'aria-label': t('ui.close') }}
      size={760}
      // A header of a dialog is no banner of the page.
      attributes={{ header: { role: 'presentation' } }}
    >
      <div className={classes.groups}>
        {opened &&
          registeredKeys().map((group) => (
            <section className={classes.group} key={group.title}>
              <h3>{t(group.title)}</h3>
              <dl>
                {group.bindings.map((binding) => (
                  <div className={classes.line} key={binding.label}>
                    <dt>{t(binding.label)}</dt>
                    <dd>
                      {binding.keys.map((keys, index) => (
                        <Fragment key={keys}>
                          {index > 0 && ` ${t('ui.keys.or')} `}
                          <KeyCaps keys={keys} />
                        </Fragment>
                      ))}
                    </dd>
                  </div>
                ))}
              </dl>
            </section>
          ))}
      </div>
    </Modal>
  );
};
