// Starts the app. Where the worker keeps it, the assemblies come in one piece (service-worker.js): asking for them one by one takes a tenth of what starting takes.
'use strict';
(() => {
  async function readParts() {
    const answer = await fetch('/app-parts');
    if (!answer.ok) return () => null;
    const whole = await answer.arrayBuffer();
    const size = new DataView(whole).getUint32(0);
    const index = JSON.parse(new TextDecoder().decode(new Uint8Array(whole, 4, size)));
    return path => Object.hasOwn(index, path) ? new Response(new Uint8Array(whole, 4 + size + index[path][0], index[path][1])) : null;
  }

  const isPart = path => /^\/_framework\/(?!dotnet\.native)[^/]+\.(wasm|dat)$/.test(path);
  const parts = navigator.serviceWorker?.controller ? readParts().catch(() => () => null) : null;
  Blazor.start(parts === null ? {} : {
    // Null: as ever.
    loadBootResource: (type, name, uri) => {
      const path = new URL(uri, document.baseURI).pathname;
      return isPart(path) ? parts.then(part => part(path) ?? fetch(path)) : null;
    },
  });
})();
