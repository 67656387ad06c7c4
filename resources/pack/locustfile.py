"""Crosstalk's voice callers for Locust: they call a voice agent's WebSocket, speak recorded conversations at it in real
time, interrupt it, and measure how it answers.

This file is the same in every pack and needs nothing but Locust (2.12 or later), gevent and the standard library. What
is said, and how, stands in `pack.json` beside it; without one every .pcm file of PCM_DIR (16-bit, 16 kHz, mono) is.

Every metric is a request of its own, of type `voice`:

    connect         start of the TCP connect -> WebSocket open
    greeting        call set up -> first audio of the agent
    ttfb            end of speech -> first transcript, text, tool or audio message; never a stop
    ttfa            end of speech -> first audio of the answer: the headline
    turn            end of speech -> end of the answer as it is heard (turns that were not interrupted)
    barge_in        first voiced frame of an interruption -> the agent is silent
    turn_success    every finished turn, from its first frame on: a failure when it timed out or was lost
    dropped         a call that the agent's side ended too early, always a failure
    frame_lateness  once a second: how late this process's frames were sent (99th percentile). Above 10 ms the process
                    is overloaded and its other figures are not to be trusted: use fewer users for each process

End of speech is the moment at which the frame with the last voiced sample of a clip was sent; the quiet frames after it
are not waited for. An answer that does not come is recorded as a failure with its timeout as value: a dead agent never
looks fast.

Environment variables, all optional: WS_URL, PCM_DIR, SAMPLE_RATE (16000, 24000), CHUNK_MS, CHUNKS_PER_TURN,
TURNS_PER_USER (turns of a call), FIRST_BYTE_TIMEOUT_SEC, TURN_TIMEOUT_SEC, PAUSE_BETWEEN_TURNS_SEC, BARGE_QUIET_MS,
RESPONSE_TOKENS, END_TOKENS, WS_IGNORE_CLOSE_EXCEPTIONS, BYTES_PER_SAMPLE (2), CHANNELS (1); and besides
    BARGE_IN_AFTER_MS     interrupt every answer so long after its first audio (without it: as the pack says)
    WS_HEADERS            headers of the upgrade as JSON: {"x-api-key": "..."}
    WS_HEADER_X_API_KEY   one header each: the name in capitals, _ for -
    WS_TLS_VERIFY         false: any certificate will do
    WS_CLIENT             builtin: leave websocket-client alone even where it is installed
    CROSSTALK_TURNS_FILE  write every turn to this file as a line of JSON
Users, spawn rate and run time are Locust's own (--users, LOCUST_USERS ...); --stop-timeout lets open turns end.
"""
import base64
import binascii
import collections
import hashlib
import itertools
import json
import logging
import math
import operator
import os
import random
import re
import socket
import ssl
import sys
import time
import uuid
import zipfile
from array import array
from pathlib import Path
from threading import Lock
from urllib.parse import urlsplit

import gevent
import gevent.event
from locust import User, constant, events, task
from locust.exception import StopUser

logger = logging.getLogger("crosstalk")

PACK_FORMAT = 1
DEFAULT_URL = "ws://127.0.0.1:8010/api/v1/media/stream"
CLIP_RATE = 16000
HERE = Path(__file__).resolve().parent


class Refusal(Exception):
    """Nothing can be said as things stand; the message is one sentence that says what to do."""


class CallFailed(Exception):
    """A connection that was not made, or a turn that failed; the message stands in Locust's list of failures."""


def now():
    """Milliseconds of a clock that never jumps; every stamp is one of these."""
    return time.monotonic() * 1000.0


# --- what was asked for: environment variables ----------------------------------------------------------------------


def _whole(text):
    if not re.fullmatch(r"\d{1,9}", text) or int(text) < 1:
        raise ValueError("be a whole number of at least 1")
    return int(text)


def _one_of(*allowed):
    def read(text):
        if not re.fullmatch(r"\d+", text) or int(text) not in allowed:
            raise ValueError("be " + " or ".join(str(value) for value in allowed))
        return int(text)

    return read


def _chunk(text):
    if not re.fullmatch(r"\d{1,9}(\.0+)?", text) or not 10 <= float(text) <= 200 or float(text) % 10:
        raise ValueError("be a multiple of 10 from 10 to 200 (milliseconds)")
    return int(float(text))


def _milliseconds(text):
    if not re.fullmatch(r"\d{1,9}(\.\d+)?", text):
        raise ValueError("be a number of milliseconds, like 400")
    return float(text)


def _seconds(text):
    if not re.fullmatch(r"\d{1,6}(\.\d+)?", text):
        raise ValueError("be a number of seconds, like 5.0")
    return float(text) * 1000.0


def _words(text):
    found = [word.strip() for word in text.split(",") if word.strip()]
    if not found:
        raise ValueError("be words separated by commas, like final,end,completed")
    return found


def _yes_or_no(text):
    if re.fullmatch(r"true|1|yes|on", text, re.I):
        return True
    if re.fullmatch(r"false|0|no|off", text, re.I):
        return False
    raise ValueError("be true or false")


def _url(text):
    if not is_web_socket_url(text):
        raise ValueError("be an address like wss://host/path")
    return text


def _headers(text):
    try:
        headers = json.loads(text)
    except ValueError:
        headers = None
    if not isinstance(headers, dict) or not all(isinstance(value, str) for value in headers.values()):
        raise ValueError('be JSON like {"x-api-key": "..."}')
    return headers


def _client(text):
    if text not in ("builtin", "websocket-client"):
        raise ValueError("be builtin or websocket-client")
    return text


VARIABLES = {
    "WS_URL": _url,
    "PCM_DIR": str,
    "SAMPLE_RATE": _one_of(16000, 24000),
    "CHUNK_MS": _chunk,
    "CHUNKS_PER_TURN": _whole,
    "TURNS_PER_USER": _whole,
    "FIRST_BYTE_TIMEOUT_SEC": _seconds,
    "TURN_TIMEOUT_SEC": _seconds,
    "PAUSE_BETWEEN_TURNS_SEC": _seconds,
    "BARGE_QUIET_MS": _milliseconds,
    "RESPONSE_TOKENS": _words,
    "END_TOKENS": _words,
    "WS_IGNORE_CLOSE_EXCEPTIONS": _yes_or_no,
    "BYTES_PER_SAMPLE": _one_of(2),
    "CHANNELS": _one_of(1),
    "BARGE_IN_AFTER_MS": _milliseconds,
    "WS_HEADERS": _headers,
    "WS_TLS_VERIFY": _yes_or_no,
    "WS_CLIENT": _client,
    "CROSSTALK_TURNS_FILE": str,
}
# Values that must not stand in a log.
SECRET_VARIABLES = ("WS_HEADERS", "WS_URL")
HEADER_PREFIX = "WS_HEADER_"


def read_variables(environ):
    """Every variable that is set, read; an empty one counts as unset."""
    found = {}
    for name, read in VARIABLES.items():
        text = environ.get(name, "").strip()
        if not text:
            continue
        try:
            found[name] = read(text)
        except ValueError as must:
            shown = "set" if name in SECRET_VARIABLES else json.dumps(text)
            raise Refusal(f"The environment variable {name} is {shown}; it must {must}. Correct or unset it.") from None
    return found


def is_web_socket_url(text):
    try:
        parts = urlsplit(text)
        return parts.scheme in ("ws", "wss") and bool(parts.hostname) and (parts.port or 1) > 0 and not parts.fragment
    except ValueError:
        return False


def header_variable(name):
    """The variable that holds a header: x-api-key -> WS_HEADER_X_API_KEY."""
    return HEADER_PREFIX + re.sub(r"[^A-Z0-9]", "_", name.upper())


