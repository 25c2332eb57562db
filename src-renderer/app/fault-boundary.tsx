import { Button } from '@mantine/core';
import { Component, type ReactNode } from 'react';
import { useI18n } from '#renderer/i18n/use-i18n.tsx';
import { Sheet } from '#renderer/ui/sheet.tsx';

const Fault = ({ error }: { error: unknown }): ReactNode => {
  const { t, sentence } = useI18n();
  return (
    <Sheet title={t('app.error.title')}>
      <p role="alert">{sentence(error)}</p>
      <Button onClick={() => window.location.reload()}>{t('app.error.reload')}</Button>
    </Sheet>
  );
};

/** A bug in a screen shows as a sentence, not as an empty window. */
export class FaultBoundary extends Component<{ readonly children: ReactNode }, { readonly error: unknown }> {
  override state: { readonly error: unknown } = { error: null };

  static getDerivedStateFromError(error: unknown): { readonly error: unknown } {
    return { error };
  }

  override render(): ReactNode {
    return this.state.error === null ? this.props.children : <Fault error={this.state.error} />;
  }
}
