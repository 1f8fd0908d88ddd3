import type { Environment } from "../../ports/environment.ts";
import type { CredentialSource } from "./credentials.ts";

type Section = Readonly<Record<string, string>>;

/** The settings of one section of a file of AWS; lines that are indented belong to a setting that holds others. */
const sectionOf = (text: string, title: string): Section => {
  const settings: Record<string, string> = Object.create(null);
  let isWanted = false;
  for (const line of text.split(/\r?\n/)) {
    const heading = /^\[([^\]]*)\]/.exec(line);
    if (heading !== null) isWanted = heading[1]!.trim().split(/\s+/).join(" ") === title;
    if (!isWanted) continue;
    const setting = /^([^\s#;[=][^=]*?)\s*=\s*(.*?)\s*$/.exec(line);
    if (setting !== null) settings[setting[1]!.toLowerCase()] = setting[2]!;
  }
  return settings;
};

/**
 * The keys of the profile `AWS_PROFILE` (default: `default`) in `~/.aws/credentials`, else in `~/.aws/config`; variables
 * name other files. Roles, programs and single sign-on of a profile are not followed.
 *
 * @see https://docs.aws.amazon.com/sdkref/latest/guide/file-format.html
 */
export const fromProfile =
  (environment: Environment): CredentialSource =>
  async () => {
    const profile = environment.variable("AWS_PROFILE") || "default";
    const read = async (variable: string, file: string, title: string): Promise<Section> => {
      const home = environment.variable("HOME");
      const path = environment.variable(variable) || (home && `${home}/.aws/${file}`);
      if (!path) return {};
      return sectionOf(await environment.readText(path).catch(() => ""), title);
    };
    const sections = [
      await read("AWS_SHARED_CREDENTIALS_FILE", "credentials", profile),
      await read("AWS_CONFIG_FILE", "config", profile === "default" ? profile : `profile ${profile}`),
    ];
    const section = sections.find((found) => found["aws_access_key_id"] && found["aws_secret_access_key"]);
    if (section === undefined) throw new Error(`the AWS profile ${profile} has no keys`);
    return {
      accessKeyId: section["aws_access_key_id"]!,
      secretAccessKey: section["aws_secret_access_key"]!,
      sessionToken: section["aws_session_token"],
      expiresAtMs: Infinity,
    };
  };
