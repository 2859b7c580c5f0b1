// Before anything is painted: language and colours as they were chosen, and the one place through which text may become markup or a script.
'use strict';
(() => {
  const root = document.documentElement;
  // Where a browser lets nothing be kept, even asking throws: then nothing was chosen.
  const chosen = name => { try { return localStorage.getItem(name); } catch { return null; } };
  const theme = chosen('theme');
  if (theme === 'light' || theme === 'dark') root.dataset.theme = theme;
  root.lang = chosen('language') === 'zh' || (!chosen('language') && navigator.language.startsWith('zh')) ? 'zh' : 'en';

  // The framework makes elements out of the fixed parts of our own components. Those hold plain elements only, so whatever could run something is refused, from wherever it came.
  const RUNS = /<\s*\/?\s*(script|iframe|object|embed|link|meta|base|form|svg:script|frame|applet|template|style)\b|\son[a-z]+\s*=|javascript:|srcdoc/i;
  const SCRIPTS = ['/argon2id.js', '/service-worker.js'];
  if (window.trustedTypes) {
    trustedTypes.createPolicy('default', {
      createHTML: text => { if (RUNS.test(text)) throw new TypeError('markup refused'); return text; },
      createScriptURL: url => {
        const place = new URL(url, document.baseURI);
        if (place.origin !== location.origin || !(SCRIPTS.includes(place.pathname) || place.pathname.startsWith('/_framework/'))) throw new TypeError('script refused');
        return url;
      },
      createScript: () => { throw new TypeError('script refused'); },
    });
  }
})();
