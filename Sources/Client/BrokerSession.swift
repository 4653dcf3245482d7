import SwiftProtobuf
package import Tickets
package import Wire

/// The client's side of the protocol: hello, commands until they have their answers, signs of life.
///
/// Shared by people's commands, channels, load generators and nodes. A value without socket, clock or chance:
/// time comes in as milliseconds of a clock that does not go back, and the same calls give the same frames.
/// The shell reads until nothing is left, gives each frame to ``receive(_:now:into:)``, then sends what
/// ``nextFrame(now:held:)`` returns until that is nil, and sleeps until ``nextDeadline``: silence is judged
/// by `nextFrame`, so never before what has arrived was looked at.
package struct BrokerSession: Sendable {
    package enum State: Hashable, Sendable {
        /// A hello is due, or its welcome is waited for.
        case greeting
        case welcomed(SessionWelcome)
        /// Goodbye was said.
        case left
        /// Over for good, and why.
        case dismissed(Refusal)
    }

    /// What a frame changes when it is made, to be taken back if it does not leave.
    struct Progress: Sendable {
        /// When hello was last said; nil when it is due.
        var helloMilliseconds: Int64?
        /// When it was first said on this connection without an answer so far.
        var firstHelloMilliseconds: Int64?
        var nextPingMilliseconds: Int64 = 0
        /// When the pings without their pong were sent, oldest first.
        var pingsMilliseconds: [Int64] = []
        var seatsAreDue = false
        /// Questions up to this id were asked.
        var askedThrough: UInt64 = 0
    }

    struct OpenQuery: Sendable {
        var id: UInt64
        var proto: ProtoQuery
    }

    package var settings: SessionSettings
    package internal(set) var state = State.greeting
    /// How often the broker fell silent, or did not know the session any more.
    package internal(set) var lossCount = 0
    var outbox = Outbox()
    var queries: [OpenQuery] = []
    var lastQuery: UInt64 = 0
    var progress = Progress()
    var before: (state: State, progress: Progress, mark: Outbox.Mark)
    /// When the broker was last heard of.
    var heardMilliseconds: Int64
    /// Up to here the broker is known to have renewed what was held: when the ping left that it answered.
    var renewedMilliseconds: Int64
    /// No hello before this.
    var helloNotBefore: Int64
    var isLeaving = false

    package init(_ settings: SessionSettings = SessionSettings(), now: Int64) {
        self.settings = settings
        heardMilliseconds = now
        renewedMilliseconds = now
        helloNotBefore = now
        before = (.greeting, progress, outbox.mark)
    }

    /// Adds a command to the outbox. The same command again, while it has no answer, is the same command.
    ///
    /// - Throws: A refusal when it can never be sent: its text does not fit into a frame, or its id is in use
    ///   for another command. Nothing was changed then, and no event follows.
    package mutating func enqueue(_ command: Command) throws(Refusal) {
        let bytes = command.bytesMax
        guard bytes <= frameBytesMax - 64 else {
            throw Refusal(.textTooLong, "the command takes \(bytes) bytes; a frame takes \(frameBytesMax)")
        }
        if let known = outbox.command(command.id) {
            guard known == command else {
                throw Refusal(
                    .conflictingCommand, "this command id is in use for another command; choose a new one")
            }
            return
        }
        outbox.append(command, bytesMax: bytes)
    }

    /// Asks a question that changes nothing. It is asked again when the connection is lost.
    ///
    /// The view that answers is at least at `position` of the log.
    ///
    /// - Returns: The id under which ``SessionEvent/queryResult(_:_:)`` brings the answer.
    package mutating func ask(
        _ question: ProtoQuery.OneOf_Question, atLeast position: Position = .start
    ) -> UInt64 {
        lastQuery += 1
        let id = lastQuery
        let proto = ProtoQuery.with { ($0.id, $0.position, $0.question) = (id, position.rawValue, question) }
        queries.append(OpenQuery(id: id, proto: proto))
        return id
    }

    /// Says again how many tickets the node is willing to hold: it was away, and is back.
    package mutating func repeatSeats() {
        settings.node?.isAway = false
        progress.seatsAreDue = true
    }

    /// How many tickets the node is willing to hold from now on.
    package mutating func setSeats(_ seats: Int) {
        guard settings.node?.seats != seats else { return }
        settings.node?.seats = seats
        settings.node?.isAway = false
        progress.seatsAreDue = true
    }

    /// Says goodbye with the next frame. What has no answer then never gets one here.
    package mutating func leave() {
        isLeaving = true
    }

    /// Takes commands back that were never sent, or were refused for now.
    ///
    /// Those that were sent stay: the broker may have carried them out, and only their answer tells.
    ///
    /// - Returns: The ids of those taken back. No event follows for them.
    package mutating func withdraw(where matches: (Command) -> Bool) -> [CommandID] {
        outbox.withdraw(where: matches)
    }

    /// Commands and questions that have no answer.
    package var unansweredCount: Int { outbox.count + queries.count }

    /// Whether a command without an answer ever left: then it may have been carried out.
    func wasSent(_ id: CommandID) -> Bool { outbox.wasSent(id) }

    /// Commands that were sent to the broker as it is now and have no answer.
    package var inFlightCount: Int { outbox.inFlight }

    package var isWelcomed: Bool {
        if case .welcomed = state { return true }
        return false
    }

    /// Whether nothing will ever be sent again.
    package var isOver: Bool {
        switch state {
        case .greeting, .welcomed: false
        case .left, .dismissed: true
        }
    }

    /// Milliseconds since the broker is known to have renewed this node's claims.
    package func millisecondsSinceRenewal(now: Int64) -> Int64 { now - renewedMilliseconds }

    /// Bytes of the largest frame that the broker takes.
    var frameBytesMax: Int {
        guard case .welcomed(let welcome) = state else { return wireFrameBytesMax }
        return min(welcome.frameBytesMax, wireFrameBytesMax)
    }
}
