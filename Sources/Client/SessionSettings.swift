package import Tickets
import Wire

/// How a ``BrokerSession`` behaves, and as whom it says hello.
package struct SessionSettings: Sendable {
    /// The person who works through this session, if any.
    package var agent: Name?
    /// What the sender calls itself in the broker's log.
    package var software = "switchboard"
    /// Set by nodes only.
    package var node: NodeIdentity?
    /// Commands that may be without their answer at a time; those that wait to be sent again count.
    package var window = 256
    /// Commands that go into one frame.
    package var batchCommandsMax = 64
    /// Bytes of commands that go into one frame, also bounded by what the broker takes.
    package var batchBytesMax = wireFrameBytesMax
    /// Whether commands that were refused for now (the desk is full, …) are sent again by themselves.
    package var retriesRefusals = false
    /// Milliseconds after which a command without its answer is sent again, though the broker lives.
    package var answerMilliseconds: Int64 = 15_000
    /// Milliseconds after which a hello without its welcome is said again.
    package var helloMilliseconds: Int64 = 2_000

    package init(agent: Name? = nil, node: NodeIdentity? = nil) {
        self.agent = agent
        self.node = node
    }
}

/// What a node says of itself.
package struct NodeIdentity: Hashable, Sendable {
    package var name: Name
    /// The run of the node: microseconds since 1970 at its start.
    package var incarnation: UInt64
    package var line: Name
    /// Tickets that it is willing to hold at a time; changed with ``BrokerSession/setSeats(_:)``.
    package var seats: Int
    /// The shift that it works in; empty when in none.
    package var shift: String
    /// Whether nobody there accepted an offer, and nobody has come back since. ``BrokerSession`` keeps it.
    package internal(set) var isAway = false

    package init(name: Name, incarnation: UInt64, line: Name, seats: Int, shift: String = "") {
        self.name = name
        self.incarnation = incarnation
        self.line = line
        self.seats = seats
        self.shift = shift
    }
}

/// What the broker said when it let the session in.
package struct SessionWelcome: Hashable, Sendable {
    /// The broker's run; another one knows nothing of what the old one had received and not answered.
    package var broker: UInt64
    package var heartbeatMilliseconds: Int64
    /// How long a claim holds without a ping that names it.
    package var leaseMilliseconds: Int64
    package var frameBytesMax: Int
    package var textBytesMax: Int
}

extension SessionWelcome {
    /// Takes no nonsense: an interval of 0 would ping for ever, and one of a month would never notice a loss.
    init(_ proto: ProtoWelcome) {
        broker = proto.incarnation
        heartbeatMilliseconds = min(max(Int64(proto.heartbeatMs), 20), 600_000)
        leaseMilliseconds = max(Int64(proto.leaseMs), 20)
        frameBytesMax = proto.frameBytesMax == 0 ? wireFrameBytesMax : Int(proto.frameBytesMax)
        textBytesMax = Int(proto.textBytesMax)
    }
}
