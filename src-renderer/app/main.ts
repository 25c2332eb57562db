import '#renderer/ui/mantine.css';
import '#renderer/ui/fonts.css';
import '#renderer/ui/theme.css';
import '#renderer/ui/controls.css';
import { connectEngine } from '#renderer/engine/connect-engine.ts';
import { openingPage } from '#renderer/log/first-page.ts';

/**
 * What runs first in a window: small, so that the engine hears the first questions while the rest of the page, most of
 * it the grid, is still on its way.
 */
const connected = connectEngine();
const { askEarly, sessions } = connected;
const showing = import('#renderer/app/show-app.tsx');
void askEarly('app.status', {});
if (sessions.state().kind === 'open') {
  // The screens come with the rest; the gate that shows them tells what keeps them from coming.
  import('#renderer/app/frame.tsx').catch(() => undefined);
  askEarly('preferences.read', {}).then(
    ({ values }) => {
      const page = openingPage(window.location.hash, values);
      if (page !== null) void askEarly('log.page', page);
    },
    // Whoever reads the preferences tells it.
    () => undefined,
  );
}
(await showing).showApp(connected);
