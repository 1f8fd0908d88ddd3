import {
  array,
  customCheck,
  foreign,
  mutuallyRequired,
  record,
  string,
  wildcardHost,
} from "../schema/index.ts";
import type { Values } from "../schema/index.ts";
import { isReference } from "../schema/reference.ts";
import { created, id, labels, updated } from "./columns.ts";
import type { Entity } from "./entity.ts";
import { structuralChecker } from "./pem.ts";
import type { EntityPorts } from "./ports.ts";

const text = (row: Values, field: string): string | undefined => {
  const value = row[field];
  return typeof value === "string" && !isReference(value) ? value : undefined;
};

export function certificatesOf({ certificates: checker = structuralChecker }: EntityPorts): Entity {
  const cert = (value: string): string | undefined => checker.certificateProblem(value);
  const key = (value: string): string | undefined => checker.keyProblem(value);
  const matches = (certField: string, keyField: string) =>
    customCheck({
      field_sources: [certField, keyField],
      check(row) {
        const [certificate, privateKey] = [text(row, certField), text(row, keyField)];
        if (certificate === undefined || privateKey === undefined) return undefined;
        return checker.pairProblem(certificate, privateKey);
      },
    });
  return {
    name: "certificates",
    primaryKey: "id",
    workspaceable: true,
    adminName: "certificates",
    record: record(
      {
        id,
        created_at: created,
        updated_at: updated,
        cert: string({ required: true, referenceable: true, check: cert, doc: "Certificate chain in PEM." }),
        key: string({
          required: true,
          referenceable: true,
          encrypted: true,
          check: key,
          doc: "Private key in PEM.",
        }),
        cert_alt: string({
          referenceable: true,
          check: cert,
          doc: "Certificate with another kind of key, for clients that can't use the first.",
        }),
        key_alt: string({
          referenceable: true,
          encrypted: true,
          check: key,
          doc: "Private key of `cert_alt`.",
        }),
        snis: array(wildcardHost(), {
          transient: true,
          doc: "Server names for which the certificate is shown; kept as rows of their own.",
        }),
        tags: labels,
      },
      {
        checks: [
          mutuallyRequired("cert_alt", "key_alt"),
          matches("cert", "key"),
          matches("cert_alt", "key_alt"),
        ],
      },
    ),
  };
}

export const snis: Entity = {
  name: "snis",
  primaryKey: "id",
  endpointKey: "name",
  workspaceable: true,
  adminName: "snis",
  record: record({
    id,
    name: wildcardHost({
      required: true,
      unique: true,
      doc: "Server name that a client asks for; the first or last label may be *.",
    }),
    created_at: created,
    updated_at: updated,
    tags: labels,
    certificate: foreign("certificates", { required: true, doc: "The certificate shown for this name." }),
  }),
};

export function caCertificatesOf({ certificates: checker = structuralChecker }: EntityPorts): Entity {
  return {
    name: "ca_certificates",
    primaryKey: "id",
    workspaceable: false,
    adminName: "ca_certificates",
    record: record(
      {
        id,
        created_at: created,
        updated_at: updated,
        cert: string({
          required: true,
          check: (value) => checker.certificateProblem(value),
          doc: "One CA certificate in PEM.",
        }),
        cert_digest: string({ unique: true, doc: "Hex SHA-256 of the certificate; computed." }),
        tags: labels,
      },
      {
        checks: [
          customCheck({
            field_sources: ["cert"],
            check: (row) => checker.authorityProblem(row["cert"] as string),
          }),
        ],
      },
    ),
    transform: (row) => ({
      ...row,
      cert_digest: checker.digest(row["cert"] as string) ?? row["cert_digest"],
    }),
  };
}
