// Three people with one account whose secret may have to be asked for: an owner, a custodian and a user.
import { account, addResource, chooseForList, dialog, inside, readKit, row, save, toast, typeKitBack } from './person.js';
import { startTeam } from './team.js';

export const password = 'first floor, second rack';

// A team with the account; li.na may open it, sun.wei is a custodian. Second factors are a story of their own.
export async function startRequests(options = {}) {
  const team = await startTeam(options);
  try {
    return { team, page: team.page, ...(await furnish(team)) };
  } catch (error) {
    // Whoever called has no team to close.
    await team.close();
    throw error;
  }
}

async function furnish(team) {
  team.owner.expect(/status of 4\d\d/);
  const { page } = team;
  await addResource(page, { Name: team.secret('core-router-5.internal'), 'User name': team.secret('router-admin'), Password: team.secret(password) });
  await page.getByRole('link', { name: 'People' }).click();
  await button(page.getByRole('region', { name: 'People' }), 'Change').click();
  await dialog(page).getByLabel('Second factor to reveal').selectOption({ label: 'Never' });
  await save(page);
  const li = await join(team, 'li.na');
  const sun = await join(team, 'sun.wei');
  return { li, sun };
}

// Somebody who follows the owner's link, as a user of the vault: their window. The owner stands on the people's page.
export async function join(team, login) {
  const { page } = team;
  await page.getByRole('button', { name: 'Invite someone' }).click();
  await dialog(page).getByRole('combobox').first().selectOption({ label: 'User' });
  await button(dialog(page), 'Make the link').click();
  const link = await dialog(page).locator('.invitation-link').textContent();
  await dialog(page).getByRole('button', { name: 'Close' }).last().click();
  const device = await team.openDevice();
  device.expect(/status of 4\d\d/);
  const window = await device.open(link);
  const secret = 'seven ladders in the harbour';
  await window.getByLabel('Login name').fill(login);
  await window.getByLabel('Password', { exact: true }).fill(secret);
  await button(window, 'Join').click();
  await typeKitBack(window, team.knowsKit({ ...(await readKit(window)), login, password: secret, team: '', person: '' }));
  await inside(window);
  return window;
}

export const button = (part, name) => part.getByRole('button', { name, exact: true });
export const requests = (window) => window.getByRole('region', { name: 'Requests' });
export const list = (window, name) => requests(window).getByRole('list', { name, exact: true }).getByRole('listitem');
export const card = (window, name) => list(window, name).filter({ hasText: 'router-admin' }).first();
export const router = (window) => account(window, 'router-admin');

export async function openRouter(window) {
  await window.getByRole('treeitem', { name: /All resources/ }).click();
  await row(window, 'core-router-5').click();
  await router(window).waitFor();
}

export async function openRequests(window) {
  await window.getByRole('link', { name: /^Requests/ }).click();
  await requests(window).getByRole('heading', { name: /^To approve/ }).waitFor();
}

// Opens the form and fills it; `more` does what else is to be done in it.
export async function ask(team, window, reason, more = async () => {}) {
  await button(router(window), 'Ask for it').click();
  await more(dialog(window));
  await dialog(window).getByLabel('Reason').fill(team.secret(reason));
  await button(dialog(window), 'Ask').click();
  await dialog(window).waitFor({ state: 'detached' });
}

// Makes people custodians of the vault that the owner made.
export async function makeCustodians(page, ...logins) {
  await page.getByRole('treeitem', { level: 1 }).last().click();
  for (const login of logins) {
    await dismissAll(page);
    await chooseForList(page, 'Access…');
    await dialog(page).getByLabel(`Role of ${login}`).selectOption({ label: 'Custodian' });
    await toast(page, 'Saved').waitFor();
    await dialog(page).getByRole('button', { name: 'Close' }).last().click();
    await dialog(page).waitFor({ state: 'detached' });
  }
  await openRouter(page);
}

// What is said next is then said of what is done next.
async function dismissAll(page) {
  const said = page.locator('.toast');
  while ((await said.count()) > 0) {
    // It may go by itself meanwhile.
    await said.first().getByRole('button', { name: 'Dismiss' }).click({ timeout: 1_000 }).catch(() => {});
  }
}

// Sets the account's policy, where the owner looks at it.
export async function policyOf(page, change) {
  await router(page).getByRole('button', { name: 'More for this account' }).click();
  await page.getByRole('menuitem', { name: 'Approval policy of the account' }).click();
  await dialog(page).getByLabel('What holds here').selectOption('A policy of its own');
  await change(dialog(page));
  await save(page);
}
