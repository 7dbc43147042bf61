// Files on an account: added, dropped, shown where nothing runs, saved, used as the secret, removed; and a large one up
// and down through a connection that breaks.
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, afterEach, before } from 'node:test';
import { checkAccess, narrow, wide } from './harness/browser.js';
import { account, addResource, detail, dialog, eventually, inside, row, save, shown, toast, unlock } from './harness/person.js';
import { story } from './harness/story.js';
import { startTeam } from './harness/team.js';

const step = story();
const mebi = 1024 * 1024;
let team;
let page;
let folder;
before(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'sealward-files-'));
  // Memory is measured when it is asked for, and tidied up: what waits for that is not what a file takes.
  team = await startTeam({ flags: ['--enable-blink-features=ForceEagerMeasureMemory'] });
  page = team.page;
  await addResource(page, { Name: team.secret('licence-server.internal'), 'User name': name, Password: team.secret('Marble-Canoe-71') });
});
afterEach((test) => team.check(test));
after(async () => {
  await team?.close();
  await rm(folder, { recursive: true, force: true });
});

const name = 'licence-admin';
const card = () => account(page, name);
const button = (label) => card().getByRole('button', { name: label, exact: true });
const add = (files) => card().getByLabel('Add files, or drop them here').setInputFiles(files);
const frame = () => page.frameLocator('iframe.preview');
const close = () => dialog(page).getByRole('button', { name: 'Close' }).click();
const png = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAIAAAACCAIAAAD91JpzAAAAEUlEQVR4nGP4z8DA8B+MgBgAHfAD/dPQfSYAAAAASUVORK5CYII=', 'base64');

async function bytesOf(download) {
  return readFile(await download.path());
}

step('files are added beside an account', async () => {
  const text = team.secret('Seat 1: orchid-lagoon-5521\nSeat 2: 会议室投影仪\n');
  await add([
    { name: team.secret('seats-and-serials.txt'), mimeType: 'text/plain', buffer: Buffer.from(text) },
    { name: 'rack-photo.png', mimeType: 'image/png', buffer: png },
  ]);
  await card().getByText('seats-and-serials.txt').waitFor();
  await card().getByText('rack-photo.png').waitFor();
  await eventually(() => page.locator('.transfer').count(), 0);
  await checkAccess(page, 'an account with files');
});

step('a file is dropped on it', async () => {
  const dropped = await page.evaluateHandle(() => {
    const data = new DataTransfer();
    data.items.add(new File(['<h1>Not a page</h1><script>parent.ran = true</script>'], 'readme.html', { type: 'text/html' }));
    return data;
  });
  await card().locator('.drop').dispatchEvent('drop', { dataTransfer: dropped });
  await card().getByText('readme.html').waitFor();
});

step('text is shown as text, whatever it is called', async () => {
  await button('Show seats-and-serials.txt').click();
  await frame().getByText('orchid-lagoon-5521').waitFor();
  assert.equal(await page.locator('iframe.preview').getAttribute('sandbox'), '');
  await checkAccess(page, 'a preview');
  await close();
  await button('Show readme.html').click();
  await frame().getByText('<h1>Not a page</h1>').waitFor();
  assert.equal(await frame().locator('h1').count(), 0);
  assert.equal(await page.evaluate(() => window.ran), undefined);
  await close();
});

step('an image is shown, and what it brings along does not run', async () => {
  await button('Show rack-photo.png').click();
  await eventually(() => frame().locator('img').evaluate((image) => image.naturalWidth), 2);
  await close();
  team.owner.expect(/Blocked script execution|Refused to|violates the following/);
  const svg = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><script>parent.ran = true; top.ran = true</script><circle r="4"/></svg>';
  await add([{ name: 'diagram.svg', mimeType: 'image/svg+xml', buffer: Buffer.from(svg) }]);
  await button('Show diagram.svg').click();
  await frame().locator('circle').waitFor({ state: 'attached' });
  assert.equal(await page.evaluate(() => window.ran), undefined);
  await close();
});

