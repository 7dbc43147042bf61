// What a person feels, measured in Chromium on a vault of 20,000 accounts: `cargo xtask bench` runs it after the
// server's own measurements. Prints a report and the aims; machines are noisy, so nothing here fails. ROWS says another
// number of accounts.
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { openDevice, startBrowser } from './harness/browser.js';
import { chooseForList, dialog, settle } from './harness/person.js';
import { line, millis, unlock, watchTasks } from './harness/measure.js';
import { startServer } from './harness/server.js';

const rows = Number(process.env.ROWS ?? 20_000);
const count = rows.toLocaleString('en');
const dist = fileURLToPath(new URL('../../dist/', import.meta.url));


await weigh();
const server = await startServer();
const browser = await startBrowser();
try {
  const device = await openDevice(browser, server);
  await device.context.addInitScript(watchTasks);
  const page = await device.open('/');
  await settle(page);
  const empty = await unlock(page, '.team');
  console.log(`\nIn the browser, ${count} accounts on ${count} resources`);
  await bringIn(page);
  line('unlock of an empty team, Argon2 included', millis(empty.time));
  line('kept in the browser, sealed', `${((await kept(page)) / 1_048_576).toFixed(1)} MiB`);
  await lock(page);
  await dropKept(page);
  await opening(page, 'from the server', empty, '2000 ms');
  await kept(page);
  await opening(page, 'from what the browser keeps', empty, '500 ms');
  await kept(page);
  await search(page);
  await scroll(page);
  await seal(page);
  // Last, as requests that were caught once go through the test for good.
  await lock(page);
  await device.context.route('**/v1/**', (route) => route.abort('connectionrefused'));
  await opening(page, 'without the server', empty, '500 ms');
} finally {
  await browser.close();
  await server.stop();
}

// Compressed size of all that is loaded before someone is signed in; what is loaded when needed stands apart.
async function weigh() {
  const later = { strength: 'password strength', reader: 'reader of imported files', writer: 'writer of exports', keys: 'keys and certificates', viewer: 'viewer of PDFs' };
  const weights = {};
  const names = [...(await readdir(path.join(dist, 'assets'))).map((name) => `assets/${name}`), 'index.html', 'icons.svg'];
  for (const name of names.filter((name) => !name.endsWith('.br'))) {
    const { size } = await stat(path.join(dist, `${name}.br`)).catch(() => stat(path.join(dist, name)));
    const program = Object.keys(later).find((program) => name.startsWith(`assets/${program}-`)) ?? 'eager';
    weights[program] = (weights[program] ?? 0) + size;
  }
  const kibibytes = (program) => `${(weights[program] / 1024).toFixed(0)} KiB`;
  console.log('\nPage weight (brotli)');
  line('everything up to sign-in', kibibytes('eager'), '450 KiB');
  for (const [program, what] of Object.entries(later)) line(`${what}, when needed`, kibibytes(program));
}

// Opens everything once, and tells what it took besides Argon2 and an empty team.
async function opening(page, how, empty, aim) {
  const full = await unlock(page, '.row-line:not(.loading)');
  line(`opening ${count}, ${how}`, millis(full.time - empty.time), aim);
  line('  longest task of the page meanwhile', millis(full.task), '50 ms');
}

async function lock(page) {
  await page.keyboard.press('Control+Shift+L');
  await page.getByRole('heading', { name: 'Locked' }).waitFor();
}

// Waits until the whole catalog is written down, and gives its size.
async function kept(page) {
  let [last, bytes] = [-1, 0];
  const begun = Date.now();
  for (let quiet = 0; quiet < 8 && Date.now() - begun < 180_000;) {
    await page.waitForTimeout(500);
    bytes = await inStore(page, 'size');
    quiet = bytes > rows * 300 && bytes === last ? quiet + 1 : 0;
    last = bytes;
  }
  // What was read to find that out is no burden on what is measured next.
  await page.requestGC();
  return bytes;
}

function dropKept(page) {
  return inStore(page, 'clear');
}