def read_headers(variables, environ, expected):
    """Headers of the upgrade. `expected`: names the pack knows; one without a value is refused."""
    headers = {}
    for variable, value in environ.items():
        if variable.startswith(HEADER_PREFIX) and value:
            headers[variable[len(HEADER_PREFIX) :].replace("_", "-").lower()] = value
    given = {name.lower(): name for name in variables.get("WS_HEADERS", {})}
    headers.update(variables.get("WS_HEADERS", {}))
    missing = []
    for name in expected:
        value = environ.get(header_variable(name), "")
        if value:
            headers.pop(header_variable(name)[len(HEADER_PREFIX) :].replace("_", "-").lower(), None)
            headers[name] = value
        elif name.lower() not in given:
            missing.append(header_variable(name))
    if missing:
        raise Refusal(f"The agent's headers have no value: set {' and '.join(missing)} (or WS_HEADERS).")
    for name, value in headers.items():
        if not re.fullmatch(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+", name) or re.search(r"[^\t\x20-\x7e\x80-\xff]", value):
            raise Refusal(f"The header {json.dumps(name)} is not one that HTTP can carry; correct WS_HEADERS.")
    return headers


# --- sound: 16-bit samples and where speech lies in them ------------------------------------------------------------

# Length of the window a level is taken over.
WINDOW_MS = 20
# A clip whose loudest window is below -25 dBFS is a quiet recording: its voiced level follows its own peak.
QUIET_CLIP_PEAK = -25
QUIET_CLIP_RANGE = 30
# What a microphone hears in a quiet room.
NOISE_AMPLITUDE = 10


def amplitude_of(level):
    """dBFS -> amplitude in 16-bit units."""
    return 32768 * 10 ** (level / 20)


def power_of(samples):
    """Sum of squares."""
    return sum(map(operator.mul, samples, samples))


def samples_of(pcm):
    samples = array("h")
    samples.frombytes(pcm[: len(pcm) // 2 * 2])
    if sys.byteorder == "big":
        samples.byteswap()
    return samples


def bytes_of(samples):
    if sys.byteorder == "big":
        samples = samples[:]
        samples.byteswap()
    return samples.tobytes()


def find_voiced(samples, rate, speech_level):
    """(first, last) voiced sample, in 20 ms windows from the start; None when nothing is voiced."""
    window = round(rate * WINDOW_MS / 1000)
    levels = []
    for at in range(0, len(samples), window):
        part = samples[at : at + window]
        levels.append(math.sqrt(power_of(part) / len(part)))
    peak = max(levels, default=0.0)
    if peak == 0:
        return None
    peak_level = 20 * math.log10(peak / 32768)
    threshold = amplitude_of(peak_level - QUIET_CLIP_RANGE if peak_level < QUIET_CLIP_PEAK else speech_level)
    voiced = [i for i, level in enumerate(levels) if level >= threshold]
    if not voiced:
        return None
    begin_of_last = voiced[-1] * window
    last = min(begin_of_last + window, len(samples)) - 1
    while last > begin_of_last and abs(samples[last]) < threshold:
        last -= 1
    return voiced[0] * window, last


def noise(length):
    return array("h", [random.randint(-NOISE_AMPLITUDE, NOISE_AMPLITUDE) for _ in range(length)])


def _bessel0(x):
    total = term = 1.0
    k = 1
    while term > total * 1e-12:
        term *= (x / (2 * k)) ** 2
        total += term
        k += 1
    return total


def _filter_of(phase, half=32, beta=9.0):
    taps = []
    for k in range(2 * half):
        distance = k - (half - 1) - phase / 3
        sinc = 1.0 if distance == 0 else math.sin(math.pi * distance) / (math.pi * distance)
        inside = 1 - (distance / half) ** 2
        taps.append(0.0 if inside <= 0 else sinc * _bessel0(beta * math.sqrt(inside)) / _bessel0(beta))
    total = sum(taps)
    return [tap / total for tap in taps]


def to_24k(samples):
    """16 kHz -> 24 kHz by a windowed sinc of three phases; output n lies at input time 2n/3."""
    filters = [_filter_of(phase) for phase in range(3)]
    padded = array("h", bytes(2 * 31)) + samples + array("h", bytes(2 * 34))
    out = array("h")
    for n in range((len(samples) * 3 + 1) // 2):
        at, phase = divmod(n * 2, 3)
        value = sum(map(operator.mul, filters[phase], padded[at : at + 64]))
        out.append(max(-32768, min(32767, math.floor(value + 0.5))))
    return out


class Clip:
    """One utterance, its frames encoded once for all users of the process."""

    __slots__ = ("name", "frames", "onset_frame", "last_voiced_frame")

    def __init__(self, name, samples, voiced, frame_samples):
        self.name = name
        self.frames = []
        for at in range(0, len(samples), frame_samples):
            frame = samples[at : at + frame_samples]
            # The last frame is filled up with the noise of the room, not with digital silence.
            frame += noise(frame_samples - len(frame))
            self.frames.append(frame_body(frame))
        self.onset_frame = voiced[0] // frame_samples
        self.last_voiced_frame = voiced[1] // frame_samples


# --- Azure Communication Services media streaming, seen from the caller's side --------------------------------------

AUDIO_HEAD = re.compile(rb'\s*\{\s*"kind"\s*:\s*"audiodata"', re.I)
DATA_KEY = re.compile(rb'"data"\s*:\s*"', re.I)
# Far enough to reach the payload whatever comes before it; audio itself is never searched.
HEAD_BYTES = 320
# Groups of three samples looked at in a frame: enough to tell speech from silence.
PROBES = 16

AUDIO, STOP, USER_TRANSCRIPT, AGENT_TEXT = "audio", "stop", "user_transcript", "agent_text"
TOOL_START, TOOL_END, RESPONSE_START, RESPONSE_END = "tool_start", "tool_end", "response_start", "response_end"
SESSION_END, ERROR, OTHER = "session_end", "error", "other"
# Classes that the operator's marker words do not overrule: they carry a meaning of their own.
FIXED = frozenset((AUDIO, STOP, USER_TRANSCRIPT, TOOL_START, TOOL_END, SESSION_END, ERROR))


def frame_body(samples):
    """A frame's message behind the participant's number, the only part that differs from call to call."""
    return b'","data":"%s","silent":false}}' % base64.b64encode(bytes_of(samples))


_stamp_second = -1
_stamp_head = b""


def frame_head():
    """A frame's message up to the end of its timestamp; the calendar is asked once a second."""
    global _stamp_second, _stamp_head
    at = time.time()
    second = int(at)
    if second != _stamp_second:
        _stamp_second = second
        date = time.strftime("%Y-%m-%dT%H:%M:%S.", time.gmtime(second)).encode()
        _stamp_head = b'{"kind":"AudioData","audioData":{"timestamp":"' + date
    return b'%s%03dZ","participantRawID":"8:acs:caller-' % (_stamp_head, int((at - second) * 1000))


def set_up_message(call_id, rate, frame_ms):
    metadata = {
        "subscriptionId": call_id,
        "encoding": "PCM",
        "sampleRate": rate,
        "channels": 1,
        "length": round(rate * frame_ms / 1000) * 2,
    }
    return json.dumps({"kind": "AudioMetadata", "audioMetadata": metadata}).encode()


class Audio:
    """Audio inside a message: how long it plays, whether it is speech or quiet."""

    __slots__ = ("ms", "speech", "size")

    def __init__(self, ms, speech, size):
        self.ms = ms
        self.speech = speech
        self.size = size


class Message:
    __slots__ = ("kind", "text", "audio", "what")

    def __init__(self, what, kind, text="", audio=None):
        self.what = what
        self.kind = kind
        self.text = text
        self.audio = audio


def member(value, name):
    """A member by name in any case: agents write AudioData and audioData, Kind and kind."""
    if not isinstance(value, dict):
        return None
    if name in value:
        return value[name]
    lower = name.lower()
    return next((found for key, found in value.items() if key.lower() == lower), None)


def text_member(value, name):
    found = member(value, name)
    return found if isinstance(found, str) else None


class Reader:
    """Says of a message what it is."""

    def __init__(self, rate, audible_level, markers):
        self._samples_per_ms = rate / 1000
        self._audible_power = amplitude_of(audible_level) ** 2
        self._end = frozenset(word.strip().lower() for word in markers["end"])
        self._response = frozenset(word.strip().lower() for word in markers["response"])

    def read(self, data):
        audio = self._read_audio(data)
        if audio is not None:
            return audio
        try:
            value = json.loads(data)
        except ValueError:
            return Message(OTHER, "(not JSON)")
        if not isinstance(value, dict):
            return Message(OTHER, "(no object)")
        return self._mark(self._classify(value))

    def _read_audio(self, data):
        """The fast path: audio is found by how a message begins, without parsing it."""
        if not AUDIO_HEAD.match(data):
            return None
        key = DATA_KEY.search(data, 0, HEAD_BYTES)
        if not key:
            return None
        begin = key.end()
        end = data.find(b'"', begin)
        # An escaped slash or plus would shift the samples: such a message is parsed.
        if end < 0 or data.find(b"\\", begin, end) >= 0:
            return None
        return self._audio(data[begin:end])

    def _audio(self, encoded):
        try:
            pcm = binascii.a2b_base64(encoded)
        except ValueError:
            pcm = b""
        count = len(pcm) // 2
        if count == 0:
            return Message(OTHER, "AudioData (empty)")
        samples = samples_of(pcm)
        step = max(3, count // PROBES)
        probed = power = 0
        for offset in range(min(3, count)):
            part = samples[offset::step]
            probed += len(part)
            power += power_of(part)
        speech = power >= self._audible_power * probed
        return Message(AUDIO, "AudioData", audio=Audio(count / self._samples_per_ms, speech, len(pcm)))

    def _classify(self, value):
        kind = text_member(value, "kind")
        if kind is not None:
            return self._of_kind(kind, value)
        name = text_member(value, "type")
        if name is None:
            return Message(OTHER, "(no kind)")
        payload = member(value, "payload")
        text = (
            text_member(payload, "message")
            or text_member(payload, "content")
            or text_member(value, "message")
            or text_member(value, "content")
            or ""
        )
        lower = name.lower()
        if lower == "status":
            sender = text_member(value, "sender") or text_member(payload, "sender") or ""
            return Message(USER_TRANSCRIPT if sender.lower() == "user" else AGENT_TEXT, "status", text)
        if lower in ("assistant", "assistant_streaming", "assistant_final"):
            return Message(AGENT_TEXT, name, text)
        if lower in (TOOL_START, TOOL_END):
            return Message(lower, name, text_member(value, "tool") or "")
        if lower == SESSION_END:
            return Message(SESSION_END, name, text_member(value, "reason") or "")
        return Message(ERROR if lower == "error" else OTHER, name, text)

    def _of_kind(self, kind, value):
        lower = kind.lower()
        if lower == "audiodata":
            return self._audio((text_member(member(value, "audioData"), "data") or "").encode("latin-1", "replace"))
        if lower == "stopaudio":
            return Message(STOP, "StopAudio")
        if lower == "textdata":
            body = member(value, "textData")
            user = (text_member(body, "role") or "").lower() == "user"
            return Message(USER_TRANSCRIPT if user else AGENT_TEXT, "TextData", text_member(body, "text") or "")
        if lower == "errordata":
            body = member(value, "errorData")
            return Message(ERROR, "ErrorData", text_member(body, "message") or text_member(body, "code") or "")
        return Message(OTHER, kind)

    def _mark(self, message):
        """Marker words are whole words of a decoded message's kind and text, never of raw JSON or base64."""
        if message.what in FIXED or not (self._end or self._response):
            return message
        words = re.findall(r"[^\W_]+", f"{message.kind} {message.text}".lower())
        if any(word in self._end for word in words):
            message.what = RESPONSE_END
        elif any(word in self._response for word in words):
            message.what = RESPONSE_START
        return message


# --- a call: the microphone, what is heard, and what each message means for the turn it belongs to ------------------
#
# Knows no socket and no timer: it is asked once per frame what to send, and told when that was sent and what arrived.

NEVER = float("-inf")
# Audio of the old answer after a stop that still counts as having stopped.
ALLOWED_LEFTOVER_MS = 200


class Timeouts:
    """Milliseconds."""

    DEFAULTS = {
        "connect": 10000,
        "first_byte": 5000,
        "turn": 12000,
        "barge_in": 5000,
        "quiet_tail": 1500,
        "quiet_gap": 400,
        "response_gap": 1000,
    }
    __slots__ = tuple(DEFAULTS)

    def __init__(self, values):
        for name, default in self.DEFAULTS.items():
            setattr(self, name, values.get(name, default))


BargeInPlan = collections.namedtuple("BargeInPlan", "after probability clip")
TurnPlan = collections.namedtuple("TurnPlan", "name clip pause_before timeouts barge_in")


class Microphone:
    """A frame every slot, whatever happens. Between utterances quiet frames flow, for ever or for a tail."""

    def __init__(self, quiet, tail_frames):
        self._quiet = quiet
        self._tail_frames = tail_frames
        self._next_quiet = random.randrange(len(quiet))
        self._clip = None
        self._next = 0
        self._quiet_sent = 0
        self._ever_spoke = False

    def speak(self, clip, skip):
        """Begins a clip with the next slot; `skip` frames of its leading silence are left out."""
        self._clip = clip
        self._next = min(skip, clip.onset_frame)
        self._ever_spoke = True

    def take(self):
        """(frame or None, is it the onset, is it the end of speech)"""
        clip = self._clip
        if clip is None:
            if self._tail_frames is not None and (not self._ever_spoke or self._quiet_sent >= self._tail_frames):
                return None, False, False
            self._quiet_sent += 1
            self._next_quiet += 1
            return self._quiet[self._next_quiet % len(self._quiet)], False, False
        at = self._next
        self._next += 1
        if self._next >= len(clip.frames):
            self._clip = None
            self._quiet_sent = 0
        return clip.frames[at], at == clip.onset_frame, at == clip.last_voiced_frame


class Heard:
    """A frame of the agent: when it arrived and when its first sample is played."""

    __slots__ = ("arrival", "start")

    def __init__(self, arrival, start):
        self.arrival = arrival
        self.start = start


class Ear:
    """What the caller hears. Agents send faster than real time, so arriving is not hearing: a playout clock runs."""

    def __init__(self):
        self.played_until = NEVER
        self._speech_played_until = NEVER
        self.continuous = False
        self._last_frame_at = NEVER
        self._last_speech_at = NEVER
        self.last = Heard(NEVER, NEVER)
        self._greeting_frame_at = None

    @property
    def heard_anything(self):
        return self.last.arrival != NEVER

    @property
    def audible_until(self):
        return self._speech_played_until if self.continuous else self.played_until

    def hear(self, audio, at):
        """Takes a frame in; None when it does not count as audio of the agent."""
        start = max(self.played_until, at)
        self.played_until = start + audio.ms
        self._last_frame_at = at
        if audio.speech:
            self._speech_played_until = self.played_until
            self._last_speech_at = at
        elif self.continuous:
            return None
        return Heard(at, start)

    def cut(self, at):
        self.played_until = min(self.played_until, at)
        self._speech_played_until = min(self._speech_played_until, at)

    def notice_continuous(self, end_of_speech, quiet_gap):
        """Frames within the last quiet gap before end of speech, all quiet: this agent streams all the time. Gives the
        arrival of its last speech when that has just been found out."""
        begin = end_of_speech - quiet_gap
        if self.continuous or self._last_frame_at < begin or self._last_speech_at >= begin:
            return None
        self.continuous = True
        if self._last_speech_at == NEVER:
            self.last = Heard(NEVER, NEVER)
        return self._last_speech_at

    def greeting_began(self, audio, at, quiet_gap):
        """When the greeting began, given a frame of it; None while only silence was heard."""
        if self._greeting_frame_at is None:
            self._greeting_frame_at = at
        if not audio.speech:
            return None
        return self._greeting_frame_at if at - self._greeting_frame_at <= quiet_gap else at

    @property
    def greeting_heard_until(self):
        trailing = self._last_frame_at > self._last_speech_at
        return max(self._speech_played_until if trailing else self.played_until, self._last_speech_at)


class Turn:
    """A turn while it goes on; stamps are None until it happens."""

    def __init__(self, index, plan, started_at):
        self.index = index
        self.plan = plan
        self.started_at = started_at
        self.onset_at = None
        self.end_of_speech_at = None
        self.first_message_at = None
        self.transcript_at = None
        self.first_audio_at = None
        self.last_audio_at = None
        self.marker_at = None
        self.response_end_at = None
        self.early_audio_at = None
        self.early_speech_at = None
        self.talk_over_ms = None
        self.unattributed_ms = 0.0
        self.audio_bytes = 0
        self.late_audio_ms = 0.0
        self.tool_open = False
        self.tool_ended_at = None
        self.will_be_interrupted = False
        self.interrupted = False
        self.barge_in_at = None
        self.agent_silent_at = None
        self.stop_message_at = None
        self.leftover_ms = None
        self.barge_in_ms = None
        self.barge_in_outcome = None
        self.status = None
        self.timed_out = None
        self.ambiguous = False
        self.slipped = False
        self.error = None

    def answer_audio(self, audio, at):
        if self.tool_ended_at is not None:
            self.tool_open = False
        self.last_audio_at = at
        self.audio_bytes += audio.size
        self.response_end_at = None

    def tool(self, what, at):
        """A tool keeps the answer open until audio has followed its end."""
        if self.end_of_speech_at is None:
            return
        if what == TOOL_START:
            self.tool_open = True
            self.tool_ended_at = None
        elif self.tool_open:
            self.tool_ended_at = at

    def _since_end_of_speech(self, at):
        return None if self.end_of_speech_at is None or at is None else at - self.end_of_speech_at

    @property
    def first_byte_limit(self):
        return min(self.plan.timeouts.first_byte, self.plan.timeouts.turn)

    @property
    def ttfb(self):
        if self.first_message_at is not None:
            return self._since_end_of_speech(self.first_message_at)
        return self.first_byte_limit if self.timed_out == "first_byte" else None

    @property
    def ttfa(self):
        if self.first_audio_at is not None and self.talk_over_ms is None and not self.ambiguous:
            return self._since_end_of_speech(self.first_audio_at)
        return self.first_byte_limit if self.timed_out == "first_byte" else None

    @property
    def turn_time(self):
        if self.timed_out == "turn":
            return self.plan.timeouts.turn
        if self.status == "ok" and not self.ambiguous:
            return self._since_end_of_speech(self.response_end_at)
        return None


class OldAnswer:
    """Audio belongs to an old answer until a user transcript or a quiet gap without audio shows."""

    def __init__(self, since, last_audio_at):
        self._since = since
        self._last_audio_at = last_audio_at

    def audio(self, at):
        self._last_audio_at = at

    def only_speech(self, last_speech_at):
        self._last_audio_at = min(self._last_audio_at, last_speech_at)

    def quiet_for(self, at):
        return at - max(self._since, self._last_audio_at)


class BargeIn:
    """An interruption while it is open: from the onset of the caller's speech until the agent is silent."""

    def __init__(self, turn, onset_at, last, quiet_gap):
        self.turn = turn
        self._onset_at = onset_at
        self._timeout = turn.plan.timeouts.barge_in
        self._quiet_gap = quiet_gap
        self._last = last
        self._stop_at = None
        self._leftover_ms = 0.0
        turn.barge_in_at = onset_at

    @property
    def stopped(self):
        return self._stop_at is not None

    def stop(self, at):
        self._stop_at = self.turn.stop_message_at = at
        self.turn.leftover_ms = 0.0

    def goes_on(self, at):
        """Does audio at this moment go on from the old answer, without a quiet gap between?"""
        return at - max(self._onset_at, self._last.arrival) < self._quiet_gap

    def old_audio(self, heard, ms):
        self._last = heard
        if self.stopped:
            self._leftover_ms += ms
            self.turn.leftover_ms = self._leftover_ms

    def is_over(self, at, audible_until):
        stop_at = self._stop_at if self.stopped else NEVER
        busy_until = max(self._onset_at, stop_at, self._last.arrival, audible_until)
        return at - busy_until >= self._quiet_gap or at - self._onset_at >= self._timeout + self._quiet_gap

    def resolve(self):
        """Silent is the stop message; if more than 200 ms of old audio followed it, or none came, the moment the last
        old frame began to be played."""
        by_stop = self.stopped and self._leftover_ms <= ALLOWED_LEFTOVER_MS
        silent_at = self._stop_at if by_stop else max(self._onset_at, self._last.start)
        took = silent_at - self._onset_at
        turn = self.turn
        if took > self._timeout:
            turn.barge_in_outcome = "not_stopped"
            turn.barge_in_ms = self._timeout
        elif not self.stopped and turn.marker_at is not None:
            turn.barge_in_outcome = "completed"
        else:
            turn.barge_in_outcome = "stopped" if self.stopped else "fell_silent"
            turn.agent_silent_at = silent_at
            turn.barge_in_ms = took


class Interruptions:
    """Whose audio is it, and the barge-in that is open."""

    def __init__(self, ear, quiet_gap, on_barge_in_over):
        self._ear = ear
        self._quiet_gap = quiet_gap
        self._on_over = on_barge_in_over
        self._old = None
        self._barge_in = None
        # A turn ended without the answer it waited for: that answer may still come.
        self.owed = False

    @property
    def open(self):
        return self._barge_in is not None

    @property
    def undecided(self):
        return self._old is not None

    def begin(self, at, may_be_old):
        self._old = self._old_since(at) if may_be_old or self.owed else None

    def onset(self, turn, at):
        """False: there is nothing to interrupt."""
        self._old = self._old_since(at)
        if self._ear.audible_until <= at:
            return False
        self._barge_in = BargeIn(turn, at, self._ear.last, self._quiet_gap)
        return True

    def only_speech(self, last_speech_at):
        if self._old:
            self._old.only_speech(last_speech_at)

    def forget(self):
        if not self.owed:
            self._old = None

    def advance(self, at):
        if self._barge_in and self._barge_in.is_over(at, self._ear.audible_until):
            self._resolve()

    def takes_early(self, audio, heard):
        """Audio while the caller speaks: True when it belongs to the old answer."""
        belongs = self.owed or self._belongs(heard.arrival)
        self.owed = False
        if self._old:
            self._old.audio(heard.arrival)
        if not belongs:
            self.answer(audio, heard)
        elif self._barge_in:
            self._barge_in.old_audio(heard, audio.ms)
        return belongs

    def takes_awaited(self, audio, heard, still_old):
        """Audio while an answer is awaited: True when it belongs to the old one."""
        if not still_old and not self._belongs(heard.arrival):
            self._old = None
            self.owed = False
            return False
        if self._old:
            self._old.audio(heard.arrival)
        if self._barge_in:
            self._barge_in.old_audio(heard, audio.ms)
        return True

    def answer(self, audio, heard):
        """Audio of another answer ends an open barge-in, unless the agent never stopped and just goes on."""
        barge_in = self._barge_in
        if barge_in is None:
            return
        if not barge_in.stopped and barge_in.goes_on(heard.arrival):
            barge_in.old_audio(heard, audio.ms)
        else:
            self._resolve()

    def transcript(self):
        self._old = None
        self.owed = False
        if self._barge_in and self._barge_in.stopped:
            self._resolve()

    def response_ended(self):
        """True when it is the interrupted answer's end."""
        barge_in = self._barge_in
        if barge_in is None:
            return False
        if not barge_in.stopped:
            barge_in.turn.barge_in_outcome = "completed"
            self._close()
        return True

    def stop(self, at):
        """True when this is the first stop of an open barge-in."""
        if self._barge_in is None or self._barge_in.stopped:
            return False
        self._barge_in.stop(at)
        return True

    def finish(self):
        if self._barge_in:
            self._resolve()

    def abandon(self):
        self._barge_in = None

    def _old_since(self, at):
        return OldAnswer(at, self._ear.last.arrival)

    def _belongs(self, at):
        return self._old is not None and self._old.quiet_for(at) < self._quiet_gap

    def _resolve(self):
        self._barge_in.resolve()
        self._close()

    def _close(self):
        self._barge_in = None
        self._on_over()


SETTING_UP, GREETING, PAUSE, SPEAKING, WAITING, RESPONDING, OVER = range(7)


def closing_words(code, reason):
    return f"the agent closed the call ({code}{' ' if reason else ''}{reason})"


class Conversation:
    """One call from set-up to farewell."""

    def __init__(self, turns, first_index, group, frame_ms, microphone, chance, on_turn, on_error, on_greeting):
        self._queue = collections.deque(turns)
        self.next_index = first_index
        self._waits_for_greeting = group.greeting == "wait"
        self._timeouts = group.timeouts
        self._benign_close_codes = group.benign_close_codes
        self._frame_ms = frame_ms
        self._microphone = microphone
        self._chance = chance
        self._on_turn = on_turn
        self._on_error = on_error
        # The waiting for the greeting is over: it was heard, or there was none.
        self._on_greeting = on_greeting
        self._ear = Ear()
        self._interruptions = Interruptions(self._ear, group.timeouts.quiet_gap, self._hand_over)
        self._phase = SETTING_UP
        self._opened_at = 0.0
        self._speak_at = 0.0
        self._turn = None
        # The turn before, finished but kept back for its late audio and its barge-in.
        self._previous = None
        self._session_ended = False
        self._stopping = False
        self._onset_pending = self._end_pending = False
        self._answered_in_time = False
        self._greeted_into_turn = False
        self.greeting_ms = None
        self.greeting_missing = False
        self.turns_started = 0

    @property
    def over(self):
        return self._phase == OVER

    @property
    def turn_open(self):
        return self._phase in (SPEAKING, WAITING, RESPONDING)

    @property
    def turns_left(self):
        return list(self._queue)

    def opened(self, at):
        self._opened_at = at
        if self._waits_for_greeting:
            self._phase = GREETING
        else:
            self._pause(at)

    def stop_soon(self):
        """No further turn begins; the one that is open may end."""
        self._stopping = True

    def slip(self):
        """This process fell behind by more than it may: the latencies of open turns are not the agent's."""
        for turn in (self._turn, self._previous):
            if turn:
                turn.slipped = True

    def next_frame(self, at):
        """What to send in this slot, after everything that is due by now has happened."""
        self._advance(at)
        frame, self._onset_pending, self._end_pending = self._microphone.take()
        return frame

    def sent(self, at):
        """The frame of the last `next_frame` was handed to the socket."""
        if self._turn and self._onset_pending:
            self._onset(self._turn, at)
        if self._turn and self._end_pending:
            self._end_of_speech(self._turn, at)

    def received(self, message, at):
        what = message.what
        if what == AUDIO:
            self._audio(message.audio, at)
        elif what == STOP:
            self._stop(at)
        elif what == USER_TRANSCRIPT:
            self._first_message(at)
            self._transcript(at)
        elif what in (TOOL_START, TOOL_END):
            self._first_message(at)
            if self._turn:
                self._turn.tool(what, at)
        elif what in (AGENT_TEXT, RESPONSE_START):
            self._first_message(at)
        elif what == RESPONSE_END:
            self._response_end(at)
        elif what == SESSION_END:
            self._session_ended = True
        elif what == ERROR:
            self._on_error(f"the agent reports an error: {message.text or message.kind}")

    def closed(self, code, reason, at):
        """The socket closed; True when that was a drop. A close while a turn is open is one whatever its code: a
        crashed handler may close with a clean 1000."""
        if self.over:
            return False
        benign = code in self._benign_close_codes and (not self.turn_open or self._session_ended)
        turn = self._turn if self.turn_open else None
        if turn and benign and turn.first_audio_at is not None:
            turn.response_end_at = self._ear.audible_until
            self._finish(turn, "ok")
        elif turn:
            turn.error = "the session ended" if benign else closing_words(code, reason)
            self._finish(turn, "failed")
        self._hang_up()
        return not benign

    def cut(self):
        """The end of the run cuts the call off: its open turn counts as neither ok nor failed."""
        if self._turn and self.turn_open:
            self._finish(self._turn, "cut")
        self._hang_up()

    # what is due

    def _advance(self, at):
        self._interruptions.advance(at)
        phase = self._phase
        if phase == GREETING:
            if self._stopping:
                self._hang_up()
            else:
                self._wait_for_greeting(at)
        elif phase == PAUSE:
            if self._stopping or self._session_ended or not self._queue:
                self._hang_up()
            elif at >= self._speak_at:
                self._begin(at)
        elif phase == WAITING:
            self._wait_for_answer(self._turn, at)
        elif phase == RESPONDING:
            self._wait_for_end(self._turn, at)

    def _wait_for_greeting(self, at):
        if self.greeting_ms is None:
            if at - self._opened_at >= self._timeouts.first_byte:
                self.greeting_missing = True
                self._pause(at)
                self._on_greeting()
        elif at - self._ear.greeting_heard_until >= self._timeouts.response_gap:
            self._pause(at)
            self._on_greeting()

    def _wait_for_answer(self, turn, at):
        timeouts = turn.plan.timeouts
        end_of_speech = turn.end_of_speech_at
        limit = turn.first_byte_limit
        if at - end_of_speech < limit:
            return
        if turn.talk_over_ms is None and turn.early_audio_at is not None:
            turn.talk_over_ms = end_of_speech - turn.early_audio_at
            turn.first_audio_at = turn.early_audio_at
            if self._greeted_into_turn:
                self.greeting_ms = None
        if turn.unattributed_ms > 0:
            turn.ambiguous = turn.talk_over_ms is None
            quiet_since = max(end_of_speech, self._ear.audible_until, self._ear.last.arrival)
            if at - quiet_since >= timeouts.response_gap:
                self._ended(turn, quiet_since, at)
            elif self._ear.last.arrival - end_of_speech > timeouts.turn:
                self._turn_expired(turn, at)
            return
        self._interruptions.owed = True
        turn.timed_out = "first_byte"
        self._expire(turn, f"no agent audio within {limit:g} ms of the end of speech", at)

    def _wait_for_end(self, turn, at):
        interruption = self._interrupt_if_due(turn, at) if turn.will_be_interrupted else "never"
        if interruption == "begun":
            return
        timeouts = turn.plan.timeouts
        end_of_speech = turn.end_of_speech_at
        if turn.tool_open:
            if turn.tool_ended_at is None or at - turn.tool_ended_at < timeouts.first_byte:
                if at - end_of_speech >= timeouts.turn:
                    self._turn_expired(turn, at)
                return
            turn.tool_open = False
        heard_until = self._ear.audible_until
        marked = turn.marker_at is not None and at >= heard_until
        if not marked and at - max(heard_until, self._ear.last.arrival, end_of_speech) < timeouts.response_gap:
            return
        begun = turn.marker_at if turn.marker_at is not None else turn.first_audio_at
        end = max(end_of_speech if begun is None else begun, heard_until)
        # The caller has made up its mind to speak then, whether there is still something to interrupt or not.
        if interruption != "later":
            self._ended(turn, end, at)
        elif turn.response_end_at is None:
            turn.response_end_at = end

    # the turn

    def _pause(self, at):
        self._phase = PAUSE
        self._speak_at = at + (self._queue[0].pause_before if self._queue else 0)

    def _hang_up(self):
        self._interruptions.abandon()
        self._hand_over()
        self._phase = OVER

    def _hand_over(self):
        """Hands over the finished turn that was kept back."""
        turn, self._previous = self._previous, None
        if turn:
            self._on_turn(turn)

    def _begin(self, at, interrupter=None, skip=0):
        plan = interrupter or self._queue[0]
        if self._queue and plan is self._queue[0]:
            self._queue.popleft()
        if interrupter is None:
            self._hand_over()
        turn = Turn(self.next_index, plan, at)
        self.next_index += 1
        turn.will_be_interrupted = plan.barge_in is not None and self._chance() < plan.barge_in.probability
        self._turn = turn
        self._phase = SPEAKING
        self.turns_started += 1
        # Whoever still talks when the caller begins has not begun the answer to what is about to be said.
        still_talking = self._ear.audible_until > at
        may_still_greet = self.turns_started == 1 and self.greeting_ms is None
        self._interruptions.begin(at, interrupter is not None or still_talking or may_still_greet)
        self._microphone.speak(plan.clip, skip)

    def _interrupt_if_due(self, turn, at):
        """Begins the interruption when its first voiced frame is to be sent `after` the answer's first audio."""
        barge_in = turn.plan.barge_in
        interrupter = None if barge_in is None or self._stopping else self._interrupter(turn, barge_in)
        if interrupter is None:
            return "never"
        end_of_speech = turn.end_of_speech_at
        first_audio = end_of_speech if turn.first_audio_at is None else turn.first_audio_at
        due = max(first_audio, end_of_speech) + barge_in.after
        slots_left = max(0, math.ceil((due - at) / self._frame_ms))
        lead = interrupter.clip.onset_frame
        if slots_left > lead:
            return "later"
        turn.interrupted = True
        self._finish(turn, "ok")
        self._begin(at, interrupter, lead - slots_left)
        return "begun"

    def _interrupter(self, turn, barge_in):
        if barge_in.clip is not None:
            name = f"{turn.plan.name} (interruption)"
            return TurnPlan(name, barge_in.clip, 0, turn.plan.timeouts, None)
        return self._queue[0] if self._queue else None

    def _onset(self, turn, at):
        turn.onset_at = at
        before = self._previous
        if before is None or not before.interrupted or self._interruptions.onset(before, at):
            return
        before.barge_in_at = at
        before.barge_in_outcome = "nothing_to_interrupt"
        self._hand_over()

    def _end_of_speech(self, turn, at):
        turn.end_of_speech_at = at
        self._phase = WAITING
        last_speech_at = self._ear.notice_continuous(at, self._timeouts.quiet_gap)
        if last_speech_at is not None:
            self._interruptions.only_speech(last_speech_at)
        if self._ear.continuous:
            turn.early_audio_at = turn.early_speech_at
        if not self._ear.heard_anything:
            self._interruptions.forget()
        if turn.early_audio_at is None or self._interruptions.undecided:
            return
        turn.talk_over_ms = at - turn.early_audio_at
        turn.first_audio_at = turn.early_audio_at
        if self._ear.audible_until > at:
            self._phase = RESPONDING

    def _ended(self, turn, end, at):
        turn.response_end_at = end
        self._finish(turn, "ok")
        self._pause(at)

    def _turn_expired(self, turn, at):
        turn.timed_out = "turn"
        limit = turn.plan.timeouts.turn
        self._expire(turn, f"the answer had not ended {limit:g} ms after the end of speech", at)

    def _expire(self, turn, error, at):
        turn.error = error
        self._finish(turn, "timeout")
        self._pause(at)

    def _finish(self, turn, status):
        if status in ("ok", "timeout"):
            self._interruptions.finish()
        else:
            self._interruptions.abandon()
        self._hand_over()
        turn.status = status
        self._previous = turn
        self._turn = None

    # what the agent says

    def _audio(self, audio, at):
        heard = self._ear.hear(audio, at)
        if heard is None:
            return
        turn = self._turn
        phase = self._phase
        if phase == GREETING:
            self._greeting_audio(audio, at)
        elif phase == PAUSE and self._previous:
            self._late_audio(self._previous, audio)
        elif turn and phase == SPEAKING:
            self._early_audio(turn, audio, heard)
        elif turn and phase == WAITING:
            self._awaited_audio(turn, audio, heard)
        elif turn and phase == RESPONDING:
            self._answer_audio(turn, audio, heard)
        self._ear.last = heard

    def _greeting_audio(self, audio, at):
        if self.greeting_ms is None:
            began = self._ear.greeting_began(audio, at, self._timeouts.quiet_gap)
            if began is not None:
                self.greeting_ms = began - self._opened_at

    def _late_audio(self, turn, audio):
        turn.late_audio_ms += audio.ms
        self._interruptions.owed = False

    def _early_audio(self, turn, audio, heard):
        """Audio while the caller speaks: of the old answer, or an answer that talks over the caller."""
        at = heard.arrival
        if self.turns_started == 1 and not self.greeting_missing and self.greeting_ms is None:
            self._greeting_audio(audio, at)
            self._greeted_into_turn = True
        if self._interruptions.takes_early(audio, heard):
            return
        if turn.early_audio_at is None:
            turn.early_audio_at = at
        if audio.speech and turn.early_speech_at is None:
            turn.early_speech_at = at

    def _awaited_audio(self, turn, audio, heard):
        at = heard.arrival
        if at - turn.end_of_speech_at > turn.first_byte_limit:
            self._wait_for_answer(turn, at)
            if self._previous is turn:
                self._late_audio(turn, audio)
            if self._turn is not turn:
                return
        # A late answer to the turn before would look like a fast one to this: an agent that has never answered in time
        # on this call is not believed without a boundary.
        stale = self._interruptions.owed and not self._answered_in_time
        if self._interruptions.takes_awaited(audio, heard, turn.ambiguous or stale):
            turn.unattributed_ms += audio.ms
            return
        self._first_message(at)
        if turn.talk_over_ms is None:
            turn.first_audio_at = at
            self._answered_in_time = True
        self._phase = RESPONDING
        self._answer_audio(turn, audio, heard)

    def _answer_audio(self, turn, audio, heard):
        if turn.marker_at is None and self._is_late(turn, heard.arrival):
            self._turn_expired(turn, heard.arrival)
            return
        self._interruptions.answer(audio, heard)
        turn.answer_audio(audio, heard.arrival)

    def _is_late(self, turn, at):
        return at - turn.end_of_speech_at > turn.plan.timeouts.turn

    def _first_message(self, at):
        turn = self._turn
        if turn and turn.end_of_speech_at is not None and turn.first_message_at is None:
            turn.first_message_at = at

    def _transcript(self, at):
        turn = self._turn
        if turn is None or turn.end_of_speech_at is None:
            return
        if turn.transcript_at is None:
            turn.transcript_at = at
        if self._phase == WAITING:
            self._interruptions.transcript()

    def _response_end(self, at):
        turn = self._turn
        if self._interruptions.response_ended() or turn is None or self._phase != RESPONDING:
            return
        if turn.marker_at is None:
            if self._is_late(turn, at):
                self._turn_expired(turn, at)
            else:
                turn.marker_at = at

    def _stop(self, at):
        """Only a stop while a barge-in is open ends one; elsewhere it cuts the agent short, or changes nothing."""
        if self._interruptions.stop(at) or self._ear.audible_until > at:
            self._ear.cut(at)


# --- the connection -------------------------------------------------------------------------------------------------

try:
    if os.environ.get("WS_CLIENT", "").strip() == "builtin":
        raise ImportError
    import websocket as websocket_client

    # Another package goes by the same name.
    websocket_client.WebSocketBadStatusException, websocket_client.ABNF  # noqa: B018
    # It takes the codes 1012 to 1014, which agents do send ("try again later"), for broken ones.
    if hasattr(websocket_client.ABNF, "_is_valid_close_status"):
        websocket_client.ABNF._is_valid_close_status = staticmethod(lambda code: 1000 <= code < 5000)
except (ImportError, AttributeError):
    websocket_client = None

# Not the length of a message anybody sends, but of what one may make this process hold.
LARGEST_MESSAGE = 16 * 1024 * 1024
LARGEST_UPGRADE = 64 * 1024
CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0x0, 0x1, 0x2, 0x8, 0x9, 0xA
ACCEPT_SUFFIX = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"


class Closed(Exception):
    """The other side ended the connection: with a code of RFC 6455, or 1006 when it just went."""

    def __init__(self, code, reason=""):
        super().__init__(code, reason)
        self.code = code
        self.reason = reason


def first_line(error):
    """What a failure says, short enough for a table."""
    text = (getattr(error, "strerror", None) or str(error) or type(error).__name__).strip()
    return text.splitlines()[0][:160]


def open_socket(url, tls):
    """TCP, and TLS for wss: (socket, when the connecting began). Names are looked up before the clock starts."""
    parts = urlsplit(url)
    port = parts.port or (443 if parts.scheme == "wss" else 80)
    addresses = socket.getaddrinfo(parts.hostname, port, type=socket.SOCK_STREAM)
    began = now()
    failure = None
    for family, kind, protocol, _name, address in addresses:
        sock = socket.socket(family, kind, protocol)
        try:
            sock.connect(address)
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if parts.scheme == "wss":
                sock = tls.wrap_socket(sock, server_hostname=parts.hostname)
            return sock, began
        except OSError as error:
            failure = error
            sock.close()
        except BaseException:
            sock.close()
            raise
    raise failure


class BuiltinClient:
    """The client's side of RFC 6455 on a connected socket."""

    name = "builtin"

    def __init__(self, sock):
        self.sock = sock
        # Pongs are sent by the greenlet that reads, frames by the one that speaks: never one inside the other.
        self._lock = Lock()
        self._buffer = b""
        self._at = 0
        self._stamp = 0.0
        self._close_sent = False

    def open(self, url, headers):
        """Asks for the upgrade. Raises CallFailed."""
        parts = urlsplit(url)
        key = base64.b64encode(os.urandom(16)).decode()
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        lines = [
            f"GET {path} HTTP/1.1",
            f"Host: {parts.netloc.rpartition('@')[2]}",
            "Upgrade: websocket",
            "Connection: Upgrade",
            f"Sec-WebSocket-Key: {key}",
            "Sec-WebSocket-Version: 13",
            *(f"{name}: {value}" for name, value in headers.items()),
        ]
        self.sock.sendall("\r\n".join([*lines, "", ""]).encode("latin-1"))
        head = self._read_head()
        status, _, rest = head.partition("\r\n")
        answer = {}
        for line in rest.split("\r\n"):
            name, _, value = line.partition(":")
            answer[name.strip().lower()] = value.strip()
        found = re.match(r"HTTP/1\.[01] (\d{3})(?: (.*))?$", status)
        if not found:
            raise CallFailed("the agent's address does not speak HTTP")
        if found.group(1) != "101":
            raise CallFailed(f"the agent refused the call: HTTP {found.group(1)} {found.group(2) or ''}".rstrip())
        accept = base64.b64encode(hashlib.sha1(key.encode() + ACCEPT_SUFFIX).digest()).decode()
        if answer.get("upgrade", "").lower() != "websocket" or answer.get("sec-websocket-accept") != accept:
            raise CallFailed("the agent's address answers the upgrade, but not as a WebSocket")
        if answer.get("sec-websocket-extensions"):
            raise CallFailed("the agent uses a WebSocket extension that was not offered")

    def _read_head(self):
        data = b""
        while b"\r\n\r\n" not in data:
            if len(data) > LARGEST_UPGRADE:
                raise CallFailed("the answer to the upgrade does not end")
            chunk = self.sock.recv(4096)
            if not chunk:
                raise CallFailed("the agent hung up during the upgrade")
            data += chunk
        head, _, self._buffer = data.partition(b"\r\n\r\n")
        self._stamp = now()
        return head.decode("latin-1")

    def send_text(self, payload):
        self._send(TEXT, payload)

    def _send(self, opcode, payload):
        length = len(payload)
        if length < 126:
            head = bytes((0x80 | opcode, 0x80 | length))
        elif length < 65536:
            head = bytes((0x80 | opcode, 0xFE)) + length.to_bytes(2, "big")
        else:
            head = bytes((0x80 | opcode, 0xFF)) + length.to_bytes(8, "big")
        key = os.urandom(4)
        # One large number each: a loop over the bytes would take a hundred times as long.
        mask = int.from_bytes((key * (length // 4 + 1))[:length], "little")
        masked = (int.from_bytes(payload, "little") ^ mask).to_bytes(length, "little")
        with self._lock:
            self.sock.sendall(head + key + masked)

    def receive(self):
        """Waits for the next message: (when it arrived, is it text, its bytes). Raises Closed."""
        parts = []
        size = 0
        text = False
        while True:
            frame = self._take_frame()
            if frame is None:
                self._fill()
                continue
            final, opcode, payload = frame
            if opcode in (CLOSE, PING, PONG):
                if not final or len(payload) > 125:
                    self._fail(1002, "a control frame that is too long or in parts")
                self._control(opcode, payload)
                continue
            if opcode not in (CONTINUATION, TEXT, BINARY) or (opcode == CONTINUATION) != bool(parts):
                self._fail(1002, "a frame out of order")
            if opcode != CONTINUATION:
                text = opcode == TEXT
                if final:
                    return self._stamp, text, payload
            parts.append(payload)
            size += len(payload)
            if size > LARGEST_MESSAGE:
                self._fail(1009, "a message that is too large")
            if final:
                return self._stamp, text, b"".join(parts)

    def _take_frame(self):
        """(final, opcode, payload) of the next whole frame in the buffer, or None."""
        buffer, at = self._buffer, self._at
        left = len(buffer) - at
        if left < 2:
            return None
        first, second = buffer[at], buffer[at + 1]
        if first & 0x70 or second & 0x80:
            self._fail(1002, "a frame with bits that a server must not set")
        length = second & 0x7F
        begin = at + 2
        if length == 126:
            if left < 4:
                return None
            length = int.from_bytes(buffer[begin : begin + 2], "big")
            begin += 2
        elif length == 127:
            if left < 10:
                return None
            length = int.from_bytes(buffer[begin : begin + 8], "big")
            begin += 8
            if length > LARGEST_MESSAGE:
                self._fail(1009, "a message that is too large")
        end = begin + length
        if len(buffer) < end:
            return None
        self._at = end
        return bool(first & 0x80), first & 0x0F, buffer[begin:end]

    def _fill(self):
        chunk = self.sock.recv(65536)
        self._stamp = now()
        if not chunk:
            raise Closed(1006, "connection lost")
        self._buffer = self._buffer[self._at :] + chunk
        self._at = 0

    def _control(self, opcode, payload):
        if opcode == PING:
            self._send(PONG, payload)
        elif opcode == CLOSE:
            if len(payload) == 1:
                self._fail(1002, "half a close code")
            code = int.from_bytes(payload[:2], "big") if payload else 1005
            self.say_close(code if payload else 1000)
            raise Closed(code, payload[2:].decode("utf-8", "replace"))

    def _fail(self, code, what):
        self.say_close(code)
        raise Closed(1006, f"the agent sent {what}")

    def say_close(self, code=1000):
        if self._close_sent:
            return
        self._close_sent = True
        try:
            self._send(CLOSE, code.to_bytes(2, "big"))
        except OSError:
            pass


class LibraryClient:
    """The same by websocket-client."""

    name = "websocket-client"

    def __init__(self, sock):
        self.sock = sock
        self._ws = websocket_client.WebSocket(enable_multithread=True, skip_utf8_validation=True)

    def open(self, url, headers):
        header = [f"{name}: {value}" for name, value in headers.items()]
        try:
            self._ws.connect(url, socket=self.sock, header=header, suppress_origin=True, redirect_limit=0)
        except websocket_client.WebSocketBadStatusException as error:
            raise CallFailed(f"the agent refused the call: HTTP {error.status_code}") from None
        except (websocket_client.WebSocketException, IndexError, ValueError) as error:
            raise CallFailed(f"the agent's address does not answer as a WebSocket ({first_line(error)})") from None
        if self._ws.getstatus() != 101:
            raise CallFailed(f"the agent refused the call: HTTP {self._ws.getstatus()}")

    def send_text(self, payload):
        try:
            self._ws.send(payload, TEXT)
        except websocket_client.WebSocketException as error:
            raise ConnectionError(first_line(error)) from None

    def receive(self):
        while True:
            try:
                opcode, frame = self._ws.recv_data_frame(True)
            except websocket_client.WebSocketException as error:
                raise Closed(1006, first_line(error)) from None
            if opcode in (TEXT, BINARY):
                return now(), opcode == TEXT, frame.data
            if opcode == CLOSE:
                data = frame.data
                code = int.from_bytes(data[:2], "big") if len(data) >= 2 else 1005
                raise Closed(code, data[2:].decode("utf-8", "replace"))

    def say_close(self, code=1000):
        try:
            if self._ws.connected:
                self._ws.send_close(code)
        except (OSError, websocket_client.WebSocketException):
            pass


def hang_up(client):
    """Closes cleanly without waiting for it: what still arrives is read for a moment, so that the close is not lost."""

    def end():
        sock = client.sock
        deadline = now() + 1000
        try:
            sock.settimeout(1)
            client.say_close()
            sock.shutdown(socket.SHUT_WR)
            while now() < deadline and sock.recv(65536):
                pass
        except OSError:
            pass
        finally:
            sock.close()

    gevent.spawn(end)


# --- what is said: pack.json, or a folder of recordings -------------------------------------------------------------


class Group:
    """Users of one kind: what they say and how they behave."""

    def __init__(self, values, variables):
        self.name = values.get("name", "callers")
        self.weight = values.get("weight", 1)
        self.greeting = values.get("greeting", "wait")
        self.silence = values.get("silence", "continuous")
        self.turns_per_call = variables.get("TURNS_PER_USER", values.get("turns_per_call"))
        self.calls_per_user = values.get("calls_per_user")
        self.pause_between_turns = variables.get("PAUSE_BETWEEN_TURNS_SEC", values.get("pause_between_turns", 500))
        self.timeout_values = dict(values.get("timeouts", {}))
        for name, variable in (
            ("first_byte", "FIRST_BYTE_TIMEOUT_SEC"),
            ("turn", "TURN_TIMEOUT_SEC"),
            ("quiet_gap", "BARGE_QUIET_MS"),
        ):
            if variable in variables:
                self.timeout_values[name] = variables[variable]
        self.timeouts = Timeouts(self.timeout_values)
        markers = values.get("markers", {})
        self.markers = {
            "response": variables.get("RESPONSE_TOKENS", markers.get("response", [])),
            "end": variables.get("END_TOKENS", markers.get("end", [])),
        }
        reconnect = values.get("reconnect", {})
        self.reconnect_attempts = reconnect.get("attempts", 3)
        self.reconnect_backoff = reconnect.get("backoff", 500)
        self.benign_close_codes = values.get("benign_close_codes", [1000, 1001])
        if "WS_IGNORE_CLOSE_EXCEPTIONS" in variables:
            self.benign_close_codes = [1000, 1001, 1006] if variables["WS_IGNORE_CLOSE_EXCEPTIONS"] else []
        # (name, weight, turns as pack.json has them, does the next call go on where this one ended)
        self.conversations = []
        self.reader = None

    def plan_turns(self, turns, clips, begin, barge_in_after):
        """The turns of one call: as many as asked for, in a cycle."""
        count = self.turns_per_call or len(turns)
        return [self._plan_turn(turns[(begin + i) % len(turns)], i == 0, clips, barge_in_after) for i in range(count)]

    def _plan_turn(self, turn, is_first, clips, barge_in_after):
        pause = turn.get("pause_before")
        if pause is None:
            pause = 0 if is_first else self.pause_between_turns
        barge_in = turn.get("barge_in")
        plan = None
        if barge_in is not None:
            own = barge_in.get("clip")
            plan = BargeInPlan(barge_in.get("after", 300), barge_in.get("probability", 1), clips[own] if own else None)
        elif barge_in_after is not None:
            plan = BargeInPlan(barge_in_after, 1, None)
        if plan is not None and barge_in_after is not None:
            plan = plan._replace(after=barge_in_after)
        own_timeouts = turn.get("timeouts")
        timeouts = Timeouts({**self.timeout_values, **own_timeouts}) if own_timeouts else self.timeouts
        return TurnPlan(turn.get("name", turn["clip"]), clips[turn["clip"]], pause, timeouts, plan)


def list_clips(folder):
    """.pcm files of a folder and of the folders in it (an archive unpacks into one), by name."""
    found = {}
    try:
        for pattern in ("*.pcm", "*/*.pcm"):
            for path in sorted(folder.glob(pattern)):
                found.setdefault(path.name, path)
    except OSError:
        pass
    return found


def natural(name):
    """turn_2 before turn_10."""
    return [int(part) if part.isdigit() else part.lower() for part in re.split(r"(\d+)", name)]


class Setup:
    """Everything a user needs, loaded once per process."""

    def __init__(self, environ, say_nothing=False):
        self.variables = read_variables(environ)
        self.pack = self._read_pack()
        pack = self.pack or {}
        audio = pack.get("audio", {})
        self.rate = self.variables.get("SAMPLE_RATE", audio.get("sample_rate", CLIP_RATE))
        self.frame_ms = self.variables.get("CHUNK_MS", audio.get("chunk", 20))
        self.max_chunks = self.variables.get("CHUNKS_PER_TURN", audio.get("max_chunks"))
        self.speech_level = audio.get("speech_level", -45)
        self.audible_level = audio.get("audible_level", -50)
        self.url = self.variables.get("WS_URL") or pack.get("url") or (None if self.pack else DEFAULT_URL)
        self.expected_headers = pack.get("headers", [])
        self.environ = environ
        self.seed = pack.get("seed")
        self.barge_in_after = self.variables.get("BARGE_IN_AFTER_MS")
        self.tls = self._tls(pack.get("tls", {}))
        self.source = ""
        self.clips = {}
        self.groups = []
        if not say_nothing:
            self._load()

    # the folder

    @staticmethod
    def _folders():
        return list(dict.fromkeys((HERE, Path.cwd())))

    def _read_pack(self):
        for folder in self._folders():
            path = folder / "pack.json"
            if not path.is_file():
                continue
            try:
                pack = json.loads(path.read_text(encoding="utf-8"))
            except (OSError, ValueError) as error:
                raise Refusal(f"{path} cannot be read ({first_line(error)}); export the pack again.") from None
            if not isinstance(pack, dict) or pack.get("crosstalk_pack") != PACK_FORMAT:
                raise Refusal(f"{path} is not a pack of this locustfile; use the two files of the same export.")
            return pack
        return None

    def _tls(self, values):
        context = ssl.create_default_context()
        if values.get("ca"):
            path = HERE / values["ca"]
            try:
                context.load_verify_locations(cafile=str(path))
            except OSError as error:
                raise Refusal(f"The certificate {path} cannot be used ({first_line(error)}).") from None
        if not self.variables.get("WS_TLS_VERIFY", values.get("verify", True)):
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        return context

    def target(self, host):
        """The address to call; `host`: what Locust was given by --host or on its page."""
        if "WS_URL" not in self.variables and host and is_web_socket_url(host):
            return host
        if self.url is None:
            raise Refusal("The pack does not hold the agent's address: set WS_URL to it, like wss://host/path.")
        return self.url

    # what is said

    def _load(self):
        folder = self.variables.get("PCM_DIR")
        if folder is not None and not Path(folder).is_dir():
            raise Refusal(f"PCM_DIR is {json.dumps(folder)}, which is not a folder; correct or unset it.")
        if self.pack:
            wanted = set(self.pack.get("clips", {}))
            own = list_clips(Path(folder)) if folder is not None else {}
            if own and not wanted & set(own):
                self._load_folder(Path(folder), own, self.pack.get("users", [{}])[0])
            else:
                self._load_pack(wanted, own)
        else:
            self._load_bare(folder)
        if not any(group.conversations for group in self.groups):
            raise Refusal("The pack holds no conversation; export it again.")
        for group in self.groups:
            group.reader = Reader(self.rate, self.audible_level, group.markers)

    def _load_pack(self, wanted, own):
        read, self.source = self._finder(wanted, own)
        for name in sorted(wanted):
            span = self.pack["clips"][name].get("voiced")
            self.clips[name] = self._clip(name, read(name), span)
        for values in self.pack.get("users", []):
            group = Group(values, self.variables)
            for conversation in values.get("conversations", []):
                entry = (conversation["name"], conversation.get("weight", 1), conversation["turns"], False)
                group.conversations.append(entry)
            self.groups.append(group)

    def _finder(self, wanted, own):
        """(a function that reads a clip, where the clips are): as files beside this one, in a folder beside it, or in
        an archive that nobody unpacked."""
        files = dict(own)
        archived = {}
        for folder in self._folders():
            for name, path in list_clips(folder).items():
                files.setdefault(name, path)
        if not wanted <= set(files):
            for path in itertools.chain.from_iterable(sorted(folder.glob("*.zip")) for folder in self._folders()):
                try:
                    archive = zipfile.ZipFile(path)
                except (OSError, zipfile.BadZipFile):
                    continue
                for entry in archive.namelist():
                    archived.setdefault(entry.rpartition("/")[2], (archive, entry))
        missing = sorted(wanted - set(files) - set(archived))
        if missing:
            more = f" and {len(missing) - 1} more" if len(missing) > 1 else ""
            place = HERE / "pack.json"
            raise Refusal(f"There is no {missing[0]}{more} beside {place}; upload the clips of the pack too.")

        def read(name):
            if name in files:
                return files[name].read_bytes()
            archive, entry = archived[name]
            return archive.read(entry)

        places = {str(files[name].parent) if name in files else archived[name][0].filename for name in wanted}
        return read, ", ".join(sorted(places))

    def _load_bare(self, folder):
        if folder is not None:
            folders = [Path(folder)]
        else:
            here, cwd = HERE, Path.cwd()
            folders = [here, here / "audio_cache", cwd / "tests" / "load" / "audio_cache", cwd / "audio_cache"]
        for candidate in folders:
            found = list_clips(candidate)
            if found:
                self._load_folder(candidate, found, {"turns_per_call": 3})
                return
        shown = " or ".join(str(candidate) for candidate in folders)
        raise Refusal(f"There is nothing to say: no pack.json and no .pcm files in {shown}; set PCM_DIR.")

    def _load_folder(self, folder, found, values):
        """Recordings without a pack: those named like insurance_turn_1_of_5_ab12cd.pcm make conversations, the others
        are said one after the other."""
        self.source = str(folder)
        group = Group(values, self.variables)
        named = {}
        others = []
        for name in sorted(found, key=natural):
            try:
                data = found[name].read_bytes()
            except OSError as error:
                raise Refusal(f"{found[name]} cannot be read ({first_line(error)}).") from None
            self.clips[name] = self._clip(name, data, None)
            place = re.match(r"(.+?)[-_ ]turn[-_ ]\d{1,4}[-_ ]of[-_ ]\d{1,4}(?=[-_. ])", name, re.I)
            if place:
                named.setdefault(place.group(1), []).append({"clip": name})
            else:
                others.append({"clip": name})
        for name, turns in named.items():
            group.conversations.append((name, 1, turns, False))
        if others:
            group.conversations.append((folder.resolve().name or "recordings", 1, others, True))
        self.groups.append(group)

    def _clip(self, name, data, span):
        if not data or len(data) % 2:
            raise Refusal(f"{name} is not 16-bit PCM ({len(data)} bytes); export the pack again or replace the file.")
        if data[:4] == b"RIFF":
            raise Refusal(f"{name} is a WAV file in spite of its name; it must be raw 16-bit PCM, 16 kHz, mono.")
        samples = samples_of(data)
        if self.max_chunks is not None:
            samples = samples[: self.max_chunks * self.frame_ms * CLIP_RATE // 1000]
        if self.rate != CLIP_RATE:
            samples = to_24k(samples)
        # The span of the pack is of the whole clip at 16 kHz.
        if span is None or self.max_chunks is not None or self.rate != CLIP_RATE or span[1] >= len(samples):
            span = find_voiced(samples, self.rate, self.speech_level)
        if span is None:
            raise Refusal(f"{name} is silent: nothing in it reaches {self.speech_level} dBFS.")
        return Clip(name, samples, span, self.frame_samples)

    @property
    def frame_samples(self):
        return self.rate * self.frame_ms // 1000

    def describe(self):
        seconds = sum(len(clip.frames) for clip in self.clips.values()) * self.frame_ms / 1000
        conversations = [conversation[0] for group in self.groups for conversation in group.conversations]
        library = websocket_client is not None
        version = f" {getattr(websocket_client, '__version__', '')}".rstrip() if library else ""
        return (
            f"{len(self.clips)} clips ({seconds:.1f} s) from {self.source}; conversations: {', '.join(conversations)}; "
            f"WebSocket client: {'websocket-client' if library else 'built in'}{version}"
        )


def without_query(url):
    """An address as it may stand in a log."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"


# --- what is told: Locust's requests, one line per turn for who asks, and a summary ---------------------------------

# A call further behind its schedule begins it anew: its open turn says nothing of the agent.
SLIP_MS = 200
LATENESS_LIMIT_MS = 10
# A socket that takes nothing for so long will not recover.
STUCK_MS = 30000


def percentile(values, share):
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


class Report:
    """Of this process. One greenlet looks after it once a second while there are calls."""

    def __init__(self, setup):
        self._setup = setup
        self._environment = None
        self._greenlet = None
        self._lateness = []
        self._all_lateness = collections.Counter()
        self._slips = 0
        self.counts = collections.Counter()
        self.open_calls = set()
        self._errors_told = set()
        path = setup.variables.get("CROSSTALK_TURNS_FILE")
        self._turns_file = None
        if path is not None:
            try:
                self._turns_file = open(path, "a", encoding="utf-8")
            except OSError as error:
                raise Refusal(f"CROSSTALK_TURNS_FILE: {path} cannot be written ({first_line(error)}).") from None

    def start(self, environment):
        self._environment = environment
        if self._greenlet is None:
            self._greenlet = gevent.spawn(self._every_second)

    def fire(self, name, ms, problem=None, size=0):
        """A metric's value as a request."""
        self._environment.events.request.fire(
            request_type="voice",
            name=name,
            response_time=ms,
            response_length=size,
            response=None,
            context={},
            exception=None if problem is None else CallFailed(problem),
        )

    def tell_once(self, text):
        if text not in self._errors_told and len(self._errors_told) < 100:
            self._errors_told.add(text)
            logger.warning(text)

    def frame(self, late):
        self._lateness.append(late)

    def slip(self):
        self._slips += 1
        self.counts["slipped"] += 1

    def turn(self, call, turn):
        counts = self.counts
        counts[f"turns {turn.status}"] += 1
        if turn.ambiguous:
            counts["ambiguous"] += 1
        if turn.talk_over_ms is not None:
            counts["talk-over"] += 1
        if turn.barge_in_outcome is not None:
            counts[f"barge-in {turn.barge_in_outcome}"] += 1
        if self._turns_file:
            self._turns_file.write(json.dumps(turn_line(call, turn)) + "\n")
        if turn.status != "cut":
            ended_at = turn.response_end_at or turn.barge_in_at or now()
            self.fire("turn_success", ended_at - turn.started_at, turn.error)
        if not turn.slipped:
            self._latencies(turn)

    def _latencies(self, turn):
        unanswered = turn.error if turn.timed_out == "first_byte" else None
        if turn.ttfb is not None:
            self.fire("ttfb", turn.ttfb, unanswered if turn.first_message_at is None else None)
        if turn.ttfa is not None:
            self.fire("ttfa", turn.ttfa, unanswered)
        if turn.turn_time is not None:
            self.fire("turn", turn.turn_time, turn.error, turn.audio_bytes)
        if turn.barge_in_ms is None:
            return
        problem = None
        if turn.barge_in_outcome == "not_stopped":
            problem = f"the agent still talked {turn.plan.timeouts.barge_in:g} ms after it was interrupted"
        elif (turn.leftover_ms or 0) > ALLOWED_LEFTOVER_MS:
            problem = f"more than {ALLOWED_LEFTOVER_MS} ms of the old answer followed its stop"
        self.fire("barge_in", turn.barge_in_ms, problem)

    def _every_second(self):
        while True:
            gevent.sleep(1)
            self._tell_lateness()
            if self._turns_file:
                self._turns_file.flush()
            at = now()
            for call in list(self.open_calls):
                if call.sending_since is not None and at - call.sending_since > STUCK_MS:
                    call.give_up("30 s of audio were never taken")

    def _tell_lateness(self):
        values, self._lateness = self._lateness, []
        slips, self._slips = self._slips, 0
        if not values:
            return
        for late in values:
            self._all_lateness[max(0, round(late))] += 1
        problem = f"calls fell more than {SLIP_MS} ms behind: this process has too many users" if slips else None
        self.fire("frame_lateness", max(0.0, percentile(values, 0.99)), problem)

    def summary(self):
        """What Locust's tables do not show, in the log."""
        if self._environment is None:
            return
        self._tell_lateness()
        if self._turns_file:
            self._turns_file.flush()
        frames = sum(self._all_lateness.values())
        if frames:
            left = frames - math.ceil(0.99 * frames)
            for p99 in sorted(self._all_lateness, reverse=True):
                left -= self._all_lateness[p99]
                if left < 0:
                    break
            logger.info(f"{frames} frames sent, 99 % of them at most {p99} ms late; {self.counts['slipped']} slips.")
            if p99 > LATENESS_LIMIT_MS or self.counts["slipped"]:
                logger.warning("This process was overloaded: its figures are NOT to be trusted. Use fewer users.")
        told = [f"{name}: {count}" for name, count in sorted(self.counts.items()) if count and name != "slipped"]
        if told:
            logger.info("; ".join(told))


def turn_line(call, turn):
    """A turn as CROSSTALK_TURNS_FILE has it: stamps in milliseconds of the monotonic clock."""
    line = {"call_id": call.call_id, "turn": turn.index, "conversation": call.conversation_name}
    line["clip"] = turn.plan.clip.name
    for name in ("status", "error", "timed_out", "ambiguous", "slipped", "interrupted", "barge_in_outcome"):
        line[name] = getattr(turn, name)
    for name in (
        "started_at",
        "onset_at",
        "end_of_speech_at",
        "first_message_at",
        "first_audio_at",
        "last_audio_at",
        "response_end_at",
        "barge_in_at",
        "stop_message_at",
        "agent_silent_at",
        "ttfb",
        "ttfa",
        "turn_time",
        "barge_in_ms",
        "leftover_ms",
        "talk_over_ms",
        "late_audio_ms",
    ):
        value = getattr(turn, name)
        line[name] = None if value is None else round(value, 3)
    return line


# --- the users ------------------------------------------------------------------------------------------------------

# A user that cannot connect, or whose calls end before a turn does, waits this long, doubling up to the most: a dead
# target must not be stormed.
FIRST_BACKOFF_MS = 500
MOST_BACKOFF_MS = 5000


class Call:
    """One connection while it is open."""

    def __init__(self, call_id, conversation_name, client, conversation, group, report):
        self.call_id = call_id
        self.conversation_name = conversation_name
        self.client = client
        self.conversation = conversation
        self.dropped = False
        self.fault = None
        self.greeting_told = False
        self.opened_at = now()
        self.sending_since = None
        self._reader = group.reader
        self._report = report

    def listen(self):
        """Runs beside the microphone: reads all the time, whatever is being said."""
        try:
            while True:
                at, text, data = self.client.receive()
                if text:
                    self.conversation.received(self._reader.read(data), at)
                if self.conversation.over:
                    return
        except Closed as closed:
            self._closed(closed.code, closed.reason)
        except OSError as error:
            self._closed(1006, first_line(error))
        except gevent.GreenletExit:
            pass
        except Exception as error:
            # A mistake of this file: the call ends with it, and Locust shows it.
            self.fault = error
            self._closed(1006, "internal error")

    def send(self, message):
        self.sending_since = now()
        try:
            self.client.send_text(message)
        except OSError as error:
            self._closed(1006, first_line(error))
        self.sending_since = None

    def give_up(self, reason):
        self._closed(1006, reason)
        self.client.sock.close()

    def _closed(self, code, reason):
        at = now()
        if self.conversation.closed(code, reason, at):
            self.dropped = True
            self._report.counts["dropped"] += 1
            self._report.fire("dropped", at - self.opened_at, closing_words(code, reason))


class VoiceCaller(User):
    """Makes one call after the other and holds one at a time."""

    wait_time = constant(0)
    setup = None
    report = None
    numbers = itertools.count()
    run_id = uuid.uuid4().hex[:8]

    def on_start(self):
        self.number = next(VoiceCaller.numbers)
        self.participant = b"%08d" % (self.number % 10**8)
        self.leave = gevent.event.Event()
        self.open_call = None
        self.calls_made = 0
        self.rotation = collections.Counter()
        self.backoff = FIRST_BACKOFF_MS
        seed = self.setup.seed
        index = getattr(self.environment.runner, "worker_index", 0)
        self.random = random.Random(None if seed is None else f"{seed}/{index}/{self.number}")
        self.kind = self._deal(self.number)
        VoiceCaller.report.start(self.environment)

    @classmethod
    def _deal(cls, number):
        """Groups are dealt out by weight, so that even a few users have the right shares."""
        groups = [group for group in cls.setup.groups if group.conversations]
        total = sum(group.weight for group in groups)
        dealt = [0] * len(groups)
        # The weights' pattern repeats long before this many users.
        for n in range(number % 10000 + 1):
            owed = [(n + 1) * group.weight / total - given for group, given in zip(groups, dealt)]
            chosen = owed.index(max(owed))
            dealt[chosen] += 1
        return groups[chosen]

    def stop(self, force=False):
        """With --stop-timeout the open turn may end; no further one begins."""
        self.leave.set()
        if self.open_call:
            self.open_call.conversation.stop_soon()
        return super().stop(force)

    def on_stop(self):
        if self.open_call:
            self._end(self.open_call)

    @task
    def call(self):
        group = self.kind
        if group.calls_per_user is not None and self.calls_made >= group.calls_per_user:
            raise StopUser()
        self.calls_made += 1
        conversations = group.conversations
        weights = [conversation[1] for conversation in conversations]
        name, _, turns, goes_on = self.random.choices(conversations, weights)[0]
        begin = self.rotation[name] if goes_on else 0
        plans = group.plan_turns(turns, self.setup.clips, begin, self.setup.barge_in_after)
        self.rotation[name] = (begin + len(plans)) % len(turns)
        self._make_call(f"ct-{self.run_id}-u{self.number}-c{self.calls_made}", name, plans)

    def _make_call(self, call_id, name, plans):
        """The call, and after a drop the rest of it under the same id."""
        group = self.kind
        first_index = 1
        spoke = False
        for attempt in itertools.count():
            client = self._connect(call_id)
            if client is not None:
                conversation = self._talk(call_id, name, client, plans, first_index)
                spoke = conversation.turns_started > 0
                if not self.open_call.dropped:
                    break
                plans, first_index = conversation.turns_left, conversation.next_index
            elif attempt == 0:
                break
            if not plans or attempt >= group.reconnect_attempts or self.leave.is_set():
                break
            self.leave.wait(group.reconnect_backoff * 2**attempt / 1000)
        self.open_call = None
        if spoke:
            self.backoff = FIRST_BACKOFF_MS
        else:
            self.leave.wait(self.backoff / 1000)
            self.backoff = min(MOST_BACKOFF_MS, self.backoff * 2)

    def _connect(self, call_id):
        """An open WebSocket on which the call has been set up, or None; the attempt is told either way."""
        setup, report = self.setup, self.report
        limit = self.kind.timeouts.connect
        client = sock = None
        began = now()
        try:
            url = setup.target(self.environment.host)
            headers = {
                "x-ms-call-connection-id": call_id,
                "x-ms-call-correlation-id": call_id,
                "x-session-id": call_id,
                **setup.headers,
            }
            with gevent.Timeout(limit / 1000):
                sock, began = open_socket(url, setup.tls)
                client = (LibraryClient if websocket_client else BuiltinClient)(sock)
                client.open(url, headers)
                report.fire("connect", now() - began)
                client.send_text(set_up_message(call_id, setup.rate, setup.frame_ms))
            return client
        except gevent.Timeout:
            report.fire("connect", limit, f"no WebSocket within {limit:g} ms")
        except (CallFailed, OSError, Refusal) as error:
            problem = str(error) if isinstance(error, (CallFailed, Refusal)) else f"no connection: {first_line(error)}"
            report.tell_once(problem)
            # Without a time of its own it is given the timeout: a refusal in a millisecond is no fast connection.
            report.fire("connect", limit, problem)
        except BaseException:
            if sock is not None:
                sock.close()
            raise
        if sock is not None:
            sock.close()
        return None

    def _talk(self, call_id, name, client, plans, first_index):
        """Holds the call until it is over; this greenlet is its microphone."""
        setup, group, report = self.setup, self.kind, self.report
        tail = math.ceil(group.timeouts.quiet_tail / setup.frame_ms) if group.silence == "tail" else None
        conversation = Conversation(
            plans,
            first_index,
            group,
            setup.frame_ms,
            Microphone(setup.quiet, tail),
            self.random.random,
            lambda turn: report.turn(call, turn),
            report.tell_once,
            lambda: self._tell_greeting(call),
        )
        self.open_call = call = Call(call_id, name, client, conversation, group, report)
        report.open_calls.add(call)
        conversation.opened(now())
        if self.leave.is_set():
            conversation.stop_soon()
        ear = gevent.spawn(call.listen)
        try:
            self._speak(call)
        finally:
            ear.kill(block=False)
            self._end(call)
        if call.fault is not None:
            raise call.fault
        return conversation

    def _speak(self, call):
        """A frame every 20 ms on an absolute schedule: what is late does not push back what follows."""
        conversation, report = call.conversation, self.report
        participant = self.participant
        frame_ms = self.setup.frame_ms
        # Users are spread over the frame's length.
        due = now() + self.random.random() * frame_ms
        while True:
            ahead = due - now()
            # Gives way also when it is late: a microphone that catches up must not starve the ears.
            gevent.sleep(max(0.0, ahead) / 1000)
            at = now()
            if at < due:
                continue
            if at - due > SLIP_MS:
                conversation.slip()
                report.slip()
                due = at
            frame = conversation.next_frame(at)
            if conversation.over:
                return
            if frame is not None:
                message = b"".join((frame_head(), participant, frame))
                at = now()
                call.send(message)
                conversation.sent(at)
                report.frame(at - due)
                # It took that long because the socket was full: the agent or the network does not take it.
                if now() - at > frame_ms:
                    report.counts["backpressure"] += 1
                    due = max(due, now() - frame_ms)
            due += frame_ms

    def _end(self, call):
        """Ends a call in any state, once."""
        if call not in self.report.open_calls:
            return
        self.report.open_calls.discard(call)
        call.conversation.cut()
        self._tell_greeting(call)
        hang_up(call.client)

    def _tell_greeting(self, call):
        """Once; at the end of the call where nobody waited for it."""
        conversation = call.conversation
        if call.greeting_told:
            return
        call.greeting_told = True
        if conversation.greeting_ms is not None:
            self.report.fire("greeting", conversation.greeting_ms)
        elif conversation.greeting_missing:
            limit = self.kind.timeouts.first_byte
            self.report.fire("greeting", limit, f"no greeting within {limit:g} ms")


# --- Locust's events ------------------------------------------------------------------------------------------------


def is_kind(environment, kind):
    """Whether this process is Locust's master or one of its workers, by the runner's class."""
    return any(cls.__name__ == kind for cls in type(environment.runner).__mro__)


@events.init.add_listener
def prepare(environment, **_kwargs):
    """Loads what is said before the first user, or says why it cannot and ends Locust."""
    try:
        setup = Setup(os.environ, say_nothing=is_kind(environment, "MasterRunner"))
        setup.headers = read_headers(setup.variables, os.environ, setup.expected_headers)
        setup.quiet = [frame_body(noise(setup.frame_samples)) for _ in range(max(1, 1000 // setup.frame_ms))]
        VoiceCaller.setup = setup
        VoiceCaller.report = Report(setup)
        if setup.clips:
            logger.info(setup.describe())
            logger.info(f"Calling {without_query(setup.target(environment.host))}")
    except Refusal as refusal:
        logger.error(str(refusal))
        sys.exit(1)


@events.test_stop.add_listener
def say_summary(environment, **_kwargs):
    if VoiceCaller.report is not None and not is_kind(environment, "MasterRunner"):
        VoiceCaller.report.summary()


# Where each rate of a threshold shows in Locust's statistics.
RATES = {"connection_success": "connect", "turn_success": "turn_success", "barge_in_success": "barge_in"}
METRICS = ("connect", "greeting", "ttfb", "ttfa", "turn", "barge_in", "frame_lateness")
PERCENTILES = {"p50": 0.5, "p75": 0.75, "p90": 0.9, "p95": 0.95, "p99": 0.99, "p99_9": 0.999}


def measured(stats, threshold):
    """A threshold's value out of Locust's statistics (percentiles to two digits); None when there is none."""
    metric, stat = threshold["metric"], threshold["stat"]
    entry = stats.entries.get((RATES.get(metric, metric), "voice"))
    if entry is None or entry.num_requests == 0:
        return None
    if metric in RATES:
        return 1 - entry.num_failures / entry.num_requests
    if metric not in METRICS:
        return None
    if stat in PERCENTILES:
        return entry.get_response_time_percentile(PERCENTILES[stat])
    plain = {"min": entry.min_response_time, "mean": entry.avg_response_time, "max": entry.max_response_time}
    return entry.num_requests if stat == "count" else plain.get(stat)


def is_trusted(stats):
    """Whether frames left in time, in all processes: no slip, and the 99th percentile above 10 ms in one second of
    twenty at most."""
    entry = stats.entries.get(("frame_lateness", "voice"))
    if entry is None or entry.num_requests == 0:
        return True
    return entry.num_failures == 0 and entry.get_response_time_percentile(0.95) <= LATENESS_LIMIT_MS


@events.quitting.add_listener
def judge(environment, **_kwargs):
    """Says how the pack's thresholds came out. Outside Azure the exit code is Crosstalk's own: 99 when one failed, 98
    when the figures are not to be trusted, else 0."""
    setup = VoiceCaller.setup
    thresholds = (setup.pack or {}).get("thresholds", []) if setup else []
    if not thresholds or is_kind(environment, "WorkerRunner") or environment.stats.num_requests == 0:
        return
    failed = False
    for threshold in thresholds:
        value = measured(environment.stats, threshold)
        below = threshold["condition"] == "below"

        def within(limit):
            return value is not None and (value <= limit if below else value >= limit)

        good, bearable = within(threshold["target"]), within(threshold["acceptable"])
        failed = failed or not bearable
        verdict = "pass" if good else "warn" if bearable else "FAIL"
        unit = (lambda n: f"{n * 100:.1f} %") if threshold["metric"] in RATES else (lambda n: f"{n:g}")
        shown = "no sample" if value is None else unit(value)
        target, acceptable = unit(threshold["target"]), unit(threshold["acceptable"])
        bound = f"{'at most' if below else 'at least'} {target}, {acceptable} acceptable"
        logger.info(f"{verdict}: {threshold['metric']} {threshold['stat']} {shown} ({bound})")
    if setup.pack.get("purpose") != "azure":
        environment.process_exit_code = 99 if failed else 0 if is_trusted(environment.stats) else 98
