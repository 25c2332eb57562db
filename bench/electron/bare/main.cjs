// The least that an Electron program can be: one window with one line of text. Says `ready` once it can be shown.
const path = require('node:path');
const { app, BrowserWindow } = require('electron');

app.setPath('userData', process.argv.find((word) => word.startsWith('--data=')).slice('--data='.length));
void app.whenReady().then(() => {
  const window = new BrowserWindow({
    width: 1440,
    height: 900,
    show: false,
    webPreferences: { sandbox: true, contextIsolation: true, nodeIntegration: false },
  });
  window.once('ready-to-show', () => {
    window.show();
    process.stdout.write('bench ready\n', () => app.quit());
  });
  void window.loadFile(path.join(__dirname, 'index.html'));
});
app.on('window-all-closed', () => app.quit());
