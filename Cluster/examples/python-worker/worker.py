#!/usr/bin/python3
"""A line's worker in Python, written from Sources/Wire/Protocol.md alone. The class Worker is the example."""
import argparse, importlib, json, os, pathlib, secrets, subprocess, sys, tempfile, time
import zmq

ESCALATE = "complaint,payment_issue,get_refund,check_refund_policy,track_refund,contact_human_agent"


class Worker:
    def __init__(self, args, pb, keys):
        self.args, self.pb, self.keys = args, pb, keys
        self.incarnation = time.time_ns() // 1000  # grows with every start
        self.context, self.socket = zmq.Context(), None
        self.held = {}       # ticket -> token: the claims this worker works on
        self.unanswered = {}  # command id -> [command, when to send it again]; kept until answered (section 6)
        self.probes, self.proofs, self.finished, self.broken = set(), 0, 0, False
        self.heartbeat, self.welcomed, self.leaving = 1.0, False, False

    # ---- the session (section 3)

    def connect(self):
        if self.socket:
            self.socket.close(linger=0)
        self.socket = self.context.socket(zmq.DEALER)  # and no routing id
        for option, value in {zmq.IMMEDIATE: 1, zmq.LINGER: 0, zmq.RECONNECT_IVL: 100, zmq.MAXMSGSIZE: 1 << 20,
                              zmq.RECONNECT_IVL_MAX: 2000, zmq.HANDSHAKE_IVL: 5000}.items():
            self.socket.setsockopt(option, value)
        self.socket.curve_publickey, self.socket.curve_secretkey = self.keys["public"], self.keys["secret"]
        self.socket.curve_serverkey = self.keys["broker"]
        self.socket.connect(self.args.endpoint)
        self.heard = time.monotonic()

    def send(self, **body):
        try:
            self.socket.send(self.pb.ToBroker(version=1, **body).SerializeToString(), zmq.DONTWAIT)
        except zmq.Again:
            pass  # not connected: what matters is in `unanswered` and `held`

    def claims(self):
        return [self.pb.Held(ticket=ticket, token=token) for ticket, token in self.held.items()]

    def hello(self):
        self.welcomed = False
        self.socket.poll(int(1000 * self.heartbeat), zmq.POLLOUT)  # until it is connected
        node = self.pb.NodeHello(name=self.args.name, incarnation=self.incarnation, line=self.args.line,
                                 seats=0 if self.leaving else self.args.seats, held=self.claims())
        self.send(hello=self.pb.Hello(node=node, software="python-worker 1.0"))

    def run(self):
        beat = 0.0
        self.connect()
        while not self.broken and not self.has_left():
            now = time.monotonic()
            if now - self.heard > 3 * self.heartbeat:
                self.connect()
                self.welcomed = False
            if now >= beat:
                beat = now + self.heartbeat
                self.send(ping=self.pb.Ping(held=self.claims())) if self.welcomed else self.hello()
                self.resend(now)
            if self.socket.poll(max(1, int(1000 * (beat - time.monotonic())))):
                self.heard = time.monotonic()
                for item in self.pb.FromBroker.FromString(self.socket.recv()).items:
                    getattr(self, "on_" + item.WhichOneof("body"), lambda _: None)(
                        getattr(item, item.WhichOneof("body")))
        self.send(goodbye=self.pb.Goodbye())
        self.socket.close(linger=1000)
        self.context.term()

    def has_left(self):
        return self.leaving and self.welcomed and not self.held and not self.unanswered

    def on_welcome(self, welcome):
        self.did("hello", broker=welcome.incarnation)
        self.heartbeat, self.welcomed = welcome.heartbeat_ms / 1000, True
        self.resend(float("inf"))

    # ---- work (sections 4 and 5)

    def on_grant(self, grant):
        ticket, token = grant.ticket, grant.token
        if token <= self.held.get(ticket.number, 0):
            return  # late, or being worked on already
        self.held[ticket.number] = token
        self.did("grant", ticket=ticket.number, token=token, kind=ticket.kind, frames=list(ticket.frames))
        self.promise(len(self.held) <= self.args.seats, f"{len(self.held)} claims in {self.args.seats} seats")
        base, last = {"ticket": ticket.number, "token": token}, self.latest(grant)
        if self.args.prove_fencing and not self.proofs and not self.probes:
            return self.order(release=dict(base, reason="to prove the fence"))
        note = dict(base, text=f"{self.args.name} read {len(grant.entries)} entries, the last one of {last.author}")
        if ticket.frames:
            self.order(note=note, hand_back=dict(base, note="Looked into it; please tell the customer."))
        elif ticket.kind in self.args.escalate and ticket.escalations == 0:
            self.order(note=note, escalate=dict(base, note=f"A {ticket.kind}: please decide."))
        else:
            text = "Thank you for writing. This is done; answer this mail if it is not."
            self.order(note=note, resolve=dict(base, seen=ticket.last_message, text=text))

    def latest(self, grant):
        numbers = [entry.number for entry in grant.entries]
        self.promise(numbers and numbers == sorted(set(numbers)), f"entries {numbers}")
        return grant.entries[-1] if numbers else self.pb.Entry()

    def order(self, **actions):
        """Sends commands in one frame: carried out in this order, each answered by itself."""
        commands = [self.pb.Command(id=secrets.token_bytes(16), **{name: getattr(self.pb, WORDS[name])(**fields)})
                    for name, fields in actions.items()]
        for command in commands:
            self.unanswered[command.id] = [command, time.monotonic() + 3 * self.heartbeat]
        if self.welcomed:
            self.send(commands=self.pb.Commands(commands=commands))
        return commands

    def resend(self, now):
        for pair in self.unanswered.values() if self.welcomed else ():
            if pair[1] <= now:
                pair[1] = time.monotonic() + 3 * self.heartbeat
                self.send(commands=self.pb.Commands(commands=[pair[0]]))

    def on_answer(self, answer):
        command = self.unanswered.pop(answer.command_id, [None])[0]
        if command is None:
            return  # a second answer to a command that was sent twice
        name, token = command.WhichOneof("action"), getattr(command, command.WhichOneof("action")).token
        self.did(name, ticket=answer.ticket, token=token, position=answer.position)
        self.promise(command.id not in self.probes, f"ticket {answer.ticket} was changed under stale token {token}")
        if name == "note":
            return
        if self.held.get(answer.ticket) == token:
            del self.held[answer.ticket]
        self.finished += name != "release"
        if self.args.prove_fencing and name in ("release", "escalate", "hand_back"):
            for stale in (token, secrets.randbits(63) | 1 << 62):  # the old one, and a guess
                note = {"ticket": answer.ticket, "token": stale, "text": "nobody may ever read this"}
                self.probes.update(probe.id for probe in self.order(note=note))
        if self.finished >= self.args.tickets and not self.leaving:
            self.leaving = True
            self.did("drain", finished=self.finished)
            self.send(seats=self.pb.Seats(seats=0))

    def on_error(self, error):
        if not error.command_id:  # about the session (section 9)
            self.did("refused", code=error.code, word=error.word, reason=error.reason)
            self.promise(error.code == 102, "nothing to be done about it")
            return self.hello() if self.welcomed else None  # one hello, however many frames were refused
        command = self.unanswered.get(error.command_id, [None])[0]
        if command is None:
            return
        if error.HasField("retry_after_ms"):
            self.unanswered[command.id][1] = time.monotonic() + error.retry_after_ms / 1000
            return
        del self.unanswered[command.id]
        name, action = command.WhichOneof("action"), getattr(command, command.WhichOneof("action"))
        self.did("refused", command=name, ticket=action.ticket, token=action.token, code=error.code, word=error.word)
        if command.id in self.probes:
            self.probes.discard(command.id)
            self.promise(error.code == 302, f"a stale token is refused with {error.code}")
            self.proofs += 1
        elif error.code in (301, 302, 305):  # the claim is over
            self.on_revoked(action)
        elif error.code == 303:  # the customer wrote: what hello does not name is granted again, to be read
            self.held.pop(action.ticket, None)
            self.hello()
        elif name not in ("note", "release"):
            self.order(release={"ticket": action.ticket, "token": action.token, "reason": error.word, "failed": True})

    def on_revoked(self, claim):
        if self.held.get(claim.ticket) == claim.token:
            del self.held[claim.ticket]
            self.did("lost", ticket=claim.ticket, token=claim.token)

    # ---- what it tells

    def did(self, what, **facts):
        print(json.dumps({"did": what, "node": self.args.name, **facts}), flush=True)

    def promise(self, kept, what):
        if not kept:
            self.broken = True
            self.did("broken-promise", promise=what)


