import { Modal } from '@mantine/core';
import { Fragment, type ReactNode } from 'react';
import { useI18n } from '#renderer/i18n/use-i18n.tsx';
import { KeyCaps } from '#renderer/ui/key-caps.tsx';
import classes from '#renderer/ui/key-help.module.css';
import { closeKeyHelp, useKeyHelpOpen } from '#renderer/ui/key-help-store.ts';
import { registeredKeys } from '#renderer/ui/keys.ts';

/** All keys that work on the present screen, from the one registry. */
export const KeyHelp = (): ReactNode => {
  const { t } = useI18n();
  const opened = useKeyHelpOpen();
  return (
    <Modal
      opened={opened}
      onClose={closeKeyHelp}
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
