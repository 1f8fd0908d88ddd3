import { type ErrorCode, errorTable } from "../errors.ts";
import { BodyTooLargeError } from "../http/bodies.ts";
import type { Exchange } from "../pdk/exchange.ts";
import { hostName } from "../pdk/request.ts";
import type { Handled } from "../pdk/plugin.ts";
import { Downstream as LaterPhases, type Plan, type PluginInstance } from "../pipeline/plan.ts";
import type { Downstream, RequestEvents, RequestScope } from "../ports/downstream.ts";
import type { UpstreamFailure, UpstreamResponse } from "../ports/transport.ts";
import { judgeProtocol } from "../router/index.ts";
import { Attempt, type AttemptListener, type AttemptPorts } from "./attempt.ts";
import { Delivery } from "./delivery.ts";
import { forwardedProto } from "./forwarded.ts";
import type { Snapshot } from "./snapshot.ts";

export interface FlowPorts extends AttemptPorts {
  /** Told when an exchange is over, after the log phase began. */
  readonly onFinished: ((exchange: Exchange) => void) | undefined;
}

const isPromise = (handled: Handled): handled is Promise<void> => handled !== undefined;

/**
 * The way of one exchange: rewrite, routing, access, upstream, header filters, body filters, client, log.
 *
 * No step waits unless a handler returns a promise: a plain request passes without a microtask.
 */
export class Flow implements RequestEvents, AttemptListener {
  private readonly exchange: Exchange;
  private readonly snapshot: Snapshot;
  private readonly ports: FlowPorts;
  private readonly downstream: Downstream;
  private readonly scope: RequestScope | undefined;
  private plan: Plan;
  /** Instances that take part, when the plan depends on the consumer. */
  private collected: PluginInstance[] | undefined;
  private later: LaterPhases | undefined;
  private attempt: Attempt | undefined;
  private delivery: Delivery | undefined;
  private upstream: UpstreamResponse | undefined;
  private isOver = false;

  constructor(
    exchange: Exchange,
    snapshot: Snapshot,
    ports: FlowPorts,
    downstream: Downstream,
    scope: RequestScope | undefined,
  ) {
    this.exchange = exchange;
    this.snapshot = snapshot;
    this.ports = ports;
    this.downstream = downstream;
    this.scope = scope;
    this.plan = snapshot.planner.global;
  }

  start(): void {
    const { rewrite } = this.plan;
    try {
      if (rewrite === undefined) this.route();
      else this.continueWith(this.runRewrite(rewrite, 0), () => this.route());
    } catch (error) {
      this.failed(error);
    }
  }

  /** Answers a request that the listener refused. */
  refuse(status: number): void {
    this.exchange.transportError(status);
    this.deliver();
  }

  private runRewrite(instances: readonly PluginInstance[], from: number): Handled {
    for (let i = from; i < instances.length && !this.exchange.hasExited; i++) {
      const handled = instances[i]!.phases.rewrite!(this.exchange);
      if (isPromise(handled)) return handled.then(() => this.runRewrite(instances, i + 1));
    }
    return undefined;
  }

  /** Goes on when a phase is done: at once, unless it has to wait. A failure answers. */
  private continueWith(handled: Handled, next: () => void): void {
    if (!isPromise(handled)) {
      next();
      return;
    }
    handled.then(next).catch((error: unknown) => this.failed(error));
  }

  private route(): void {
    const { exchange, snapshot, ports } = this;
    if (exchange.hasExited) {
      this.deliver();
      return;
    }
    const { request } = exchange;
    const match = snapshot.router.match(request);
    if (match === undefined) {
      this.gaveUp("no_route", undefined);
      return;
    }
    const target = match.value;
    exchange.route = target.route;
    const answer =
      target.needsProtocol &&
      judgeProtocol(target.route, {
        forwardedScheme: forwardedProto(request, ports.options.isTrusted),
        forwardedHost: hostName(request.host ?? ""),
        target: request.target,
        httpVersion: request.httpVersion,
        contentType: request.headers.get("content-type"),
      });
    if (answer) {
      this.answerProtocol(answer);
      return;
    }
    this.plan = target.plan;
    exchange.service = target.service;
    exchange.prefix = match.prefix;
    exchange.match = match;
    if (target.service !== undefined)
      exchange.upstream = target.upstreamTarget(target.keepsPath ? request.rawPath : match.upstreamPath);
    if (!this.plan.isStatic) this.collected = [];
    this.access();
  }

  private answerProtocol(answer: NonNullable<ReturnType<typeof judgeProtocol>>): void {
    const headers: [string, string][] = [];
    for (let i = 0; i < answer.headers.length; i += 2)
      headers.push([answer.headers[i]!, answer.headers[i + 1]!]);
    if (answer.message === undefined) this.exchange.exit(answer.status, undefined, headers);
    else this.exchange.error(answer.status, answer.message, headers);
    this.deliver();
  }

