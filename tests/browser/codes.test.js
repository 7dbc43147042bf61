// One-time codes, SSH keys, certificates and large type: typed, read from pictures and files, shown, copied, spelled.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, afterEach, before } from 'node:test';
import { fileURLToPath } from 'node:url';
import { checkAccess } from './harness/browser.js';
import { look as lookAt } from './harness/look.js';
import { account, addResource, clipboard, detail, dialog, eventually, fill, row, save, toast } from './harness/person.js';
import { story } from './harness/story.js';
import { startTeam } from './harness/team.js';

const step = story();
const folder = mkdtempSync(path.join(os.tmpdir(), 'sealward-codes-'));
const picture = (name) => fileURLToPath(new URL(`../fixtures/codes/${name}`, import.meta.url));
let team;
let page;
before(async () => {
  team = await startTeam();
  page = team.page;
  await addResource(page, { Name: team.secret('mail-relay-07.internal'), 'User name': team.secret('relay-operator'), Password: team.secret(secret) });
});
afterEach((test) => team.check(test));
after(() => {
  rmSync(folder, { recursive: true, force: true });
  return team?.close();
});

const secret = 'Tr1ckle/Pebble+88';
// The seed of the pictures; of RFC 6238.
const seed = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';
const card = (name = 'relay-operator') => account(page, name);
const releases = () => team.server.exchanges.filter(({ path }) => /release/.test(path)).length;
const code = (name) => card(name).locator('.one-time-code');
const digits = async (where) => (await where.innerText()).replace(/\D/g, '');

// RFC 6238 by node's own hash, for the moment of asking.
function totp(base32, { period = 30, digits = 6, hash = 'sha1', at = Date.now() } = {}) {
  const bits = [...base32].map((letter) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0')).join('');
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => Number.parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(at / 1000 / period)));
  const mac = createHmac(hash, key).update(counter).digest();
  const number = mac.readUInt32BE(mac.at(-1) & 15) & 0x7fff_ffff;
  return String(number % 10 ** digits).padStart(digits, '0');
}

// A period may end between reading and computing: then either code is right.
async function showsCode(read, options) {
  const before = totp(seed, options);
  const found = await read();
  assert.ok([before, totp(seed, options)].includes(found), `${found} is not the code`);
}

async function edit(name) {
  await card(name).getByRole('button', { name: 'Edit account' }).click();
  await dialog(page).waitFor();
}

async function addAccount(fields) {
  await detail(page).getByRole('button', { name: 'Add account' }).click();
  await fill(dialog(page), fields);
}

async function create() {
  await dialog(page).getByRole('button', { name: 'Create' }).click();
  await dialog(page).waitFor({ state: 'detached' });
}

const seedField = () => dialog(page).getByLabel('Seed of the one-time code');

step('what makes no codes is refused by name, and such a form is not sent', async () => {
  await edit();
  await dialog(page).getByRole('button', { name: 'Add a one-time code' }).click();
  for (const [typed, answer] of [
    ['otpauth://hotp/x?secret=JBSWY3DPEHPK3PXP&counter=1', /counter-based code/],
    ['otpauth-migration://offline?data=CjEK', /moves several codes/],
    ['otpauth://totp/x?secret=JBSWY3DPEHPK3PXP&encoder=steam', /not a standard code/],
    ['hello there!', /neither an otpauth link nor base32/],
  ]) {
    await seedField().fill(typed);
    await dialog(page).getByText(answer).waitFor();
  }
  await dialog(page).getByRole('button', { name: 'Save' }).click();
  await dialog(page).getByText(/neither an otpauth link/).waitFor();
  await checkAccess(page, 'a seed that is refused');
});

step('a seed is typed as it is printed; the password beside it stays', async () => {
  team.secret(seed);
  await seedField().fill('gezd gnbv gy3t qojq gezd gnbv gy3t qojq');
  await dialog(page).getByText('6 digits every 30 seconds').waitFor();
  await save(page);
  await card().getByRole('button', { name: 'Show one-time code' }).waitFor();
  await card().getByRole('button', { name: 'Copy Password' }).click();
  await eventually(() => clipboard(page), secret);
});

