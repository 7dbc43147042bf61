// The second device, a browser with empty storage: only the kit and the password together open the team there.
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, afterEach, before, test } from 'node:test';
import { checkAccess, openDevice } from './harness/browser.js';
import { addResource, eventually, inside, password, rows, settle, signInWithKit } from './harness/person.js';
import { startServer } from './harness/server.js';
import { startTeam } from './harness/team.js';

let team;
let otherServer;
let kitFile;
before(async () => {
  team = await startTeam();
  team.owner.expect(/status of 40/);
  await addResource(team.page, { Name: team.secret('payroll-db-09.internal'), 'User name': team.secret('payroll-admin'), Password: team.secret('hunter2-but-longer') });
  kitFile = path.join(team.server.folder, '..', `${path.basename(team.server.folder)}-kit.txt`);
  await writeFile(kitFile, `Sealward emergency kit\n\nLogin name: ${team.kit.login}\nSecret Key: ${team.kit.text}\n`);
});
afterEach((test) => team.check(test));
after(async () => {
  await otherServer?.stop();
  await team?.close();
});

const kitField = (page) => page.getByLabel('Emergency kit');
const submit = (page) => page.getByRole('button', { name: 'Sign in' }).click();
const refusal = (page, text) => page.getByRole('alert').filter({ hasText: text }).waitFor();

async function fillIn(page, kit, secret = password, login = team.kit.login) {
  await kitField(page).fill(kit);
  await page.getByLabel('Login name').fill(login);
  await page.getByLabel('Password', { exact: true }).fill(secret);
}

async function arrived(page) {
  await inside(page);
  await eventually(() => rows(page).locator('.row-name').allTextContents(), ['payroll-db-09.internal']);
}

async function newDevice() {
  const device = await team.openDevice();
  device.expect(/status of 40/);
  return { device, page: await device.open('/sign-in') };
}

async function signOut(page) {
  await page.getByRole('button', { name: 'Settings and more' }).click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await page.getByRole('heading', { name: 'Welcome back' }).waitFor();
}

// `group` with one letter that is another one.
const misspelt = (group) => group.slice(0, -1) + (group.endsWith('Q') ? 'R' : 'Q');

test('the kit is pasted', async () => {
  const { device, page } = await newDevice();
  await kitField(page).waitFor();
  await checkAccess(page, 'signing in with the kit');
  await signInWithKit(page, team.kit);
  await arrived(page);
  await device.close();
});

test('the kit comes from its file', async () => {
  const { device, page } = await newDevice();
  const [chooser] = await Promise.all([page.waitForEvent('filechooser'), page.getByText('Open kit file').click()]);
  await chooser.setFiles(kitFile);
  await page.getByText('The kit is complete').waitFor();
  assert.ok((await kitField(page).inputValue()).includes(team.kit.groups[3]));
  await page.getByLabel('Login name').fill(team.kit.login);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await submit(page);
  await arrived(page);
  await device.close();
});

test('the kit is typed by hand, with a typing error that is named', async () => {
  const { device, page } = await newDevice();
  for (const at of [2, 5]) {
    const groups = team.kit.groups.map((group, index) => (index === at ? misspelt(group) : group));
    await kitField(page).fill('');
    await kitField(page).pressSequentially(groups.join(' ').toLowerCase());
    await page.getByText(`Group ${at + 1} of the kit has a typing error.`).waitFor();
  }
  await checkAccess(page, 'a typing error in the kit');
  await fillIn(page, team.kit.groups.map((group, at) => (at === 2 ? misspelt(group) : group)).join('-'));
  await submit(page);
  await refusal(page, 'Group 3 of the kit has a typing error.');
  await fillIn(page, team.kit.groups.slice(0, -2).join('-'));
  await submit(page);
  await refusal(page, 'The kit is not complete');
  await fillIn(page, team.kit.groups.join('\n'));
  await submit(page);
  await arrived(page);
  await device.close();
});

test('the kit of another team is called wrong', async () => {
  otherServer = await startServer();
  const stranger = await openDevice(team.browser, otherServer);
  const other = await settle(await stranger.open('/'), { team: 'Southwind', person: 'Ida Berg', login: team.kit.login });
  await stranger.close();
  const { device, page } = await newDevice();
  await fillIn(page, other.text);
  await submit(page);
  await refusal(page, 'it is not the right one');
  await device.close();
});

test('a wrong password is called so, and a kit beside the wrong name', async () => {
  const { device, page } = await newDevice();
  await fillIn(page, team.kit.text, 'another password altogether');
  await submit(page);
  await refusal(page, 'Wrong login name or password.');
  await fillIn(page, team.kit.text, password, 'nobody.of.that.name');
  await submit(page);
  await refusal(page, 'it belongs to another team or person, or was replaced');
  await device.close();
});

test('a browser that was told not to keep the Secret Key asks for the kit again', async () => {
  const { device, page } = await newDevice();
  await fillIn(page, team.kit.text);
  await page.getByLabel('Remember the Secret Key in this browser').uncheck();
  await submit(page);
  await arrived(page);
  await page.reload();
  await page.getByRole('heading', { name: 'Sign in on a new device' }).waitFor();
  await page.getByText('You need your emergency kit and your password.').waitFor();
  await device.close();
});

test('a browser that has lost the Secret Key says so', async () => {
  const { device, page } = await newDevice();
  await signInWithKit(page, team.kit);
  await arrived(page);
  await signOut(page);
  const browser = await device.context.newCDPSession(page);
  await browser.send('Storage.clearDataForOrigin', { origin: team.server.origin, storageTypes: 'indexeddb' });
  await page.getByLabel('Password', { exact: true }).fill(password);
  await submit(page);
  await page.getByText('This browser has forgotten your Secret Key. Your emergency kit brings it back.').waitFor();
  await checkAccess(page, 'a lost Secret Key');
  await fillIn(page, team.kit.text);
  await submit(page);
  await arrived(page);
  await device.close();
});

test('a server that is down is called so, and nothing is lost', async () => {
  const { device, page } = await newDevice();
  device.expect(/ERR_CONNECTION|Failed to load resource/);
  await fillIn(page, team.kit.text);
  team.owner.expect(/ERR_|Failed to load resource/);
  await team.server.disconnect();
  await submit(page);
  await refusal(page, 'The server cannot be reached');
  await team.server.reconnect();
  await submit(page);
  await arrived(page);
  await device.close();
});

test('whoever signs out needs the password alone, and whoever forgets the browser the kit', async () => {
  const { device, page } = await newDevice();
  await signInWithKit(page, team.kit);
  await arrived(page);
  await signOut(page);
  await checkAccess(page, 'coming back');
  await page.getByLabel('Password', { exact: true }).fill(password);
  await submit(page);
  await arrived(page);
  await page.getByRole('button', { name: 'Settings and more' }).click();
  await page.getByRole('menuitem', { name: 'Settings' }).click();
  await page.getByRole('button', { name: 'Forget this browser' }).click();
  await page.getByRole('heading', { name: 'Welcome to Sealward' }).waitFor();
  await page.goto('/sign-in');
  await kitField(page).waitFor();
  await device.close();
});

test('the server has seen nothing of it', async () => {
  await team.checkRemains();
});