// One page with a black square at its lower left, and a script that runs when it is opened.
const pdf = () => {
  const drawing = '0 0 0 rg 0 0 100 100 re f';
  const objects = [
    '<< /Type /Catalog /Pages 2 0 R /OpenAction << /S /JavaScript /JS (app.alert\\(1\\); parent.ran = true; top.ran = true) >> >>',
    '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
    '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 300 200] /Contents 4 0 R >>',
    `<< /Length ${drawing.length} >>\nstream\n${drawing}\nendstream`,
  ];
  let text = '%PDF-1.7\n';
  const at = objects.map((object, index) => {
    const here = text.length;
    text += `${index + 1} 0 obj\n${object}\nendobj\n`;
    return `${String(here).padStart(10, '0')} 00000 n \n`;
  });
  const table = text.length;
  return Buffer.from(`${text}xref\n0 5\n0000000000 65535 f \n${at.join('')}trailer << /Size 5 /Root 1 0 R >>\nstartxref\n${table}\n%%EOF\n`);
};

// The colours of a picture at places given as parts of its width and height.
const colours = (src, places) => page.evaluate(async ([src, places]) => {
  const image = new Image();
  image.src = src;
  await image.decode();
  const canvas = new OffscreenCanvas(image.width, image.height).getContext('2d');
  canvas.drawImage(image, 0, 0);
  return places.map(([x, y]) => [...canvas.getImageData(x * image.width, y * image.height, 1, 1).data].slice(0, 3).join(' '));
}, [src, places]);

step('a PDF is drawn as pictures in a frame where nothing runs', async () => {
  await add([{ name: 'manual.pdf', mimeType: 'application/pdf', buffer: pdf() }]);
  await button('Show manual.pdf').click();
  const picture = frame().locator('img');
  await picture.waitFor();
  assert.equal(await page.locator('iframe').getAttribute('sandbox'), '');
  assert.deepEqual(await colours(await picture.getAttribute('src'), [[0.1, 0.9], [0.1, 0.1], [0.9, 0.9]]), ['0 0 0', '255 255 255', '255 255 255']);
  await dialog(page).getByText('Drawn on this device as pictures').waitFor();
  await checkAccess(page, 'a PDF');
  assert.equal(await page.evaluate(() => window.ran), undefined);
  await close();
});

step('what only calls itself a PDF is refused in plain words', async () => {
  await add([{ name: 'empty.pdf', mimeType: 'application/pdf', buffer: Buffer.from('%PDF-1.4\n') }]);
  await button('Show empty.pdf').click();
  await dialog(page).getByRole('alert').filter({ hasText: 'This PDF cannot be drawn' }).waitFor();
  await close();
});

step('a file is saved as it was', async () => {
  const [download] = await Promise.all([page.waitForEvent('download'), button('Download rack-photo.png').click()]);
  assert.equal(download.suggestedFilename(), 'rack-photo.png');
  assert.ok((await bytesOf(download)).equals(png));
});

step('files are there in both languages and themes and at 360 px', async () => {
  for (const viewport of [wide, narrow]) {
    for (const colorScheme of ['light', 'dark']) {
      await page.setViewportSize(viewport);
      await page.emulateMedia({ colorScheme });
      assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth));
      await checkAccess(page, `files, ${colorScheme}, ${viewport.width} px`);
      if (process.env.SHOTS) await page.screenshot({ path: path.join(process.env.SHOTS, `files-${colorScheme}-${viewport.width}.png`) });
    }
  }
  await page.setViewportSize(wide);
  await page.emulateMedia({ colorScheme: 'light' });
});

step('a file is the secret, and stands in a field', async () => {
  await card().getByRole('button', { name: 'Edit account' }).click();
  await dialog(page).getByRole('button', { name: 'Replace' }).click();
  await dialog(page).getByLabel('Use a file').setInputFiles({ name: 'server.lic', mimeType: '', buffer: randomBytes(3_000) });
  await dialog(page).getByText('server.lic').waitFor();
  await dialog(page).getByLabel('File', { exact: true }).setInputFiles({ name: 'contract.pdf', mimeType: 'application/pdf', buffer: Buffer.from('%PDF-1.4\n') });
  await eventually(() => dialog(page).getByLabel('Label').last().inputValue(), 'contract.pdf');
  await checkAccess(page, 'a form with files');
  if (process.env.SHOTS) await page.screenshot({ path: path.join(process.env.SHOTS, 'files-form.png') });
  await save(page);
  await button('Download server.lic').waitFor();
  await button('Download contract.pdf').waitFor();
});