step('the code runs after one release, with the time that is left', async () => {
  const before = releases();
  await card().getByRole('button', { name: 'Show one-time code' }).click();
  await code().waitFor();
  await showsCode(() => digits(code()));
  const left = Number((await card().locator('.code-time').innerText()).match(/\d+/)[0]);
  assert.ok(left >= 0 && left <= 30, `${left}`);
  assert.equal(releases(), before + 1);
  assert.ok(!(await page.content()).includes(seed));
  await checkAccess(page, 'a running code');
  // The page's clock goes on to the end of the period, and it asks again; the worker's clock is the true one.
  await page.clock.install();
  await page.clock.runFor(31_000);
  await eventually(async () => [totp(seed), totp(seed, { at: Date.now() - 500 })].includes(await digits(code())), true);
  assert.equal(releases(), before + 1, 'no second release');
  await page.clock.resume();
});

step('near its end the next code stands beside it', async () => {
  // A period of its own for this: 30 seconds are long to wait for, one second before the end is near in any.
  await edit();
  await dialog(page).getByRole('button', { name: 'Replace one-time code' }).click();
  await seedField().fill(`otpauth://totp/Quick:mara?secret=${seed}&period=3&digits=8`);
  await dialog(page).getByText('Quick · mara · 8 digits every 3 seconds').waitFor();
  await save(page);
  await card().getByRole('button', { name: 'Show one-time code' }).click();
  await card().locator('.next-code').waitFor();
  await showsCode(() => digits(code()), { period: 3, digits: 8 });
  await eventually(async () => {
    const [now, next] = await page.evaluate(() => [...document.querySelectorAll('.one-time-code, .next-code .mono')].map((part) => part.textContent.replace(/\D/g, '')));
    const at = Date.now();
    return [at, at - 1000].some((time) => now === totp(seed, { period: 3, digits: 8, at: time }) && next === totp(seed, { period: 3, digits: 8, at: time + 3000 }));
  }, true);
  await card().getByRole('button', { name: 'Hide one-time code' }).click();
  await code().waitFor({ state: 'detached' });
});

for (const name of ['seed.png', 'seed.jpg']) {
  step(`a picture of a QR code is read: ${name}`, async () => {
    await edit();
    await dialog(page).getByRole('button', { name: 'Replace one-time code' }).click();
    await dialog(page).locator('.seed input[type=file]').setInputFiles(picture(name));
    await dialog(page).getByText('Northwind Mail · mara@northwind.example · 6 digits every 30 seconds').waitFor();
    await checkAccess(page, 'a seed from a picture');
    await save(page);
  });
}

step('pictures are pasted and dropped too; others are refused', async () => {
  await edit();
  await dialog(page).getByRole('button', { name: 'Replace one-time code' }).click();
  const hand = (kind, bytes) => page.locator('.seed').evaluate((seed, { kind, bytes }) => {
    const data = new DataTransfer();
    data.items.add(new File([Uint8Array.from(bytes)], 'picture.png', { type: 'image/png' }));
    const event = kind === 'paste' ? new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }) : new DragEvent('drop', { dataTransfer: data, bubbles: true, cancelable: true });
    (seed.querySelector('input') ?? seed).dispatchEvent(event);
  }, { kind, bytes: [...bytes] });
  for (const kind of ['paste', 'drop']) {
    await seedField().fill('');
    await hand(kind, readFileSync(picture('seed.png')));
    await dialog(page).getByText('Northwind Mail · mara@northwind.example · 6 digits every 30 seconds').waitFor();
  }
  await hand('paste', Buffer.from('GIF89a'));
  await dialog(page).getByText('Only PNG and JPEG pictures can be read.').waitFor();
  await hand('paste', readFileSync(picture('seed.png')).subarray(0, 300));
  await dialog(page).getByText('The picture is damaged.').waitFor();
  await page.keyboard.press('Escape');
  await dialog(page).getByRole('button', { name: 'Discard' }).click();
});

step('one key copies the code, without showing it', async () => {
  await row(page, 'mail-relay-07').click();
  await page.keyboard.press('t');
  await toast(page, /The clipboard is emptied/).waitFor();
  await showsCode(() => clipboard(page));
  assert.equal(await code().count(), 0);
});

