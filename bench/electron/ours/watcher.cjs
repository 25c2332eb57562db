// In the page, before its own scripts and in a world of its own.
const { ipcRenderer } = require('electron');

/** So many rows with their date and number in them count as the first ones. */
const enough = 5;

// The session that the window finds; main.cjs writes it here.
window.sessionStorage.setItem('bitacora.session', SESSION);

const filledRows = () => [...document.querySelectorAll('.ag-row')].filter((row) => /\d/.test(row.textContent)).length;

const observer = new MutationObserver(() => {
  if (filledRows() < enough) return;
  observer.disconnect();
  // After the frame in which they are painted.
  requestAnimationFrame(() => requestAnimationFrame(() => ipcRenderer.send('bench-rows', filledRows())));
});
observer.observe(document, { subtree: true, childList: true, characterData: true });
