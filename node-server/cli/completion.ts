import type { Command } from "commander";
import { CommandError } from "./failure.ts";

/** What may follow each command: `config` → `init parse … --help`. */
const words = (command: Command, path: string, found: Map<string, string[]>): Map<string, string[]> => {
  const options = command.options.flatMap(({ long }) => long ?? []);
  found.set(path, [...command.commands.map((sub) => sub.name()), ...options, "--v", "--vv", "--help"]);
  for (const sub of command.commands) words(sub, `${path} ${sub.name()}`.trim(), found);
  return found;
};

const cases = (found: ReadonlyMap<string, readonly string[]>): string =>
  [...found].map(([path, list]) => `    "${path}") words="${list.join(" ")}" ;;`).join("\n");

/** The commands typed so far, without options, are looked up; files complete everywhere else. */
const bash = (found: ReadonlyMap<string, readonly string[]>): string => `_sallyport() {
  local path="" words="" word current="\${COMP_WORDS[COMP_CWORD]}"
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$word" in -*|*/*|*.*) ;; *) path="\${path:+$path }$word" ;; esac
  done
  case "$path" in
${cases(found)}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o default -F _sallyport sallyport
`;

const fish = (found: ReadonlyMap<string, readonly string[]>): string =>
  [...found]
    .flatMap(([path, list]) => {
      const when =
        path === ""
          ? "__fish_use_subcommand"
          : path
              .split(" ")
              .map((word) => `__fish_seen_subcommand_from ${word}`)
              .join("; and ");
      return list.map((word) =>
        word.startsWith("--")
          ? `complete -c sallyport -n '${when}' -l ${word.slice(2)}`
          : `complete -c sallyport -n '${when}' -a ${word}`,
      );
    })
    .join("\n");

/** `sallyport completion <shell>`: made from the commands that there are. */
export const completion = (program: Command, shell: string): void => {
  const found = words(program, "", new Map());
  switch (shell) {
    case "bash":
      process.stdout.write(bash(found));
      return;
    case "zsh":
      process.stdout.write(`autoload -U +X bashcompinit && bashcompinit\n${bash(found)}`);
      return;
    case "fish":
      process.stdout.write(`${fish(found)}\n`);
      return;
    default:
      throw new CommandError(`no completion for ${shell}: bash, zsh or fish`);
  }
};
