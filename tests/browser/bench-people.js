// A team of 500 members, 200 vaults and 5,000 statements in Chromium: `cargo xtask bench` runs it after the page's other
// measurements. Prints a report and the aims; machines are noisy, so nothing here fails.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { openDevice, startBrowser } from './harness/browser.js';
import { line, millis, unlock, untilShown, watchTasks } from './harness/measure.js';
import { dialog, settle } from './harness/person.js';
import { startServer } from './harness/server.js';

const root = fileURLToPath(new URL('../../', import.meta.url));
const browser = await startBrowser();
const server = await startServer();
const alone = await startServer();
try {
  console.log('\nIn the browser, 500 members, 200 vaults, 5,000 statements');
  const empty = await ofAnEmptyTeam();
  const { kit, password, leaver } = await fill();
  const device = await openDevice(browser, server);
  await device.context.addInitScript(watchTasks);
  const page = await device.open('/sign-in');
  await page.getByLabel('Emergency kit').fill(kit);
  await page.getByText('The kit is complete').waitFor();
  await page.getByLabel('Login name').fill('ada');
  await page.getByLabel('Password', { exact: true }).fill(password);
  const first = await untilShown(page, '.team', () => page.getByRole('button', { name: 'Sign in' }).click());
  line('signing in on a browser that knows nothing', millis(first - empty));
  // Until the chain is written down.
  await page.waitForTimeout(5_000);
  const again = await unlock(page, '.team', password);
  line('unlocking, the chain kept here', millis(again.time - empty), '200 ms');
  line('  longest task of the page meanwhile', millis(again.task), '50 ms');
  await compare(page);
  await remove(page, leaver);
} finally {
  await browser.close();
  await Promise.all([server.stop(), alone.stop()]);
}

// What unlocking takes without anything in the team.
async function ofAnEmptyTeam() {
  const device = await openDevice(browser, alone);
  await device.context.addInitScript(watchTasks);
  const page = await device.open('/');
  await settle(page);
  const { time } = await unlock(page, '.team');
  await device.context.close();
  return time;
}

// The native client makes the team.
async function fill() {
  const address = server.origin.replace('http://', '');
  const bench = spawn('cargo', ['bench', '--package', 'sealward-tests', '--bench', 'bench', '--', '--data', 'target/bench', '--fill-people', address], { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] });
  let told = '';
  bench.stdout.on('data', (text) => { told += text; });
  await once(bench, 'close');
  const [, kit, words, leaver] = /^KIT (\S+) (\S+) (\S+)$/m.exec(told) ?? [];
  return { kit, password: words.replaceAll('_', ' '), leaver };
}

// Nobody vouches for what a new browser is shown, so nothing is written before that was compared.
async function compare(page) {
  await page.getByRole('button', { name: 'Compare' }).click();
  await dialog(page).getByRole('button', { name: 'It is the same: go on' }).click();
  await dialog(page).waitFor({ state: 'detached' });
}

// Somebody goes who has a role in 20 vaults of 50 members: until the vaults have their new keys.
async function remove(page, name) {
  await page.getByRole('link', { name: 'People' }).click();
  await page.getByRole('button', { name: `More for ${name}` }).click();
  await page.getByRole('menuitem', { name: 'Remove from the team' }).click();
  const button = dialog(page).getByRole('button', { name: 'Remove from the team', exact: true });
  await button.waitFor();
  await page.evaluate(() => window.tasks.reset());
  const time = await untilShown(page, 'dialog[open]', () => button.click(), true);
  line('removing somebody from 20 vaults of 50 members', millis(time), '3000 ms');
  line('  longest task of the page meanwhile', millis(await page.evaluate(() => window.tasks.longest())), '50 ms');
}
