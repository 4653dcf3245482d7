import Client
import Node
import SwiftProtobuf
import Testing
import Tickets
import Wire

extension HeldClaim {
    init(_ ticket: UInt64, _ token: UInt64) {
        self.init(ticket: TicketNumber(ticket), token: Token(token))
    }
}

extension Assignment {
    static func sample(_ ticket: UInt64 = 1, token: UInt64 = 1, line: String = "line-one") -> Assignment {
        var assignment = Assignment(number: TicketNumber(ticket), token: Token(token), line: line)
        assignment.customer = "ann@example.org"
        assignment.channel = "mail"
        assignment.subject = "Where is it?"
        assignment.kind = "track_order"
        assignment.entries = [
            Entry(
                number: 1, kind: .message, author: "ann@example.org",
                at: Moment(milliseconds: 1_700_000_000_000),
                text: "I wait for \"order\" 4711 — где он?")
        ]
        assignment.lastMessage = 1
        return assignment
    }
}

extension ProtoItem {
    static func grant(
        _ ticket: UInt64, _ token: UInt64, lastMessage: UInt32 = 1, offer: UInt32? = nil
    ) -> ProtoItem {
        .with { item in
            item.grant = .with { grant in
                grant.token = token
                grant.leaseMs = 60_000
                if let offer { grant.offerMs = offer }
                grant.ticket = .with {
                    ($0.number, $0.line, $0.lastMessage, $0.entries) = (
                        ticket, "line-one", lastMessage, lastMessage
                    )
                    ($0.channel, $0.customer, $0.subject) = ("mail", "ann@example.org", "Where is it?")
                }
            }
        }
    }

    static func welcome(broker: UInt64 = 1, heartbeat: UInt32 = 1_000, lease: UInt32 = 60_000) -> ProtoItem {
        .with {
            $0.welcome = .with { ($0.incarnation, $0.heartbeatMs, $0.leaseMs) = (broker, heartbeat, lease) }
        }
    }

    static func revoked(_ ticket: UInt64, _ token: UInt64, isMissed: Bool = false) -> ProtoItem {
        .with { item in
            item.revoked = .with {
                ($0.ticket, $0.token, $0.reason, $0.missed) = (ticket, token, "over", isMissed)
            }
        }
    }

    static func answer(_ id: CommandID, ticket: UInt64 = 1) -> ProtoItem {
        let answer = Answer(ticket: TicketNumber(ticket), token: Token(1), position: Position(1))
        return .with { $0.answer = ProtoAnswer(answer, command: id) }
    }

    static func refusal(_ refusal: Refusal, of id: CommandID? = nil) -> ProtoItem {
        .with { $0.error = ProtoError(refusal, command: id) }
    }

    static var aPong: ProtoItem {
        var item = ProtoItem()
        item.body = .pong(ProtoPong())
        return item
    }
}

extension Action {
    /// The action in short, as the tests compare it.
    var short: String {
        switch self {
        case .amend(let ticket, let token, let amendment):
            "\(amendment.word) \(ticket)/\(token?.description ?? "-")"
        case .submit, .followUp, .claim, .takeOver, .merge, .improve, .configure: "of people"
        case .note(let ticket, let token, let text): "note \(ticket)/\(token?.description ?? "-"): \(text)"
        case .reply(let ticket, let token, let seen, let text): "reply \(ticket)/\(token) to \(seen): \(text)"
        case .escalate(let ticket, let token, let line, let note, _):
            "escalate \(ticket)/\(token) to \(line?.text ?? "next"): \(note)"
        case .handBack(let ticket, let token, let note): "hand-back \(ticket)/\(token): \(note)"
        case .resolve(let ticket, let token, let seen, let text):
            "resolve \(ticket)/\(token) to \(seen): \(text ?? "-")"
        case .pend(let ticket, let token, let onHold, let until, let reason):
            "pend \(ticket)/\(token) \(onHold ? "on hold" : "for the customer") "
                + "until \(until.map { "\($0.milliseconds)" } ?? "-"): \(reason)"
        case .release(let ticket, let token, let reason, let failed):
            "release \(ticket)/\(token)\(failed ? " as failed" : ""): \(reason)"
        case .decline(let ticket, let token, let reason): "decline \(ticket)/\(token): \(reason)"
        }
    }
}

