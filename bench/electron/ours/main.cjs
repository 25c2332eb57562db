// Bitácora as it is built, with somebody beside it who looks: `--bench-session=FILE` holds the session that the window
// finds (as after a reload; signing in is a person's doing), and the first rows in sight are told on standard output.
const fs = require('node:fs');
const path = require('node:path');
const { app, ipcMain } = require('electron');

const root = path.join(__dirname, '..', '..', '..');
const { productName, version, main } = JSON.parse(fs.readFileSync(path.join(root, 'package.json'), 'utf8'));
const sessionFile = process.argv.find((word) => word.startsWith('--bench-session=')).slice('--bench-session='.length);
const dataFolder = process.argv.find((word) => word.startsWith('--data=')).slice('--data='.length);
// With the session written into it: asking this process for it would keep the page waiting, which no window of ours does.
const watcher = path.join(dataFolder, 'watcher.cjs');
const stored = JSON.stringify(fs.readFileSync(sessionFile, 'utf8'));
fs.writeFileSync(
  watcher,
  fs.readFileSync(path.join(__dirname, 'watcher.cjs'), 'utf8').replace('SESSION', () => stored),
);

app.setAppPath(root);
app.setName(productName);
app.setVersion(version);
app.on('session-created', (session) => {
  // The newer name of the same, since Electron 35.
  if (session.registerPreloadScript) session.registerPreloadScript({ type: 'frame', filePath: watcher });
  else session.setPreloads([watcher]);
});
app.on('browser-window-created', (_event, window) => {
  window.once('ready-to-show', () => process.stdout.write('bench ready\n'));
});
ipcMain.on('bench-rows', (_event, rows) => process.stdout.write(`bench rows ${rows}\n`, () => app.quit()));
require(path.join(root, main));
