// Starts the app. The assemblies come in one piece, whether from the site or from the worker that keeps the app (service-worker.js): each of seventy files would be a way to the site and back.
'use strict';
(() => {
  async function readParts() {
    const answer = await fetch('/app-parts.bin');
    if (!answer.ok) return () => null;
    const whole = await answer.arrayBuffer();
    const size = new DataView(whole).getUint32(0);
    const index = JSON.parse(new TextDecoder().decode(new Uint8Array(whole, 4, size)));
    return path => Object.hasOwn(index, path) ? new Response(new Uint8Array(whole, 4 + size + index[path][0], index[path][1])) : null;
  }

  const isPart = path => /^\/_framework\/(?!dotnet\.native)[^/]+\.wasm$/.test(path);
  const parts = readParts().catch(() => () => null);
  Blazor.start({
    // Null: as ever.
    loadBootResource: (type, name, uri, integrity) => {
      const path = new URL(uri, document.baseURI).pathname;
      return isPart(path) ? parts.then(part => part(path) ?? fetch(path, { cache: 'no-cache', integrity })) : null;
    },
  });
})();
