// The steps of a story. Each goes on from where the one before it ended, so after one that failed the others are left out.
import { test } from 'node:test';

export function story() {
  let broken = null;
  return (name, tell) => test(name, async (context) => {
    if (broken) return context.skip(`“${broken}” failed`);
    try {
      return await tell(context);
    } catch (error) {
      broken = name;
      throw error;
    }
  });
}