function inStore(page, act) {
  return page.evaluate(async (act) => {
    const read = (request) => new Promise((resolve, reject) => {
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
    const database = await read(indexedDB.open('sealward-catalog'));
    const store = database.transaction('kept', act === 'clear' ? 'readwrite' : 'readonly').objectStore('kept');
    const result = act === 'clear' ? await read(store.clear()) : (await read(store.getAll())).reduce((sum, value) => sum + value.length, 0);
    database.close();
    return result;
  }, act);
}

async function bringIn(page) {
  const head = 'Resource Name,User Account,Password,Description,Resource URL,Notes,Department\n';
  let sheet = head;
  for (let row = 0; row < rows; row += 1) {
    sheet += `host-${row}.corp.example,admin${row},pass-${row}-word!,Rack ${row % 40},https://host-${row}.corp.example/,Ask the night shift,Department ${row % 12}\n`;
  }
  await chooseForList(page, 'Import');
  await page.setInputFiles('dialog input[type=file]', { name: 'sheet.csv', mimeType: 'text/csv', buffer: Buffer.from(sheet) });
  await page.waitForSelector('.figures', { timeout: 120_000 });
  await page.evaluate(() => window.tasks.reset());
  const begun = Date.now();
  await dialog(page).getByRole('button', { name: 'Import', exact: true }).click();
  await dialog(page).getByText('Done.').waitFor({ timeout: 900_000 });
  line(`import of ${count} rows`, `${((Date.now() - begun) / 1000).toFixed(1)} s`, '60 s');
  line('  longest task of the page meanwhile', millis(await page.evaluate(() => window.tasks.longest())), '50 ms');
  await dialog(page).getByRole('button', { name: 'Show' }).click();
}

async function search(page) {
  await page.keyboard.press('Control+k');
  // The worker's own time: from a command that comes in to the answer that goes out.
  const worker = page.workers()[0];
  await worker.evaluate(() => {
    const [hear, post] = [self.onmessage, self.postMessage.bind(self)];
    let asked = null;
    self.times = [];
    self.onmessage = (event) => { asked = performance.now(); hear.call(self, event); };
    self.postMessage = (...message) => {
      if (asked !== null) self.times.push(performance.now() - asked);
      asked = null;
      post(...message);
    };
  });
  await page.evaluate(() => window.tasks.reset());
  await page.evaluate(() => {
    const input = document.activeElement;
    const list = input.closest('dialog') ?? document.body;
    window.answers = [];
    let asked = null;
    input.addEventListener('input', () => { asked = performance.now(); }, true);
    new MutationObserver(() => {
      if (asked !== null) window.answers.push(performance.now() - asked);
      asked = null;
    }).observe(list, { childList: true, subtree: true, characterData: true });
  });
  for (const letter of 'host-4821 admni nigth') {
    await page.keyboard.type(letter);
    await page.waitForTimeout(120);
  }
  const answers = (await page.evaluate(() => window.answers)).sort((a, b) => a - b);
  line(`search, median of ${answers.length} keystrokes, to the page`, millis(answers[Math.floor(answers.length / 2)] ?? NaN));
  line('search, slowest keystroke, to the page', millis(answers.at(-1) ?? NaN));
  const times = (await worker.evaluate(() => self.times)).sort((a, b) => a - b);
  line('search, median in the worker', `${(times[Math.floor(times.length / 2)] ?? NaN).toFixed(1)} ms`);
  line('search, slowest in the worker', `${(times.at(-1) ?? NaN).toFixed(1)} ms`, '16 ms');
  line('  longest task of the page meanwhile', millis(await page.evaluate(() => window.tasks.longest())), '50 ms');
  await page.keyboard.press('Escape');
}

async function scroll(page) {
  await dialog(page).waitFor({ state: 'detached' });
  await page.waitForTimeout(500);
  await page.evaluate(() => window.tasks.reset());
  const slowest = await page.evaluate(async () => {
    const list = document.querySelector('.rows');
    let [slowest, last] = [0, performance.now()];
    for (let step = 0; step < 300; step += 1) {
      list.scrollTop += list.scrollHeight / 300;
      const now = await new Promise(requestAnimationFrame);
      slowest = Math.max(slowest, now - last);
      last = now;
    }
    return slowest;
  });
  line('scrolling through all rows, slowest frame', millis(slowest), '50 ms');
  line('  longest task of the page meanwhile', millis(await page.evaluate(() => window.tasks.longest())), '50 ms');
}

// Sealing a file, from the first piece's bytes to the last chunk's hash, beside what WebCrypto takes for as much in the
// same worker: for AES-GCM alone, for AES-GCM with the SHA-256 that every chunk needs, and for a bare loop that also reads
// the pieces, four at once. A chunk is sealed while the one before is sent, so here the bench answers in the server's
// place, at once; the file is not kept then.
async function seal(page) {
  const size = 32;
  const worker = page.workers()[0];
  await worker.evaluate(() => {
    const reader = ReadableStreamBYOBReader.prototype;
    const [read, send, digest] = [reader.read, self.fetch, crypto.subtle.digest.bind(crypto.subtle)];
    self.sealing = [];
    reader.read = async function (view) {
      const bytes = await read.call(this, view);
      self.sealing[0] ??= performance.now();
      return bytes;
    };
    crypto.subtle.digest = async (name, bytes) => {
      const hash = await digest(name, bytes);
      self.sealing[1] = performance.now();
      return hash;
    };
    // { present: 1 } in CBOR.
    const stored = Uint8Array.of(0xa1, 0x67, ...new TextEncoder().encode('present'), 1);
    self.fetch = async (request, ...rest) => (request.url?.includes('/chunks/') ? new Response(stored) : send.call(self, request, ...rest));
  });
  await page.locator('.row-line:not(.loading)').first().click();
  await page.locator('.account .drop input').first().setInputFiles({ name: 'disk.img', mimeType: '', buffer: Buffer.alloc(size << 20, 7) });
  await page.locator('.toast').filter({ hasText: /disk.img|again|server|file/i }).first().waitFor({ timeout: 60_000 }).catch(() => {});
  const { sealing, alone, hashed, bare } = await worker.evaluate(async (size) => {
    const key = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt']);
    const piece = crypto.getRandomValues(new Uint8Array(1 << 16));
    const bytes = new Uint8Array(1 << 20).map((_, at) => piece[at & 0xffff]);
    const sealing = self.sealing[1] - self.sealing[0];
    const [alone, hashed] = [[], []];
    for (let round = 0; round < 48; round += 1) {
      const begun = performance.now();
      const sealed = await crypto.subtle.encrypt({ name: 'AES-GCM', iv: new Uint8Array(12) }, key, bytes);
      alone.push(performance.now() - begun);
      await crypto.subtle.digest('SHA-256', sealed);
      hashed.push(performance.now() - begun);
    }
    const file = new Blob([new Uint8Array(size << 20).fill(7)]);
    let next = 0;
    const loop = async () => {
      for (let at = next++; at < size; at = next++) {
        const plain = await file.slice(at << 20, (at + 1) << 20).arrayBuffer();
        await crypto.subtle.digest('SHA-256', await crypto.subtle.encrypt({ name: 'AES-GCM', iv: new Uint8Array(12) }, key, plain));
      }
    };
    const begun = performance.now();
    await Promise.all([loop(), loop(), loop(), loop()]);
    return { sealing, alone, hashed, bare: performance.now() - begun };
  }, size);
  const median = (times) => times.sort((a, b) => a - b)[times.length >> 1];
  const ours = sealing / size;
  line('sealing a file', `${(1000 / ours).toFixed(0)} MiB/s`);
  line("  of WebCrypto's AES-GCM alone", (median(alone) / ours).toFixed(2), '0.5');
  line("  of WebCrypto's AES-GCM with SHA-256", (median(hashed) / ours).toFixed(2));
  line('  of a bare loop that reads, seals and hashes', (bare / sealing).toFixed(2));
}
