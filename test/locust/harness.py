"""Plays parts of a pack's locustfile by themselves, for tests: harness.py LOCUSTFILE COMMAND, JSON in, JSON out.

Stand-ins take the place of Locust and gevent: none of these parts needs them, and it starts ten times as fast.
"""
import base64
import heapq
import importlib.util
import json
import ssl
import sys
import types
from array import array
from pathlib import Path


def stand_in(name, **members):
    module = types.ModuleType(name)
    for key, value in members.items():
        setattr(module, key, value)
    sys.modules[name] = module
    return module


class Hook:
    def add_listener(self, listener):
        return listener


hooks = types.SimpleNamespace(init=Hook(), test_stop=Hook(), quitting=Hook())
stand_in("locust", User=object, constant=lambda n: n, events=hooks, task=lambda f: f)
stand_in("locust.exception", StopUser=Exception)
event = stand_in("gevent.event", Event=object)
stand_in("gevent", event=event, GreenletExit=SystemExit, spawn=lambda run: run())


def load(path):
    spec = importlib.util.spec_from_file_location("locustfile", path)
    module = importlib.util.module_from_spec(spec)
    sys.dont_write_bytecode = True
    spec.loader.exec_module(module)
    return module


def samples_of(encoded):
    return array("h", base64.b64decode(encoded))


def voiced(file, asked):
    """Voiced spans of clips: [{pcm, rate, level}] -> [[first, last] or null]"""
    return [file.find_voiced(samples_of(one["pcm"]), one["rate"], one["level"]) for one in asked]


def resample(file, asked):
    """16 kHz -> 24 kHz, base64 both."""
    return [base64.b64encode(file.to_24k(samples_of(one)).tobytes()).decode() for one in asked]


def read(file, asked):
    """What messages are: {markers, messages} -> [{what, kind, ms, speech}]"""
    reader = file.Reader(16000, -50, asked["markers"])
    out = []
    for text in asked["messages"]:
        message = reader.read(text.encode())
        audio = message.audio
        out.append(
            {
                "what": message.what,
                "kind": message.kind,
                "ms": audio and audio.ms,
                "speech": audio and audio.speech,
            }
        )
    return out


def setup(file, asked):
    """What the variables and the pack come to, or why not: {environ, host?}"""
    try:
        found = file.Setup(asked["environ"])
        found.headers = file.read_headers(found.variables, asked["environ"], found.expected_headers)
        groups = [
            {
                "name": group.name,
                "turns_per_call": group.turns_per_call,
                "pause": group.pause_between_turns,
                "timeouts": {name: getattr(group.timeouts, name) for name in file.Timeouts.DEFAULTS},
                "markers": group.markers,
                "benign": group.benign_close_codes,
                "conversations": [[name, weight, len(turns)] for name, weight, turns, _ in group.conversations],
                "plans": [
                    [
                        {
                            "clip": plan.clip.name,
                            "pause": plan.pause_before,
                            "turn": plan.timeouts.turn,
                            "barge_in": plan.barge_in and [plan.barge_in.after, plan.barge_in.probability],
                        }
                        for plan in group.plan_turns(turns, found.clips, 0, found.barge_in_after)
                    ]
                    for _, _, turns, _ in group.conversations
                ],
            }
            for group in found.groups
        ]
        clips = {
            name: [len(clip.frames), clip.onset_frame, clip.last_voiced_frame] for name, clip in found.clips.items()
        }
        return {
            "rate": found.rate,
            "frame_ms": found.frame_ms,
            "target": found.target(asked.get("host")),
            "headers": found.headers,
            "verifies": found.tls.check_hostname,
            "groups": groups,
            "clips": clips,
        }
    except file.Refusal as refusal:
        return {"refused": str(refusal)}


def converse(file, asked):
    """Calls an address, sends texts and gives back what came: {url, client, headers, send, until, ca?}"""
    context = ssl.create_default_context(cafile=asked.get("ca"))
    received = []
    try:
        sock, _ = file.open_socket(asked["url"], context)
        client = (file.LibraryClient if asked["client"] == "library" else file.BuiltinClient)(sock)
        client.open(asked["url"], asked.get("headers", {}))
        for text in asked["send"]:
            client.send_text(text.encode())
        while len(received) < asked["until"]:
            _at, text, data = client.receive()
            received.append([text, len(data), data[:40].decode("latin-1")])
        file.hang_up(client)
        return {"received": received}
    except file.Closed as closed:
        return {"received": received, "closed": [closed.code, closed.reason]}
    except (file.CallFailed, OSError) as error:
        return {"received": received, "failed": str(error)}


