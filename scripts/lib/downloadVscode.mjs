// @ts-check
/* node downloadVscode.mjs FOLDER: downloads the stable VS Code; each line is a sign of life, the last one names the program. */
import { downloadAndUnzipVSCode } from '@vscode/test-electron';

const cachePath = process.argv[2] ?? '';
const executable = await downloadAndUnzipVSCode({
  version: 'stable',
  cachePath,
  timeout: 15_000,
  reporter: {
    report: (progress) => process.stdout.write(`progress ${progress.stage}\n`),
    error: (error) => process.stderr.write(`${String(error)}\n`),
  },
});
process.stdout.write(`executable ${executable}\n`);