  private access(): void {
    const { plan } = this;
    if (plan.access === undefined && plan.isStatic) this.proxy();
    else
      this.continueWith(plan.isStatic ? this.runAccess(plan.access!, 0) : this.runSteps(0), () =>
        this.proxy(),
      );
  }

  private runAccess(instances: readonly PluginInstance[], from: number): Handled {
    const { exchange } = this;
    for (let i = from; i < instances.length; i++) {
      const handled = instances[i]!.phases.access!(exchange);
      if (isPromise(handled)) {
        return handled.then(() => (exchange.hasExited ? undefined : this.runAccess(instances, i + 1)));
      }
      if (exchange.hasExited) return undefined;
    }
    return undefined;
  }

  /** Access where a consumer decides: after an exit the rest is still collected, for the later phases. */
  private runSteps(from: number): Handled {
    const { exchange, collected } = this;
    const { steps } = this.plan;
    for (let i = from; i < steps.length; i++) {
      const step = steps[i]!;
      const { consumer } = exchange;
      const instance = consumer === undefined ? step.instance : step.select(consumer.id);
      if (instance === undefined) continue;
      collected!.push(instance);
      if (exchange.hasExited) continue;
      const handled = instance.phases.access?.(exchange);
      if (handled !== undefined) return handled.then(() => this.runSteps(i + 1));
    }
    return undefined;
  }

  private proxy(): void {
    const { exchange } = this;
    if (this.isOver) return;
    if (exchange.hasExited) {
      this.deliver();
      return;
    }
    if (exchange.upstream === undefined) {
      this.gaveUp("no_service", undefined);
      return;
    }
    this.attempt = new Attempt(exchange, exchange.upstream, this.ports, this);
    this.attempt.start();
  }

  informed(status: number, headers: string[]): void {
    this.downstream.inform(status, headers);
  }

  responded(response: UpstreamResponse): void {
    this.upstream = response;
    this.exchange.receive(response);
    this.deliver();
  }

  gaveUp(code: ErrorCode, failure: UpstreamFailure | undefined): void {
    const { status, message } = errorTable[code];
    // What an upstream did wrong is told as nginx tells it, what the gateway refuses as Kong's code does.
    if (failure !== undefined && code !== "name_not_resolved") this.exchange.transportError(status, message);
    else this.exchange.error(status, message, undefined, "error");
    this.deliver();
  }

  private failed(error: unknown): void {
    const { exchange } = this;
    // The request's body, that is: responses are read by the delivery.
    if (error instanceof BodyTooLargeError && this.delivery === undefined) {
      if (this.isOver) return;
      exchange.error(413, undefined, undefined, "error");
      this.deliver();
      return;
    }
    this.ports.logger.log("error", "a plugin failed", { requestId: exchange.id, error });
    if (this.isOver) return;
    this.attempt?.cancel();
    if (this.delivery?.hasResponded) {
      this.downstream.reset();
      return;
    }
    exchange.error(500, undefined, undefined, "error");
    this.deliver();
  }

  /** The phases after access: of the plan, or of what was collected. */
  private laterPhases(): LaterPhases {
    if (this.collected === undefined) return this.plan.downstream;
    return (this.later ??= new LaterPhases(this.collected));
  }

  private deliver(): void {
    const phases = this.laterPhases();
    this.delivery = new Delivery(this.exchange, phases, this.ports, this.downstream, this.upstream);
    this.continueWith(this.delivery.start(), () => undefined);
  }

  aborted(): void {
    this.isOver = true;
    const { exchange } = this;
    if (exchange.response.status === 0) {
      exchange.response.status = errorTable.client_closed.status;
      exchange.response.source = "error";
    }
    this.attempt?.cancel();
    this.upstream?.body?.cancel();
    this.upstream?.tunnel?.close();
  }

  finished(bytesSent: number): void {
    this.isOver = true;
    const { exchange, ports } = this;
    exchange.sentBytes = bytesSent;
    this.attempt?.finish();
    // A body that the upstream did not need goes no further.
    if (exchange.response.source !== "service") exchange.request.body?.cancel();
    const { log } = this.laterPhases();
    if (log !== undefined) this.runLog(log);
    ports.onFinished?.(exchange);
  }

  private runLog(instances: readonly PluginInstance[]): void {
    const { exchange, ports } = this;
    for (const { name, phases } of instances) {
      const report = (error: unknown): void =>
        ports.logger.log("error", `${name} failed to log`, { requestId: exchange.id, error });
      try {
        const handled = phases.log!(exchange);
        if (isPromise(handled)) {
          const settled = handled.catch(report);
          this.scope?.waitUntil(settled);
        }
      } catch (error) {
        report(error);
      }
    }
  }
}