step('a seed is removed, and the password stays', async () => {
  await edit();
  await dialog(page).getByRole('button', { name: 'Remove one-time code' }).click();
  await dialog(page).getByText('Is removed when you save').waitFor();
  await save(page);
  await card().getByRole('button', { name: 'Show one-time code' }).waitFor({ state: 'detached' });
  await card().getByRole('button', { name: 'Copy Password' }).click();
  await eventually(() => clipboard(page), secret);
});

step('a new password leaves the seed where it is', async () => {
  await addAccount({ 'User name': team.secret('relay-second'), Password: team.secret('first-of-two-secrets') });
  await dialog(page).getByRole('button', { name: 'Add a one-time code' }).click();
  await seedField().fill(`otpauth://totp/x?secret=${seed}&algorithm=SHA256`);
  await dialog(page).getByText('SHA-256').waitFor();
  await create();
  await edit('relay-second');
  await dialog(page).getByRole('button', { name: 'Replace', exact: true }).click();
  await dialog(page).getByLabel('Password', { exact: true }).fill(team.secret('second-of-two-secrets'));
  await save(page);
  await card('relay-second').getByRole('button', { name: 'Show one-time code' }).click();
  await showsCode(() => digits(code('relay-second')), { hash: 'sha256' });
  await card('relay-second').getByRole('button', { name: 'Copy Password' }).click();
  await eventually(() => clipboard(page), 'second-of-two-secrets');
});

step('a secret is shown in large type, character by character', async () => {
  await card().getByRole('button', { name: 'Show Password' }).click();
  await card().getByRole('button', { name: 'Large type' }).click();
  const cells = dialog(page).locator('.large-type li');
  assert.equal(await cells.count(), secret.length);
  assert.deepEqual(await dialog(page).locator('.cell-character').allTextContents(), [...secret]);
  const words = await dialog(page).locator('.cell-word').allTextContents();
  assert.deepEqual(words.slice(0, 8), ['capital Tango', 'romeo', 'one', 'charlie', 'kilo', 'lima', 'echo', 'slash']);
  await checkAccess(page, 'large type');
  await page.keyboard.press('Escape');
  await dialog(page).waitFor({ state: 'detached' });
});

step('and by one key', async () => {
  await addResource(page, { Name: team.secret('spelled-host.internal'), 'User name': team.secret('speller'), Password: team.secret('Ab3!xyzw-9') });
  await row(page, 'spelled-host').click();
  await page.keyboard.press('l');
  await dialog(page).getByText('capital Alfa').waitFor();
  await page.keyboard.press('Escape');
});

step('an SSH key is made; its public half is there without the private one', async () => {
  await addAccount({ 'User name': team.secret('deploy-runner'), 'Kind of secret': 'SSH key' });
  await dialog(page).getByRole('button', { name: 'Make a key' }).click();
  await dialog(page).getByText(/Ed25519 SHA256:/).waitFor();
  const key = await dialog(page).getByLabel('SSH key', { exact: true }).inputValue();
  assert.match(key, /^-----BEGIN OPENSSH PRIVATE KEY-----\n/);
  team.secret(key.split('\n')[2]);
  await checkAccess(page, 'a key that was made');
  await create();
  writeFileSync(path.join(folder, 'made'), key, { mode: 0o600 });
  const theirs = execFileSync('ssh-keygen', ['-y', '-P', '', '-f', path.join(folder, 'made')], { encoding: 'utf8' }).trim();
  const before = releases();
  await card('deploy-runner').getByRole('button', { name: 'Copy public key' }).click();
  await eventually(() => clipboard(page), theirs);
  assert.match(theirs, / deploy-runner$/);
  team.secret(theirs.split(' ')[1]);
  await card('deploy-runner').getByRole('button', { name: 'Copy fingerprint' }).click();
  const listed = execFileSync('ssh-keygen', ['-l', '-f', path.join(folder, 'made')], { encoding: 'utf8' }).split(' ')[1];
  await eventually(() => clipboard(page), listed);
  assert.equal(releases(), before);
  await checkAccess(page, 'the card of a key');
});

