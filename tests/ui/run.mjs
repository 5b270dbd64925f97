// Runs the dashboard's unit tests, then the browser tests, and ends with one line of counts for both.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const dashboard = join(here, '../../src/Web/ui');
const results = join(here, '../../artifacts/tests');
const sum = { passed: 0, failed: 0, skipped: 0 };
mkdirSync(results, { recursive: true });

function run(folder, command, args) {
  const { status, error } = spawnSync(command, args, { cwd: folder, stdio: 'inherit', env: { ...process.env, LC_ALL: 'en_US.UTF-8' } });
  if (error) console.error(`${command} did not start: ${error.message}`);
  return status ?? 1;
}

/** A run that fails without saying which test did counts as one failure. */
function add(name, status, file, read) {
  const counts = existsSync(file) ? read(JSON.parse(readFileSync(file, 'utf8'))) : { passed: 0, failed: 1, skipped: 0 };
  if (status !== 0 && counts.failed === 0) counts.failed = 1;
  console.log(`${name}: ${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
  if (counts.again > 0) console.log(`${name}: ${counts.again} of these only at the second attempt`);
  for (const key of Object.keys(sum)) sum[key] += counts[key];
}

const unit = join(results, 'ui-unit.json');
const browser = join(results, 'ui.json');
rmSync(unit, { force: true });
rmSync(browser, { force: true });

if (!existsSync(join(dashboard, 'node_modules'))) run(dashboard, 'npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error']);
add('unit', run(dashboard, 'npx', ['vitest', 'run', '--reporter=default', '--reporter=json', `--outputFile.json=${unit}`]), unit, report => ({
  passed: report.numPassedTests,
  failed: report.numFailedTests,
  skipped: report.numPendingTests + report.numTodoTests,
}));
add('browser', run(here, 'npx', ['playwright', 'test']), browser, report => ({
  passed: report.stats.expected + report.stats.flaky,
  failed: report.stats.unexpected,
  skipped: report.stats.skipped,
  again: report.stats.flaky,
}));

console.log(`${sum.passed} passed, ${sum.failed} failed, ${sum.skipped} skipped`);
process.exitCode = sum.failed === 0 ? 0 : 1;