WORDS = {"note": "Note", "resolve": "Resolve", "escalate": "Escalate", "hand_back": "HandBack", "release": "Release"}


def read_keys(path):
    fields = dict(line.split(":", 1) for line in path.read_text().splitlines() if ":" in line)
    return {name.strip(): value.strip().encode() for name, value in fields.items()}


def load_schema(folder):
    if folder is None:
        folder = tempfile.mkdtemp(prefix="switchboard-")
        wire = pathlib.Path(__file__).resolve().parents[3] / "Sources" / "Wire"
        subprocess.run(["protoc", f"-I{wire}", f"--python_out={folder}", "switchboard.proto"], check=True)
    sys.path.insert(0, str(folder))
    return importlib.import_module("switchboard_pb2")


def main():
    parser = argparse.ArgumentParser(description="A Switchboard worker in Python.")
    parser.add_argument("--endpoint", required=True, help="the broker's, for example tcp://127.0.0.1:7601")
    parser.add_argument("--key", required=True, type=pathlib.Path, help="key file of role node")
    parser.add_argument("--name", default=f"python-{os.getpid()}", help="the node's name")
    parser.add_argument("--line", default="line-one")
    parser.add_argument("--seats", type=int, default=4)
    parser.add_argument("--tickets", type=int, default=10, help="stop after so many were finished")
    parser.add_argument("--escalate", default=ESCALATE, type=lambda text: set(text.split(",")),
                        help="kinds to escalate, with commas between them")
    parser.add_argument("--proto-dir", type=pathlib.Path, help="where switchboard_pb2.py is; default: made with protoc")
    parser.add_argument("--prove-fencing", action="store_true", help="also send commands that must be refused")
    args = parser.parse_args()
    worker = Worker(args, load_schema(args.proto_dir), read_keys(args.key))
    worker.run()
    if args.prove_fencing:
        worker.promise(worker.proofs > 0, "no stale token was tried")
    worker.did("goodbye", finished=worker.finished, proofs=worker.proofs)
    sys.exit(1 if worker.broken else 0)


if __name__ == "__main__":
    main()