step('a locked key is kept as it is, or unlocked', async () => {
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-a', '4', '-N', 'open sesame', '-C', 'locked', '-f', path.join(folder, 'locked')]);
  await addAccount({ 'User name': team.secret('locked-runner'), 'Kind of secret': 'SSH key' });
  await dialog(page).locator('.secret-tools input[type=file]').first().setInputFiles(path.join(folder, 'locked'));
  await dialog(page).getByText(/has a passphrase of its own/).waitFor();
  await dialog(page).getByLabel('Passphrase', { exact: true }).fill('open sesam');
  await dialog(page).getByRole('button', { name: 'Remove the passphrase' }).click();
  await dialog(page).getByText('The passphrase does not open this key.').waitFor();
  await dialog(page).getByLabel('Passphrase', { exact: true }).fill(team.secret('open sesame'));
  await dialog(page).getByRole('button', { name: 'Remove the passphrase' }).click();
  await dialog(page).getByText(/has a passphrase of its own/).waitFor({ state: 'detached' });
  const opened = await dialog(page).getByLabel('SSH key', { exact: true }).inputValue();
  writeFileSync(path.join(folder, 'opened'), opened, { mode: 0o600 });
  const theirs = execFileSync('ssh-keygen', ['-y', '-P', '', '-f', path.join(folder, 'opened')], { encoding: 'utf8' }).trim();
  assert.equal(theirs, readFileSync(path.join(folder, 'locked.pub'), 'utf8').trim());
  await create();
});

step('a certificate in DER tells what it is, and its last day is taken over', async () => {
  const files = ['-keyout', path.join(folder, 'key'), '-out', path.join(folder, 'certificate')];
  execFileSync('openssl', ['req', '-x509', '-newkey', 'ed25519', '-nodes', ...files, '-days', '397', '-subj', '/O=Northwind/CN=relay.northwind.example', '-addext', 'subjectAltName=DNS:relay.northwind.example,DNS:mx.northwind.example'], { stdio: 'ignore' });
  execFileSync('openssl', ['x509', '-in', path.join(folder, 'certificate'), '-outform', 'DER', '-out', path.join(folder, 'certificate.der')]);
  await addAccount({ 'User name': 'relay-certificate', 'Kind of secret': 'Certificate' });
  await dialog(page).locator('.secret-tools input[type=file]').first().setInputFiles(path.join(folder, 'certificate.der'));
  await dialog(page).getByText('CN=relay.northwind.example,O=Northwind').waitFor();
  await dialog(page).getByText('Its private key is not with it.').waitFor();
  const text = await dialog(page).getByLabel('Certificate', { exact: true }).inputValue();
  assert.equal(text, readFileSync(path.join(folder, 'certificate'), 'utf8'));
  await dialog(page).getByLabel('Certificate', { exact: true }).fill(text + readFileSync(path.join(folder, 'key'), 'utf8'));
  await dialog(page).getByText('Its private key is with it.').waitFor();
  await dialog(page).getByRole('button', { name: /^Valid until/ }).click();
  const ends = execFileSync('openssl', ['x509', '-in', path.join(folder, 'certificate'), '-noout', '-enddate', '-dateopt', 'iso_8601'], { encoding: 'utf8' });
  assert.equal(await dialog(page).getByLabel('Valid until', { exact: true }).inputValue(), ends.match(/\d{4}-\d\d-\d\d/)[0]);
  await checkAccess(page, 'a certificate in the form');
  await create();
  const shownCard = card('relay-certificate');
  await shownCard.getByText('mx.northwind.example').waitFor();
  await shownCard.getByText('Ed25519').waitFor();
  const fingerprint = execFileSync('openssl', ['x509', '-in', path.join(folder, 'certificate'), '-noout', '-fingerprint', '-sha256'], { encoding: 'utf8' });
  await shownCard.getByText(fingerprint.trim().split('=')[1]).waitFor();
  team.secret('relay.northwind.example');
});

