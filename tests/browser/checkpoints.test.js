// What a browser without memory stands on: somebody's checkpoint, or nobody's; then nothing is written before somebody has
// compared.
import assert from 'node:assert/strict';
import { after, afterEach, before } from 'node:test';
import { checkAccess } from './harness/browser.js';
import { addResource, dialog, inside, openSettings, row, signInWithKit } from './harness/person.js';
import { story } from './harness/story.js';
import { startTeam } from './harness/team.js';

const step = story();
let team;
let page;
before(async () => {
  team = await startTeam();
  page = team.page;
  await addResource(page, { Name: 'first.example' });
});
afterEach((test) => team.check(test));
after(() => team?.close());

const howFar = (window) => window.getByRole('region', { name: 'Settings' }).locator('section').filter({ has: window.getByRole('heading', { name: 'How far the team has come' }) });
const isList = (url) => new URL(url, 'http://server').pathname.endsWith('/checkpoints');
// { checkpoints: [] } in CBOR.
const nobody = Buffer.concat([Buffer.from([0xa1, 0x6b]), Buffer.from('checkpoints'), Buffer.from([0x80])]);

async function signIn(options) {
  const device = await team.openDevice(options);
  device.expect(/status of 40/);
  const window = await device.open('/');
  await signInWithKit(window, team.kit);
  await inside(window);
  return window;
}

step('a new browser says whose word it stands on', async () => {
  const laptop = await signIn();
  assert.equal(await laptop.getByText('Nothing is written until').count(), 0);
  await openSettings(laptop);
  const section = howFar(laptop);
  await section.getByText(/It stands on what mara.lindqvist saw/).waitFor();
  const [steps, events] = await section.locator('dd').allTextContents();
  assert.ok(Number(steps) >= 1 && Number(events) >= 3, `${steps}, ${events}`);
  await checkAccess(laptop, 'the settings of a new browser');
});

step('the browser that made the team needs nobody', async () => {
  await openSettings(page);
  await howFar(page).getByText(/This browser remembers/).waitFor();
  await page.getByRole('region', { name: 'Settings' }).getByRole('link', { name: 'Close' }).click();
});

step('where nobody’s word is shown, nothing is written before it was compared', async () => {
  team.server.tamper = (url, body) => (isList(url) ? nobody : body);
  const laptop = await signIn({ viewport: { width: 360, height: 740 } });
  await laptop.locator('.tree-pane').getByRole('alert').filter({ hasText: 'the server shows it nobody’s word' }).waitFor();
  await checkAccess(laptop, 'a browser that stands on nothing');
  await laptop.getByRole('button', { name: 'Compare' }).click();
  await dialog(laptop).getByText('Steps of the team').waitFor();
  await checkAccess(laptop, 'the comparison');
  await laptop.keyboard.press('Escape');
  await dialog(laptop).waitFor({ state: 'detached' });
  await laptop.getByRole('button', { name: 'Compare' }).click();
  await dialog(laptop).getByRole('button', { name: 'It is the same: go on' }).click();
  await dialog(laptop).waitFor({ state: 'detached' });
  assert.equal(await laptop.getByText('Nothing is written until').count(), 0);
});

step('a write before that is refused, and one after it is taken', async () => {
  const laptop = await signIn();
  await laptop.getByRole('button', { name: 'Compare' }).waitFor();
  await laptop.getByRole('region', { name: 'Resources' }).getByRole('button', { name: 'New resource' }).click();
  await dialog(laptop).getByLabel('Name', { exact: true }).fill('second.example');
  await dialog(laptop).getByRole('button', { name: 'Create' }).click();
  await dialog(laptop).getByText('Compare what this browser stands on first').waitFor();
  await dialog(laptop).getByRole('button', { name: 'Cancel' }).click();
  await dialog(laptop).waitFor({ state: 'detached' });
  await laptop.getByRole('button', { name: 'Compare' }).click();
  await dialog(laptop).getByRole('button', { name: 'It is the same: go on' }).click();
  await dialog(laptop).waitFor({ state: 'detached' });
  await addResource(laptop, { Name: 'third.example' });
  team.server.tamper = null;
  await row(page, 'third.example').waitFor();
  assert.equal(await row(page, 'second.example').count(), 0);
});
