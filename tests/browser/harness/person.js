// What a person does in a window, in the words of the English page.
import assert from 'node:assert/strict';

export const password = 'copper lantern violet orbit';

// Fills the form and comes to the kit; gives the kit as the page shows it.
export async function createTeam(page, { team = 'Northwind Infrastructure', person = 'Mara Lindqvist', login = 'mara.lindqvist', secret = password } = {}) {
  await page.goto('/');
  await page.getByRole('link', { name: /Create a team/ }).click();
  await page.getByLabel('Team name').fill(team);
  await page.getByLabel('Your name').fill(person);
  await page.getByLabel('Login name').fill(login);
  await page.getByLabel('Password', { exact: true }).fill(secret);
  await page.getByRole('button', { name: 'Create team' }).click();
  return { ...(await readKit(page)), team, person, login, password: secret };
}

// What stands on the sheet of the kit.
export async function readKit(page) {
  const sheet = page.getByRole('region', { name: 'Sealward emergency kit' });
  await sheet.waitFor();
  const groups = await sheet.getByRole('list').getByRole('code').allTextContents();
  return { groups, text: groups.join('-') };
}

// Types the groups that the page asks for.
export async function typeKitBack(page, { groups }, change = (group) => group) {
  const fields = page.getByLabel(/^Group \d+$/);
  await fields.first().waitFor();
  for (const label of await page.locator('label').filter({ hasText: /^Group \d+$/ }).allTextContents()) {
    await page.getByLabel(label, { exact: true }).fill(change(groups[Number(label.match(/\d+/)[0]) - 1]));
  }
  await page.getByRole('button', { name: 'Continue' }).click();
}

// Waits until the vaults are on the screen.
export async function inside(page) {
  await page.getByRole('tree', { name: 'Vaults' }).waitFor();
}

// A team, its kit typed back, its empty vault on the screen.
export async function settle(page, who) {
  const kit = await createTeam(page, who);
  await typeKitBack(page, kit);
  await inside(page);
  return kit;
}

export async function unlock(page, secret = password) {
  await page.getByRole('heading', { name: 'Locked' }).waitFor();
  await page.getByLabel('Password', { exact: true }).fill(secret);
  await page.getByRole('button', { name: 'Unlock' }).click();
}

export async function signInWithKit(page, { text, login, password: secret }, path = '/sign-in') {
  await page.goto(path);
  await page.getByLabel('Emergency kit').fill(text);
  await page.getByText('The kit is complete').waitFor();
  await page.getByLabel('Login name').fill(login);
  await page.getByLabel('Password', { exact: true }).fill(secret);
  await page.getByRole('button', { name: 'Sign in' }).click();
}

export const dialog = (page) => page.getByRole('dialog');
export const node = (page, name) => page.getByRole('treeitem', { name });
export const rows = (page) => page.getByRole('listbox', { name: 'Resources' }).getByRole('option');
export const row = (page, name) => rows(page).filter({ hasText: name });
export const detail = (page) => page.getByRole('region', { name: 'Details' });
export const account = (page, name) => detail(page).getByRole('region', { name, exact: true });
export const toast = (page, text) => page.locator('.toast').filter({ hasText: text });

// A line of the menu of what is listed.
export async function chooseForList(page, name) {
  await page.getByRole('region', { name: 'Resources' }).getByRole('button', { name: 'More', exact: true }).click();
  await page.getByRole('menuitem', { name }).click();
}

export async function addVault(page, name) {
  await page.getByRole('button', { name: 'New vault' }).first().click();
  await dialog(page).getByLabel('Name').fill(name);
  await dialog(page).getByRole('button', { name: 'Create' }).click();
  await page.getByRole('heading', { name, exact: true }).waitFor();
}

export async function addGroup(page, name) {
  await chooseForList(page, 'New resource group');
  await dialog(page).getByLabel('Name').fill(name);
  await dialog(page).getByRole('button', { name: 'Create' }).click();
  await page.getByRole('heading', { name, exact: true }).waitFor();
}

// A resource from label to text; what the form shows only on request comes under `more`.
export async function addResource(page, fields, more = {}) {
  await page.getByRole('region', { name: 'Resources' }).getByRole('button', { name: 'New resource' }).click();
  await fill(dialog(page), fields);
  if (Object.keys(more).length > 0) {
    await dialog(page).getByRole('button', { name: 'More fields' }).click();
    await fill(dialog(page), more);
  }
  await dialog(page).getByRole('button', { name: 'Create' }).click();
  await dialog(page).waitFor({ state: 'detached' });
  await shown(page, fields.Name);
}

// Waits until the resource is what the detail pane shows.
export async function shown(page, name) {
  await detail(page).getByRole('heading', { name, exact: true, level: 2 }).waitFor();
}

export async function fill(form, fields) {
  for (const [label, text] of Object.entries(fields)) {
    const field = form.getByLabel(label, { exact: true });
    if (await field.evaluate((element) => element.tagName === 'SELECT')) await field.selectOption(text);
    else await field.fill(text);
  }
}

export async function save(page) {
  await dialog(page).getByRole('button', { name: 'Save' }).click();
  await dialog(page).waitFor({ state: 'detached' });
}

export async function openSettings(page) {
  await page.getByRole('button', { name: 'Settings and more' }).click();
  await page.getByRole('menuitem', { name: 'Settings' }).click();
  await page.getByRole('heading', { name: 'Settings', exact: true }).waitFor();
}

// What a person would paste now. The page itself is not allowed to read the clipboard.
export async function clipboard(page) {
  const notepad = await page.context().newPage();
  try {
    await notepad.setContent('<textarea autofocus></textarea>');
    await notepad.locator('textarea').press('ControlOrMeta+V');
    return await notepad.locator('textarea').inputValue();
  } finally {
    await notepad.close();
  }
}

// Waits until `read` gives `wanted`, and tells what it gave otherwise.
export async function eventually(read, wanted, patience = 10_000) {
  const end = Date.now() + patience;
  let found = await read();
  while (!same(found, wanted) && Date.now() < end) {
    await new Promise((resolve) => setTimeout(resolve, 25));
    found = await read();
  }
  assert.deepEqual(found, wanted);
}

function same(found, wanted) {
  try {
    assert.deepEqual(found, wanted);
    return true;
  } catch {
    return false;
  }
}
