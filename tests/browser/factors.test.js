// A second factor: set up with an app, asked for by what is revealed, copied and exported, at sign-in, and taken away.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { after, afterEach, before } from 'node:test';
import { checkAccess, narrow, wide } from './harness/browser.js';
import { account, addResource, chooseForList, clipboard, eventually, inside, openSettings, password, row, shown, toast, unlock } from './harness/person.js';
import { story } from './harness/story.js';
import { startTeam } from './harness/team.js';

const step = story();
let team;
let page;
before(async () => {
  // A passkey belongs to a name.
  team = await startTeam({ host: 'localhost' });
  page = team.page;
  // What is refused for lack of a factor is an error of the network's for the browser's console.
  team.owner.expect(/status of 4/);
  await addResource(page, { Name: team.secret('vpn-gateway-3.internal'), 'User name': user, Password: team.secret(secret) });
});
afterEach((test) => team.check(test));
after(() => team?.close());

const user = 'gateway-admin';
const secret = 'Harbour/Lantern+Quartz=51';
const card = () => account(page, user);
const section = (name = 'Second factor') => page.getByRole('region', { name, exact: true });
const dialogOf = (name) => page.getByRole('dialog', { name, exact: true });
const asked = (name = 'Confirm it is you') => dialogOf(name);

// RFC 6238 with SHA-1, six digits and thirty seconds, over the seed as the page shows it.
function codeOf(seed, at) {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  const bits = [...seed.replaceAll(' ', '')].map((letter) => alphabet.indexOf(letter).toString(2).padStart(5, '0')).join('');
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => Number.parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(at));
  const mac = createHmac('sha1', key).update(counter).digest();
  const number = mac.readUInt32BE(mac.at(-1) & 15) & 0x7fffffff;
  return String(number % 1_000_000).padStart(6, '0');
}

let seed;
let taken = 0;
// The next code that the server has not seen: it takes those of the steps around now, each once, in their order.
function nextCode() {
  const now = Math.floor(Date.now() / 30_000);
  taken = Math.max(taken + 1, now - 1);
  assert.ok(taken <= now + 1, 'the test needs more codes than there are in a minute');
  return codeOf(seed, taken);
}

let recovery = [];
let devtools;
let authenticatorId;

// What a step sees is checked for access, and with SCREENSHOTS set to a folder kept there.
async function look(place) {
  await checkAccess(page, place);
  if (process.env.SCREENSHOTS) await page.screenshot({ path: `${process.env.SCREENSHOTS}/${place.replaceAll(/[^a-z]+/g, '-')}.png` });
}

async function confirmWith(label, code) {
  await asked().getByLabel(label).fill(code);
  await asked().getByRole('button', { name: 'Confirm' }).click();
}

async function confirmByRecovery() {
  if (await asked().getByRole('button', { name: 'Use a recovery code' }).isVisible()) {
    await asked().getByRole('button', { name: 'Use a recovery code' }).click();
  }
  await confirmWith('Recovery code', recovery.pop());
  await asked().waitFor({ state: 'detached' });
}

async function setPolicy(demand, lasts) {
  await page.getByRole('link', { name: 'People' }).click();
  const people = page.getByRole('region', { name: 'People' });
  await people.getByRole('button', { name: 'Change', exact: true }).click();
  await dialogOf('Team policy').getByLabel('Second factor to reveal').selectOption({ label: demand });
  await dialogOf('Team policy').getByLabel('A confirmation lasts').selectOption({ label: lasts });
  await look('the policy');
  await dialogOf('Team policy').getByRole('button', { name: 'Save' }).click();
}

// A confirmation that is still good for one thing is used up by it, and soon over: then the next one asks.
async function revealUntilAsked() {
  const end = Date.now() + 10_000;
  for (;;) {
    await card().getByRole('button', { name: 'Show Password' }).click();
    await asked().or(card().getByText(secret)).waitFor();
    if (await asked().isVisible()) return;
    assert.ok(Date.now() < end, 'one thing goes on for too long');
    await card().getByRole('button', { name: 'Hide Password' }).click();
    await new Promise((resolve) => setTimeout(resolve, 2_100));
  }
}

async function openCard() {
  await page.getByRole('treeitem', { name: /All resources/ }).click();
  await row(page, 'vpn-gateway-3').click();
  await shown(page, 'vpn-gateway-3.internal');
}

step('RFC 6238 is what this test computes', () => {
  // The seed of the RFC's appendix B in base32, at 59 seconds and at 1,111,111,109.
  const known = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';
  assert.deepEqual([codeOf(known, 1), codeOf(known, 37_037_036)], ['287082', '081804']);
});

step('whoever has no second factor is led to where one is set up', async () => {
  await setPolicy('All secrets, and at sign-in', 'For one thing');
  await toast(page, 'Saved').waitFor();
  await openCard();
  await card().getByRole('button', { name: 'Show Password' }).click();
  await asked().getByText('you have none yet').waitFor();
  await look('nothing to confirm with');
  await asked().getByRole('button', { name: 'Set one up' }).click();
  await dialogOf('Add an authenticator app').waitFor();
  assert.ok(!(await page.content()).includes(secret));
});

