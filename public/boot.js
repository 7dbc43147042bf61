// Loads the app. Browsers ignore `integrity` on a preloaded .wasm, so every program is fetched here with its hash and
// started only when it matches. `cargo xtask` puts the table of addresses and hashes in place of the marker.
//
// What the page finds afterwards: globalThis.sealward.worker, the Worker that holds the keys.
const assets = "@assets@";

const sentences = {
  en: {
    loading: 'Loading…',
    insecure: 'Your browser does not run Sealward on this address. Open it by https, or on this computer by http://localhost. Over plain http anyone on the way could change the program that handles your passwords.',
    old: 'This browser is too old for Sealward. Please use a current Firefox, Chrome, Edge or Safari.',
    changed: 'Sealward did not start: a part of the program is not what this page expects. It may have been changed on the way, or the server was just updated. Reload the page. If this stays, tell whoever runs the server, and do not enter your password.',
    unreachable: 'Sealward did not load: the server cannot be reached. Check your connection and reload the page.',
    closed: 'This address was used before, or `sealward web` has ended. Run `sealward web` again and open the address that it writes.',
    failed: 'Sealward did not start. Reload the page; if this stays, tell whoever runs the server.',
  },
  zh: {
    loading: '正在加载…',
    insecure: '浏览器不会在此地址运行 Sealward。请通过 https 打开，或在本机通过 http://localhost 打开。使用未加密的 http 时，途中任何人都可能篡改处理您密码的程序。',
    old: '此浏览器版本过旧，无法运行 Sealward。请使用新版 Firefox、Chrome、Edge 或 Safari。',
    changed: 'Sealward 未启动：程序的一部分与本页面预期的不一致。可能在途中被篡改，也可能服务器刚刚更新。请重新加载页面。如果仍然如此，请告知服务器管理员，并且不要输入密码。',
    unreachable: 'Sealward 未能加载：无法连接服务器。请检查网络后重新加载页面。',
    closed: '此地址已被使用过，或 `sealward web` 已结束。请重新运行 `sealward web`，并打开它给出的地址。',
    failed: 'Sealward 未能启动。请重新加载页面；如果仍然如此，请告知服务器管理员。',
  },
}[/^zh/i.test(navigator.language) ? 'zh' : 'en'];

function say(sentence) {
  const place = document.getElementById('boot-message');
  if (place) place.textContent = sentences[sentence];
}

class Stopped extends Error {
  constructor(sentence, cause) {
    super(sentences[sentence], { cause });
    this.sentence = sentence;
  }
}

// fetch() reports a wrong hash and a lost connection alike; asking again without the hash tells them apart.
async function fetchChecked(url, integrity) {
  let response;
  try {
    response = await fetch(url, { integrity });
  } catch (cause) {
    const again = await fetch(url, { cache: 'reload' }).catch(() => null);
    throw new Stopped(again?.ok ? 'changed' : 'unreachable', cause);
  }
  if (!response.ok) throw new Stopped(response.status === 404 ? 'changed' : 'unreachable');
  return response;
}

// Where `sealward web` hands this page out, it passes calls on to the team's server, with a key that it gives once for
// what stands in the address. A window keeps the key for as long as it is open. Gives { key, server }, or null elsewhere.
async function admit() {
  const [, token] = /^#web=([\w-]+)$/.exec(location.hash) ?? [];
  // Other machines have nothing to say here: a server could make the page sign in to another one.
  if (location.hostname !== '127.0.0.1') return null;
  if (token) {
    history.replaceState(null, '', location.pathname);
    const given = await fetch('/local/admission', { method: 'POST', body: token }).catch(() => null);
    if (!given?.ok) throw new Stopped('closed');
    sessionStorage.setItem('sealward.local', await given.text());
  }
  const kept = sessionStorage.getItem('sealward.local');
  if (!kept) return null;
  const local = JSON.parse(kept);
  if (token) return local;
  const answer = await fetch('/local/admission', { headers: { 'Sealward-Web': local.key } }).catch(() => null);
  if (answer?.ok) return local;
  // Something else listens here now.
  if (answer?.status === 404) return sessionStorage.removeItem('sealward.local') ?? null;
  throw new Stopped('closed');
}

async function startWorker({ boot, js, wasm }, local) {
  // Browsers have no integrity for worker scripts. Checking them first puts the checked bytes into the browser's cache.
  const [module] = await Promise.all([
    fetchChecked(wasm.url, wasm.integrity).then(WebAssembly.compileStreaming),
    fetchChecked(boot.url, boot.integrity),
    fetchChecked(js.url, js.integrity),
  ]);
  const worker = new Worker(boot.url, { type: 'module', name: 'sealward' });
  worker.postMessage({ module, assets, local });
  return worker;
}

async function start() {
  if (!isSecureContext) throw new Stopped('insecure');
  if (!globalThis.WebAssembly?.compileStreaming || !globalThis.BroadcastChannel || !crypto?.subtle) throw new Stopped('old');
  const local = await admit();
  const [worker, program, glue] = await Promise.all([
    startWorker(assets.worker, local),
    fetchChecked(assets.page.wasm.url, assets.page.wasm.integrity),
    // The page has preloaded this module with its hash. Some browsers ask again for what was refused there, and then
    // without the hash: so it is checked here too.
    fetchChecked(assets.page.js.url, assets.page.js.integrity)
      .then(() => import(assets.page.js.url))
      .catch((cause) => { throw cause instanceof Stopped ? cause : new Stopped('changed', cause); }),
  ]);
  globalThis.sealward = { worker };
  await glue.default({ module_or_path: program });
  document.getElementById('boot')?.remove();
  // For the next start, should the server be away then. Where it is refused, nothing else is missing. What `sealward web`
  // hands out ends with it.
  if (!local) navigator.serviceWorker?.register('/offline.js').catch(() => {});
}

say('loading');
start().catch((error) => {
  say(error instanceof Stopped ? error.sentence : 'failed');
  document.getElementById('boot')?.setAttribute('role', 'alert');
  console.error(error);
});
