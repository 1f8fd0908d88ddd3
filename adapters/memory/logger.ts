import type { LogFields, Logger, LogLevel } from "../../core/index.ts";

export interface LogRecord {
  readonly level: LogLevel;
  readonly message: string;
  readonly fields: LogFields;
}

/** Keeps every record. */
export class MemoryLogger implements Logger {
  readonly records: LogRecord[];
  private readonly fields: LogFields;

  constructor(records: LogRecord[] = [], fields: LogFields = {}) {
    this.records = records;
    this.fields = fields;
  }

  enabled(): boolean {
    return true;
  }

  log(level: LogLevel, message: string, fields: LogFields = {}): void {
    this.records.push({ level, message, fields: { ...this.fields, ...fields } });
  }

  child(fields: LogFields): Logger {
    return new MemoryLogger(this.records, { ...this.fields, ...fields });
  }
}
