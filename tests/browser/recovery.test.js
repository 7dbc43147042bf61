// Keys compared and replaced; and somebody who has lost everything let back in by two trustees, each in a browser of
// their own.
import assert from 'node:assert/strict';
import { after, afterEach, before } from 'node:test';
import { checkAccess } from './harness/browser.js';
import { account, addResource, dialog, eventually, inside, openSettings, readKit, row, signInWithKit, toast, typeKitBack } from './harness/person.js';
import { story } from './harness/story.js';
import { startTeam } from './harness/team.js';

const step = story();
const secret = 'seven ladders in the harbour';
const renewed = 'nine lanterns under the bridge';
const again = 'eleven anchors on the meadow';
let team;
let page;
before(async () => {
  team = await startTeam();
  page = team.page;
  team.owner.expect(/status of 40/);
  await addResource(page, { Name: team.secret('core-router-5.internal'), 'User name': team.secret('router-admin'), Password: team.secret('first floor, second rack') });
});
afterEach((test) => team.check(test));
after(() => team?.close());

const people = (window) => window.getByRole('region', { name: 'People' });
const person = (window, name) => people(window).getByRole('listitem').filter({ hasText: name });
const notice = (window, text) => window.locator('.notice').filter({ hasText: text });
const words = (part) => part.getByRole('list', { name: 'Words of the device' }).getByRole('listitem').allTextContents();

async function openPeople(window) {
  await window.getByRole('link', { name: 'People' }).click();
  await people(window).getByRole('heading', { name: /^Members/ }).waitFor();
}

async function join(login, role) {
  await people(page).getByRole('button', { name: 'Invite someone' }).click();
  await dialog(page).getByRole('combobox').first().selectOption({ label: role });
  await dialog(page).getByRole('button', { name: 'Make the link' }).click();
  const link = await dialog(page).locator('.invitation-link').textContent();
  await dialog(page).getByRole('button', { name: 'Close' }).last().click();
  const device = await team.openDevice();
  device.expect(/status of 4\d\d/);
  const window = await device.open(link);
  await window.getByLabel('Login name').fill(login);
  await window.getByLabel('Password', { exact: true }).fill(secret);
  await window.getByRole('button', { name: 'Join' }).click();
  const kit = team.knowsKit({ ...(await readKit(window)), login, password: secret, team: '', person: '' });
  await typeKitBack(window, kit);
  await inside(window);
  return { window, kit, device };
}

async function compare(window, name) {
  await openPeople(window);
  await person(window, name).getByRole('button', { name: `More for ${name}` }).click();
  await window.getByRole('menuitem', { name: 'Compare keys' }).click();
  const groups = dialog(window).getByRole('list', { name: 'Safety number' }).getByRole('listitem');
  await groups.first().waitFor();
  return groups.allTextContents();
}

let li;
let sun;
let lost;

step('two people see the same safety number, and mark it', async () => {
  await openPeople(page);
  li = await join('li.na', 'Editor');
  sun = await join('sun.wei', 'User');
  const [mine, theirs] = [await compare(page, 'li.na'), await compare(li.window, 'mara.lindqvist')];
  assert.equal(mine.length, 12);
  assert.ok(mine.every((group) => /^\d{5}$/.test(group)), mine.join(' '));
  assert.deepEqual(theirs, mine);
  await checkAccess(page, 'the safety number');
  await dialog(page).getByRole('img', { name: 'The safety number as a QR code' }).waitFor();
  await dialog(page).getByRole('button', { name: 'They match' }).click();
  await person(page, 'li.na').getByText('Compared', { exact: true }).waitFor();
  await dialog(li.window).getByRole('button', { name: 'Close' }).last().click();
  // With another person it is another number.
  assert.notDeepEqual(await compare(page, 'sun.wei'), mine);
  await dialog(page).getByRole('button', { name: 'Close' }).last().click();
});

step('nobody is recovered without a group, and an owner sets one', async () => {
  await openSettings(li.window);
  await li.window.getByText('The team has no recovery group').waitFor();
  await people(page).getByText('Whoever loses their kit cannot be let back in').waitFor();
  await people(page).getByRole('button', { name: 'Set the recovery group' }).click();
  await checkAccess(page, 'the recovery group');
  await dialog(page).getByLabel('mara.lindqvist').check();
  await dialog(page).getByText('Choose at least 2 trustees.').waitFor();
  await dialog(page).getByLabel('sun.wei').check();
  await dialog(page).getByText('Choose at least 2 trustees.').waitFor({ state: 'detached' });
  await dialog(page).getByRole('button', { name: 'Save' }).click();
  await people(page).getByText(/2 of these trustees together/).waitFor();
});

step('whoever wants to be recovered agrees, and is shown by whom', async () => {
  await li.window.getByText(/^Off\. If you agree, 2 of/).waitFor();
  await checkAccess(li.window, 'the settings');
  await li.window.getByRole('button', { name: 'Let them recover me' }).click();
  await li.window.getByText(/^On since .*: 2 of/).waitFor();
});

