// Locking, the person's sessions, and what a new password and a new kit do to the other devices.
import assert from 'node:assert/strict';
import { after, afterEach, before } from 'node:test';
import { checkAccess } from './harness/browser.js';
import { addResource, dialog, eventually, inside, openSettings, password, readKit, row, signInWithKit, toast, typeKitBack, unlock } from './harness/person.js';
import { story } from './harness/story.js';
import { startTeam } from './harness/team.js';

const step = story();
let team;
let page;
let laptop;
before(async () => {
  team = await startTeam();
  page = team.page;
  team.owner.expect(/status of 40/);
  await addResource(page, { Name: team.secret('core-switch-77.internal'), 'User name': team.secret('switch-admin'), Password: team.secret('rack three top shelf') });
  const device = await team.openDevice();
  device.expect(/status of 40/);
  laptop = await device.open('/');
  await signInWithKit(laptop, team.kit);
  await inside(laptop);
});
afterEach((test) => team.check(test));
after(() => team?.close());

const newPassword = 'brass lighthouse walrus paper';
const sessions = (window) => window.getByRole('region', { name: 'Settings' }).getByRole('listitem').filter({ has: window.getByText('This one').or(window.getByRole('button', { name: 'End', exact: true })) });
const ended = (window) => window.getByText('Your session was ended').waitFor();

step('locking forgets what was on the screen; the password brings it back', async () => {
  await row(page, 'core-switch-77').click();
  await page.getByRole('heading', { name: 'core-switch-77.internal' }).waitFor();
  await page.getByRole('button', { name: 'Lock', exact: true }).click();
  await page.getByRole('heading', { name: 'Locked' }).waitFor();
  assert.equal(await page.getByText('core-switch-77').count(), 0);
  await checkAccess(page, 'the locked page');
  await unlock(page, 'not the password');
  await page.getByRole('alert').filter({ hasText: 'Wrong login name or password' }).waitFor();
  await unlock(page);
  await page.getByRole('heading', { name: 'core-switch-77.internal' }).waitFor();
});

step('Ctrl-Shift-L locks too', async () => {
  await page.keyboard.press('Control+Shift+L');
  await unlock(page);
  await inside(page);
});

step('it locks by itself after idle time', async () => {
  await openSettings(page);
  await page.getByLabel('Lock after').selectOption('1 min without use');
  await toast(page, 'Saved').waitFor();
  // The clock of the worker goes 30 seconds ahead, and then two minutes.
  await pass(30);
  await page.waitForTimeout(2_500);
  await inside(page);
  await pass(120);
  await page.getByRole('heading', { name: 'Locked' }).waitFor();
  await pass(0);
  await unlock(page);
  await inside(page);
  await page.getByLabel('Lock after').selectOption('10 min without use');
});

async function pass(seconds) {
  for (const worker of page.workers()) {
    await worker.evaluate((seconds) => {
      globalThis.realNow ??= Date.now.bind(Date);
      Date.now = () => globalThis.realNow() + seconds * 1000;
    }, seconds);
  }
}

step('sessions are listed, and one is ended alone', async () => {
  const third = await team.openDevice();
  third.expect(/status of 40/);
  const phone = await third.open('/');
  await signInWithKit(phone, team.kit);
  await inside(phone);

  await page.reload();
  await unlock(page);
  await eventually(() => sessions(page).count(), 3);
  await eventually(() => sessions(page).filter({ hasText: 'This one' }).count(), 1);
  await checkAccess(page, 'the settings');
  // The newest one is the phone's; whichever it is, one device goes and the other stays.
  await sessions(page).getByRole('button', { name: 'End', exact: true }).first().click();
  await toast(page, 'Session ended').waitFor();
  await eventually(() => sessions(page).count(), 2);
  const gone = await Promise.race([ended(phone).then(() => phone), ended(laptop).then(() => laptop)]);
  const stayed = gone === phone ? laptop : phone;
  await inside(stayed);
  await stayed.getByRole('treeitem').first().waitFor();
  laptop = stayed;
});

step('a new password ends the other device, and the old one is worthless', async () => {
  team.secret(newPassword);
  await page.getByRole('button', { name: 'Change password' }).click();
  await checkAccess(page, 'a new password');
  await dialog(page).getByLabel('Present password').fill('not the password');
  await dialog(page).getByLabel('New password').fill(newPassword);
  await dialog(page).getByRole('button', { name: 'Change password' }).click();
  await dialog(page).getByRole('alert').filter({ hasText: 'Wrong login name or password' }).waitFor();
  await dialog(page).getByLabel('New password').fill('password1');
  await dialog(page).getByLabel('Present password').fill(password);
  await dialog(page).getByText('Very weak').waitFor();
  await dialog(page).getByRole('button', { name: 'Change password' }).click();
  await dialog(page).getByRole('alert').filter({ hasText: 'too easy to guess' }).waitFor();
  await dialog(page).getByLabel('New password').fill(newPassword);
  await dialog(page).getByText('Strong').waitFor();
  await dialog(page).getByRole('button', { name: 'Change password' }).click();
  await toast(page, 'Password changed').waitFor();
  await ended(laptop);
  await unlock(laptop, password);
  await laptop.getByRole('alert').filter({ hasText: 'Wrong login name or password' }).waitFor();
  await unlock(laptop, newPassword);
  await inside(laptop);
  await row(laptop, 'core-switch-77').waitFor();
});

step('a new kit makes the old one worthless', async () => {
  await page.getByRole('button', { name: 'Replace the kit' }).click();
  await dialog(page).getByLabel('Password', { exact: true }).fill(newPassword);
  await dialog(page).getByRole('button', { name: 'Make a new kit' }).click();
  const kit = { ...team.kit, ...(await readKit(page)), password: newPassword };
  team.knowsKit(kit);
  assert.notDeepEqual(kit.groups, team.kit.groups);
  await typeKitBack(page, kit);
  await toast(page, 'Kit confirmed').waitFor();

  const device = await team.openDevice();
  device.expect(/status of 40/);
  const tablet = await device.open('/');
  await signInWithKit(tablet, { ...team.kit, password: newPassword });
  await tablet.getByRole('alert').filter({ hasText: 'or was replaced' }).waitFor();
  await signInWithKit(tablet, kit);
  await inside(tablet);
  await row(tablet, 'core-switch-77').waitFor();
  await device.close();

  // A device with the old Secret Key can do nothing with the password alone.
  await ended(laptop);
  await unlock(laptop, newPassword);
  await laptop.getByRole('alert').filter({ hasText: 'or was replaced' }).waitFor();
});

step('the server has seen nothing of it', async () => {
  await team.checkRemains();
});
