import { kongVersion, version } from "../version.ts";

export const showVersion = ({ all = false }: { all?: boolean }): void => {
  if (!all) {
    process.stdout.write(`${version}\n`);
    return;
  }
  process.stdout.write(
    `Sallyport: ${version}\nKong conventions: ${kongVersion}\nNode: ${process.versions.node}\n`,
  );
};
