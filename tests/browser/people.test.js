// Three people in three browsers: invited, joined, given more, suspended in the middle of their work, removed.
import assert from 'node:assert/strict';
import { after, afterEach, before } from 'node:test';
import { checkAccess } from './harness/browser.js';
import { account, addResource, dialog, eventually, inside, readKit, row, rows, signInWithKit, toast, typeKitBack } from './harness/person.js';
import { story } from './harness/story.js';
import { startTeam } from './harness/team.js';

const step = story();
const secret = 'seven ladders in the harbour';
let team;
let page;
let vault;
before(async () => {
  team = await startTeam();
  page = team.page;
  team.owner.expect(/status of 40/);
  vault = await page.getByRole('treeitem', { level: 1 }).last().getAttribute('aria-label') ?? '';
  await addResource(page, { Name: team.secret('core-router-5.internal'), 'User name': team.secret('router-admin'), Password: team.secret('first floor, second rack') });
});
afterEach((test) => team.check(test));
after(() => team?.close());

const people = () => page.getByRole('region', { name: 'People' });
const person = (name) => people().getByRole('listitem').filter({ hasText: name });
const grants = (window) => window.getByRole('dialog').getByRole('listitem').filter({ has: window.getByRole('combobox') });

async function openPeople() {
  await page.getByRole('link', { name: 'People' }).click();
  await people().getByRole('heading', { name: /^Members/ }).waitFor();
}

// A link that gives this role in the team's vault; `null` gives none.
async function invite(role) {
  await people().getByRole('button', { name: 'Invite someone' }).click();
  const choice = dialog(page).getByRole('combobox').first();
  await choice.selectOption({ label: role ?? 'No access' });
  await dialog(page).getByRole('button', { name: 'Make the link' }).click();
  const link = await dialog(page).locator('.invitation-link').textContent();
  team.secret(link.split('#')[1]);
  return link;
}

async function done() {
  await dialog(page).getByRole('button', { name: 'Close' }).last().click();
  await dialog(page).waitFor({ state: 'detached' });
}

async function newcomer(link) {
  const device = await team.openDevice();
  device.expect(/status of 4\d\d/);
  const window = await device.open(link);
  await window.getByRole('heading', { name: 'Join a team' }).waitFor();
  return window;
}

async function join(window, login) {
  await window.getByLabel('Login name').fill(login);
  await window.getByLabel('Password', { exact: true }).fill(secret);
  await window.getByRole('button', { name: 'Join' }).click();
  const kit = team.knowsKit({ ...(await readKit(window)), login, password: secret, team: '', person: '' });
  await typeKitBack(window, kit);
  await inside(window);
  return kit;
}

async function actOn(name, action) {
  await person(name).getByRole('button', { name: `More for ${name}` }).click();
  await page.getByRole('menuitem', { name: action }).click();
}

async function confirm(button) {
  await dialog(page).getByRole('button', { name: button, exact: true }).click();
  await dialog(page).waitFor({ state: 'detached' });
}

let li;
let kit;
let used;

