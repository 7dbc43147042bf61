// The steps of a story. Each goes on from where the one before it ended, so after one that failed the others are left out.
import { test } from 'node:test';

// Longer than any step takes on a slow machine, and shorter than the page waits before it locks by itself: what hangs
// is seen where it hangs.
const LONGEST = 300_000;

export function story() {
  let broken = null;
  return (name, tell) => test(name, { timeout: LONGEST }, async (context) => {
    if (broken) return context.skip(`“${broken}” failed`);
    try {
      return await tell(context);
    } catch (error) {
      broken = name;
      throw error;
    }
  });
}
