// Keeps one version of the app whole, so that it opens without the site, and serves nothing of another: the address of this worker names the digest of the manifest, and each file has to have the digest
// that the manifest gives it. A version that cannot be had whole is not had at all, and the one before stays. It sees no key and no data: it answers for the app's own files only.
'use strict';
const MANIFEST = '/app-manifest.json';
const PARTS = '/app-parts.bin';
const wanted = new URL(self.location).searchParams.get('manifest');
const store = 'app-' + wanted;

// What the node answers itself: never the app's.
const isNodes = path => path === MANIFEST || path === '/checkpoint' || path === '/health' || path.startsWith('/tile/');
const digest = async bytes => '0x' + [...new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))].map(byte => byte.toString(16).padStart(2, '0')).join('');

// Of the assemblies in one piece: the length of an index, the index (place and length of each by its path), the files.
function readParts(whole) {
  const size = new DataView(whole).getUint32(0);
  return { index: JSON.parse(new TextDecoder().decode(new Uint8Array(whole, 4, size))), whole, start: 4 + size };
}

async function fetchWhole() {
  const manifest = await fetch(MANIFEST, { cache: 'no-store' });
  if (!manifest.ok || await digest(await manifest.clone().arrayBuffer()) !== wanted) throw new Error('the site serves another version by now');
  const { files } = await manifest.clone().json();
  const kept = await caches.open(store);
  const take = async path => {
    const file = await fetch(path, { cache: 'no-cache' });
    const content = file.ok ? await file.clone().arrayBuffer() : new ArrayBuffer(0);
    if (!file.ok || await digest(content) !== files[path]) throw new Error(path + ' is not the file of this version');
    await kept.put(path, file);
    return content;
  };
  try {
    // What is in it is not asked for once more.
    const { index } = readParts(await take(PARTS));
    await Promise.all(Object.keys(files).filter(path => path !== PARTS && !Object.hasOwn(index, path)).map(take));

    // Last: what has it is whole.
    await kept.put(MANIFEST, manifest);
  } catch (error) {
    await caches.delete(store);
    throw error;
  }
}

// Looked up once for as long as this worker runs.
let whole = null;
const keptWhole = async () => whole ??= await (async () => {
  const kept = await caches.open(store);
  return await kept.match(MANIFEST) ? kept : null;
})();

async function answer(request, path) {
  const kept = await keptWhole();
  if (!kept) return fetch(request);
  return await kept.match(path) ?? (request.mode === 'navigate' && !path.includes('.') ? await kept.match('/index.html') : await partOf(kept, path));
}

// A page that could not use the piece asks for the files of it: read once for all of them.
let pieces = null;
async function partOf(kept, path) {
  if (!/^\/_framework\/[^/]+\.wasm$/.test(path)) return new Response(null, { status: 404 });
  const { index, whole, start } = await (pieces ??= kept.match(PARTS).then(async piece => readParts(await piece.arrayBuffer())));
  return Object.hasOwn(index, path)
    ? new Response(new Uint8Array(whole, start + index[path][0], index[path][1]), { headers: { 'Content-Type': 'application/wasm' } })
    : new Response(null, { status: 404 });
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

// Takes over at once when the only page that is open asks for it, and loads itself anew after. Another page would go on with files of two versions: that there is one is the answer then.
self.addEventListener('message', event => {
  if (event.data !== 'use') return;
  event.waitUntil((async () => {
    if ((await self.clients.matchAll({ type: 'window', includeUncontrolled: true })).length === 1) await self.skipWaiting();
    else event.ports[0]?.postMessage('others');
  })());
});