step('an owner makes a link, which is shown once, as text and as a picture', async () => {
  await openPeople();
  await checkAccess(page, 'people');
  used = await invite('User');
  assert.match(used, /^http:\/\/127\.0\.0\.1:\d+\/join#[\w-]{100,}$/);
  await dialog(page).getByRole('img', { name: 'The link as a QR code' }).waitFor();
  await checkAccess(page, 'the link');
  await done();
  await people().getByText('Invited by mara.lindqvist').waitFor();
  await people().getByText(/^Open until/).waitFor();
});

step('whoever has the link joins in one step, without the inviter, and sees what it gave', async () => {
  li = await newcomer(used);
  assert.equal(new URL(li.url()).hash, '', 'the link is not in the address');
  await li.getByText(/mara\.lindqvist invited you/).waitFor();
  await checkAccess(li, 'joining');
  kit = await join(li, 'li.na');
  await row(li, 'core-router-5').click();
  await account(li, 'router-admin').getByRole('button', { name: 'Show password' }).click();
  await li.getByText('first floor, second rack').waitFor();
  // A user opens and does not write.
  assert.equal(await li.getByRole('button', { name: 'Edit', exact: true }).count(), 0);
});

step('the inviter sees at once who joined', async () => {
  await person('li.na').waitFor();
  await people().getByText('Past invitations').click();
  await people().getByText('Used', { exact: true }).waitFor();
});

step('a link that was used, altered, or withdrawn says so', async () => {
  const again = await newcomer(used);
  await again.getByRole('alert').filter({ hasText: 'already joined by this link' }).waitFor();
  const letter = used.at(-7) === 'A' ? 'B' : 'A';
  const altered = await newcomer(used.slice(0, -7) + letter + used.slice(-6));
  await altered.getByRole('alert').filter({ hasText: 'not a whole invitation link' }).waitFor();
  const withdrawn = await invite('Viewer');
  await done();
  await people().getByRole('button', { name: 'Withdraw' }).click();
  await toast(page, 'Invitation withdrawn').waitFor();
  const late = await newcomer(withdrawn);
  await late.getByRole('alert').filter({ hasText: 'was withdrawn' }).waitFor();
});

step('a viewer sees names and no secret', async () => {
  const link = await invite('Viewer');
  await done();
  const sun = await newcomer(link);
  await join(sun, 'sun.wei');
  await row(sun, 'core-router-5').click();
  await account(sun, 'router-admin').waitFor();
  await account(sun, 'router-admin').getByRole('button', { name: 'Show password' }).click();
  await sun.getByText(/not allowed|may not|right/i).first().waitFor();
  assert.equal(await sun.getByText('first floor, second rack').count(), 0);
});

step('another role takes effect while the person works', async () => {
  await page.getByRole('treeitem', { name: vault || /vault/i }).first().click();
  await page.getByRole('region', { name: 'Resources' }).getByRole('button', { name: 'More', exact: true }).click();
  await page.getByRole('menuitem', { name: 'Access…' }).click();
  await grants(page).filter({ hasText: 'li.na' }).getByRole('combobox').selectOption({ label: 'Editor' });
  await toast(page, 'Saved').waitFor();
  await checkAccess(page, 'access to a vault');
  await done();
  await addResource(li, { Name: team.secret('edge-firewall-2.internal'), 'User name': team.secret('fw-admin'), Password: team.secret('amber kettle on the roof') });
  await eventually(() => rows(page).filter({ hasText: 'edge-firewall-2' }).count(), 1);
});

step('who is suspended is out at once, and told why; resumed, everything is there again', async () => {
  await openPeople();
  await actOn('li.na', 'Suspend');
  await dialog(page).getByText('is signed out at once').waitFor();
  await checkAccess(page, 'suspending');
  await confirm('Suspend');
  await li.getByText('Your session was ended').waitFor();
  await li.getByLabel('Password', { exact: true }).fill(secret);
  await li.getByRole('button', { name: 'Unlock' }).click();
  await li.getByRole('alert').filter({ hasText: /suspended/ }).waitFor();
  await person('li.na').getByText('Suspended', { exact: true }).waitFor();
  await actOn('li.na', 'Resume');
  await confirm('Resume');
  await li.getByRole('button', { name: 'Unlock' }).click();
  await row(li, 'edge-firewall-2').waitFor();
});

step('who is removed is out for good, also with the kit', async () => {
  await actOn('li.na', 'Remove from the team');
  await dialog(page).getByText('What they have seen they know').waitFor();
  await confirm('Remove from the team');
  await li.getByText('Your session was ended').waitFor();
  await people().getByText('Former members').click();
  await person('li.na').waitFor();
  const device = await team.openDevice();
  device.expect(/status of 40/);
  const elsewhere = await device.open('/');
  await signInWithKit(elsewhere, kit);
  await elsewhere.getByRole('alert').waitFor();
});

step('the last owner stays', async () => {
  // Nothing in the menu of the only owner takes anything from her.
  await person('mara.lindqvist').getByRole('button', { name: /^More for/ }).click();
  assert.deepEqual(await page.getByRole('menuitem').allInnerTexts(), ['What they could open…']);
  await page.keyboard.press('Escape');
});

step('the server has seen nothing of it', () => team.checkRemains());
