/** What of a command's environment a program that only reads gets. */
const kept = /^(LANG|LANGUAGE|LC_[A-Z]+|TZ|TERM|NO_COLOR|PAGER|TMPDIR)$/;

/**
 * The whole environment of a direct plan: a list of what is allowed, so that variables which change what a program does are not there
 * (RIPGREP_CONFIG_PATH, GREP_OPTIONS, LESSOPEN, MAGIC, POSIXLY_CORRECT, HOME with its start-up files). `PATH` is for programs that are
 * scripts, like npm, and find their interpreter through it.
 */
export function directEnvironment(
  environment: Readonly<Record<string, string>>,
  pinned: readonly string[],
  folder: string,
): Readonly<Record<string, string>> {
  return {
    ...Object.fromEntries(Object.entries(environment).filter(([name]) => kept.test(name))),
    PATH: pinned.join(':'),
    PWD: folder,
    // No folder, so nothing is read from it and nothing can be written to it.
    HOME: '/dev/null',
    // npm would write a log even to tell its version, and ask the registry for a newer one.
    npm_config_logs_max: '0',
    npm_config_update_notifier: 'false',
  };
}
