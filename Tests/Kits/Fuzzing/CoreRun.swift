import Broker
package import Desk
import Storage
import SwiftProtobuf
import Tickets
import Wire

/// Gives the core commands that nobody would send, from peers of every role, and holds it to what it promises.
///
/// One desk lives through a whole run, with nodes that come, hold, lie and leave. The same frames for the same seed.
package struct CoreRun {
    package struct Counts: Sendable {
        package var answered = 0
        package var refused = 0
        package var events = 0
        package var malformed = 0
    }

    package private(set) var counts = Counts()
    package private(set) var findings: [String] = []
    /// Of the last turn.
    package private(set) var lastRecords: [Record] = []
    package var desk: Desk { exchange.desk }

    private static let peers: [Author] = [
        Author(role: .client, key: "client"), Author(role: .node, key: "node"),
        Author(role: .node, key: "node"),
        Author(role: .node, key: "berlin"), Author(role: .agent, key: "agent"),
        Author(role: .agent, key: "olga"),
        Author(role: .admin, key: "admin"), Author(role: .coordinator, key: "coordinator"),
        Author(role: .desk, key: "broker"),
    ]

    private var exchange: Exchange
    /// The desk as its log alone gives it.
    private var folded: Desk
    private var now = Moment(milliseconds: 1_000_000)
    private var turn = Turn()
    /// Commands that the core was given in this turn, and so must answer, each once.
    private var owed: [CommandID: Int] = [:]
    private var grammar = FrameGrammar()
    private let seed: UInt64
    private let damage: Damage

    /// A small desk, so that its bounds are reached.
    private static let settings: DeskSettings = {
        var settings = Target.settings
        settings.limits.openTicketsMax = 500
        settings.limits.answersKept = 256
        settings.limits.solvedKept = 64
        settings.limits.closedPerEvent = 16
        settings.limits.entriesMax = 40
        settings.limits.entriesReserved = 12
        settings.limits.seatsMax = 8
        return settings
    }()

    package init(seed: UInt64) {
        self.seed = seed
        folded = Desk(settings: Self.settings)
        exchange = Exchange(desk: folded, now: now)
        damage = Damage([[0x08, 0x01, 0x1a, 0x00], [0x08, 0x01, 0x22, 0x04, 0x0a, 0x02, 0x08, 0x01]])
        var random = FuzzRandom(seed: seed)
        for index in Self.peers.indices { greet(index, &random) }
    }

    package mutating func run(_ frame: UInt64) {
        var random = FuzzRandom(seed: seed, frame: frame)
        pass(&random)
        var bytes = grammar.frame(&random).encoded()
        if random.oneIn(3) { damage.apply(to: &bytes, &random) }
        let peer = random.below(Self.peers.count)
        // Most of those who were forgotten say hello again, or soon nobody would be heard.
        if exchange.author(of: SessionID(UInt64(peer))) == nil, !random.oneIn(4) { greet(peer, &random) }
        take(bytes, from: peer, &random)
        if random.oneIn(3) { endTurn(judges: !random.oneIn(4)) }
        if frame.isMultiple(of: 5_000) { audit() }
    }

    /// Time goes on: mostly by little, now and then past every lease, never back.
    private mutating func pass(_ random: inout FuzzRandom) {
        switch random.below(40) {
        case 0 where random.oneIn(10): now = now.advanced(byMilliseconds: Int64(random.below(200_000)))
        case 0...10: now = now.advanced(byMilliseconds: Int64(random.below(2_000)))
        default: break
        }
        if random.oneIn(500) {
            exchange.handle(.stalled(milliseconds: Int64(random.below(10_000))), at: now, into: &turn)
        }
        if random.oneIn(100) {
            let states: [Circumstances.Intake] = [
                .open, .open, .open, .open, .open, .diskNearlyFull, .draining,
            ]
            exchange.handle(.intake(random.pick(states)), at: now, into: &turn)
        }
    }

    private mutating func take(_ bytes: [UInt8], from peer: Int, _ random: inout FuzzRandom) {
        let id = SessionID(UInt64(peer))
        switch bytes.withUnsafeBytes({ FrameToBroker.decode($0) }) {
        case .failure: counts.malformed += 1
        case .success(.commands(let commands)): take(commands, id)
        case .success(.other(let envelope)):
            switch envelope.body {
            case .hello(let hello): greet(peer, hello, &random)
            case .commands(let commands):
                for proto in commands.commands {
                    // As the broker does: what is no command is refused without the core.
                    guard let command = Self.command(proto) else {
                        counts.malformed += 1
                        continue
                    }
                    take([command], id)
                }
            case .ping(let ping): exchange.handle(.ping(id, ping.held.map { Held($0) }), at: now, into: &turn)
            case .seats(let seats): exchange.handle(.seats(id, Int(seats.seats)), at: now, into: &turn)
            case .goodbye: exchange.handle(.goodbye(id), at: now, into: &turn)
            case .query, nil: break
            }
        }
        if random.oneIn(300) { exchange.handle(.lost(id), at: now, into: &turn) }
    }

    /// As it should be: a node as a node, everybody else as a person or a channel.
    private mutating func greet(_ peer: Int, _ random: inout FuzzRandom) {
        var hello = ProtoHello()
        if Self.peers[peer].role == .node, !random.oneIn(8) {
            hello.node = .with { node in
                (node.name, node.incarnation) = ("berlin-\(peer)", UInt64(1 + random.below(3)))
                (node.line, node.seats) = (random.pick(["line-one", "line-one", "line-two"]), 4)
            }
        }
        greet(peer, hello, &random)
    }

    private mutating func greet(_ peer: Int, _ hello: ProtoHello, _ random: inout FuzzRandom) {
        var author = Self.peers[peer]
        author.agent = Name(hello.agent)
        let id = SessionID(UInt64(peer))
        guard hello.hasNode else { return exchange.handle(.hello(id, author, nil), at: now, into: &turn) }
        do {
            exchange.handle(.hello(id, author, try Hello(hello.node)), at: now, into: &turn)
        } catch {
            counts.malformed += 1
        }
    }

    private mutating func take(_ commands: [Command], _ id: SessionID) {
        if exchange.author(of: id) != nil { for command in commands { owed[command.id, default: 0] += 1 } }
        exchange.handle(.commands(id, commands), at: now, into: &turn)
    }

    private static func command(_ proto: ProtoCommand) -> Command? {
        do {
            return try Command(proto)
        } catch {
            return nil
        }
    }
}

