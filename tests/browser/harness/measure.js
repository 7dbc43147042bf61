// What the measurements of the page share: lines of the report, and watching from inside the page. Playwright looks for what
// it waits for every half second only.
import { password } from './person.js';

export const line = (what, value, aim) => console.log(`  ${what.padEnd(52)} ${value.padStart(12)}   ${aim ? `aim: ${aim}` : ''}`);
export const millis = (value) => `${value.toFixed(0)} ms`;

// Locks, and unlocks again: how long it takes until something is there, and the longest task meanwhile.
export async function unlock(page, until, secret = password) {
  await page.keyboard.press('Control+Shift+L');
  await page.getByRole('heading', { name: 'Locked' }).waitFor();
  await page.getByLabel('Password', { exact: true }).fill(secret);
  await page.evaluate(() => window.tasks.reset());
  const time = await untilShown(page, until, () => page.keyboard.press('Enter'));
  return { time, task: await page.evaluate(() => window.tasks.longest()) };
}

// How long it takes from a key or a click until something is there, or gone where `gone` says so.
export async function untilShown(page, selector, act, gone = false) {
  await page.evaluate(watchFor, [selector, gone]);
  await act();
  return page.evaluate(() => window.shown);
}

// Runs in the page.
function watchFor([selector, gone]) {
  window.shown = new Promise((resolve) => {
    let begun = null;
    const look = () => {
      if ((document.querySelector(selector) === null) !== gone) return;
      watch.disconnect();
      resolve(performance.now() - begun);
    };
    const watch = new MutationObserver(look);
    const begin = () => {
      if (begun !== null) return;
      begun = performance.now();
      watch.observe(document.body, { childList: true, subtree: true, attributes: true });
    };
    for (const kind of ['keydown', 'click']) addEventListener(kind, begin, { once: true, capture: true });
  });
}

// Runs in the page: the longest task since the last reset. Tasks under 50 ms are not told by the browser.
export function watchTasks() {
  let longest = 0;
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) longest = Math.max(longest, entry.duration);
  }).observe({ type: 'longtask' });
  window.tasks = { reset: () => { longest = 0; }, longest: () => longest };
}
