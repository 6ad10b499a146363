"""Our dashboards. `python etc/grafana/dashboards.py` writes them anew as JSON for Grafana.

A test runs every query here on a real Prometheus that has scraped a real run.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from grafana_foundation_sdk.builders.dashboard import Dashboard
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from panels import (
    Section,
    board,
    graph,
    heat,
    increase,
    mean,
    number,
    per_second,
    quantile,
    quantiles,
)

HERE = 'instance=~"$gateway"'
"""The gateways that were chosen."""

DISK = '{fstype!~"tmpfs|overlay|ramfs"}'

IDLE = 'rate(node_cpu_seconds_total{mode="idle"}[$__rate_interval])'

SERVER_ERRORS = f'status=~"5..", route!="/readyz", {HERE}'

LIVE = board(
    "live-latency",
    "Live latency",
    "What a learner waits for, and which part of the house makes them wait.",
    Section(
        "What learners see",
        [
            number(
                "Finals in time",
                "Share of the last hour's utterances whose final came within 1.2 s after the "
                "speaker fell silent. The objective is 95 %.",
                "1 - tutor:finals_late:ratio_rate1h",
                "percentunit",
                (0.95, 0.9),
            ),
            number(
                "Budget left",
                "Of the 5 % of finals that may be late in three days. Below zero: overspent.",
                "tutor:finals_late:budget_left",
                "percentunit",
                (0.25, 0),
            ),
            number(
                "First words",
                "Half of the utterances show their first words sooner after the onset of speech.",
                "tutor:first_partial_seconds:p50_rate5m",
                "s",
                (0.8, 1.2),
            ),
            number(
                "A word, p50",
                "Half of the words are on the screen sooner after they were spoken.",
                "tutor:word_latency_seconds:p50_rate5m",
                "s",
                (0.8, 1.5),
            ),
            number(
                "A final, p95",
                "95 % of the finals come sooner after the end of speech. The endpoint's silence "
                "(0.6 s by default) is part of it.",
                "tutor:final_after_speech_seconds:p95_rate5m",
                "s",
                (1.2, 2),
            ),
            number(
                "Scores, p95",
                "95 % of the utterances have their first scores sooner after the final.",
                "tutor:feedback_latency_seconds:p95_rate5m",
                "s",
                (1, 3),
            ),
            graph(
                "Final after the end of speech",
                "From the arrival of the end of speech to the final sent. A dot is one utterance: "
                "it opens its trace.",
                *quantiles("tutor_final_after_speech_seconds", HERE),
                steps=[1.2],
                exemplars=True,
                width=12,
            ),
            graph(
                "First words after the onset of speech",
                "From the arrival of an utterance's onset to its first partial sent.",
                *quantiles("tutor_first_partial_seconds", HERE),
                exemplars=True,
                width=12,
            ),
            graph(
                "A word on the screen after its end",
                "From the arrival of a word's last sample to the first event that shows it.",
                *quantiles("tutor_word_latency_seconds", HERE),
                exemplars=True,
                width=12,
            ),
            graph(
                "Scores and reply after the final",
                "When the first scores and the first words of the tutor's reply are sent. Scores "
                "over 3 s (p95) are told by an alert.",
                (quantile(0.5, "tutor_feedback_latency_seconds", where=HERE), "scores p50"),
                (quantile(0.95, "tutor_feedback_latency_seconds", where=HERE), "scores p95"),
                (quantile(0.5, "tutor_reply_latency_seconds", where=HERE), "reply p50"),
                (quantile(0.95, "tutor_reply_latency_seconds", where=HERE), "reply p95"),
                steps=[3],
                exemplars=True,
                width=12,
            ),
            graph(
                "Voice to voice",
                "From the arrival of the end of what a learner said to the first sound of the "
                "tutor's answer.",
                *quantiles("tutor_voice_to_voice_seconds", HERE),
                width=12,
            ),
            graph(
                "The voice's first clause after its request",
                "When the first sound of a text that is to be spoken is there.",
                *quantiles("tutor_first_clause_seconds", HERE),
                width=12,
            ),
        ],
    ),
    Section(
        "The objective: 95 % of finals within 1.2 s",
        [
            graph(
                "How fast the budget burns",
                "1: the whole budget is spent in 30 days. Above 6 for six hours or 14.4 for one "
                "hour somebody is called. Nothing is drawn while nobody speaks.",
                *[
                    (f"tutor:finals_late:ratio_rate{window} / 0.05", window)
                    for window in ("5m", "30m", "1h", "6h", "3d")
                ],
                unit="short",
                steps=(6, 14.4),
                width=12,
            ),
            heat(
                "Finals by how long they took",
                "Each cell is a moment and a span of latency: the darker, the more finals.",
                increase("tutor_final_after_speech_seconds_bucket", "le", HERE),
                width=12,
            ),
        ],
    ),
    Section(
        "Where the time goes",
        [
            graph(
                "The way of a final, mean",
                "enqueue: into the queue; queue: until a worker begins; work: recognition; return: "
                "the result's way back; send: to the socket. A final begun ahead at a pause has "
                "most of this behind it when speech ends.",
                (mean("tutor_stage_seconds", "stage", f'kind="final", {HERE}'), "{{stage}}"),
                stacked=True,
            ),
            graph(
                "The way of a partial, mean",
                "As for finals. Partials thin out under load before finals grow late.",
                (mean("tutor_stage_seconds", "stage", f'kind="partial", {HERE}'), "{{stage}}"),
                stacked=True,
            ),
            graph(
                "The stages of a final, p95",
                "The slowest twentieth of each stage. They do not add up.",
                (
                    quantile(0.95, "tutor_stage_seconds", "stage", f'kind="final", {HERE}'),
                    "{{stage}}",
                ),
            ),
            graph(
                "Judging a frame",
                "From a frame's arrival until its speech is judged: resampler, voice activity, "
                "segmenter. Over 10 ms the gateway's core is full.",
                (quantile(0.5, "tutor_stage_seconds", where=f'stage="judge", {HERE}'), "p50"),
                (quantile(0.99, "tutor_stage_seconds", where=f'stage="judge", {HERE}'), "p99"),
                steps=[0.01],
            ),
            graph(
                "Recognition in the worker, p95",
                "The decode alone, without waiting.",
                (quantile(0.95, "tutor_decode_seconds", "kind", HERE), "{{kind}}"),
                exemplars=True,
            ),
            graph(
                "Assessment in the worker",
                "Aligning, scoring, grammar: all that is computed after a final but the reply.",
                *quantiles("tutor_assess_seconds", HERE),
                exemplars=True,
            ),
        ],
    ),
)

SESSIONS = board(
    "sessions",
    "Sessions",
    "Who practises now, what they say, and how their connections fare.",
    Section(
        "Now",
        [
            number(
                "Sessions", "Practice sessions now open.", f"sum(tutor_sessions_open{{{HERE}}})"
            ),
            number(
                "Audio a second",
                "Seconds of audio received in a second: how many microphones are open.",
                per_second("tutor_audio_seconds_total", where=HERE),
            ),
            number(
                "Utterances a minute",
                "Utterances that ended, however.",
                f"60 * {per_second('tutor_utterances_total', where=HERE)}",
            ),
            number(
                "Speech",
                "Share of the received audio that is speech.",
                f'sum(rate(tutor_vad_windows_total{{verdict="speech", {HERE}}}[$__rate_interval]))'
                f" / {per_second('tutor_vad_windows_total', where=HERE)}",
                "percentunit",
            ),
            number(
                "Failed",
                "Share of the utterances of five minutes that ended in an error.",
                "tutor:utterances_failed:ratio_rate5m",
                "percentunit",
                (0.005, 0.02),
            ),
            number(
                "Unsent events",
                "Events that wait on all sockets: learners whose network is slow.",
                f"sum(tutor_send_queue_events{{{HERE}}})",
                steps=(100, 1000),
            ),
        ],
    ),
    Section(
        "Learners",
        [
            graph(
                "Open sessions",
                "By gateway. A gateway refuses more than `TUTOR_MAX_SESSIONS`.",
                (f"sum by (instance) (tutor_sessions_open{{{HERE}}})", "{{instance}}"),
                unit="short",
                stacked=True,
            ),
            graph(
                "Length of sessions",
                "Of those that ended.",
                *quantiles("tutor_session_seconds", HERE),
            ),
            graph(
                "Utterances by how they ended",
                "final: understood; empty: nothing understood; failed: an error instead.",
                (per_second("tutor_utterances_total", "outcome", HERE), "{{outcome}}"),
                unit="cps",
                stacked=True,
            ),
            graph(
                "Audio, speech and silence",
                "Windows of 32 ms a second, by the verdict of voice activity.",
                (per_second("tutor_vad_windows_total", "verdict", HERE), "{{verdict}}"),
                unit="cps",
                stacked=True,
            ),
            graph(
                "Jobs",
                "Sent to workers, by kind.",
                (per_second("tutor_jobs_total", "kind", HERE), "{{kind}}"),
                unit="cps",
            ),
            graph(
                "Results",
                "What workers answered: all but `ok` is a failure, an expiry or a cancellation.",
                (per_second("tutor_results_total", "kind, outcome", HERE), "{{kind}} {{outcome}}"),
                unit="cps",
            ),
        ],
    ),
    Section(
        "What goes wrong",
        [
            graph(
                "Errors by code",
                "Error events sent; the documentation says what each means.",
                (per_second("tutor_errors_total", "code", HERE) + " > 0 or vector(0)", "{{code}}"),
                unit="cps",
            ),
            graph(
                "Refused before they opened",
                "By the code of the refusal. `busy`: the gateways are full.",
                (per_second("tutor_sessions_refused_total", "code", HERE), "{{code}}"),
                unit="cps",
            ),
            graph(
                "Resumed and given up",
                "Connections that broke and came back; what was dropped: results too late, clients "
                "that did not read, sessions that nobody resumed.",
                (per_second("tutor_sessions_resumed_total", where=HERE), "resumed"),
                (per_second("tutor_drops_total", "what", HERE), "{{what}}"),
                unit="cps",
            ),
            graph(
                "Jobs sent a second time",
                "A worker died or got stuck: the answer did not come in time.",
                (per_second("tutor_jobs_retried_total", "kind", HERE), "{{kind}}"),
                unit="cps",
            ),
            graph(
                "Unsent events",
                "Of all sockets, and of the one that reads slowest (256: it is cut off).",
                (f"sum(tutor_send_queue_events{{{HERE}}})", "all"),
                (f"max(tutor_send_queue_longest_events{{{HERE}}})", "longest"),
                unit="short",
            ),
            graph(
                "A gateway's core and memory",
                "Share of one core: a gateway is one process. Beyond 80 % start another.",
                (
                    f'rate(process_cpu_seconds_total{{job="gateway", {HERE}}}[$__rate_interval])',
                    "{{instance}}",
                ),
                unit="percentunit",
                steps=(0.6, 0.8),
            ),
        ],
    ),
)

WORKERS = board(
    "workers",
    "Workers and GPU",
    "What waits, who works, and what the machines under them do.",
    Section(
        "Queues",
        [
            graph(
                "Learners: age of the oldest job",
                "Until a worker takes it, by queue and priority (0: finals, assessments and "
                "speech, 3: partials and replies). More than 0.3 s of live speech: add workers.",
                (
                    'tutor:queue_age_seconds:max{queue=~"asr.live|feedback|speech"}',
                    "{{queue}} {{priority}}",
                ),
                steps=(0.3, 1),
            ),
            graph(
                "Files: age of the oldest job",
                "files: an upload to decode and cut; asr.batch: its pieces. They wait while "
                "people speak, that is meant; for a quarter of an hour it is not.",
                ('tutor:queue_age_seconds:max{queue=~"asr.batch|files"}', "{{queue}} {{priority}}"),
                steps=[900],
            ),
            graph(
                "Waiting jobs",
                "By queue and priority.",
                ("max by (queue, priority) (tutor_queue_messages)", "{{queue}} {{priority}}"),
                unit="short",
            ),
            graph(
                "Time in the queue, p95",
                "Of the jobs that were begun, by kind.",
                (quantile(0.95, "tutor_worker_wait_seconds", "kind"), "{{kind}}"),
            ),
            graph(
                "Taken and not finished",
                "Jobs in workers' hands. It grows without end when workers hang.",
                ("max(tutor_jobs_unacknowledged)", "jobs"),
                unit="short",
            ),
            graph(
                "Ready workers, and how many would do",
                "Processes that renew their key, of the kinds that are needed here; batch: its "
                "parent, and each child that has loaded its model. `wanted` is what an autoscaler "
                "reads: it brings the age of live speech to 0.3 s.",
                ("tutor:workers:max", "{{kind}}"),
                ("tutor:asr_workers:wanted", "asr wanted"),
                unit="short",
            ),
        ],
    ),
    Section(
        "Work",
        [
            graph(
                "Tasks by outcome",
                "Done by workers.",
                (per_second("tutor_worker_tasks_total", "kind, outcome"), "{{kind}} {{outcome}}"),
                unit="cps",
            ),
            graph(
                "Time of a task, p95",
                "From its beginning to its result.",
                (quantile(0.95, "tutor_worker_task_seconds", "kind"), "{{kind}}"),
                exemplars=True,
            ),
            graph(
                "Processes at work",
                "Tasks at the same time, on average. On a CPU at most the worker processes; on a "
                "GPU utterances share a batch.",
                (per_second("tutor_worker_task_seconds_sum", "kind"), "{{kind}}"),
                unit="short",
                stacked=True,
            ),
            graph(
                "Real-time factor",
                "Seconds of work for a second of audio. 0.2: a process serves five speakers.",
                (quantile(0.5, "tutor_real_time_factor", "kind"), "{{kind}} p50"),
                (quantile(0.95, "tutor_real_time_factor", "kind"), "{{kind}} p95"),
                unit="short",
            ),
            graph(
                "Audio worked on",
                "Seconds of audio in a second. Partials hear an utterance again and again.",
                (per_second("tutor_worker_audio_seconds_total", "kind"), "{{kind}}"),
                unit="short",
            ),
            graph(
                "The encoder's window, mean",
                "Seconds that the encoder works on for an utterance; 30 s would be Whisper's own.",
                (mean("tutor_encoder_window_seconds", "kind"), "{{kind}}"),
            ),
            graph(
                "What guards did not believe",
                "silence: text out of nothing; wider: listened to again; cut: a loop or an echo.",
                (per_second("tutor_guard_actions_total", "kind, action"), "{{kind}} {{action}}"),
                unit="cps",
            ),
            graph(
                "Utterances in a batch",
                "In one call of the recogniser. 1 on a CPU.",
                (mean("tutor_batch_size", "job"), "mean"),
                (quantile(0.95, "tutor_batch_size"), "p95"),
                unit="short",
            ),
            graph(
                "Giving the result back, p95",
                "The time Redis takes to keep a result and wake its gateway.",
                (quantile(0.95, "tutor_worker_publish_seconds", "kind"), "{{kind}}"),
            ),
            graph(
                "Loading",
                "From a worker's start until it was ready.",
                ("max by (part) (tutor_model_load_seconds)", "{{part}}"),
            ),
            graph(
                "Cores of worker processes",
                "By part.",
                (per_second("process_cpu_seconds_total", "part", 'job="worker"'), "{{part}}"),
                unit="short",
            ),
            graph(
                "Memory of worker processes",
                "Resident, by part.",
                ('sum by (part) (process_resident_memory_bytes{job="worker"})', "{{part}}"),
                unit="bytes",
            ),
        ],
    ),
    Section(
        "GPU",
        [
            graph(
                "Load",
                "Share of the time in which a kernel ran (DCGM).",
                ("DCGM_FI_DEV_GPU_UTIL", "GPU {{gpu}}"),
                unit="percent",
            ),
            graph(
                "Memory",
                "Share that is in use.",
                (
                    "DCGM_FI_DEV_FB_USED / (DCGM_FI_DEV_FB_USED + DCGM_FI_DEV_FB_FREE)",
                    "GPU {{gpu}}",
                ),
                unit="percentunit",
                steps=(0.85, 0.95),
            ),
            graph(
                "Temperature",
                "Over 85 °C it slows down.",
                ("DCGM_FI_DEV_GPU_TEMP", "GPU {{gpu}}"),
                unit="celsius",
                steps=(80, 85),
            ),
            graph("Power", "Drawn now.", ("DCGM_FI_DEV_POWER_USAGE", "GPU {{gpu}}"), unit="watt"),
            graph(
                "Errors",
                "The number of the last XID error; 0: none.",
                ("DCGM_FI_DEV_XID_ERRORS", "GPU {{gpu}}"),
                unit="short",
                steps=[1],
            ),
            graph(
                "Clock",
                "Of the multiprocessors. It falls with heat and idleness.",
                ("1e6 * DCGM_FI_DEV_SM_CLOCK", "GPU {{gpu}}"),
                unit="hertz",
            ),
        ],
    ),
    Section(
        "Celery",
        [
            graph(
                "Celery's own count",
                "As celery-exporter sees the queues: of priority 0 alone.",
                ("max by (queue_name) (celery_queue_length)", "{{queue_name}}"),
                unit="short",
                width=12,
            ),
            graph(
                "Workers that send heartbeats",
                "As celery-exporter hears them.",
                ("sum(celery_worker_up)", "workers"),
                unit="short",
                width=12,
            ),
        ],
    ),
    Section(
        "Machine",
        [
            graph(
                "Cores",
                "Share in use, by machine.",
                (
                    f"1 - avg by (instance) ({IDLE})",
                    "{{instance}}",
                ),
                unit="percentunit",
                steps=(0.8, 0.95),
            ),
            graph(
                "Memory left",
                "Share that could be had without swapping. Under 10 % an alert tells.",
                ("node_memory_MemAvailable_bytes / node_memory_MemTotal_bytes", "{{instance}}"),
                unit="percentunit",
                steps=(0.2, 0.1),
            ),
            graph(
                "Disk left",
                "Share of each file system that is free. Under 10 % an alert tells.",
                (
                    f"node_filesystem_avail_bytes{DISK} / node_filesystem_size_bytes{DISK}",
                    "{{instance}} {{mountpoint}}",
                ),
                unit="percentunit",
                steps=(0.2, 0.1),
            ),
        ],
    ),
)

API = board(
    "api",
    "API",
    "HTTP requests by route, and what is up.",
    Section(
        "Now",
        [
            number(
                "Requests a second",
                "All routes, without sockets.",
                per_second("tutor_http_requests_total", where=HERE),
                "reqps",
            ),
            number(
                "Server errors",
                "Share of requests that ended in 5xx; `/readyz` says 503 on purpose.",
                f"({per_second('tutor_http_requests_total', where=SERVER_ERRORS)} or vector(0))"
                f" / {per_second('tutor_http_requests_total', where=HERE)}",
                "percentunit",
                (0.001, 0.01),
            ),
            number(
                "p95",
                "95 % of the requests are answered sooner.",
                quantile(0.95, "tutor_http_request_seconds", where=HERE),
                "s",
                (0.25, 1),
            ),
            number(
                "Ready gateways",
                "Gateways whose `/readyz` says yes.",
                f"sum(tutor_ready{{{HERE}}})",
                steps=(1, 0.5),
            ),
            number(
                "Targets up",
                "Share of what Prometheus scrapes.",
                "avg(up)",
                "percentunit",
                (1, 0.8),
            ),
            number(
                "Versions",
                "How many versions of the program run at the same time; more than one in a deploy.",
                "count(count by (version) (tutor_build_info))",
            ),
        ],
    ),
    Section(
        "Requests",
        [
            graph(
                "By route",
                "By the route's template, never by the path.",
                (per_second("tutor_http_requests_total", "route", HERE), "{{route}}"),
                unit="reqps",
                stacked=True,
                width=12,
            ),
            graph(
                "By status",
                "All routes together.",
                (per_second("tutor_http_requests_total", "status", HERE), "{{status}}"),
                unit="reqps",
                stacked=True,
                width=12,
            ),
            graph(
                "Time to answer, p95",
                "By route.",
                (quantile(0.95, "tutor_http_request_seconds", "route", HERE), "{{route}}"),
                width=12,
            ),
            graph(
                "Time to answer, p50",
                "By route.",
                (quantile(0.5, "tutor_http_request_seconds", "route", HERE), "{{route}}"),
                width=12,
            ),
        ],
    ),
    Section(
        "What is up",
        [
            graph(
                "Targets",
                "1: Prometheus could read it.",
                ("min by (job, instance) (up)", "{{job}} {{instance}}"),
                unit="short",
                width=12,
            ),
            graph(
                "A gateway's memory",
                "Resident.",
                (f'process_resident_memory_bytes{{job="gateway", {HERE}}}', "{{instance}}"),
                unit="bytes",
                width=12,
            ),
        ],
    ),
)

BOARDS = {"live-latency": LIVE, "sessions": SESSIONS, "workers": WORKERS, "api": API}


def write(folder: Path) -> None:
    """Write every dashboard as `<name>.json`."""
    for name, made in BOARDS.items():
        (folder / f"{name}.json").write_text(_json(made) + "\n", "utf-8")


def _json(made: Dashboard) -> str:
    return json.dumps(made.build(), cls=JSONEncoder, indent=2, sort_keys=True, ensure_ascii=False)


if __name__ == "__main__":
    write(Path(sys.argv[1]) if sys.argv[1:] else Path(__file__).parent / "dashboards")
