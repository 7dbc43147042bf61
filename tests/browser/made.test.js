// Somebody is made a member with a password, and replaces everything when they first sign in.
import assert from 'node:assert/strict';
import { after, afterEach, before } from 'node:test';
import { checkAccess } from './harness/browser.js';
import { dialog, inside, readKit, signInWithKit, typeKitBack } from './harness/person.js';
import { story } from './harness/story.js';
import { startTeam } from './harness/team.js';

const step = story();
const own = 'seven ladders in the harbour';
let team;
let page;
let given;
let grace;
before(async () => {
  team = await startTeam();
  page = team.page;
});
afterEach((test) => team.check(test));
after(() => team?.close());

const people = () => page.getByRole('region', { name: 'People' });
const person = (name) => people().getByRole('listitem').filter({ hasText: name });

step('an owner makes a member; password and kit are shown once', async () => {
  await page.getByRole('link', { name: 'People' }).click();
  await people().getByRole('button', { name: 'Invite someone' }).click();
  await dialog(page).getByRole('button', { name: /make them a member with a password/ }).click();
  await dialog(page).getByRole('heading', { name: 'Make a member with a password' }).waitFor();
  await checkAccess(page, 'making a member');
  await dialog(page).getByLabel('Login name').fill('grace.hopper');
  await dialog(page).getByRole('combobox').first().selectOption({ label: 'Editor' });
  await dialog(page).getByRole('button', { name: 'Make the member' }).click();
  await dialog(page).getByText('grace.hopper is a member').waitFor();
  const password = await dialog(page).locator('.first-password').textContent();
  assert.match(password, /^[A-Za-z0-9]{20}$/);
  given = team.knowsKit({ ...(await readKit(page)), login: 'grace.hopper', password, team: '', person: '' });
  await checkAccess(page, 'what is handed over');
  await dialog(page).getByRole('button', { name: 'Close' }).last().click();
  await person('grace.hopper').getByText('Not signed in yet').waitFor();
  await person('grace.hopper').getByText(/Keys made by mara\.lindqvist/).waitFor();
});

step('the first sign-in is for replacing what was made, and for nothing else', async () => {
  const device = await team.openDevice();
  // What is asked for beside it is refused until the keys are her own.
  device.expect(/status of 40/);
  grace = await device.open('/');
  await signInWithKit(grace, given);
  await grace.getByRole('heading', { name: 'Make this account yours' }).waitFor();
  assert.equal(await grace.getByRole('tree').count(), 0);
  await checkAccess(grace, 'the first sign-in');
  await grace.getByLabel('The password you were given').fill(given.password);
  await grace.getByLabel('New password').fill(own);
  await grace.getByRole('button', { name: 'Replace everything' }).click();
  const kit = team.knowsKit({ ...(await readKit(grace)), login: 'grace.hopper', password: own, team: '', person: '' });
  assert.notEqual(kit.text, given.text);
  await typeKitBack(grace, kit);
  await inside(grace);
});

step('everyone sees that the keys are her own now', async () => {
  await person('grace.hopper').getByText('Not signed in yet').waitFor({ state: 'detached' });
});

step('somebody is listed without keys, and gets them with a password later', async () => {
  await people().getByRole('button', { name: 'Invite someone' }).click();
  await dialog(page).getByRole('button', { name: /make them a member with a password/ }).click();
  await dialog(page).getByLabel('Login name').fill('rosa.parks');
  await dialog(page).getByLabel('Without keys for now').check();
  await dialog(page).getByRole('combobox').first().waitFor({ state: 'hidden' });
  await dialog(page).getByRole('button', { name: 'Add without keys' }).click();
  await person('rosa.parks').getByText('No keys yet').waitFor();
  await person('rosa.parks').getByRole('button', { name: /^More for/ }).click();
  await page.getByRole('menuitem', { name: 'Set a password…' }).click();
  await dialog(page).getByText('rosa.parks has no keys yet').waitFor();
  await dialog(page).getByRole('combobox').first().selectOption({ label: 'Viewer' });
  await checkAccess(page, 'setting a password');
  await dialog(page).getByRole('button', { name: 'Make the password' }).click();
  await dialog(page).getByText('rosa.parks has a new password').waitFor();
  const password = await dialog(page).locator('.first-password').textContent();
  team.knowsKit({ ...(await readKit(page)), login: 'rosa.parks', password, team: '', person: '' });
  await dialog(page).getByRole('button', { name: 'Close' }).last().click();
  await person('rosa.parks').getByText('Not signed in yet').waitFor();
});

step('neither password was ever told to the server', async () => {
  await team.checkRemains('grace.hopper');
});
