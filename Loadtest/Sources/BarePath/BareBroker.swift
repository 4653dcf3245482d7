import Desk
import Glibc
import ProtoBytes
import Storage
import SwiftProtobuf
import Tickets
import Wire
import ZeroMQ

/// A broker that decides nothing: the path that every broker of this kind has to go, to compare Switchboard's with.
///
/// What it does, it does as Switchboard does it: the same frames through the same sockets, decoded and encoded by the
/// same code; the same events in the same log, one sealed row a turn, synced before its answers leave, while the next
/// turn gathers; two threads and a process of its own.
///
/// What it leaves out is everything else: rules (lines, owners, priorities, statuses, limits), claims that are checked,
/// leases and their renewal, the book of answers that makes a command harmless to resend, permissions, timers and
/// silence, the view with its search, snapshots, figures. Commands but `submit` and `resolve` are dropped unanswered.
/// So it loses and doubles work as soon as anything goes wrong, and measures what all of that costs when nothing does.
struct BareBroker: ~Copyable {
    /// As many frames as the broker takes in one go.
    private static let framesPerTurn = 256
    private static let leaseMilliseconds: Int64 = 180_000
    private static let heartbeatMilliseconds: Int64 = 5_000

    private let socket: Socket
    private let log: BareLog
    private var line = BareLine()
    private var authors: [Peer: Author] = [:]
    private var position = Position.start
    /// The turn that gathers.
    private var gathering = BareTurn()
    /// What leaves when the turn that is being stored is on disk; nil while the store is idle.
    private var awaiting: BareTurn?
    private var now = Moment.zero
    private var poller: Poller
    private var commits: [StoreError?] = []
    private var inboxIsEmpty = true

    /// The log is a new one.
    init(socket: consuming Socket, log: BareLog) {
        poller = Poller([socket.pollItem, log.commits.pollItem])
        self.socket = socket
        self.log = log
    }

    /// Serves as long as `goesOn`, which is asked when nothing has happened for a second.
    mutating func run(while goesOn: () -> Bool) throws {
        while true {
            let ready = try poller.wait(timeoutMilliseconds: inboxIsEmpty ? 1_000 : 0)
            if ready == 0, inboxIsEmpty, !goesOn() { return }
            now = Self.wallTime
            try takeCommits()
            inboxIsEmpty = try receive()
            grant()
            try handOver()
        }
    }

    private mutating func takeCommits() throws {
        commits.removeAll(keepingCapacity: true)
        log.commits.drain(into: &commits)
        for failure in commits {
            if let failure { throw failure }
            if let turn = awaiting { try send(turn) }
            awaiting = nil
        }
    }

    /// - Returns: Whether nothing is left to read.
    private mutating func receive() throws(ZeroMQError) -> Bool {
        for _ in 0..<Self.framesPerTurn {
            let routed = try socket.receiveRouted { peer, _, bytes in (peer, FrameToBroker.decode(bytes)) }
            guard let routed else { return true }
            guard case .message((let peer, .success(let frame))) = routed else { continue }
            switch frame {
            case .commands(let commands): for command in commands { take(command, from: peer) }
            case .other(let envelope): take(envelope, from: peer)
            }
        }
        return false
    }

    private mutating func take(_ envelope: ProtoToBroker, from peer: Peer) {
        switch envelope.body {
        case .hello(let hello): greet(hello, peer)
        case .ping: gathering.write(to: peer) { $0.item(.with { $0.pong = ProtoPong() }) }
        case .goodbye, .commands, .seats, .query, nil: break
        }
    }

    private mutating func greet(_ hello: ProtoHello, _ peer: Peer) {
        if hello.hasNode, let name = Name(hello.node.name) {
            let node = BareLine.Node(
                name: name, incarnation: hello.node.incarnation, freeSeats: Int(hello.node.seats))
            line.add(node, at: peer)
            authors[peer] = Author(role: .node, key: "node", node: name)
        } else {
            authors[peer] = Author(role: .client, key: "client")
        }
        gathering.write(to: peer) { writer in
            writer.item(
                .with { item in
                    item.welcome = .with {
                        $0.incarnation = 1
                        $0.heartbeatMs = UInt32(Self.heartbeatMilliseconds)
                        $0.leaseMs = UInt32(Self.leaseMilliseconds)
                        $0.frameBytesMax = UInt32(wireFrameBytesMax)
                        $0.textBytesMax = UInt32(Limits().textBytesMax)
                    }
                })
        }
    }

    private mutating func take(_ command: Command, from peer: Peer) {
        guard let author = authors[peer] else { return }
        let stamp = CommandStamp(id: command.id, fingerprint: command.id.low)
        let answer: (ticket: TicketNumber, token: Token)
        switch command.action {
        case .submit(let submission):
            let number = line.append(submission, at: now)
            record(.submitted(number, line: BareLine.name, submission), author, stamp)
            answer = (number, Token(0))
        case .resolve(let number, let token, _, let text):
            line.freeSeat(of: peer)
            let reply = text.map { Reply(entry: 2, outbox: number.rawValue, text: PublicText($0)) }
            record(.resolved(number, token, reply), author, stamp)
            answer = (number, token)
        case .followUp, .claim, .note, .reply, .escalate, .handBack, .pend, .release, .decline, .amend,
            .takeOver, .merge, .improve, .configure:
            return
        }
        gathering.write(to: peer) { [position] in
            $0.item(
                Answer(ticket: answer.ticket, token: answer.token, position: position), of: command.id)
        }
    }

    private mutating func grant() {
        while let (peer, node, ticket) = line.grantNext() {
            let token = Token(1)
            let holder = Holder(node: node.name, incarnation: node.incarnation)
            record(
                .claimed(ticket.number, token, holder, leaseMilliseconds: Self.leaseMilliseconds),
                authors[peer] ?? .desk, nil)
            gathering.write(to: peer) {
                $0.item(
                    grant: ticket, token, to: node.name, leaseMilliseconds: Self.leaseMilliseconds)
            }
        }
    }

    private mutating func record(_ event: Event, _ author: Author, _ stamp: CommandStamp?) {
        position = position.next
        gathering.append(
            Record(position: position, at: now, author: author, command: stamp, event: event))
    }

    /// Hands the gathered turn to the store if it is free, or sends it if there is nothing to store.
    private mutating func handOver() throws(ZeroMQError) {
        guard awaiting == nil, !gathering.isEmpty else { return }
        let turn = gathering
        gathering = BareTurn()
        guard !turn.records.isEmpty else { return try send(turn) }
        awaiting = turn
        log.store(turn.records)
    }

    private func send(_ turn: BareTurn) throws(ZeroMQError) {
        for frame in turn.frames {
            // Whoever is gone or does not read gets nothing: there is nobody to tell.
            _ = try frame.writer.withBytes { bytes throws(ZeroMQError) in
                try socket.send(bytes, to: frame.peer)
            }
        }
    }

    private static var wallTime: Moment {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Moment(milliseconds: Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000)
    }
}