step('an app is set up with its first code', async () => {
  const dialog = dialogOf('Add an authenticator app');
  // An open screen alone adds no first one.
  await dialog.getByLabel('Password').fill('not the password');
  await dialog.getByRole('button', { name: 'Continue' }).click();
  await dialog.getByRole('alert').waitFor();
  await look('the password before a first factor');
  await dialog.getByLabel('Password').fill(password);
  await dialog.getByRole('button', { name: 'Continue' }).click();
  await dialog.getByRole('img', { name: 'The authenticator app’s key as a QR code' }).waitFor();
  await dialog.getByText('Cannot scan? Type the key').click();
  seed = await dialog.getByLabel('Key for the authenticator app').textContent();
  assert.match(seed, /^([A-Z2-7]{4} ){7}[A-Z2-7]{4}$/);
  await look('the key of an app');
  await dialog.getByLabel('First code from the app').fill('000000');
  await dialog.getByRole('button', { name: 'Confirm' }).click();
  await dialog.getByRole('alert').getByText('The code is wrong').waitFor();
  await dialog.getByLabel('First code from the app').fill(nextCode());
  await dialog.getByRole('button', { name: 'Confirm' }).click();
});

step('recovery codes are shown once', async () => {
  const dialog = dialogOf('Recovery codes');
  await dialog.getByRole('button', { name: 'Make new codes' }).click();
  await dialog.getByRole('listitem').first().waitFor();
  recovery = await dialog.getByRole('listitem').allTextContents();
  assert.equal(new Set(recovery).size, 10);
  for (const code of recovery) assert.match(code, /^([A-Z2-7]{5}-){5}[A-Z2-7]$/);
  await look('recovery codes');
  await dialog.getByRole('button', { name: 'Copy all' }).click();
  await eventually(() => clipboard(page), recovery.join('\n'));
  await dialog.getByRole('button', { name: 'I have kept them' }).click();
  await section().getByText('10 left').waitFor();
  await look('second factors in the settings');
  assert.ok(!(await page.content()).includes(recovery[0]));
});

step('what is revealed asks for it, and goes on by itself', async () => {
  await openCard();
  await revealUntilAsked();
  await look('asked for a second factor');
  await confirmWith('Code from your authenticator app', '123456');
  await asked().getByRole('alert').getByText('The code is wrong').waitFor();
  assert.ok(!(await page.content()).includes(secret));
  const code = nextCode();
  await confirmWith('Code from your authenticator app', code);
  await card().getByText(secret).waitFor();
  await card().getByRole('button', { name: 'Hide Password' }).click();
  // The same code is good for nothing any more.
  await revealUntilAsked();
  await confirmWith('Code from your authenticator app', code);
  await asked().getByRole('alert').getByText('used before').waitFor();
  await page.keyboard.press('Escape');
  await asked().waitFor({ state: 'detached' });
  await toast(page, 'This needs your second factor').waitFor();
  assert.ok(!(await page.content()).includes(secret));
});

step('a key that copies asks for it too', async () => {
  await row(page, 'vpn-gateway-3').click();
  await page.keyboard.press('c');
  await asked().waitFor();
  await confirmByRecovery();
  await eventually(() => clipboard(page), secret);
});

step('an export asks above its own dialog, and is written', async () => {
  await revealUntilAsked();
  await page.keyboard.press('Escape');
  await chooseForList(page, 'Export');
  const dialog = dialogOf('Export');
  await dialog.getByRole('radio', { name: /^JSON/ }).check();
  await dialog.getByLabel('I understand that the file is in plain text').check();
  const downloading = page.waitForEvent('download');
  await dialog.getByRole('button', { name: 'Export', exact: true }).click();
  await asked().waitFor();
  await confirmByRecovery();
  const written = readFileSync(await (await downloading).path(), 'utf8');
  assert.ok(written.includes(secret));
  await dialog.getByText(/^Done\. The browser saves/).waitFor();
  await dialog.getByRole('button', { name: 'Close' }).last().click();
});

step('a sign-in waits for it, and can be given up', async () => {
  await page.getByRole('button', { name: 'Lock', exact: true }).click();
  await unlock(page);
  await asked().waitFor();
  await look('a second factor at sign-in');
  await asked().getByRole('button', { name: 'Cancel' }).click();
  await page.getByText('This needs your second factor').waitFor();
  await unlock(page, password);
  await asked().waitFor();
  await confirmByRecovery();
  await inside(page);
});

