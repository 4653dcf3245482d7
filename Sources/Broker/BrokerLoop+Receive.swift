import Desk
import Keys
import Logging
import Storage
import SwiftProtobuf
import Tickets
import Wire
import ZeroMQ

extension BrokerLoop {
    /// Takes frames until there are none, or a turn's worth.
    ///
    /// - Returns: Whether nothing is left to read.
    mutating func receive() throws(ZeroMQError) -> Bool {
        if isDraining { return true }
        for _ in 0..<bounds.frames {
            if gathering.turn.records.count >= bounds.records { return false }
            // Decoded inside the closure, because the bytes are valid only there; nothing a peer sends throws.
            let routed = try socket.receiveArrival { Received($0) }
            guard let routed else { return true }
            meters.framesReceived += 1
            guard case .message(let received) = routed else {
                meters.framesMalformed += 1
                continue
            }
            if gathering.since == 0 { gathering.since = DeskClock.microseconds }
            take(received)
        }
        return false
    }

    /// A frame, and who sent it.
    private struct Received {
        var peer: Peer
        var credential: String?
        var byteCount: Int
        /// Of looking at it, whether or not it can be read: a KiB takes as long as sixteen fields that are looked at one
        /// by one, and both as long as a command.
        var cost: Int
        var frame: Result<FrameToBroker, Refusal>
        /// Of a hello's connection.
        var descriptor: CInt?

        init(_ arrival: Arrival) {
            (peer, credential, byteCount) = (arrival.peer, arrival.userID, arrival.payload.count)
            var fields = 0
            frame = FrameToBroker.decode(arrival.payload, fields: &fields)
            cost = 1 + byteCount >> 10 + fields >> 4
            if case .success(.other(let envelope)) = frame, case .hello = envelope.body {
                descriptor = arrival.descriptor
            }
        }
    }

    private mutating func take(_ received: Received) {
        let (peer, cost) = (received.peer, received.cost)
        let id = SessionID(peer)
        guard let credential = received.credential else {
            return refuse(Refusal(.notAuthorised, "the connection has no key that this broker knows"), id)
        }
        switch received.frame {
        case .failure(let refusal):
            meters.framesMalformed += 1
            if isWithinShare(credential, cost) { refuse(refusal, id) }
        case .success(.other(let envelope)):
            if case .hello(let hello) = envelope.body {
                if isWithinShare(credential, cost) { greet(hello, received, credential) }
                return
            }
            switch peers.admit(
                peer, credential, cost: cost + envelope.cost, byteCount: received.byteCount, at: clock.now)
            {
            case .admitted: take(envelope, id)
            case .unknown: sayHelloFirst(id, credential)
            case .slowDown(let milliseconds): slowDown(envelope, id, credential, milliseconds)
            }
        case .success(.commands(let commands)):
            let now = clock.now
            switch peers.admit(
                peer, credential, cost: cost + commands.count, byteCount: received.byteCount, at: now)
            {
            case .admitted:
                guard isTaken(commands.count, id) else { return }
                exchange.handle(.commands(id, commands), at: now, into: &gathering.turn)
            case .unknown: sayHelloFirst(id, credential)
            case .slowDown(let milliseconds): slowDown(commands.map(\.id), id, credential, milliseconds)
            }
        }
    }

    private mutating func isTaken(_ commandCount: Int, _ id: SessionID) -> Bool {
        guard commandCount > bounds.commandsPerFrame else { return true }
        refuse(Refusal(.tooManyValues, "a frame has at most \(bounds.commandsPerFrame) commands"), id)
        return false
    }

    private mutating func take(_ envelope: ProtoToBroker, _ id: SessionID) {
        let now = clock.now
        switch envelope.body {
        case .hello: break
        case .commands(let commands):
            guard isTaken(commands.commands.count, id) else { return }
            for proto in commands.commands { take(proto, id, now) }
        case .ping(let ping):
            exchange.handle(.ping(id, ping.held.map { Held($0) }), at: now, into: &gathering.turn)
        case .seats(let seats):
            exchange.handle(.seats(id, Int(seats.seats)), at: now, into: &gathering.turn)
        case .goodbye:
            exchange.handle(.goodbye(id), at: now, into: &gathering.turn)
        case .query(let query):
            take(query, id)
        case nil:
            refuse(Refusal(.malformedFrame, "the envelope has no body that this version knows"), id)
        }
    }

    private mutating func take(_ proto: ProtoCommand, _ id: SessionID, _ now: Moment) {
        do {
            exchange.handle(.command(id, try Command(proto)), at: now, into: &gathering.turn)
        } catch {
            var answer = ProtoError(error)
            answer.commandID = proto.id
            gathering.items.append((id, .with { $0.error = answer }))
        }
    }

