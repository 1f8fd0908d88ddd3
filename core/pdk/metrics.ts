/** Numbers that only grow, under the name and labels that a scraper sees. */
export class Metrics {
  private readonly series = new Map<string, number>();

  /** @param series `name{label="value",…}` */
  add(series: string, by: number): void {
    this.series.set(series, (this.series.get(series) ?? 0) + by);
  }

  /** Everything counted so far, to be summed over workers. */
  snapshot(): Record<string, number> {
    return Object.fromEntries(this.series);
  }
}

/** Labels in the text format: backslash, quote and line break are escaped. */
export const labelsOf = (labels: Readonly<Record<string, string>>): string =>
  Object.entries(labels)
    .map(([name, value]) => {
      const escaped = value.replace(/[\\"\n]/g, (char) => (char === "\n" ? "\\n" : `\\${char}`));
      return `${name}="${escaped}"`;
    })
    .join(",");
