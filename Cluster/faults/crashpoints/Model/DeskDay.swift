import Desk
import Tickets

/// What people and nodes do at a desk by chance: turns as a broker would store them, the same for each seed.
struct DeskDay {
    static let settings: DeskSettings = {
        var limits = Limits()
        // Small, so that tickets are closed and answers forgotten within a workload.
        limits.solvedKept = 12
        limits.closedPerEvent = 4
        limits.answersKept = 200
        return DeskSettings(
            lines: [LineSettings(name: "line-one", next: "line-two"), LineSettings(name: "line-two")],
            limits: limits)
    }()

    /// How long texts are.
    enum Texts: CaseIterable {
        /// As in the requests.
        case real
        /// Around the size of one page of the log, and of several.
        case pages
        /// Tens of kilobytes, so that the write-ahead log is copied and starts over.
        case long
    }

    private(set) var turns: [[Record]] = []
    private let requests: [Submission]
    private let texts: Texts
    private var chance: Chance
    private var exchange = Exchange(desk: Desk(settings: settings), now: Moment(milliseconds: 1_000_000))
    private var now = Moment(milliseconds: 1_000_000)
    private var commands: UInt64 = 0
    private var sessions: UInt64 = 10
    private var nodes: [(id: SessionID, presence: Presence)] = []

    private static let client = SessionID(1)

    init(seed: UInt64, turns count: Int, texts: Texts, requests: Requests) {
        chance = Chance([seed, 1])
        self.requests = requests.submissions
        self.texts = texts
        var turn = Turn()
        exchange.handle(.hello(Self.client, Author(role: .client, key: "web"), nil), at: now, into: &turn)
        for (name, line) in [("n1", "line-one"), ("n2", "line-one"), ("n3", "line-two")] as [(Name, Name)] {
            connect(Presence(name: name, incarnation: 1, line: line, seats: 3), into: &turn)
        }
        end(turn)
        while turns.count < count { step() }
    }

    private mutating func step() {
        now = now.advanced(
            byMilliseconds: .random(in: 0...(chance.percent(3) ? 200_000 : 3_000), using: &chance))
        var turn = Turn()
        for _ in 0..<Int.random(in: 1...5, using: &chance) { act(into: &turn) }
        for node in nodes { exchange.handle(.ping(node.id, held(by: node)), at: now, into: &turn) }
        exchange.handle(.ping(Self.client, []), at: now, into: &turn)
        end(turn)
    }

    private mutating func end(_ turn: Turn) {
        var turn = turn
        exchange.endTurn(at: now, judges: true, into: &turn)
        if !turn.records.isEmpty { turns.append(turn.records) }
    }

    private mutating func act(into turn: inout Turn) {
        switch Int.random(in: 0..<100, using: &chance) {
        case 0..<38: send(.submit(submission), from: Self.client, into: &turn)
        case 38..<46:
            let last = max(1, exchange.desk.lastTicket.rawValue)
            let number = TicketNumber(.random(in: 1...last, using: &chance))
            send(.followUp(number, body: text), from: Self.client, into: &turn)
        case 46..<49: restart(into: &turn)
        default: work(into: &turn)
        }
    }

    private var submission: Submission {
        mutating get {
            var submission = requests[Int.random(in: 0..<requests.count, using: &chance)]
            if texts != .real { submission.body = text }
            return submission
        }
    }

    private var text: String {
        mutating get {
            let real = requests[Int.random(in: 0..<requests.count, using: &chance)].body
            let bytes =
                switch texts {
                case .real: 0
                // Rows of one turn are its events' texts and some hundred bytes around them.
                case .pages: chance.percent(50) ? Int.random(in: 7_600...8_300, using: &chance) : 0
                case .long: Int.random(in: 1_000...20_000, using: &chance)
                }
            guard bytes > real.utf8.count else { return real }
            return String(repeating: real + " ", count: bytes / (real.utf8.count + 1) + 1)
        }
    }

    private mutating func send(_ action: Action, from id: SessionID, into turn: inout Turn) {
        commands += 1
        let command = Command(id: CommandID(high: 7, low: commands), action: action)
        exchange.handle(.command(id, command), at: now, into: &turn)
    }

    private mutating func work(into turn: inout Turn) {
        guard let node = nodes.randomElement(using: &chance),
            let held = held(by: node).randomElement(using: &chance)
        else { return }
        send(change(of: held), from: node.id, into: &turn)
    }

    private mutating func change(of held: Held) -> Action {
        let seen = exchange.desk.tickets[held.ticket]?.lastMessage ?? 0
        let (ticket, token) = (held.ticket, held.token)
        switch Int.random(in: 0..<10, using: &chance) {
        case 0...3: return .resolve(ticket, token, seen: seen, text: text)
        case 4: return .reply(ticket, token, seen: seen, text: text)
        case 5: return .escalate(ticket, token, to: nil, note: text)
        case 6: return .handBack(ticket, token, note: text)
        case 7: return .note(ticket, token, text: text)
        case 8:
            let until = chance.percent(50) ? now.advanced(byMilliseconds: 9_000) : nil
            return .pend(ticket, token, onHold: chance.percent(50), until: until, reason: "")
        default: return .release(ticket, token, reason: "", failed: chance.percent(70))
        }
    }

    private mutating func restart(into turn: inout Turn) {
        guard let index = nodes.indices.randomElement(using: &chance) else { return }
        var presence = nodes.remove(at: index).presence
        presence.incarnation += 1
        connect(presence, into: &turn)
    }

    private mutating func connect(_ presence: Presence, into turn: inout Turn) {
        sessions += 1
        let id = SessionID(sessions)
        let author = Author(role: .node, key: "nodes")
        exchange.handle(.hello(id, author, Hello(presence: presence, held: [])), at: now, into: &turn)
        exchange.handle(.seats(id, presence.seats), at: now, into: &turn)
        nodes.append((id, presence))
    }

    private func held(by node: (id: SessionID, presence: Presence)) -> [Held] {
        (exchange.desk.holdings[node.presence.name] ?? []).compactMap { number in
            exchange.desk.claims[number].map { Held(ticket: number, token: $0.token) }
        }
    }
}
