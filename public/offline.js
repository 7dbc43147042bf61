// A service worker that lets the app start while the server cannot be reached. It keeps the files of one build, each
// fetched with its hash, and hands them out only where the server gives no answer: an answer always goes first. What
// belongs to the API never goes through here. `cargo xtask` puts the list of files in place of the marker.
const files = "@files@";
const build = "@build@";
const name = `sealward-${build}`;

async function keep() {
  const cache = await caches.open(name);
  await Promise.all(files.map(async ({ url, integrity }) => {
    const response = await fetch(url, integrity ? { integrity } : { cache: 'no-cache' });
    if (!response.ok) throw new Error(`${url}: ${response.status}`);
    await cache.put(url, response);
  }));
}

async function dropOthers() {
  const others = (await caches.keys()).filter((other) => other.startsWith('sealward-') && other !== name);
  await Promise.all(others.map((other) => caches.delete(other)));
}

async function answer(request) {
  const kept = async () => (await caches.open(name)).match(request.mode === 'navigate' ? '/' : new URL(request.url).pathname);
  try {
    const response = await fetch(request);
    // A proxy answers for a server that is down.
    return response.status < 502 ? response : await kept() ?? response;
  } catch (error) {
    const found = await kept();
    if (found) return found;
    throw error;
  }
}

addEventListener('install', (event) => event.waitUntil(keep().then(() => skipWaiting())));
addEventListener('activate', (event) => event.waitUntil(dropOthers()));
addEventListener('fetch', (event) => {
  const url = new URL(event.request.url);
  if (event.request.method === 'GET' && url.origin === location.origin && !url.pathname.startsWith('/v1/')) {
    event.respondWith(answer(event.request));
  }
});
