// The measurements: each starts what it needs, adds its rows to the table, and ends what it started.
// Called by main, one after the other; a step that fails throws unmeasurable.
// One thread, besides those of the load.
#pragma once

#include "tests/bench/plan.hpp"
#include "tests/bench/table.hpp"

namespace mofa::bench {

/// /livez and tasks without durability, by the plain Beast server.
void measure_gateway(const plan& how, table& into);
/// SendMessage of A2A to tasks without durability, by the same tasks over the REST dialect.
void measure_a2a(const plan& how, table& into);
/// Durable tasks under load and one by one, the first line of a stream; by plain inserts and by fdatasync.
void measure_durable(const plan& how, table& into);
/// From the start of the process to readiness, and its memory then.
void measure_start(const plan& how, table& into);
/// Memory of tasks in a pause, and what is left of it when they have been passivated.
void measure_memory(const plan& how, table& into);
/// From readiness after kill -9 to the end of the last task whose timer came due meanwhile.
void measure_recovery(const plan& how, table& into);
/// From the first crash of a task to its next decided event.
void measure_crash(const plan& how, table& into);

/// Tasks of a language model with one tool call, by tasks that only echo; and the scheduler by itself.
void measure_thinking(const plan& how, table& into);
/// From the first to the last of many WebSockets that hear of one event, by a loop of plain writes.
void measure_subscribers(const plan& how, table& into);
/// From the first to the last of many A2A subscriptions that hear of one event, for the worst of several, by the same loop.
void measure_a2a_subscribers(const plan& how, table& into);
/// What a model's words pay for coming through the server, by reading the provider directly.
void measure_streaming(const plan& how, table& into);
/// Memory of many agents with many conversations each, all live.
void measure_contexts(const plan& how, table& into);

}  // namespace mofa::bench
