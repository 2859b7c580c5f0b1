// Keeps one version of the app whole, so that it opens without the site, and serves nothing of another: the address of this worker names the digest of the manifest, and each file has to have the digest
// that the manifest gives it. A version that cannot be had whole is not had at all, and the one before stays. It sees no key and no data: it answers for the app's own files only.
'use strict';
const MANIFEST = '/app-manifest.json';
const PARTS = '/app-parts';
const wanted = new URL(self.location).searchParams.get('manifest');
const store = 'app-' + wanted;

// What the runtime reads into its memory. Its own code is compiled while it comes, and stays a file.
const isPart = path => /^\/_framework\/(?!dotnet\.native)[^/]+\.(wasm|dat)$/.test(path);

// What the node answers itself: never the app's.
const isNodes = path => path === MANIFEST || path === '/checkpoint' || path === '/health' || path.startsWith('/tile/');
const digest = async bytes => '0x' + [...new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))].map(byte => byte.toString(16).padStart(2, '0')).join('');

// Files that were checked, once more in one piece for start.js: the length of an index, the index (place and length of each by its path), the files.
async function partsOf(kept, paths) {
  const files = await Promise.all(paths.map(async path => new Uint8Array(await (await kept.match(path)).arrayBuffer())));
  const index = {};
  let at = 0;
  paths.forEach((path, i) => { index[path] = [at, files[i].length]; at += files[i].length; });
  const text = new TextEncoder().encode(JSON.stringify(index));
  const size = new Uint8Array(4);
  new DataView(size.buffer).setUint32(0, text.length);
  return new Response(new Blob([size, text, ...files]));
}

async function fetchWhole() {
  const manifest = await fetch(MANIFEST, { cache: 'no-store' });
  if (!manifest.ok || await digest(await manifest.clone().arrayBuffer()) !== wanted) throw new Error('the site serves another version by now');
  const kept = await caches.open(store);
  try {
    await Promise.all(Object.entries((await manifest.clone().json()).files).map(async ([path, given]) => {
      const file = await fetch(path, { cache: 'no-cache' });
      if (!file.ok || await digest(await file.clone().arrayBuffer()) !== given) throw new Error(path + ' is not the file of this version');
      await kept.put(path, file);
    }));

    await kept.put(PARTS, await partsOf(kept, Object.keys((await manifest.clone().json()).files).filter(isPart).sort()));

    // Last: what has it is whole.
    await kept.put(MANIFEST, manifest);
  } catch (error) {
    await caches.delete(store);
    throw error;
  }
}

// Looked up once for as long as this worker runs: it is asked for some eighty files at every start.
let whole = null;
const keptWhole = async () => whole ??= await (async () => {
  const kept = await caches.open(store);
  return await kept.match(MANIFEST) ? kept : null;
})();

async function answer(request, path) {
  const kept = await keptWhole();
  if (!kept) return fetch(request);
  return await kept.match(path) ?? (request.mode === 'navigate' && !path.includes('.') ? await kept.match('/index.html') : new Response(null, { status: 404 }));
}

self.addEventListener('install', event => event.waitUntil(fetchWhole()));

// No page of the version before is open by now.
self.addEventListener('activate', event => event.waitUntil((async () => {
  for (const name of await caches.keys()) if (name.startsWith('app-') && name !== store) await caches.delete(name);
})()));

self.addEventListener('fetch', event => {
  const url = new URL(event.request.url);
  if (event.request.method === 'GET' && url.origin === self.location.origin && !isNodes(url.pathname)) event.respondWith(answer(event.request, url.pathname));
});

// Takes over at once when the only page that is open asks for it, and loads itself anew after. Another page would go on with files of two versions.
self.addEventListener('message', event => {
  if (event.data !== 'use') return;
  event.waitUntil((async () => {
    if ((await self.clients.matchAll({ type: 'window', includeUncontrolled: true })).length === 1) await self.skipWaiting();
  })());
});
