import '@mantine/core/styles.css';
import '@mantine/dates/styles.css';
import '@mantine/notifications/styles.css';
import '@mantine/spotlight/styles.css';
import 'dayjs/locale/es';
import '#renderer/ui/fonts.css';
import '#renderer/ui/theme.css';
import '#renderer/ui/controls.css';
import { createRoot } from 'react-dom/client';
import { App } from '#renderer/app/app.tsx';
import { connectEngine } from '#renderer/engine/engine-context.tsx';
import { shareStyleNonce } from '#renderer/ui/style-nonce.ts';

shareStyleNonce();
const root = document.getElementById('root');
if (root === null) throw new Error('index.html has no #root');
createRoot(root).render(<App engine={connectEngine()} />);
