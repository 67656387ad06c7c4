/** A run of the command line, reviewed when nothing of it is running any more. */
import { expectAccessible } from './fixtures/accessible.ts';
import { expect, test } from './fixtures/app.ts';
import { makeRun } from './fixtures/finishedRun.ts';
import { CallPage } from './pages/call.ts';
import { ReviewPage } from './pages/review.ts';

test('a run is reviewed from the history alone', async ({ app, home }) => {
  test.setTimeout(150_000);
  const review = new ReviewPage(app);
  const call = new CallPage(app);
  const name = await makeRun(home);
  await app.getByRole('link', { name }).first().click({ timeout: 20_000 });

  await test.step('latencies', async () => {
    await review.show('Latency');
    await expect(review.percentiles('ttfa')).toContainText(/\d+ ms|\d s/);
    await expect(review.curve).toHaveAttribute('data-lines', '1');
    await expect(review.section('by-turn').getByTestId('breakdown-row')).toHaveCount(2);
    await expect(review.section('by-conversation').getByTestId('breakdown-row')).toHaveCount(2);
    await expect(review.section('by-user')).toContainText('others');
    await expect(review.section('connections')).toContainText('1011 server error');
    await expect(review.section('audio')).toContainText('Delivery speed');
    await app.getByRole('button', { name: 'Barge-in', exact: true }).click();
    await expect(review.curve).toHaveAttribute('data-lines', '2');
    await expectAccessible(app, 'latency');
  });

  await test.step('a cell of the heat map leads to its turns, by keys', async () => {
    await review.heatCells.focus();
    const counted = /: [1-9]/;
    for (let steps = 0; steps < 2000 && !counted.test(await review.heatWords.innerText()); steps++) {
      const before = await review.heatWords.innerText();
      await app.keyboard.press('ArrowUp');
      if ((await review.heatWords.innerText()) !== before) continue;
      await app.keyboard.press('ArrowRight');
      for (let row = 0; row < 24; row++) await app.keyboard.press('ArrowDown');
    }
    await expect(review.heatWords).toHaveText(counted);
    await app.keyboard.press('Enter');
    await expect(review.turns.first()).toBeVisible();
    await expect(review.chips).toHaveCount(2);
    await app.getByRole('button', { name: 'Clear all' }).click();
    await expect(review.chips).toHaveCount(0);
  });

  await test.step('turns are filtered and sorted, and the address remembers it', async () => {
    await app.getByTestId('turn-conversation').selectOption('only_hello');
    await expect(review.turnCount).toContainText(' of ');
    await expect(review.turns.first()).toContainText('only_hello');
    await review.sortBy('Turn time');
    await expect(app.getByRole('columnheader', { name: 'Turn time' })).toHaveAttribute(
      'aria-sort',
      'descending',
    );
    expect(new URL(app.url()).hash).toContain('conversation=only_hello&sort=-turn_time');
    await app.getByTestId('turn-search').fill('no turn says this');
    await expect(app.getByText('No turn matches')).toBeVisible();
    await app.getByRole('button', { name: 'Show all turns' }).click();
    await expectAccessible(app, 'turns');
  });

  await test.step('a call that nobody recorded is drawn from its moments', async () => {
    await app.getByTestId('turn-outcome').selectOption('stopped');
    await review.turns.first().getByRole('link').focus();
    await app.keyboard.press('Enter');
    await expect(review.notRecorded).toContainText('--record 100%');
    await expect(review.spoken('caller').first()).toBeVisible();
    await expect(review.spoken('agent').first()).toBeVisible();
    await expect(call.moments('barge_in').first()).toBeVisible();
    await expect(call.gaps('ttfa').first()).toHaveAttribute('title', /time to first audio, .* ms/);
    await expectAccessible(app, 'a call that was not recorded');
    const here = app.url();
    await expect(app.getByTestId('call-after')).toBeEnabled();
    await app.keyboard.press('n');
    await expect.poll(() => app.url()).not.toBe(here);
    await expect(
      review.spoken('caller').or(app.getByText('No turn of this connection')).first(),
    ).toBeVisible();
    await app.goBack();
    await app.goBack();
  });

  await test.step('errors of a kind are opened', async () => {
    await review.show('Errors');
    await review.errorKinds.first().getByRole('button').click();
    await expect(review.singleErrors.first().getByRole('link')).toBeVisible();
    await expectAccessible(app, 'errors');
  });

  await test.step('connections, and the scenario as it was', async () => {
    await review.show('Calls');
    await app.getByTestId('call-outcome').selectOption('dropped');
    await expect(review.calls.first()).toContainText('1011');
    await review.sortBy('Connect');
    await expectAccessible(app, 'calls');
    await review.show('Scenario');
    await expect(app.getByText('Thanks').first()).toBeVisible();
    await expectAccessible(app, 'scenario');
  });
});
