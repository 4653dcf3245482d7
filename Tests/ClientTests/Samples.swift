import Client
import SwiftProtobuf
import Testing
import Tickets
import Wire

extension Command {
    /// A submission whose id and text are its number.
    static func sample(_ number: UInt64, body: String? = nil) -> Command {
        Command(
            id: CommandID(high: 0, low: number),
            action: .submit(
                Submission(
                    channel: "mail", customer: "ann@example.org", subject: "s", body: body ?? "\(number)")))
    }
}

extension ProtoFromBroker {
    static func frame(_ items: ProtoItem...) -> ProtoFromBroker {
        .with { ($0.version, $0.items) = (wireVersion, items) }
    }
}

extension ProtoItem {
    static func welcome(
        broker: UInt64 = 1, heartbeat: UInt32 = 1_000, lease: UInt32 = 60_000, frameBytesMax: Int = 0
    ) -> ProtoItem {
        .with {
            $0.welcome = .with {
                ($0.incarnation, $0.heartbeatMs, $0.leaseMs) = (broker, heartbeat, lease)
                $0.frameBytesMax = UInt32(frameBytesMax)
            }
        }
    }

    static func answer(_ number: UInt64, ticket: UInt64? = nil) -> ProtoItem {
        let answer = Answer(
            ticket: TicketNumber(ticket ?? number), token: Token(0), position: Position(number))
        return .with { $0.answer = ProtoAnswer(answer, command: CommandID(high: 0, low: number)) }
    }

    static func refusal(
        _ code: ErrorCode, of number: UInt64? = nil, retryAfter: Int64? = nil, query: UInt64 = 0
    ) -> ProtoItem {
        let refusal = Refusal(code, "because", retryAfterMilliseconds: retryAfter)
        return .with {
            $0.error = ProtoError(refusal, command: number.map { CommandID(high: 0, low: $0) })
            $0.error.queryID = query
        }
    }

    static var pong: ProtoItem {
        var item = ProtoItem()
        item.body = .pong(ProtoPong())
        return item
    }
}

/// A session with its events and a clock, so that a test reads as what goes back and forth.
struct Talk {
    var session: BrokerSession
    var events: [SessionEvent] = []
    var now: Int64 = 0
    var held: [HeldClaim] = []

    init(_ settings: SessionSettings = SessionSettings()) {
        session = BrokerSession(settings, now: 0)
    }

    /// A session that has been let in and has said everything it has to say.
    static func welcomed(_ settings: SessionSettings = SessionSettings()) -> Talk {
        var talk = Talk(settings)
        _ = talk.said()
        talk.hear(.welcome())
        _ = talk.said()
        talk.events = []
        return talk
    }

    mutating func hear(_ items: ProtoItem...) {
        let frame = ProtoFromBroker.with { ($0.version, $0.items) = (wireVersion, items) }
        session.receive(FrameFromBroker(frame), now: now, into: &events)
    }

    mutating func next() -> ProtoToBroker? {
        session.nextFrame(now: now) { [held] in held }?.proto
    }

    /// The next frame, where there has to be one.
    mutating func mustSay() throws -> ProtoToBroker {
        let frame = next()
        return try #require(frame)
    }

    /// Everything that is to be sent now.
    mutating func said() -> [ProtoToBroker.OneOf_Body] {
        var bodies: [ProtoToBroker.OneOf_Body] = []
        while let frame = next() {
            if let body = frame.body { bodies.append(body) }
            precondition(bodies.count < 10_000, "the session never stops talking")
        }
        return bodies
    }

    /// The numbers of the commands that are to be sent now, frame by frame.
    mutating func commandsSaid() -> [[UInt64]] {
        said().compactMap { body in
            guard case .commands(let commands) = body else { return nil }
            return commands.commands.compactMap { CommandID($0.id)?.low }
        }
    }

    /// What was answered since the last look, in short.
    mutating func outcomes() -> [String] {
        defer { events = [] }
        return events.map { event in
            switch event {
            case .welcomed(let welcome): "welcomed by \(welcome.broker)"
            case .answered(let id, .success(let answer)): "\(id.low): ticket \(answer.ticket)"
            case .answered(let id, .failure(let refusal)): "\(id.low): \(refusal.code.word)"
            case .granted(let grant): "granted \(grant.ticket)/\(grant.token)"
            case .revoked(let claim, let reason, _): "revoked \(claim.ticket)/\(claim.token): \(reason)"
            case .queryResult(let id, .success): "query \(id): result"
            case .queryResult(let id, .failure(let refusal)): "query \(id): \(refusal.code.word)"
            case .dismissed(let refusal): "dismissed: \(refusal.code.word)"
            }
        }
    }
}

extension ProtoToBroker.OneOf_Body {
    var word: String {
        switch self {
        case .hello: "hello"
        case .commands: "commands"
        case .ping: "ping"
        case .seats: "seats"
        case .goodbye: "goodbye"
        case .query: "query"
        }
    }
}
