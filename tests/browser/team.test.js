// A person creates a team, keeps the kit, and stands in front of an empty vault.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, afterEach, before } from 'node:test';
import { checkAccess } from './harness/browser.js';
import { chooseForList, createTeam, dialog, eventually, inside, node, openSettings, password, readKit, rows, toast, typeKitBack } from './harness/person.js';
import { story } from './harness/story.js';
import { startTeam } from './harness/team.js';

const step = story();
let team;
let page;
let kit;
before(async () => {
  team = await startTeam({ settled: false });
  page = team.page;
});
afterEach((test) => team.check(test));
after(() => team?.close());

step('the first page offers to create a team or to sign in', async () => {
  await page.getByRole('heading', { name: 'Welcome to Sealward' }).waitFor();
  await page.getByRole('link', { name: /Sign in/ }).waitFor();
  await checkAccess(page, 'the first page');
  await page.getByRole('link', { name: /Create a team/ }).click();
  await page.getByRole('heading', { name: 'Create a team' }).waitFor();
  assert.equal(await page.getByLabel(/mail/i).count(), 0);
});

step('a password that is easy to guess is called so, and refused', async () => {
  await page.getByLabel('Team name').fill('Northwind Infrastructure');
  await page.getByLabel('Your name').fill('Mara Lindqvist');
  await page.getByLabel('Login name').fill('mara.lindqvist');
  await page.getByLabel('Password', { exact: true }).fill('password123');
  await page.getByText('Very weak').waitFor();
  await page.getByRole('button', { name: 'Create team' }).click();
  await page.getByRole('alert').filter({ hasText: 'too easy to guess' }).waitFor();
  // The team's own name makes no good password either.
  await page.getByLabel('Password', { exact: true }).fill('northwind infrastructure');
  await page.getByText(/^(Very weak|Weak|Fair)$/).waitFor();
  await page.getByLabel('Password', { exact: true }).fill(team.secret(password));
  await page.getByText('Strong').waitFor();
  await checkAccess(page, 'the form of a team');
});

step('the kit is shown, printed and downloaded', async () => {
  await page.evaluate(() => {
    navigator.storage.persist = async () => { globalThis.askedToStay = true; return true; };
  });
  await page.getByRole('button', { name: 'Create team' }).click();
  kit = { ...(await readKit(page)), team: 'Northwind Infrastructure', person: 'Mara Lindqvist', login: 'mara.lindqvist', password };
  team.knowsKit(kit);
  assert.ok(kit.groups.length >= 6);
  const sheet = page.getByRole('region', { name: 'Sealward emergency kit' });
  for (const text of ['Northwind Infrastructure', 'mara.lindqvist', team.server.origin]) await sheet.getByText(text, { exact: true }).waitFor();
  await sheet.getByRole('img', { name: 'The kit as a QR code' }).waitFor();
  await checkAccess(page, 'the kit');

  await page.evaluate(() => { window.print = () => { globalThis.printed = true; }; });
  await page.getByRole('button', { name: 'Print' }).click();
  assert.equal(await page.evaluate(() => globalThis.printed), true);

  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Download' }).click()]);
  const file = await readFile(await download.path(), 'utf8');
  for (const group of kit.groups) assert.ok(file.includes(group), 'the file holds every group');
  assert.ok(!file.includes(password), 'the file does not hold the password');
  assert.equal(await page.evaluate(() => globalThis.askedToStay), true, 'the page asks for storage that stays');
});

step('the way on is to type part of the kit back', async () => {
  await typeKitBack(page, kit, () => 'ZZZZ');
  await page.getByRole('alert').filter({ hasText: 'That is not what stands in the kit' }).waitFor();
  await typeKitBack(page, kit, (group) => ` ${group.toLowerCase()}`);
  await inside(page);
});

step('an empty vault offers to import, to add the first resource, and examples', async () => {
  await page.getByRole('heading', { name: 'This vault is empty' }).waitFor();
  await page.getByRole('button', { name: /^Import/ }).click();
  await dialog(page).getByRole('heading', { name: 'Import' }).waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: /Add the first resource/ }).click();
  await dialog(page).getByRole('heading', { name: 'New resource' }).waitFor();
  await page.keyboard.press('Escape');
  await dialog(page).waitFor({ state: 'detached' });
  await checkAccess(page, 'an empty vault');
});

step('examples come with one click and go with one', async () => {
  await page.getByRole('button', { name: /Fill with examples/ }).click();
  await eventually(() => rows(page).locator('.row-name').allTextContents(), ['Cloud storage', 'Core switch', 'Domain registrar', 'Order database', 'Web server']);
  ['Cloud storage', 'Core switch', 'Domain registrar', 'Order database', 'Web server', 'db-01.example.com', 'https://registrar.example.com/login', 'it@example.com', 'Renewal every March'].forEach((text) => team.secret(text));
  await node(page, /Servers/).waitFor();
  await node(page, /Main vault/).click();
  await chooseForList(page, 'Remove examples');
  await toast(page, 'Examples removed').waitFor();
  await page.getByRole('heading', { name: 'This vault is empty' }).waitFor();
  assert.equal(await node(page, /Servers/).count(), 0);
});

step('a sole owner is told to keep the kit twice', async () => {
  await page.getByText('You are the only owner').waitFor();
});

step('the kit is shown again after the password, and only then', async () => {
  team.owner.expect(/status of 40/);
  await openSettings(page);
  await page.getByRole('region', { name: 'Settings' }).getByRole('button', { name: 'Show the kit' }).click();
  await checkAccess(page, 'the question before the kit');
  await dialog(page).getByLabel('Password', { exact: true }).fill('not the password');
  await dialog(page).getByRole('button', { name: 'Show', exact: true }).click();
  await dialog(page).getByRole('alert').filter({ hasText: 'Wrong login name or password' }).waitFor();
  await dialog(page).getByLabel('Password', { exact: true }).fill(password);
  await dialog(page).getByRole('button', { name: 'Show', exact: true }).click();
  assert.deepEqual((await readKit(page)).groups, kit.groups);
  await page.keyboard.press('Escape');
});

step('a second team is not taken: the server belongs to the first', async () => {
  const stranger = await team.openDevice();
  const strange = await stranger.open('/create');
  await strange.getByText('This server takes no further team').waitFor();
  await checkAccess(strange, 'a server that takes no team');
});

step('the server has seen nothing of it', async () => {
  await team.checkRemains();
});