step('a new device shows words, and an administrator who has compared them begins', async () => {
  const id = new URL(li.window.url()).pathname.split('/')[2];
  const device = await team.openDevice();
  device.expect(/status of 4\d\d/);
  lost = { device, window: await device.open(`/recover/${id}`) };
  await lost.window.getByRole('heading', { name: 'Get back in' }).waitFor();
  await checkAccess(lost.window, 'asking for recovery');
  await lost.window.getByLabel('Login name').fill('li.na');
  await lost.window.getByRole('button', { name: 'Ask for recovery' }).click();
  await eventually(async () => (await words(lost.window)).length, 12);
  lost.words = await words(lost.window);
  await checkAccess(lost.window, 'the words');
  await people(page).getByText('li.na wants to be recovered on a new device').waitFor();
  await people(page).getByRole('button', { name: 'Begin the recovery' }).click();
  assert.deepEqual(await words(dialog(page)), lost.words);
  // Nothing begins before the words were compared.
  assert.equal(await dialog(page).getByRole('button', { name: 'Begin the recovery' }).count(), 0);
  await dialog(page).getByLabel(/read me these words/).check();
  await checkAccess(page, 'comparing words');
  await dialog(page).getByRole('button', { name: 'Begin the recovery' }).click();
  await toast(page, 'Recovery begun').waitFor();
  await lost.window.getByText('0 of 2 shares given.').waitFor();
  await notice(li.window, 'mara.lindqvist has begun your recovery').waitFor();
});

step('each trustee compares the words and gives a share', async () => {
  for (const window of [page, sun.window]) {
    await notice(window, 'li.na is being recovered and needs your share').getByRole('link', { name: 'Look' }).click();
    await people(window).getByRole('button', { name: 'Give my share' }).click();
    assert.deepEqual(await words(dialog(window)), lost.words);
    await dialog(window).getByLabel(/read me these words/).check();
    await dialog(window).getByRole('button', { name: 'Give my share' }).click();
    await toast(window, 'Share given').waitFor();
    if (window === page) await lost.window.getByText('1 of 2 shares given.').waitFor();
  }
});

step('the person chooses a new password, gets a new kit, and everything is there', async () => {
  await lost.window.getByRole('heading', { name: 'Choose a new password' }).waitFor();
  await lost.window.getByLabel('New password').fill(renewed);
  await lost.window.getByRole('button', { name: 'Set password and get the kit' }).click();
  lost.kit = team.knowsKit({ ...(await readKit(lost.window)), login: 'li.na', password: renewed, team: '', person: '' });
  await typeKitBack(lost.window, lost.kit);
  await inside(lost.window);
  await row(lost.window, 'core-router-5').click();
  await account(lost.window, 'router-admin').getByRole('button', { name: 'Show password' }).click();
  await lost.window.getByText('first floor, second rack').waitFor();
  // The device of before is out, and its kit is worth nothing.
  await li.window.getByText('Your session was ended').waitFor();
});

step('everyone is told that the keys changed, and the mark is gone', async () => {
  await notice(page, /li\.na’s keys were replaced on/).waitFor();
  await notice(sun.window, /li\.na’s keys were replaced on/).waitFor();
  await openPeople(page);
  await eventually(() => person(page, 'li.na').getByText('Compared', { exact: true }).count(), 0);
  const mine = await compare(page, 'li.na');
  assert.deepEqual(await compare(lost.window, 'mara.lindqvist'), mine);
  await dialog(lost.window).getByRole('button', { name: 'Close' }).last().click();
  await dialog(page).getByRole('button', { name: 'They match' }).click();
  await notice(page, /keys were replaced/).waitFor({ state: 'detached' });
  await notice(sun.window, /keys were replaced/).getByRole('button', { name: 'Dismiss' }).click();
  await notice(sun.window, /keys were replaced/).waitFor({ state: 'detached' });
});

step('keys are replaced with password and kit, after the present password', async () => {
  const { window } = sun;
  await openSettings(window);
  await window.getByRole('button', { name: 'Replace keys' }).click();
  await checkAccess(window, 'replacing keys');
  await dialog(window).getByLabel('Present password').fill('not the password at all');
  await dialog(window).getByLabel('New password').fill(again);
  await dialog(window).getByRole('button', { name: 'Replace keys' }).click();
  await dialog(window).getByRole('alert').waitFor();
  await dialog(window).getByLabel('Present password').fill(secret);
  await dialog(window).getByRole('button', { name: 'Replace keys' }).click();
  const kit = team.knowsKit({ ...(await readKit(window)), login: 'sun.wei', password: again, team: '', person: '' });
  assert.notEqual(kit.text, sun.kit.text);
  await typeKitBack(window, kit);
  await toast(window, 'Keys replaced').waitFor();
  await notice(page, /sun\.wei’s keys were replaced on/).waitFor();
  const device = await team.openDevice();
  device.expect(/status of 40/);
  const elsewhere = await device.open('/');
  await signInWithKit(elsewhere, sun.kit);
  await elsewhere.getByRole('alert').waitFor();
  await signInWithKit(elsewhere, kit);
  await row(elsewhere, 'core-router-5').click();
  await account(elsewhere, 'router-admin').getByRole('button', { name: 'Show password' }).click();
  await elsewhere.getByText('first floor, second rack').waitFor();
});

step('the server has seen nothing of it', () => team.checkRemains());