    private mutating func greet(_ hello: ProtoHello, _ received: Received, _ credential: String) {
        let id = SessionID(received.peer)
        guard let key = key(credential) else {
            audit?.record(.sessionRefused, who: credential, "the key was revoked")
            return refuse(Refusal(.notAuthorised, "this key may no longer connect"), id)
        }
        do {
            let agent = hello.agent.isEmpty ? nil : try Name(wire: hello.agent)
            let node = hello.hasNode ? try Hello(hello.node) : nil
            try check(key, maySpeakFor: [agent, node?.presence.name])
            remember(received.peer, credential, received.descriptor)
            let author = Author(role: key.userID.role, key: key.userID.name, agent: agent)
            exchange.handle(.hello(id, author, node), at: clock.now, into: &gathering.turn)
            audit?.record(.sessionOpened, who: credential, "as \(node?.presence.name ?? agent ?? author.key)")
            if let node {
                let presence = node.presence
                logger.info(
                    "node \(presence.name) says hello: \(presence.line), \(presence.seats) seats, holds \(node.held.count)"
                )
            }
        } catch {
            audit?.record(.sessionRefused, who: credential, error.reason)
            refuse(error, id)
        }
    }

    private func check(_ key: AuthorizedKey, maySpeakFor names: [Name?]) throws(Refusal) {
        for name in names.compactMap({ $0 }) where !key.maySpeak(for: name) {
            throw Refusal(
                .notAuthorised,
                "the key \(key.userID) may not speak for \(name); `switchboard keys allow` says for whom it may"
            )
        }
    }

    private mutating func take(_ query: ProtoQuery, _ id: SessionID) {
        guard let role = exchange.author(of: id)?.role else {
            return refuse(Refusal(.unknownSession, "say hello first"), id, query: query.id)
        }
        guard isAllowed(query, role) else {
            audit?.record(.commandRefused, who: peers.credential(of: Peer(id)) ?? "", "a question")
            return refuse(
                Refusal(.notAuthorised, "a key of role \(role.word) may not ask this"), id, query: query.id)
        }
        guard query.position <= exchange.desk.position.rawValue else {
            return refuse(
                Refusal(
                    .malformedFrame,
                    "the log ends at \(exchange.desk.position), before the position asked for"),
                id, query: query.id)
        }
        var query = query
        if case .configuration = query.question, let last = exchange.desk.configurations.last {
            // What is in force is told once it is durable, like everything.
            query.position = max(query.position, last.rawValue)
        }
        let begun = ProtoQueryResult(live: query, &exchange, viewPosition, exchange.displayName(of: id))
        if case .ticket(let question) = query.question, question.looks {
            let look = Input.look(id, TicketNumber(question.number))
            exchange.handle(look, at: clock.now, into: &gathering.turn)
        }
        let promises = exchange.desk.settings.promises
        if librarian.post(.query(id, query, begun, promises, at: clock.now)) == .full {
            refuse(
                Refusal(
                    .viewUnavailable, "too many questions wait; ask again", retryAfterMilliseconds: 1_000),
                id,
                query: query.id)
        }
    }

    /// What is not a question that this version knows needs nothing: it is refused as malformed.
    private func isAllowed(_ query: ProtoQuery, _ role: Role) -> Bool {
        switch query.question {
        case .ticket, .tickets, .history, .why: Permissions.allows(role, .readTickets)
        case .stats, .nodes, .figures: Permissions.allows(role, .readFigures)
        case .configuration: Permissions.allows(role, .readConfiguration)
        case nil: true
        }
    }

    mutating func refuse(_ refusal: Refusal, _ id: SessionID, query: UInt64 = 0) {
        var error = ProtoError(refusal)
        error.queryID = query
        gathering.items.append((id, .with { $0.error = error }))
    }
}

extension ProtoQueryResult {
    /// What the loop knows of an answer, at this moment.
    init(live query: ProtoQuery, _ exchange: inout Exchange, _ viewPosition: Position, _ asker: Name?) {
        self.init()
        switch query.question {
        case .configuration(let question):
            configuration = ProtoConfigurationResult(question, exchange.desk)
        case .why(let question): why = ProtoWhyResult(question, &exchange)
        case .stats: stats = ProtoStatsResult(&exchange, viewPosition)
        case .nodes:
            nodes = .with { result in
                result.nodes = exchange.presences().map { ProtoNodeInfo($0, exchange) }
            }
        case .ticket(let question):
            let number = TicketNumber(question.number)
            if question.looks, let standing = exchange.standing(of: number), standing.ticket.place == .waiting
            {
                ticket.queue = ProtoQueue(standing, &exchange)
            }
            if asker != nil { ticket.script = exchange.desk.script(for: number) }
            let present = exchange.onlookers(of: number, besides: asker)
            // Most of the time nobody is, and then there is nothing to say.
            if present.isEmpty { return }
            ticket.onlookers = present.map { onlooker in
                .with { ($0.name, $0.writes) = (onlooker.name.text, onlooker.isWriting) }
            }
        case .tickets, .history, .figures, nil: break
        }
    }
}
