"""The way this job is commonly done with Locust: a message made anew for every chunk, a sleep after each send, no
reading while speaking, 1.5 s of trailing noise, and only then the clock for the answer. Its settings carry the usual names.

Left as it is commonly found, faults included: the sleep makes the pace drift, the first message read is whatever has
been waiting in the socket, and the words that end an answer are looked for in raw messages.
"""
import base64
import json
import os
import random
import struct
import time
import uuid
from datetime import datetime, timezone
from pathlib import Path

import websocket
from locust import User, between, task
from websocket import WebSocketConnectionClosedException, WebSocketTimeoutException

from steady_window import window

WS_URL = os.getenv("WS_URL", "ws://127.0.0.1:8010/api/v1/media/stream")
PCM_DIR = os.getenv("PCM_DIR", "audio_cache")
CALL_ID_PREFIX = os.getenv("CALL_ID_PREFIX", "")
SAMPLE_RATE = int(os.getenv("SAMPLE_RATE", "16000"))
TURNS_PER_USER = int(os.getenv("TURNS_PER_USER", "3"))
CHUNKS_PER_TURN = int(os.getenv("CHUNKS_PER_TURN", "100"))
CHUNK_MS = int(os.getenv("CHUNK_MS", "20"))
CHUNK_BYTES = SAMPLE_RATE * 2 * CHUNK_MS // 1000
FIRST_BYTE_TIMEOUT_SEC = float(os.getenv("FIRST_BYTE_TIMEOUT_SEC", "5"))
TURN_TIMEOUT_SEC = float(os.getenv("TURN_TIMEOUT_SEC", "15"))
BARGE_QUIET_MS = int(os.getenv("BARGE_QUIET_MS", "400"))
END_TOKENS = os.getenv("END_TOKENS", "final,end,completed,stopped,barge").lower().split(",")

SILENCE_MESSAGES = 15
SILENCE_MS = 100


def low_noise(ms):
    samples = bytearray()
    for _ in range(SAMPLE_RATE * ms // 1000):
        samples.extend(struct.pack("<h", random.randint(-10, 10)))
    return bytes(samples)


class CommonUser(User):
    wait_time = between(0.3, 1.1)

    def on_start(self):
        self.files = sorted(Path(PCM_DIR).glob("*.pcm"))
        self.turn = 0
        self.connect()

    def on_stop(self):
        self.ws.shutdown()

    def connect(self):
        self.call_id = f"{CALL_ID_PREFIX}{uuid.uuid4()}"
        names = ("x-ms-call-connection-id", "x-ms-call-correlation-id", "x-session-id")
        self.ws = websocket.create_connection(
            WS_URL, header=[f"{name}: {self.call_id}" for name in names], enable_multithread=True
        )
        metadata = {
            "subscriptionId": self.call_id,
            "encoding": "PCM",
            "sampleRate": SAMPLE_RATE,
            "channels": 1,
            "length": CHUNK_BYTES,
        }
        self.ws.send(json.dumps({"kind": "AudioMetadata", "audioMetadata": metadata}))

    @task
    def speech_turns(self):
        for _ in range(TURNS_PER_USER):
            name = self.next_clip()
            self.due = time.monotonic()
            for _ in range(CHUNKS_PER_TURN):
                self.send_audio(self.next_chunk(), CHUNK_MS)
                time.sleep(CHUNK_MS / 1000)
            for _ in range(SILENCE_MESSAGES):
                self.send_audio(low_noise(SILENCE_MS), SILENCE_MS)
                time.sleep(SILENCE_MS / 1000)
            answered, ms = self._measure_ttfb(FIRST_BYTE_TIMEOUT_SEC)
            window.ttfb_ms.append(ms)
            self.record(f"ttfb[{name}]", ms, answered)
            # One chunk of the next clip is meant to interrupt the answer.
            interrupter = self.next_clip()
            self.due = time.monotonic()
            self.send_audio(self.next_chunk(), CHUNK_MS)
            ended, ms = self._wait_for_end_of_response(TURN_TIMEOUT_SEC)
            self.record(f"barge_in[{name}->{interrupter}]", ms, ended)

    def next_clip(self):
        path = self.files[self.turn % len(self.files)]
        self.turn += 1
        self.audio = path.read_bytes()
        self.offset = 0
        return path.name

    def next_chunk(self):
        chunk = self.audio[self.offset : self.offset + CHUNK_BYTES]
        self.offset += CHUNK_BYTES
        if len(chunk) < CHUNK_BYTES:  # a clip that is over begins again
            self.offset = CHUNK_BYTES - len(chunk)
            chunk += self.audio[: self.offset]
        return chunk

    def send_audio(self, pcm, ms):
        audio = {
            "timestamp": datetime.now(timezone.utc).isoformat(timespec="milliseconds"),
            "participantRawID": self.call_id,
            "data": base64.b64encode(pcm).decode("ascii"),
            "length": len(pcm),
            "silent": False,
        }
        late = time.monotonic() - self.due
        self.due += ms / 1000
        self.ws.send(json.dumps({"kind": "AudioData", "audioData": audio}))
        window.sent(late, ms // 20)

    def receive(self, timeout_sec):
        try:
            self.ws.settimeout(timeout_sec)
            return self.ws.recv()
        except WebSocketTimeoutException:
            return None
        except WebSocketConnectionClosedException:
            self.connect()
            return None

    def _measure_ttfb(self, max_wait_sec):
        start = time.time()
        while time.time() < start + max_wait_sec:
            if self.receive(0.05):
                return True, (time.time() - start) * 1000
        return False, (time.time() - start) * 1000

    def _wait_for_end_of_response(self, max_wait_sec):
        start = time.time()
        heard_at = None
        while time.time() < start + max_wait_sec:
            message = self.receive(0.05)
            if message:
                heard_at = time.time()
                text = str(message).lower()
                if any(token in text for token in END_TOKENS):
                    return True, (time.time() - start) * 1000
            elif heard_at and time.time() - heard_at >= BARGE_QUIET_MS / 1000:
                return True, (time.time() - start) * 1000
        return False, (time.time() - start) * 1000

    def record(self, name, ms, succeeded):
        self.environment.events.request.fire(
            request_type="websocket",
            name=name,
            response_time=ms,
            response_length=0,
            exception=None if succeeded else TimeoutError(name),
            context={"call_connection_id": self.call_id},
        )
