// A program that signs in by a token: admitted, bound to hosts, renewed, disabled, removed.
import assert from 'node:assert/strict';
import { after, afterEach, before } from 'node:test';
import { checkAccess } from './harness/browser.js';
import { addResource, clipboard, dialog, toast } from './harness/person.js';
import { story } from './harness/story.js';
import { startTeam } from './harness/team.js';

const step = story();
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

const people = () => page.getByRole('region', { name: 'People' });
const services = () => people().getByRole('list', { name: 'Services' });
const service = (name) => services().getByRole('listitem').filter({ hasText: name });
const field = (label) => dialog(page).getByLabel(label, { exact: true });

async function actOn(name, action) {
  await service(name).getByRole('button', { name: `More for ${name}` }).click();
  await page.getByRole('menuitem', { name: action }).click();
}

async function confirm(button) {
  await dialog(page).getByRole('button', { name: button, exact: true }).click();
  await dialog(page).waitFor({ state: 'detached' });
}

// The token that is shown, which the server must never see.
async function readToken() {
  const token = await dialog(page).getByLabel('The token').textContent();
  assert.match(token, /^swt1\.[\w-]{86}$/);
  team.secret(token);
  team.secret(token.slice(-43));
  return token;
}

async function done() {
  await dialog(page).getByRole('button', { name: 'Close' }).last().click();
  await dialog(page).waitFor({ state: 'detached' });
}

let token;

step('without services the people say what one is', async () => {
  await page.getByRole('link', { name: 'People' }).click();
  await people().getByText('No services yet').waitFor();
  await people().getByRole('button', { name: 'New service' }).click();
  await field('Login name').fill('build-server');
  await checkAccess(page, 'a new service');
});

step('a host that is none is pointed out by its line', async () => {
  await field('Bound to hosts').fill('192.0.2.0/24\n\nhttps://build.example');
  await dialog(page).getByRole('button', { name: 'Make the token' }).click();
  await dialog(page).getByText('Line 3: “https://build.example” is no address').waitFor();
  await field('Bound to hosts').fill('192.0.2.77/24\nBuild.Example.');
});

step('one that only asks is offered no role that reads', async () => {
  const roles = dialog(page).getByRole('combobox').first();
  assert.deepEqual(await roles.locator('option').allTextContents(), ['No access', 'Viewer', 'User', 'Editor']);
  await dialog(page).getByLabel('May ask, not read').check();
  assert.deepEqual(await dialog(page).getByRole('combobox').first().locator('option').allTextContents(), ['No access', 'Viewer']);
  await dialog(page).getByLabel('May ask, not read').uncheck();
  await dialog(page).getByRole('combobox').first().selectOption({ label: 'User' });
});

step('its token is shown once', async () => {
  await dialog(page).getByRole('button', { name: 'Make the token' }).click();
  await dialog(page).getByText('Shown only now').waitFor();
  token = await readToken();
  await checkAccess(page, 'the token');
  await dialog(page).getByRole('button', { name: 'Copy the token' }).click();
  assert.equal(await clipboard(page), token);
  await done();
  assert.equal(await page.getByText(token).count(), 0);
});

step('the list says from where, where to and until when', async () => {
  await service('build-server').getByText('From 192.0.2.0/24, build.example').waitFor();
  await service('build-server').getByText(/\(User\)/).waitFor();
  await service('build-server').getByText('90 days left').waitFor();
  await checkAccess(page, 'services');
});

step('a name is used once', async () => {
  await people().getByRole('button', { name: 'New service' }).click();
  await field('Login name').fill('Build-Server');
  await dialog(page).getByRole('button', { name: 'Make the token' }).click();
  await dialog(page).getByRole('alert').waitFor();
  await dialog(page).getByRole('button', { name: 'Cancel' }).click();
});

step('its terms change, and its roles stay', async () => {
  await actOn('build-server', 'Change its terms');
  assert.equal(await field('Bound to hosts').inputValue(), '192.0.2.0/24\nbuild.example');
  await field('Bound to hosts').fill('');
  await field('May act for').selectOption({ label: 'No end' });
  await checkAccess(page, 'terms');
  await dialog(page).getByRole('button', { name: 'Save' }).click();
  await toast(page, 'Saved').waitFor();
  await service('build-server').getByText('From anywhere').waitFor();
  await service('build-server').getByText('No end').waitFor();
  await actOn('build-server', 'Change its terms');
  await dialog(page).getByLabel('May ask, not read').check();
  await dialog(page).getByRole('button', { name: 'Save' }).click();
  await dialog(page).getByRole('alert').filter({ hasText: 'Lower its roles first' }).waitFor();
  await dialog(page).getByRole('button', { name: 'Cancel' }).click();
});

step('a renewed token is another one', async () => {
  await actOn('build-server', 'Renew the token');
  await dialog(page).getByText('The old one stops at once').waitFor();
  await checkAccess(page, 'renewing');
  await dialog(page).getByRole('button', { name: 'Renew the token' }).click();
  await dialog(page).getByText('Shown only now').waitFor();
  assert.notEqual(await readToken(), token);
  await done();
});

step('a vault lists it with a mark, and offers it no custody', async () => {
  await page.getByRole('treeitem', { level: 1 }).last().click();
  await page.getByRole('region', { name: 'Resources' }).getByRole('button', { name: 'More', exact: true }).click();
  await page.getByRole('menuitem', { name: 'Access…' }).click();
  const line = dialog(page).getByRole('listitem').filter({ hasText: 'build-server' });
  await line.getByText('Service', { exact: true }).waitFor();
  assert.deepEqual(await line.getByRole('combobox').locator('option').allTextContents(), ['Viewer', 'User', 'Editor']);
  await line.getByRole('combobox').selectOption({ label: 'Editor' });
  await toast(page, 'Saved').waitFor();
  await done();
});

step('a disabled one says so, and comes back', async () => {
  await page.getByRole('link', { name: 'People' }).click();
  await actOn('build-server', 'Disable');
  await dialog(page).getByText('its token opens nothing').waitFor();
  await confirm('Disable');
  await service('build-server').getByText('Disabled', { exact: true }).waitFor();
  await actOn('build-server', 'Enable');
  await confirm('Enable');
  await service('build-server').getByText('No end').waitFor();
  await service('build-server').getByText(/\(Editor\)/).waitFor();
});

step('an owner lets it manage people, and takes that back', async () => {
  await actOn('build-server', 'Make Administrator');
  await service('build-server').getByText('Administrator', { exact: true }).waitFor();
  await actOn('build-server', 'Make Member');
  await service('build-server').getByText('Administrator', { exact: true }).waitFor({ state: 'detached' });
});

step('a removed one is among the former members', async () => {
  await actOn('build-server', 'Remove the service');
  await dialog(page).getByText('its token stops at once').waitFor();
  await confirm('Remove the service');
  await people().getByText('No services yet').waitFor();
  await people().getByText('Former members').click();
  await people().getByRole('listitem').filter({ hasText: 'build-server' }).waitFor();
});

step('the server has seen nothing of it', () => team.checkRemains());
