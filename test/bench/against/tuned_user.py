"""The same conversation as a Python expert would write it for Locust: messages prebuilt but for their timestamp, every
frame due at an absolute time, silence sent like a microphone's, a second greenlet that reads all the time, and the
clock for the answer starting with the frame that holds the last voiced sample.
"""
import base64
import json
import os
import random
import time
import uuid
from array import array
from pathlib import Path

import gevent
import websocket
from locust import User, task

from steady_window import window

WS_URL = os.getenv("WS_URL", "ws://127.0.0.1:8010/api/v1/media/stream")
PCM_DIR = os.getenv("PCM_DIR", "audio_cache")
CALL_ID_PREFIX = os.getenv("CALL_ID_PREFIX", "")
CHUNKS_PER_TURN = int(os.getenv("CHUNKS_PER_TURN", "100"))
FIRST_BYTE_TIMEOUT_SEC = float(os.getenv("FIRST_BYTE_TIMEOUT_SEC", "5"))
RESPONSE_GAP_SEC = 1.0
PAUSE_SEC = 0.5

FRAME_SEC = 0.02
FRAME_BYTES = 640
VOICED_RMS = 32768 * 10 ** (-45 / 20)

monotonic = time.monotonic


def prebuilt(pcm):
    """Everything of a message that follows the participant, who alone differs from call to call."""
    return b'","data":"%s","silent":false}}' % base64.b64encode(pcm)


def is_voiced(pcm):
    samples = array("h", pcm)
    return sum(s * s for s in samples) >= VOICED_RMS**2 * len(samples)


def load(path):
    """The clip's frames and the index of the last voiced one."""
    pcm = path.read_bytes()
    chunks = [pcm[at : at + FRAME_BYTES] for at in range(0, len(pcm) - FRAME_BYTES + 1, FRAME_BYTES)]
    chunks = chunks[:CHUNKS_PER_TURN]
    return path.name, [prebuilt(c) for c in chunks], max(i for i, c in enumerate(chunks) if is_voiced(c))


CLIPS = [load(path) for path in sorted(Path(PCM_DIR).glob("*.pcm"))]
NOISE = [prebuilt(array("h", random.choices(range(-10, 11), k=FRAME_BYTES // 2)).tobytes()) for _ in range(50)]

_stamp_second = 0
_stamp_prefix = b""


def head():
    """A message up to its timestamp; the calendar is asked once a second."""
    global _stamp_second, _stamp_prefix
    now = time.time()
    second = int(now)
    if second != _stamp_second:
        _stamp_second = second
        date = time.strftime("%Y-%m-%dT%H:%M:%S.", time.gmtime(second))
        _stamp_prefix = b'{"kind":"AudioData","audioData":{"timestamp":"' + date.encode()
    return b"%s%03dZ" % (_stamp_prefix, (now - second) * 1000)


class TunedUser(User):
    def on_start(self):
        self.call_id = f"{CALL_ID_PREFIX}{uuid.uuid4()}"
        self.participant = b'","participantRawID":"%s' % self.call_id.encode()
        self.turn = 0
        self.clip = None
        self.position = 0
        self.play_end = monotonic()
        self.ready_at = monotonic() + FIRST_BYTE_TIMEOUT_SEC
        self.spoke_at = None  # end of speech, while its answer is awaited
        self.first_message = False
        names = ("x-ms-call-connection-id", "x-ms-call-correlation-id", "x-session-id")
        # Locks and a check of every byte in pure Python would cost more than the sending itself.
        self.ws = websocket.create_connection(
            WS_URL,
            header=[f"{name}: {self.call_id}" for name in names],
            enable_multithread=False,
            skip_utf8_validation=True,
            get_mask_key=lambda _: b"\x5a\xa5\x3c\xc3",
        )
        metadata = {
            "subscriptionId": self.call_id,
            "encoding": "PCM",
            "sampleRate": 16000,
            "channels": 1,
            "length": FRAME_BYTES,
        }
        self.ws.send(json.dumps({"kind": "AudioMetadata", "audioMetadata": metadata}))
        self.reader = gevent.spawn(self.listen)

    def on_stop(self):
        self.reader.kill()
        self.ws.shutdown()

    @task
    def speak(self):
        ws, participant = self.ws, self.participant
        due = monotonic() + random.random() * FRAME_SEC
        while not self.reader.dead:
            ahead = due - monotonic()
            # Gives way also when it is late: a sender that catches up must not starve the readers.
            gevent.sleep(ahead if ahead > 0 else 0)
            body = self.next_body(monotonic())
            message = head() + participant + body
            now = monotonic()
            ws.send(message)
            if self.clip and self.position == self.clip[2] + 1:
                self.spoke_at, self.first_message = now, False
                self.ready_at = now + FIRST_BYTE_TIMEOUT_SEC
            window.sent(now - due)
            due += FRAME_SEC
        self.reader.get()  # its exception is this call's
        raise ConnectionError("the call was ended by the other side")

    def next_body(self, now):
        if self.clip is None and now >= self.ready_at:
            if self.spoke_at is not None:
                self.record("ttfa", FIRST_BYTE_TIMEOUT_SEC * 1000, TimeoutError("no answer"))
                window.ttfa_ms.append(FIRST_BYTE_TIMEOUT_SEC * 1000)
            self.spoke_at = None
            self.clip = CLIPS[self.turn % len(CLIPS)]
            self.turn += 1
            self.position = 0
        if self.clip is not None:
            if self.position < len(self.clip[1]):
                self.position += 1
                return self.clip[1][self.position - 1]
            self.clip = None
        self.position += 1
        return NOISE[self.position % len(NOISE)]

    def listen(self):
        receive = self.ws.recv_data
        while True:
            message = receive()[1]
            now = monotonic()
            start = message[:20]
            if b'AudioData"' in start:
                seconds = (len(message) - 60) * 0.75 / 32000
                self.play_end = max(self.play_end, now) + seconds
                if self.spoke_at is not None:
                    self.heard_message(now)
                    window.ttfa_ms.append((now - self.spoke_at) * 1000)
                    self.spoke_at = None
                self.ready_at = self.play_end + RESPONSE_GAP_SEC + PAUSE_SEC
            elif b'StopAudio"' in start:
                self.play_end = now  # never an answer
            else:
                self.heard_message(now)

    def heard_message(self, now):
        if self.spoke_at is None or self.first_message:
            return
        self.first_message = True
        ms = (now - self.spoke_at) * 1000
        window.ttfb_ms.append(ms)
        self.record("ttfb", ms, None)

    def record(self, name, ms, exception):
        self.environment.events.request.fire(
            request_type="websocket",
            name=name,
            response_time=ms,
            response_length=0,
            exception=exception,
            context={"call_connection_id": self.call_id},
        )
