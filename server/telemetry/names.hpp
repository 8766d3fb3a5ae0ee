// Names of all metrics: the only place where one is written.
// Read by the probes' implementations and by the tests.
// Constants; any thread.
#pragma once

#include <string_view>

namespace mofa::telemetry::names {

// The door.
inline constexpr std::string_view http_connections = "mofa_http_connections";
inline constexpr std::string_view http_connections_opened = "mofa_http_connections_opened_total";
inline constexpr std::string_view http_connections_refused = "mofa_http_connections_refused_total";
inline constexpr std::string_view http_connection_timeouts = "mofa_http_connection_timeouts_total";
inline constexpr std::string_view http_requests_started = "mofa_http_requests_started_total";
inline constexpr std::string_view http_request_duration = "mofa_http_request_duration_seconds";
inline constexpr std::string_view http_requests_refused = "mofa_http_requests_refused_total";
inline constexpr std::string_view http_answers_dropped = "mofa_http_answers_dropped_total";
inline constexpr std::string_view http_streams = "mofa_http_streams";
inline constexpr std::string_view http_streams_opened = "mofa_http_streams_opened_total";
inline constexpr std::string_view http_frames_dropped = "mofa_http_frames_dropped_total";
inline constexpr std::string_view http_failures = "mofa_http_failures_total";
inline constexpr std::string_view websockets = "mofa_websocket_connections";
inline constexpr std::string_view websockets_opened = "mofa_websocket_connections_opened_total";
inline constexpr std::string_view websockets_closed = "mofa_websocket_connections_closed_total";
inline constexpr std::string_view websocket_messages = "mofa_websocket_messages_total";

// Tasks.
inline constexpr std::string_view tasks_submitted = "mofa_tasks_submitted_total";
inline constexpr std::string_view tasks_started = "mofa_tasks_started_total";
inline constexpr std::string_view tasks_ended = "mofa_tasks_ended_total";
inline constexpr std::string_view task_age = "mofa_task_age_seconds";
inline constexpr std::string_view task_crashes = "mofa_task_crashes_total";
inline constexpr std::string_view task_restarts = "mofa_task_restarts_total";
inline constexpr std::string_view tasks_quarantined = "mofa_tasks_quarantined_total";
inline constexpr std::string_view task_passivations = "mofa_task_passivations_total";
inline constexpr std::string_view task_activations = "mofa_task_activations_total";
inline constexpr std::string_view submissions_refused = "mofa_submissions_refused_total";

// Storage and feeds.
inline constexpr std::string_view storage_commit = "mofa_storage_commit_seconds";
inline constexpr std::string_view storage_group_size = "mofa_storage_group_units";
inline constexpr std::string_view storage_units_failed = "mofa_storage_units_failed_total";
inline constexpr std::string_view feed_subscribers = "mofa_feed_subscribers";
inline constexpr std::string_view feed_subscribers_added = "mofa_feed_subscribers_added_total";

// Topics.
inline constexpr std::string_view topic_messages_published = "mofa_topic_messages_published_total";
inline constexpr std::string_view topic_messages_unheard = "mofa_topic_messages_unheard_total";
inline constexpr std::string_view topic_messages_delivered = "mofa_topic_messages_delivered_total";
inline constexpr std::string_view topic_messages_dropped = "mofa_topic_messages_dropped_total";
inline constexpr std::string_view topic_messages_retried = "mofa_topic_messages_retried_total";
inline constexpr std::string_view topic_messages_refused = "mofa_topic_messages_refused_total";
inline constexpr std::string_view topic_subscribers = "mofa_topic_subscribers";

// Push notifications.
inline constexpr std::string_view push_attempts = "mofa_push_attempts_total";
inline constexpr std::string_view pushes_refused = "mofa_push_refused_total";
inline constexpr std::string_view pushes_given_up = "mofa_push_given_up_total";
inline constexpr std::string_view push_store_failures = "mofa_push_store_failures_total";
inline constexpr std::string_view pushes_open = "mofa_pushes_open";

// Effects, timers, supervision.
inline constexpr std::string_view effects_running = "mofa_effects_running";
inline constexpr std::string_view slots_busy = "mofa_slots_busy";
inline constexpr std::string_view slots_waiting = "mofa_slots_waiting";
inline constexpr std::string_view effect_duration = "mofa_effect_duration_seconds";
inline constexpr std::string_view timers_fired = "mofa_timers_fired_total";
inline constexpr std::string_view late_messages_dropped = "mofa_late_messages_dropped_total";
inline constexpr std::string_view child_restarts = "mofa_supervision_child_restarts_total";
inline constexpr std::string_view escalations = "mofa_supervision_escalations_total";

// Requests to foreign hosts.
inline constexpr std::string_view outbound_running = "mofa_outbound_requests_running";
inline constexpr std::string_view outbound_duration = "mofa_outbound_request_duration_seconds";

// Providers of models.
inline constexpr std::string_view model_retries = "mofa_model_retries_total";
inline constexpr std::string_view model_circuits_opened = "mofa_model_circuits_opened_total";
inline constexpr std::string_view model_circuit_refusals = "mofa_model_circuit_refusals_total";

// The process.
inline constexpr std::string_view process_resident_memory = "mofa_process_resident_memory_bytes";
inline constexpr std::string_view process_open_fds = "mofa_process_open_fds";
inline constexpr std::string_view process_start_time = "mofa_process_start_time_seconds";
inline constexpr std::string_view process_cpu = "mofa_process_cpu_seconds_total";

}  // namespace mofa::telemetry::names