step('a form says which files go before it is saved', async () => {
  await card().getByRole('button', { name: 'Edit account' }).click();
  const warning = dialog(page).getByText('Saving removes server.lic, contract.pdf. Removed files can be restored');
  await dialog(page).getByRole('button', { name: 'Use text instead' }).click();
  await dialog(page).getByText('Saving removes server.lic. Removed files can be restored').waitFor();
  await dialog(page).getByRole('button', { name: 'Remove field' }).click();
  await warning.waitFor();
  await checkAccess(page, 'a form that removes files');
  await page.keyboard.press('Escape');
  await dialog(page).getByRole('button', { name: 'Discard' }).click();
  await dialog(page).waitFor({ state: 'detached' });
  await button('Download server.lic').waitFor();
});

step('a removed file is taken back at once, or restored later', async () => {
  await button('Remove readme.html').click();
  await toast(page, 'File removed').getByRole('button', { name: 'Undo' }).click();
  await button('Download readme.html').waitFor();
  await button('Remove readme.html').click();
  await button('Download readme.html').waitFor({ state: 'detached' });
  await card().getByText('Removed files (1)').click();
  await checkAccess(page, 'removed files');
  if (process.env.SHOTS) await page.screenshot({ path: path.join(process.env.SHOTS, 'files-removed.png') });
  await button('Restore readme.html').click();
  const [download] = await Promise.all([page.waitForEvent('download'), button('Download readme.html').click()]);
  assert.match((await bytesOf(download)).toString(), /<html|<!doctype|script/i);
  await eventually(() => card().getByText('Removed files').count(), 0);
});

step('an upload is stopped, and the server forgets it', async () => {
  const large = path.join(folder, 'stopped.bin');
  await writeFile(large, randomBytes(40 * mebi));
  await add(large);
  await page.getByRole('button', { name: 'Cancel stopped.bin' }).click();
  await eventually(() => page.locator('.transfer').count(), 0);
  await eventually(() => team.server.exchanges.some(({ method, status }) => method === 'DELETE' && status === 200), true);
  assert.equal(await card().getByText('stopped.bin').count(), 0);
});

step('a file of 100 MiB goes up and comes down through a connection that breaks three times', async (test) => {
  team.owner.expect(/ERR_CONNECTION|ERR_EMPTY_RESPONSE|Failed to load resource|net::/);
  team.server.keeps = (url) => !url.includes('/chunks/');
  const large = path.join(folder, 'disk.img');
  const sent = createHash('sha256');
  const parts = Array.from({ length: 100 }, () => randomBytes(mebi));
  parts.forEach((part) => sent.update(part));
  await writeFile(large, Buffer.concat(parts));
  parts.length = 0;
  const memory = await watchMemory();
  const begun = Date.now();
  await add(large);
  const up = await cutThrice('Uploading disk.img', memory);
  await button('Download disk.img').waitFor({ timeout: 180_000 });
  test.diagnostic(`up: ${((Date.now() - begun) / 1000).toFixed(1)} s; ${memory.report()}`);
  const [download, down] = await Promise.all([
    page.waitForEvent('download', { timeout: 240_000 }),
    (async () => {
      await button('Download disk.img').click();
      return cutThrice('Downloading disk.img', memory);
    })(),
  ]);
  const received = createHash('sha256');
  for await (const part of createReadStream(await download.path())) received.update(part);
  assert.equal(received.digest('hex'), sent.digest('hex'));
  const { server } = memory.stop();
  test.diagnostic(`up and down: ${((Date.now() - begun) / 1000).toFixed(1)} s; ${memory.report()}`);
  test.diagnostic(`held by the page at 20, 50 and 80 %: ${up.join(', ')} MiB on the way up, ${down.join(', ')} MiB down`);
  // A file that was held whole would be 100 MiB on top, and 60 MiB between a fifth and four fifths of it.
  assert.ok(server < 100, `the server grew by ${server} MiB`);
  for (const held of [up, down]) assert.ok(held[2] - held[0] < 40, `the page holds what it moves: ${held.join(', ')} MiB`);
});

async function cutThrice(label, memory) {
  const held = [];
  const bar = page.getByRole('progressbar', { name: label });
  for (const share of [20, 50, 80]) {
    await bar.waitFor();
    while (Number(await bar.getAttribute('aria-valuenow')) < share) await new Promise((resolve) => setTimeout(resolve, 10));
    await team.server.disconnect();
    await page.getByText('Waiting for the connection').waitFor();
    held.push(await memory.held());
    await team.server.reconnect();
    // It may have gone on by itself by then.
    await page.locator('.transfer').getByRole('button', { name: 'Resume' }).click({ timeout: 1_000 }).catch(() => {});
    await page.getByText('Waiting for the connection').waitFor({ state: 'detached' });
  }
  return held;
}