step('in Chinese, on a small screen', async () => {
  await openCard();
  await revealUntilAsked();
  await page.keyboard.press('Escape');
  await openSettings(page);
  await page.getByLabel('Language').selectOption({ label: '简体中文' });
  await section('双重验证').getByText('身份验证器应用').first().waitFor();
  await page.setViewportSize(narrow);
  const width = () => page.evaluate(() => document.documentElement.scrollWidth);
  assert.ok((await width()) <= narrow.width);
  await look('second factors, in Chinese and narrow');
  await section('双重验证').getByRole('button', { name: '移除应用' }).click();
  await dialogOf('移除应用').getByRole('button', { name: '移除应用' }).click();
  const question = asked('请确认是您本人');
  await question.waitFor();
  assert.ok((await width()) <= narrow.width);
  await look('asked for a second factor, in Chinese and narrow');
  await question.getByRole('button', { name: '使用恢复码' }).click();
  await question.getByLabel('恢复码').fill(recovery.pop());
  await question.getByRole('button', { name: '确认' }).click();
  await section('双重验证').getByRole('button', { name: '添加身份验证器应用' }).waitFor();
  await page.setViewportSize(wide);
  await page.getByLabel('语言').selectOption({ label: 'English' });
});

step('the people say who has none', async () => {
  await page.getByRole('link', { name: 'People' }).click();
  const people = page.getByRole('region', { name: 'People' });
  await people.getByRole('listitem').filter({ hasText: 'mara.lindqvist' }).getByText('No second factor').waitFor();
  await people.getByText('Without a second factor: 1.').waitFor();
  await look('people without a second factor');
});

step('a passkey is added', async () => {
  // An authenticator in the browser, which needs nobody to touch it.
  const authenticator = { protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true };
  const session = await page.context().newCDPSession(page);
  await session.send('WebAuthn.enable');
  ({ authenticatorId } = await session.send('WebAuthn.addVirtualAuthenticator', { options: authenticator }));
  devtools = session;
  await openSettings(page);
  await section().getByRole('button', { name: 'Add a passkey' }).click();
  await dialogOf('Add a passkey').getByLabel('Password').fill(password);
  await dialogOf('Add a passkey').getByLabel('Name').fill('Work laptop');
  await look('a new passkey');
  await dialogOf('Add a passkey').getByRole('button', { name: 'Add a passkey' }).click();
  await toast(page, 'Passkey added').waitFor();
  await section().getByText('Work laptop').waitFor();
  const { credentials } = await devtools.send('WebAuthn.getCredentials', { authenticatorId });
  assert.deepEqual(credentials.map(({ rpId }) => rpId), ['localhost']);
  await look('a passkey in the settings');
});

step('it confirms what is revealed, without a word typed', async () => {
  await openCard();
  await revealUntilAsked();
  assert.equal(await asked().getByRole('textbox').count(), 0);
  await look('asked for a passkey');
  await asked().getByRole('button', { name: 'Use a passkey' }).click();
  await card().getByText(secret).waitFor();
});

step('one that the person does not give is said so, and the question stays', async () => {
  await card().getByRole('button', { name: 'Hide Password' }).click();
  await devtools.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified: false });
  await revealUntilAsked();
  await asked().getByRole('button', { name: 'Use a passkey' }).click();
  await asked().getByRole('alert').getByText('The browser gave no answer').waitFor();
  assert.ok(!(await page.content()).includes(secret));
  await devtools.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified: true });
  await asked().getByRole('button', { name: 'Use a passkey' }).click();
  await card().getByText(secret).waitFor();
});

step('it confirms a sign-in', async () => {
  await page.getByRole('button', { name: 'Lock', exact: true }).click();
  await unlock(page);
  await asked().getByRole('button', { name: 'Use a passkey' }).click();
  await inside(page);
});

step('it is renamed, and removed', async () => {
  await openSettings(page);
  const menu = async (name, action) => {
    await section().getByRole('button', { name: `More for ${name}` }).click();
    await page.getByRole('menuitem', { name: action }).click();
  };
  await menu('Work laptop', 'Rename passkey');
  await dialogOf('Rename passkey').getByLabel('Name').fill('Old laptop');
  await dialogOf('Rename passkey').getByRole('button', { name: 'Save' }).click();
  await section().getByText('Old laptop').waitFor();
  // The confirmation of the sign-in is used up first, so that this one asks.
  await openCard();
  await revealUntilAsked();
  await page.keyboard.press('Escape');
  await openSettings(page);
  await menu('Old laptop', 'Remove passkey');
  await dialogOf('Remove passkey').getByRole('button', { name: 'Remove passkey' }).click();
  await asked().getByRole('button', { name: 'Use a passkey' }).click();
  await toast(page, 'Passkey removed').waitFor();
  await section().getByText('Old laptop').waitFor({ state: 'detached' });
});

step('the audit says in words what was done', async () => {
  await page.getByRole('link', { name: 'Audit' }).click();
  for (const text of ['Removed a second factor: passkey', 'Confirmed with a second factor: passkey', 'Set up a second factor: recovery codes', 'Set the team’s policy on second factors']) {
    await page.getByRole('region', { name: 'Audit' }).getByText(text).first().waitFor();
  }
});

step('and the server kept nothing that it should not know', async () => {
  await team.checkRemains();
});
