// What only a browser can do for the app: keep things, derive keys in a worker, hand out files, open without the site. All of it is called from Browser/Page.cs.
'use strict';

let database = null;
async function open() {
  database ??= new Promise((resolve, reject) => {
    const request = indexedDB.open('privchain', 1);
    request.onupgradeneeded = () => request.result.createObjectStore('kept');
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  try {
    return await database;
  } catch (error) {
    // Perhaps another time.
    database = null;
    throw error;
  }
}

const begin = (opened, mode) => opened.transaction('kept', mode).objectStore('kept');

async function inStore(mode, act) {
  let store;
  try {
    store = begin(await open(), mode);
  } catch (error) {
    if (error.name !== 'InvalidStateError') throw error;
    // The browser has closed it: the person cleared what sites keep, or a phone had the page in the background.
    database = null;
    store = begin(await open(), mode);
  }
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

export const forget = async prefix => {
  for (const key of await inStore('readonly', store => store.getAllKeys())) if (key.startsWith(prefix)) await remove(key);
};

export const sum = async prefix => {
  let sum = 0;
  for (const key of JSON.parse(await keys(prefix))) sum += Number(await load(key)) || 0;
  return sum;
};

// Windows of one browser share what is kept: one changes a list at a time. Where a page may not lock (neither TLS nor this machine), it keeps nothing either.
const held = new Map();
export const lock = name => !navigator.locks ? Promise.resolve() : new Promise((got, refused) => {
  navigator.locks.request(name, () => new Promise(free => { held.set(name, free); got(); })).catch(refused);
});
export const unlock = name => { held.get(name)?.(); held.delete(name); };

// Browsers clear away what they like when they want room, but for sites that asked. Some ask the person, some decide; either answer will do.
export const persist = async () => { try { await navigator.storage?.persist?.(); } catch { /* As if it had said no. */ } };

const stay = event => event.preventDefault();
const guarded = new Set();
export function guardLeaving(what, guard) {
  if (guard) guarded.add(what);
  else guarded.delete(what);
  if (guarded.size) addEventListener('beforeunload', stay);
  else removeEventListener('beforeunload', stay);
}

// What is kept sealed opens under its own name and key only: another script of this profile can take it away, and neither read nor exchange it. Browsers seal where a page came over TLS or from this machine.
const sealing = key => crypto.subtle.importKey('raw', key, 'AES-GCM', false, ['encrypt', 'decrypt']);
const bound = name => new TextEncoder().encode(name);

export const canKeep = () => !!crypto.subtle;

export async function keepSealed(name, key, content) {
  if (!crypto.subtle) throw new Error('this page may not seal');
  const [secret, plain] = [key.slice(), content.slice()];
  // 96 random bits: a key would have to seal billions of things before two are alike.
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const box = await crypto.subtle.encrypt({ name: 'AES-GCM', iv, additionalData: bound(name) }, await sealing(secret), plain);
  await save(name, { iv, box });
}

export async function openSealed(name, key) {
  const secret = key.slice();
  const kept = await load(name);
  if (!kept || !crypto.subtle) return null;
  let plain;
  try {
    plain = new Uint8Array(await crypto.subtle.decrypt({ name: 'AES-GCM', iv: kept.iv, additionalData: bound(name) }, await sealing(secret), kept.box));
  } catch {
    return null;
  }
  let text = '';
  for (let at = 0; at < plain.length; at += 32768) text += String.fromCharCode(...plain.subarray(at, at + 32768));
  return btoa(text);
}

// The worker that keeps the app whole: one for each version, named by the manifest that the site serves now. Without the site, the one that is there goes on. Ends when a new one is there or has failed.
let registration = null;
export async function keepApp() {
  if (!navigator.serviceWorker || !crypto.subtle) return;
  try {
    const manifest = await fetch('/app-manifest.json', { cache: 'no-store' });
    if (!manifest.ok) return;
    const digest = [...new Uint8Array(await crypto.subtle.digest('SHA-256', await manifest.arrayBuffer()))].map(byte => byte.toString(16).padStart(2, '0')).join('');
    registration = await navigator.serviceWorker.register('/service-worker.js?manifest=0x' + digest, { updateViaCache: 'none' });
    const coming = registration.installing;
    if (coming) await new Promise(done => coming.addEventListener('statechange', done, { once: true }));
  } catch {
    registration = await navigator.serviceWorker.getRegistration() ?? null;
  }
}
export const keptApp = () => new URL(navigator.serviceWorker?.controller?.scriptURL ?? location.origin).searchParams.get('manifest') ?? '';
export const newerApp = () => !!navigator.serviceWorker?.controller && !!registration?.waiting;
const loadAnew = () => location.reload();
export function useNewerApp() {
  navigator.serviceWorker.addEventListener('controllerchange', loadAnew);
  return new Promise(done => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => done();
    registration.waiting.postMessage('use', [port2]);
  });
}

// The browser's own PBKDF2-HMAC-SHA512; null where a page may not use it.
export async function pbkdf2(secret, salt, rounds, size) {
  if (!crypto.subtle) return null;
  // Copies: what .NET gives lies in its own memory.
  const [own, ownSalt] = [secret.slice(), salt.slice()];
  try {
    const key = await crypto.subtle.importKey('raw', own, 'PBKDF2', false, ['deriveBits']);
    return btoa(String.fromCharCode(...new Uint8Array(await crypto.subtle.deriveBits({ name: 'PBKDF2', hash: 'SHA-512', salt: ownSalt, iterations: rounds }, key, size * 8))));
  } finally {
    own.fill(0);
  }
}

export function argon2id(passphrase, salt, memory, iterations, lanes, size) {
  return new Promise((resolve, reject) => {
    const worker = new Worker('/argon2id.js', { type: 'module' });
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

// A wallet that an extension puts into the page (EIP-1193). What it answers is judged in Browser/InjectedWallet.cs.
export const hasWallet = () => typeof window.ethereum?.request === 'function';
export async function askWallet(method, parameters) {
  try {
    return JSON.stringify({ result: await window.ethereum.request({ method, params: JSON.parse(parameters) }) ?? null });
  } catch (error) {
    // An extension may throw anything.
    const [code, message] = [error?.code, error?.message];
    return JSON.stringify({ code: Number.isSafeInteger(code) ? code : 0, message: typeof message === 'string' ? message.slice(0, 200).toWellFormed() : '' });
  }
}

export function download(name, type, bytes) {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([bytes.slice()], { type }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

// The clipboard is for pages that came over TLS or from this machine; others copy what is selected.
export const copy = text => navigator.clipboard ? navigator.clipboard.writeText(text).then(() => true, () => false) : Promise.resolve(copySelected(text));
function copySelected(text) {
  const field = document.createElement('textarea');
  field.value = text;
  const focused = document.activeElement;
  document.body.append(field);
  field.select();
  try {
    return document.execCommand('copy');
  } finally {
    field.remove();
    focused?.focus();
  }
}

// Where a browser lets nothing be kept, even asking throws: a choice lasts as long as the page then.
function choose(keep) {
  try { keep(localStorage); } catch { /* Not kept. */ }
}

export const language = () => document.documentElement.lang;
export function setLanguage(code) {
  document.documentElement.lang = code;
  choose(storage => storage.setItem('language', code));
}

export const theme = () => document.documentElement.dataset.theme ?? '';
export function setTheme(name) {
  if (name) {
    document.documentElement.dataset.theme = name;
    choose(storage => storage.setItem('theme', name));
  } else {
    delete document.documentElement.dataset.theme;
    choose(storage => storage.removeItem('theme'));
  }
}

export const title = text => { document.title = text; };
// A new page begins at its heading, for eyes and for screen readers.
export const toHeading = () => {
  window.scrollTo(0, 0);
  document.querySelector('h1')?.focus({ preventScroll: true });
};

// What had the focus may be gone, or was disabled for as long as the page did what was asked: whoever goes by keys, or listens, goes on from there or from the nearest heading, and not from the top of everything. Who points
// or scrolls somewhere else has left it.
let focused = [];
addEventListener('focusin', ({ target }) => {
  focused = [];
  for (let at = target; at && at !== document.body; at = at.parentElement) focused.push(at);
});
for (const moved of ['pointerdown', 'wheel']) addEventListener(moved, () => { focused = []; }, { capture: true, passive: true });
new MutationObserver(() => {
  if (focused.length === 0 || document.activeElement !== document.body || !document.hasFocus()) return;
  const [had] = focused;
  const next = had.isConnected ? had : focused.find(at => at.isConnected && at.querySelector('h1, h2, h3'))?.querySelector('h1, h2, h3');
  if (!next || next.disabled) return;
  if (next !== had && !next.hasAttribute('tabindex')) next.tabIndex = -1;
  // What has the focus is seen; a heading that only stands in for it does not move the page.
  next.focus({ preventScroll: next !== had });
}).observe(document.body, { childList: true, subtree: true, attributeFilter: ['disabled'] });

export const isVisible = () => document.visibilityState === 'visible';
export const zoneMinutes = seconds => -new Date(seconds * 1000).getTimezoneOffset();
