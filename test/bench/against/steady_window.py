"""What both Locust user files share: the steady window that is measured, and the JSON file it becomes.

The window opens WARM_SEC after the test's start, when all users are up, and stays open for WINDOW_SEC. Frames, CPU and
wall time are those between its edges; answer times are of the whole test.
"""
import json
import os
import resource
import sys
import time

import gevent
from locust import events

WARM_SEC = float(os.getenv("WARM_SEC", "5"))
WINDOW_SEC = float(os.getenv("WINDOW_SEC", "15"))
MEASUREMENT_FILE = os.getenv("MEASUREMENT_FILE", "measurement.json")

BUCKETS_PER_SEC = 10_000
BUCKETS = 10 * BUCKETS_PER_SEC


class SteadyWindow:
    def __init__(self):
        self.frames = 0  # 20 ms of audio each, however many of them one message carries
        self.messages = 0
        self.ttfb_ms = []
        self.ttfa_ms = []
        self._opened = None
        self._closed = None
        self._users = 0
        self._forget_lateness()

    def _forget_lateness(self):
        self._late = [0] * (BUCKETS + 1)
        self._latest = 0.0

    def sent(self, late_sec, frames=1):
        """A message went out this long after it was due."""
        self.frames += frames
        self.messages += 1
        if late_sec < 0:
            late_sec = 0.0  # a timer may fire a moment early; a negative index would count from the end
        if late_sec > self._latest:
            self._latest = late_sec
        bucket = int(late_sec * BUCKETS_PER_SEC)
        self._late[bucket if bucket < BUCKETS else BUCKETS] += 1

    def measure(self, environment):
        gevent.sleep(WARM_SEC)
        self._users = environment.runner.user_count
        self._forget_lateness()
        self._opened = self._edge()
        gevent.sleep(WINDOW_SEC)
        self._closed = self._edge()
        self._users = min(self._users, environment.runner.user_count)
        self._lateness = {
            "p50": self._percentile(0.50),
            "p99": self._percentile(0.99),
            "max": round(self._latest * 1000, 3),
        }

    def _edge(self):
        used = resource.getrusage(resource.RUSAGE_SELF)
        return time.monotonic(), used.ru_utime + used.ru_stime, self.frames, self.messages

    def _percentile(self, share):
        wanted = share * sum(self._late)
        seen = 0
        for bucket, count in enumerate(self._late):
            seen += count
            if count and seen >= wanted:
                return round((bucket + 0.5) / BUCKETS_PER_SEC * 1000, 3)
        return 0.0

    def write(self, environment):
        """Writes nothing when the window did not close: half a measurement is none."""
        if self._closed is None:
            return
        wall, cpu, frames, messages = (to - since for since, to in zip(self._opened, self._closed))
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        measurement = {
            "users": self._users,
            "wall_s": wall,
            "cpu_s": cpu,
            "frames_sent": frames,
            "messages_sent": messages,
            "frames_per_call_per_s": frames / wall / max(1, self._users),
            "lateness_ms": self._lateness,
            "ttfb_ms": self.ttfb_ms,
            "ttfa_ms": self.ttfa_ms,
            "rss_mb": peak / (1024 * 1024 if sys.platform == "darwin" else 1024),  # bytes on macOS, else KiB
            "errors": environment.stats.total.num_failures
            + sum(e["count"] for e in environment.runner.exceptions.values()),
        }
        # Whoever waits for the file must never read half of it.
        with open(MEASUREMENT_FILE + ".part", "w", encoding="utf-8") as file:
            json.dump(measurement, file)
        os.replace(MEASUREMENT_FILE + ".part", MEASUREMENT_FILE)


window = SteadyWindow()


@events.test_start.add_listener
def _open(environment, **_):
    gevent.spawn(window.measure, environment)


@events.quitting.add_listener
def _write(environment, **_):
    window.write(environment)
