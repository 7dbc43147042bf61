// Starts the worker that holds the keys. The first message brings its compiled, checked program and the table of
// assets; messages that come before the program listens are kept and delivered in order.
//
// What the program finds: globalThis.sealward.load(name), which loads a further program ('strength', 'reader' and others) when it is needed
// and gives its exports; globalThis.sealward.local, what `sealward web` told the page, or null.
const early = [];
const keep = (event) => early.push(event);

async function load({ js, wasm }) {
  const [module, glue] = await Promise.all([
    fetch(wasm.url, { integrity: wasm.integrity }).then(WebAssembly.compileStreaming),
    // Browsers have no integrity for what a worker imports. Checking first puts the checked bytes into their cache.
    fetch(js.url, { integrity: js.integrity }).then(() => import(js.url)),
  ]);
  await glue.default({ module_or_path: module });
  return glue;
}

async function start({ module, assets, local }) {
  const loaded = new Map();
  globalThis.sealward = {
    local,
    load(name) {
      if (!loaded.has(name)) {
        const loading = load(assets[name]);
        loading.catch(() => loaded.delete(name));
        loaded.set(name, loading);
      }
      return loaded.get(name);
    },
  };
  const glue = await import(assets.worker.js.url);
  await glue.default({ module_or_path: module });
  removeEventListener('message', keep);
  for (const { data, ports } of early) dispatchEvent(new MessageEvent('message', { data, ports }));
}

addEventListener('message', (event) => {
  addEventListener('message', keep);
  // Thrown outside the promise, so that the page's Worker sees an error event.
  start(event.data).catch((error) => setTimeout(() => { throw error; }));
}, { once: true });
