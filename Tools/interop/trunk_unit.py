#!/usr/bin/python3
"""An area unit in another language, written from Sources/GridTrunk/trunk.proto alone.

    Tools/interop/trunk_unit.py ADDRESS:PORT --certificate FILE --key FILE --authority FILE [--credit N] [--cut N]

It answers each command with the command and 9000; a command that begins with 00 is not sent, one that begins with FF perhaps done.
It dials again where the connection ends, until its standard input does. With --cut N it ends the connection itself after every Nth
message that it receives. Lines on standard output: "connected", and "ran ID" for each exchange that it carries out.
Needs Debian's python3-grpcio, python3-protobuf and protobuf-compiler.
"""
import argparse
import pathlib
import queue
import random
import subprocess
import sys
import tempfile
import threading

import grpc

PROTO = pathlib.Path(__file__).resolve().parents[2] / "Sources" / "GridTrunk" / "trunk.proto"


def load():
    """The messages of trunk.proto."""
    with tempfile.TemporaryDirectory(prefix="trunk-") as folder:
        subprocess.run(["protoc", f"--proto_path={PROTO.parent}", f"--python_out={folder}", PROTO.name], check=True)
        sys.path.insert(0, folder)
        import trunk_pb2
        sys.path.pop(0)
        return trunk_pb2


class Unit:
    def __init__(self, messages, credit):
        self.messages = messages
        self.credit = credit
        self.process = random.getrandbits(63) + 1
        self.upper = None
        self.answers = {}       # by id, until they are acknowledged

    def hello(self):
        return self.messages.FromLower(hello=self.messages.Hello(
            version=1, process=self.process, max_items=100, max_bytes=100_000))

    def begin(self, process):
        """What is said after the other side's hello."""
        if process != self.upper:
            self.upper, self.answers = process, {}
        free = self.credit - len(self.answers)
        if free:
            yield self.messages.FromLower(credit=self.messages.Credit(exchanges=free))
        for answer in self.answers.values():
            yield self.messages.FromLower(answers=self.messages.Answers(answers=[answer]))

    def take(self, message):
        """What is said to a message."""
        kind = message.WhichOneof("message")
        free = 0
        if kind == "exchanges":
            taken = message.exchanges.exchanges
            # One that is held already takes no place of its own.
            free = sum(self.key(one.id) in self.answers for one in taken)
            yield self.messages.FromLower(accepted=self.messages.Accepted(ids=[one.id for one in taken]))
            for one in taken:
                yield self.messages.FromLower(answers=self.messages.Answers(answers=[self.run(one)]))
        elif kind == "acknowledge":
            free = sum(self.answers.pop(self.key(one), None) is not None for one in message.acknowledge.ids)
        elif kind not in ("cancel", "acknowledge_reports"):
            raise ValueError(f"out of turn: {kind}")
        if free:
            yield self.messages.FromLower(credit=self.messages.Credit(exchanges=free))

    @staticmethod
    def key(exchange):
        return exchange.origin, exchange.number

    def run(self, exchange):
        key = self.key(exchange.id)
        if key not in self.answers:
            answer = self.messages.Answer(id=exchange.id)
            if not exchange.command:
                answer.perhaps_done = self.messages.CAUSE_RESTARTED
            elif exchange.command[0] == 0:
                answer.not_sent = self.messages.CAUSE_SILENT
            elif exchange.command[0] == 0xFF:
                answer.perhaps_done = self.messages.CAUSE_SILENT
            else:
                answer.answered = exchange.command + b"\x90\x00"
            print("ran", exchange.id.number, flush=True)
            self.answers[key] = answer
        return self.answers[key]


def connect(unit, options, stop):
    def read(path):
        return pathlib.Path(path).read_bytes()
    credentials = grpc.ssl_channel_credentials(
        root_certificates=read(options.authority), private_key=read(options.key),
        certificate_chain=read(options.certificate))
    with grpc.secure_channel(options.address, credentials) as channel:
        call = channel.stream_stream(
            "/valuestore.trunk.v1.Trunk/Connect", request_serializer=unit.messages.FromLower.SerializeToString,
            response_deserializer=unit.messages.FromUpper.FromString)
        said = queue.SimpleQueue()
        said.put(unit.hello())
        received = call(iter(said.get, None))
        threading.Thread(target=lambda: (stop.wait(), received.cancel()), daemon=True).start()
        try:
            for count, message in enumerate(received):
                if count == 0:
                    print("connected", flush=True)
                    for more in unit.begin(message.hello.process):
                        said.put(more)
                else:
                    for more in unit.take(message):
                        said.put(more)
                if options.cut and count + 1 == options.cut:
                    break
        finally:
            said.put(None)
            received.cancel()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("address", help="the upper side's address and port")
    for name in ("certificate", "key", "authority"):
        parser.add_argument(f"--{name}", required=True, help="a file in PEM")
    parser.add_argument("--credit", type=int, default=50, help="exchanges that it holds at most")
    parser.add_argument("--cut", type=int, default=0, help="messages after which it ends the connection")
    options = parser.parse_args()
    unit = Unit(load(), options.credit)
    stop = threading.Event()
    threading.Thread(target=lambda: (sys.stdin.read(), stop.set()), daemon=True).start()
    while not stop.is_set():
        try:
            connect(unit, options, stop)
        except grpc.RpcError as error:
            if not stop.is_set() and error.code() not in (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.CANCELLED):
                print(error.code().name, error.details(), file=sys.stderr, flush=True)
        stop.wait(0.2)


if __name__ == "__main__":
    main()
