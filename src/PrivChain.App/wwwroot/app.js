// What only a browser can do for the app: keep things, derive keys in a worker, hand out files. All of it is called from Browser/Page.cs.
'use strict';

const open = new Promise((resolve, reject) => {
  const request = indexedDB.open('privchain', 1);
  request.onupgradeneeded = () => request.result.createObjectStore('kept');
  request.onsuccess = () => resolve(request.result);
  request.onerror = () => reject(request.error);
});

async function inStore(mode, act) {
  const store = (await open).transaction('kept', mode).objectStore('kept');
  return new Promise((resolve, reject) => {
    const request = act(store);
    // A write counts when the transaction has ended, not before.
    if (mode === 'readwrite') {
      store.transaction.oncomplete = () => resolve(request.result);
      store.transaction.onabort = () => reject(store.transaction.error);
    } else {
      request.onsuccess = () => resolve(request.result);
    }
    request.onerror = () => reject(request.error);
  });
}

export const load = async key => (await inStore('readonly', store => store.get(key))) ?? null;
export const save = async (key, value) => { await inStore('readwrite', store => store.put(value, key)); };
export const remove = async key => { await inStore('readwrite', store => store.delete(key)); };
export const keys = async prefix => JSON.stringify((await inStore('readonly', store => store.getAllKeys())).filter(key => key.startsWith(prefix)));

export function argon2id(passphrase, salt, memory, iterations, lanes, size) {
  return new Promise((resolve, reject) => {
    const worker = new Worker('/argon2id.js');
    worker.onmessage = ({ data }) => {
      worker.terminate();
      if (data.error) reject(new Error(data.error));
      else resolve(btoa(String.fromCharCode(...data.key)));
    };
    worker.onerror = event => { worker.terminate(); reject(new Error(event.message)); };
    // Copies: what .NET gives lies in its own memory.
    worker.postMessage({ passphrase: passphrase.slice(), salt: salt.slice(), memory, iterations, lanes, size });
  });
}

export function download(name, type, bytes) {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([bytes.slice()], { type }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

export const copy = text => navigator.clipboard.writeText(text).then(() => true, () => false);

export const language = () => document.documentElement.lang;
export function setLanguage(code) {
  document.documentElement.lang = code;
  localStorage.setItem('language', code);
}

export const theme = () => document.documentElement.dataset.theme ?? '';
export function setTheme(name) {
  if (name) {
    document.documentElement.dataset.theme = name;
    localStorage.setItem('theme', name);
  } else {
    delete document.documentElement.dataset.theme;
    localStorage.removeItem('theme');
  }
}

export const title = text => { document.title = text; };
// A new page begins at its heading, for eyes and for screen readers.
export const toHeading = () => {
  window.scrollTo(0, 0);
  document.querySelector('h1')?.focus({ preventScroll: true });
};
export const isVisible = () => document.visibilityState === 'visible';
export const zoneMinutes = seconds => -new Date(seconds * 1000).getTimezoneOffset();