def rehearse(file, asked):
    """Plays calls against scripted agents on a clock of its own, as src/engine/call/testing/rehearsal.ts does."""
    return [Rehearsal(file, asked["say"], script).run() for script in asked["scripts"]]


class Rehearsal:
    FRAME_MS = 20

    def __init__(self, file, say, script):
        self.file = file
        self.say = {name: text.encode() for name, text in say.items()}
        self.script = script
        self.reader = file.Reader(16000, -50, script["markers"])
        clip = types.SimpleNamespace(name="clip", frames=[b"x"] * 60, onset_frame=5, last_voiced_frame=54)
        group = types.SimpleNamespace(
            greeting=script["greeting"],
            timeouts=file.Timeouts(script["timeouts"]),
            benign_close_codes=[1000, 1001],
        )
        self.turns = []
        self.errors = []
        plans = [self.plan(turn, clip) for turn in script["turns"]]
        self.microphone = file.Microphone([b"q"], None)
        self.greetings = 0
        self.conversation = file.Conversation(
            plans,
            1,
            group,
            self.FRAME_MS,
            self.microphone,
            lambda: 0,
            self.turns.append,
            self.errors.append,
            self.greeted,
        )
        self.due = [(event["at"], i, event) for i, event in enumerate(script["events"])]
        heapq.heapify(self.due)
        self.dropped = None
        self.scheduled = len(self.due)

    def greeted(self):
        self.greetings += 1

    def plan(self, turn, clip):
        barge_in = turn["barge_in"]
        if barge_in is not None:
            barge_in = self.file.BargeInPlan(barge_in["after"], 1, clip if barge_in["own"] else None)
        timeouts = self.file.Timeouts({**self.script["timeouts"], **turn["timeouts"]})
        return self.file.TurnPlan("turn", clip, turn["pause"], timeouts, barge_in)

    def add(self, at, reactions):
        for reaction in reactions:
            heapq.heappush(self.due, (at + reaction["after"], self.scheduled, reaction))
            self.scheduled += 1

    def act(self, at, event):
        if event["do"] == "message":
            self.conversation.received(self.reader.read(self.say[event["says"]]), at)
        elif event["do"] == "close":
            self.dropped = self.conversation.closed(event["code"], "", at)
        elif event["do"] == "stop":
            self.conversation.stop_soon()
        elif event["do"] == "cut":
            self.conversation.cut()
        elif event["do"] == "slip":
            self.conversation.slip()

    def run(self):
        conversation = self.conversation
        conversation.opened(0)
        slot = 0
        while slot < 60_000 and not conversation.over:
            while self.due and self.due[0][0] <= slot:
                at, _, event = heapq.heappop(self.due)
                self.act(at, event)
            frame = conversation.next_frame(slot)
            if frame is not None and not conversation.over:
                onset, end = conversation._onset_pending, conversation._end_pending
                number = str(conversation.turns_started)
                conversation.sent(slot)
                if onset:
                    self.add(slot, self.script["at_onset"].get(number, []))
                if end:
                    self.add(slot, self.script["at_end"].get(number, []))
            slot += self.FRAME_MS
        return {
            "turns": [self.record(turn) for turn in self.turns],
            "greeting": conversation.greeting_ms,
            "greeting_missing": conversation.greeting_missing,
            "started": conversation.turns_started,
            "over": conversation.over,
            "dropped": self.dropped,
            "errors": len(self.errors),
        }

    @staticmethod
    def record(turn):
        names = (
            "index started_at onset_at end_of_speech_at first_message_at transcript_at first_audio_at last_audio_at "
            "response_end_at barge_in_at agent_silent_at stop_message_at leftover_ms barge_in_ms barge_in_outcome "
            "talk_over_ms late_audio_ms status timed_out ambiguous slipped ttfb ttfa turn_time"
        )
        return {name: getattr(turn, name) for name in names.split()}


def main():
    path, command = Path(sys.argv[1]), sys.argv[2]
    file = load(path)
    commands = {run.__name__: run for run in (voiced, resample, read, setup, converse, rehearse)}
    print(json.dumps(commands[command](file, json.load(sys.stdin))))


main()