step('a certificate kept as a file tells what it is, and an earlier one does when it is restored', async () => {
  const fingerprint = (form, file) => execFileSync('openssl', ['x509', '-inform', form, '-in', path.join(folder, file), '-noout', '-fingerprint', '-sha256'], { encoding: 'utf8' }).trim().split('=')[1];
  const files = ['-keyout', path.join(folder, 'key-2'), '-out', path.join(folder, 'second.der'), '-outform', 'DER'];
  execFileSync('openssl', ['req', '-x509', '-newkey', 'ed25519', '-nodes', ...files, '-days', '30', '-subj', '/CN=second.northwind.example'], { stdio: 'ignore' });
  team.secret('second.northwind.example');
  await addAccount({ 'User name': 'kept-certificate', 'Kind of secret': 'Certificate' });
  await dialog(page).getByLabel('Certificate', { exact: true }).fill(readFileSync(path.join(folder, 'certificate'), 'utf8'));
  await create();
  await card('kept-certificate').getByText(fingerprint('PEM', 'certificate')).waitFor();
  await edit('kept-certificate');
  await dialog(page).getByRole('button', { name: 'Replace', exact: true }).click();
  await dialog(page).getByLabel('Use a file').setInputFiles(path.join(folder, 'second.der'));
  await dialog(page).getByText('second.der').waitFor();
  await save(page);
  await card('kept-certificate').getByText(fingerprint('DER', 'second.der')).waitFor();
  await card('kept-certificate').getByText('CN=second.northwind.example').first().waitFor();
  // The text before is history now, and comes back with what is known of it; the file stays beside it.
  await card('kept-certificate').getByRole('button', { name: 'More for this account' }).click();
  await page.getByRole('menuitem', { name: 'History of the secret' }).click();
  const version = dialog(page).locator('.version').filter({ hasText: 'Version 1' });
  await version.getByRole('button', { name: 'Restore version 1' }).click();
  await version.getByRole('button', { name: 'Restore', exact: true }).click();
  await toast(page, 'Version 1 is in force again').waitFor();
  await page.keyboard.press('Escape');
  await card('kept-certificate').getByText(fingerprint('PEM', 'certificate')).waitFor();
  await eventually(() => card('kept-certificate').getByText('CN=second.northwind.example').count(), 0);
  await card('kept-certificate').getByRole('button', { name: 'Download second.der' }).waitFor();
});

// Looks at what is on the screen now in each theme and at each width.
const look = (place) => lookAt(page, `codes-${place}`);

const words = {
  English: { show: 'Show one-time code', large: 'Large type', edit: 'Edit account', replace: 'Replace one-time code', seed: 'Seed of the one-time code', close: 'Close', discard: 'Discard' },
  简体中文: { show: '显示一次性验证码', large: '大字显示', edit: '编辑账号', replace: '替换一次性验证码', seed: '一次性验证码的种子', close: '关闭', discard: '放弃' },
};

for (const [language, say] of Object.entries(words)) {
  step(`all of it fits a telephone, in both themes: ${language}`, async () => {
    const button = (name, within = page) => within.getByRole('button', { name, exact: true });
    if (language !== 'English') {
      await page.keyboard.press('Control+k');
      await page.getByRole('combobox', { name: 'Search' }).fill(language);
      await page.locator('#hits').getByRole('option', { name: language }).last().click();
    }
    const place = (name) => `${name}-${language === 'English' ? 'en' : 'zh'}`;
    await page.getByRole('option', { name: /spelled-host/ }).click();
    await page.getByRole('region', { name: 'relay-certificate', exact: true }).getByText('mx.northwind.example').waitFor();
    await look(place('keys'));
    await page.getByRole('option', { name: /mail-relay-07/ }).click();
    await page.getByRole('heading', { name: 'mail-relay-07.internal', level: 2 }).waitFor();
    await button(say.show).click();
    await page.locator('.one-time-code').waitFor();
    await look(place('code'));
    await button(say.large).click();
    await page.locator('.large-type').waitFor();
    await look(place('large-type'));
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await button(say.edit, page.getByRole('region', { name: 'relay-second', exact: true })).click();
    await button(say.replace).click();
    await page.getByLabel(say.seed, { exact: true }).fill(`otpauth://totp/Northwind:mara?secret=${seed}`);
    await page.locator('.seed-said').waitFor();
    await look(place('seed-form'));
    await page.keyboard.press('Escape');
    await button(say.discard).click();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
  });
}

step('the server has seen nothing of it', async () => {
  await team.checkRemains();
});