extension CoreRun {
    private mutating func endTurn(judges: Bool) {
        exchange.endTurn(at: now, judges: judges, into: &turn)
        var paid: [CommandID: Int] = [:]
        for directive in turn.directives {
            switch directive {
            case .answer(_, let command, let answer):
                counts.answered += 1
                paid[command, default: 0] += 1
                grammar.lastTicket = max(grammar.lastTicket, answer.ticket.rawValue)
                remember(answer.ticket, answer.token)
            case .refuse(_, let command, _):
                counts.refused += 1
                paid[command, default: 0] += 1
            case .grant(_, let grant): remember(grant.ticket.number, grant.ticket.token)
            case .welcome, .revoke, .pong, .unknownSession, .dismiss: break
            }
        }
        if paid != owed {
            find("commands were not answered once each: \(owed.count) asked, \(paid.count) answered")
        }
        owed = [:]
        follow(turn.records)
        lastRecords = turn.records
        turn = Turn()
    }

    private mutating func remember(_ ticket: TicketNumber, _ token: Token) {
        grammar.claims.append((ticket, token))
        if grammar.claims.count > 64 { grammar.claims.removeFirst(32) }
    }

    private mutating func follow(_ records: [Record]) {
        guard let first = records.first else { return }
        counts.events += records.count
        for record in records {
            if record.position != folded.position.next {
                find("event \(record.position) follows \(folded.position)")
            }
            // What comes back, as a solved ticket that its customer wrote to, is never refused: only new ones are.
            if case .submitted = record.event,
                folded.census.open >= UInt64(Self.settings.limits.openTicketsMax)
            {
                find("a ticket was taken with \(folded.census.open) open")
            }
            folded.evolve(record)
        }
        do {
            let again = try RecordCoding.decode(RecordCoding.encode(records), first: first.position)
            if again != records {
                find("the records from \(first.position) changed on their way through the log")
            }
        } catch {
            find("the records from \(first.position) cannot be read: \(error)")
        }
    }

    /// The desk must be what its log says, and within its bounds.
    package mutating func audit() {
        endTurn(judges: true)
        do {
            let bytes = try SnapshotCoding.encode(exchange.desk)
            if try SnapshotCoding.encode(folded) != bytes { find("the desk is not what its log says") }
            let restored = try SnapshotCoding.decode(bytes, settings: Self.settings)
            if try SnapshotCoding.encode(restored) != bytes { find("a snapshot gives another desk") }
        } catch {
            find("no snapshot: \(error)")
        }
        let limits = Self.settings.limits
        for node in exchange.presences() where node.seats > limits.seatsMax {
            find("node \(node.name) has \(node.seats) seats")
        }
    }

    private mutating func find(_ what: String) {
        guard findings.count < 100 else { return }
        findings.append("seed \(seed), event \(folded.position): \(what)")
    }
}