// The most that server and page have held since now, in MiB over what they hold now.
async function watchMemory() {
  const session = await team.browser.newBrowserCDPSession();
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  await session.detach();
  const renderers = processInfo.filter(({ type }) => type === 'renderer').map(({ id }) => id);
  const held = async (ids) => {
    const sizes = await Promise.all(ids.map(async (id) => {
      const status = await readFile(`/proc/${id}/status`, 'utf8').catch(() => '');
      return Number(status.match(/VmRSS:\s+(\d+)/)?.[1] ?? 0) / 1024;
    }));
    return sizes.reduce((sum, size) => sum + size, 0);
  };
  const groups = { server: [team.server.pid], renderer: renderers };
  const first = {};
  const most = {};
  const look = async () => {
    for (const [group, ids] of Object.entries(groups)) {
      const now = await held(ids);
      first[group] ??= now;
      most[group] = Math.max(most[group] ?? 0, now);
    }
  };
  await look();
  const timer = setInterval(look, 100);
  const grown = () => Object.fromEntries(Object.keys(groups).map((group) => [group, Math.round(most[group] - first[group])]));
  return {
    // What the page and its worker hold now, tidied up, in MiB. The process holds more and keeps more of it after each
    // transfer; the driver of the browser is suspected, not proved.
    held: async () => {
      const { bytes } = await page.evaluate(() => performance.measureUserAgentSpecificMemory());
      return Math.round(bytes / mebi);
    },
    report: () => Object.keys(groups).map((group) => `${group} ${Math.round(first[group])} MiB, at most ${Math.round(most[group])} MiB`).join('; '),
    stop: () => {
      clearInterval(timer);
      return grown();
    },
  };
}

step('a form waits for its files before it is saved', async () => {
  await card().getByRole('button', { name: 'Edit account' }).click();
  await dialog(page).getByRole('button', { name: 'Use text instead' }).click();
  await team.server.disconnect();
  await dialog(page).getByLabel('Use a file').setInputFiles({ name: 'late.lic', mimeType: '', buffer: randomBytes(2_000) });
  await dialog(page).getByText('Waiting for the connection').waitFor();
  const saves = dialog(page).getByRole('button', { name: 'Save' });
  assert.equal(await saves.isDisabled(), true);
  await dialog(page).getByLabel('User name').press('Enter');
  await checkAccess(page, 'a form that waits for a file');
  await team.server.reconnect();
  await dialog(page).getByRole('button', { name: 'Resume' }).click({ timeout: 1_000 }).catch(() => {});
  await save(page);
  await button('Download late.lic').waitFor();
});

step('a file of a resource goes with its field, and comes back as one', async () => {
  const head = detail(page);
  const edit = () => head.getByRole('button', { name: 'Edit', exact: true }).click();
  const plan = team.secret('rack-plan-of-hall-7.txt');
  await edit();
  const more = dialog(page).getByRole('button', { name: 'More fields' });
  if (await more.count()) await more.click();
  await dialog(page).getByLabel('File', { exact: true }).setInputFiles({ name: plan, mimeType: 'text/plain', buffer: Buffer.from(team.secret('Row C, fourth from the door')) });
  await eventually(() => dialog(page).getByLabel('Label').last().inputValue(), plan);
  await save(page);
  await head.getByRole('button', { name: `Download ${plan}` }).waitFor();
  await edit();
  await dialog(page).getByRole('button', { name: 'Remove field' }).click();
  await save(page);
  await head.getByRole('button', { name: `Download ${plan}` }).waitFor({ state: 'detached' });
  await head.getByText('Removed files (1)').first().click();
  await checkAccess(page, 'the removed files of a resource');
  if (process.env.SHOTS) await page.screenshot({ path: path.join(process.env.SHOTS, 'files-removed-resource.png') });
  await head.getByRole('button', { name: `Restore ${plan}` }).click();
  const [download] = await Promise.all([page.waitForEvent('download'), head.getByRole('button', { name: `Download ${plan}` }).click()]);
  assert.equal((await bytesOf(download)).toString(), 'Row C, fourth from the door');
});

step('nothing of the files is on the server in the clear', async () => {
  await page.keyboard.press('Control+Shift+L');
  await unlock(page);
  await inside(page);
  await row(page, 'licence-server').click();
  await shown(page, 'licence-server.internal');
  await detail(page).getByText('seats-and-serials.txt').waitFor();
  await team.checkRemains();
});