/// A node's logic over a session, with a clock and what it wants done, so that a test reads as a story.
struct Story {
    var logic: NodeLogic
    var session: BrokerSession
    var directives: [NodeDirective] = []
    /// Microseconds.
    var now: Int64 = 0
    /// The ids of the commands that were sent, oldest first.
    var ids: [CommandID] = []

    /// A node with four seats that was let in.
    init(seats: Int = 4, grace: Int64 = 10_000, acceptsAtOnce: Bool = true) {
        let identity = NodeIdentity(name: "n1", incarnation: 9, line: "line-one", seats: seats)
        var logic = NodeLogic.Settings(
            identity: identity, drainGraceMilliseconds: grace, commandSeed: 77)
        logic.acceptsAtOnce = acceptsAtOnce
        self.logic = NodeLogic(logic)
        var settings = SessionSettings(node: identity)
        settings.retriesRefusals = true
        session = BrokerSession(settings, now: 0)
        _ = said()
        hear(.welcome())
        directives = []
    }

    mutating func hear(_ items: ProtoItem...) {
        var events: [SessionEvent] = []
        let frame = ProtoFromBroker.with { ($0.version, $0.items) = (wireVersion, items) }
        session.receive(FrameFromBroker(frame), now: now / 1_000, into: &events)
        for event in events { logic.take(event, &session, now: now, into: &directives) }
    }

    mutating func decide(_ ticket: UInt64, _ token: UInt64, _ decision: Decision) {
        logic.finish(
            HeldClaim(ticket, token), decision, wall: Moment(milliseconds: 1_000_000), &session, now: now,
            into: &directives)
    }

    mutating func fail(_ ticket: UInt64, _ token: UInt64, _ reason: String) {
        logic.fail(HeldClaim(ticket, token), reason: reason, &session, now: now, into: &directives)
    }

    mutating func drain() {
        logic.drain(&session, now: now, into: &directives)
    }

    /// Ends a turn.
    ///
    /// Returns what is sent, in short: commands one by one, everything else by its name.
    mutating func said() -> [String] {
        logic.tick(&session, now: now, into: &directives)
        var words: [String] = []
        let held = logic.held
        while let frame = session.nextFrame(now: now / 1_000, held: { held }) {
            switch frame.proto.body {
            case .hello(let hello):
                words.append(
                    "hello holding \(hello.node.held.map(\.ticket))" + (hello.node.away ? ", away" : ""))
            case .ping(let ping): words.append("ping holding \(ping.held.map(\.ticket))")
            case .seats(let seats): words.append("seats \(seats.seats)")
            case .goodbye: words.append("goodbye")
            case .query, nil: words.append("nonsense")
            case .commands(let commands):
                for proto in commands.commands {
                    do throws(Refusal) {
                        let command = try Command(proto)
                        ids.append(command.id)
                        words.append(command.action.short)
                    } catch {
                        words.append("\(error)")
                    }
                }
            }
        }
        return words
    }

    /// Lets the broker carry out the last command that was sent.
    mutating func confirm() throws {
        let last: CommandID = try #require(ids.last)
        hear(.answer(last))
    }

    mutating func refuse(_ refusal: Refusal) throws {
        let last: CommandID = try #require(ids.last)
        hear(.refusal(refusal, of: last))
    }

    /// What was wanted since the last look: starts and cancels, without the log.
    mutating func wanted() -> [String] {
        defer { directives = [] }
        return directives.compactMap { directive in
            switch directive {
            case .start(let assignment): "start \(assignment.number)/\(assignment.token)"
            case .cancel(let claim): "cancel \(claim.ticket)/\(claim.token)"
            case .announceReady: "ready"
            case .log: nil
            }
        }
    }

    /// What was logged since the last look.
    mutating func logged() -> [NodeOccurrence] {
        defer { directives = [] }
        return directives.compactMap { directive in
            if case .log(let occurrence) = directive { occurrence } else { nil }
        }
    }
}
