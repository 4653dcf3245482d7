import Desk
import Promises
import Tickets

/// What a desk goes through when people and nodes do things by chance: a realistic log, the same for each seed.
struct History {
    static let settings: DeskSettings = {
        var limits = Limits()
        // Small, so that tickets are closed, answers forgotten and conversations full within a test.
        limits.solvedKept = 12
        limits.closedPerEvent = 4
        limits.answersKept = 200
        limits.entriesMax = 12
        limits.entriesReserved = 40
        // Line two may solve what was escalated to it, so that a ticket is solved away from where it came in.
        var settings = DeskSettings(
            lines: [
                LineSettings(name: "line-one", next: "line-two"),
                LineSettings(name: "line-two", answersEscalated: true),
            ], limits: limits)
        settings.life.closesAfterMilliseconds = 120_000
        settings.life.kinds = [KindSettings(name: "broken", fields: ["order"], checklist: ["device"])]
        settings.keepsPromises = true
        settings.promises = PromisePolicy(
            rules: [
                PromisePolicy.Rule(
                    name: "urgent", priorities: [.urgent], targets: PromiseTargets(firstResponse: 30_000)),
                PromisePolicy.Rule(
                    name: "mail", channels: ["mail"],
                    targets: PromiseTargets(
                        firstResponse: 60_000, nextResponse: 40_000, resolution: 300_000,
                        lines: [PromiseTargets.LineTarget(line: "line-two", milliseconds: 90_000)])),
            ], warnings: [20_000])
        settings.delayNotice = DelayNotice(
            texts: [.init(.russian, "{number}: не {time}"), .init(.english, "{number}: not {time}")],
            channels: ["mail"], exceptTags: ["machine"])
        return settings
    }()
    private static let texts = [
        "", "Where is my order?", "Grüße aus Köln", "a\u{0}b", "e\u{301}", "é", "line\r\nline", "🧶",
        String(repeating: "long ", count: 300),
    ]

    /// What goes into the log: turns with events, in order.
    private(set) var turns: [[Record]] = []
    private(set) var exchange = Exchange(desk: Desk(settings: settings), now: Moment(milliseconds: 1_000_000))
    private var random: SeededGenerator
    private var now = Moment(milliseconds: 1_000_000)
    private var commands: UInt64 = 0
    private var sessions: UInt64 = 10
    private var nodes: [(id: SessionID, presence: Presence)] = []

    var desk: Desk { exchange.desk }
    var records: [Record] { turns.flatMap { $0 } }

    init(seed: UInt64, steps: Int = 250) {
        random = SeededGenerator(seed: seed)
        var turn = Turn()
        greet(into: &turn)
        for (name, line) in [("n1", "line-one"), ("n2", "line-one"), ("n3", "line-two")] as [(Name, Name)] {
            connect(Presence(name: name, incarnation: 1, line: line, seats: 4), into: &turn)
        }
        let wish = Reconfiguration(
            basis: 0, settings: SettingsCoding.encode(Self.settings), source: "", reason: "promises")
        send(.configure(wish), from: 3, into: &turn)
        end(turn)
        for _ in 0..<steps { step() }
    }

    private mutating func step() {
        now = now.advanced(
            byMilliseconds: .random(in: 0...(random.chance(3) ? 200_000 : 3_000), using: &random))
        var turn = Turn()
        greet(into: &turn)
        for _ in 0..<Int.random(in: 1...6, using: &random) { act(into: &turn) }
        if random.chance(80) {
            for node in nodes { exchange.handle(.ping(node.id, held(by: node)), at: now, into: &turn) }
            for id in 1...3 { exchange.handle(.ping(SessionID(UInt64(id)), []), at: now, into: &turn) }
        }
        end(turn)
    }

    /// People come back who were silent for too long.
    private mutating func greet(into turn: inout Turn) {
        for (id, role, key) in [(1, Role.client, "web"), (2, .lead, "ann"), (3, .admin, "root")]
            as [(UInt64, Role, Name)] where exchange.author(of: SessionID(id)) == nil
        {
            exchange.handle(.hello(SessionID(id), Author(role: role, key: key), nil), at: now, into: &turn)
        }
    }

    private mutating func end(_ turn: Turn) {
        var turn = turn
        exchange.endTurn(at: now, judges: random.chance(90), into: &turn)
        if !turn.records.isEmpty { turns.append(turn.records) }
    }

    private mutating func act(into turn: inout Turn) {
        switch Int.random(in: 0..<100, using: &random) {
        case 0..<30: send(submission, from: 1, into: &turn)
        case 30..<38: send(.followUp(anyTicket, body: text), from: 1, into: &turn)
        case 38..<44: send(.claim(anyTicket, leaseMilliseconds: 30_000), from: 2, into: &turn)
        case 44..<48: send(.note(anyTicket, nil, text: text), from: random.chance(50) ? 2 : 3, into: &turn)
        case 48..<52: workAsPerson(into: &turn)
        case 52..<56: send(lifeDeed, from: 2, into: &turn)
        case 56..<60: restart(into: &turn)
        case 60..<61: leave(into: &turn)
        default: work(into: &turn)
        }
    }

    private var text: String {
        mutating get { Self.texts.randomElement(using: &random) ?? "" }
    }

    private var anyTicket: TicketNumber {
        mutating get { TicketNumber(.random(in: 1...max(1, desk.lastTicket.rawValue), using: &random)) }
    }

    private var submission: Action {
        mutating get {
            .submit(
                Submission(
                    channel: random.chance(50) ? "mail" : "web",
                    customer: "c\(Int.random(in: 0..<9, using: &random))é",
                    subject: text, body: text + "body", kind: random.chance(30) ? text : nil,
                    priority: Priority.allCases.randomElement(using: &random) ?? .normal,
                    tags: random.chance(20) ? ["vip", text] : [],
                    fields: random.chance(20) ? [Field(name: "order", value: text)] : []))
        }
    }

    private mutating func send(_ action: Action, from id: UInt64, into turn: inout Turn) {
        commands += 1
        let command = Command(id: CommandID(high: 7, low: commands), action: action)
        exchange.handle(.command(SessionID(id), command), at: now, into: &turn)
        // A retry, as when the answer was lost.
        if random.chance(5) { exchange.handle(.command(SessionID(id), command), at: now, into: &turn) }
    }

    private mutating func work(into turn: inout Turn) {
        guard let node = nodes.randomElement(using: &random) else { return }
        guard let held = held(by: node).randomElement(using: &random) else { return }
        send(change(of: held), from: node.id.rawValue, into: &turn)
    }

    /// What a lead does to tickets besides working on them.
    private var lifeDeed: Action {
        mutating get {
            let (ticket, other, isOn) = (anyTicket, anyTicket, random.chance(50))
            switch Int.random(in: 0..<13, using: &random) {
            case 0: return .takeOver(ticket, leaseMilliseconds: 30_000, reason: "late")
            case 1: return .merge(ticket, nil, into: other)
            case 2: return .amend(ticket, nil, .priority(.urgent))
            case 3: return .amend(ticket, nil, .owner(isOn ? "ben" : nil, reason: "by hand"))
            case 4: return .amend(ticket, nil, .draft(isOn ? text : ""))
            case 5: return .amend(ticket, nil, .parent(isOn ? other : nil))
            case 6: return .amend(ticket, nil, .link(other, isOn: isOn))
            case 7: return .amend(ticket, nil, .spam(isOn, reason: text))
            case 8: return .amend(ticket, nil, .tag("vip", isOn: isOn))
            case 9: return .amend(ticket, nil, .field(Field(name: "order", value: isOn ? "7" : "")))
            case 10: return .amend(ticket, nil, .kind(isOn ? "broken" : nil))
            case 11: return .amend(ticket, nil, .participant("warehouse", isOn: isOn))
            default:
                return .submit(
                    Submission(
                        channel: "web", customer: "c", subject: "s", body: "b",
                        origin: Origin(ticket: ticket, cause: isOn ? .child : .follows)))
            }
        }
    }

    private mutating func workAsPerson(into turn: inout Turn) {
        guard let number = desk.holdings["ann"]?.randomElement(using: &random),
            let claim = desk.claims[number]
        else { return }
        send(change(of: Held(ticket: number, token: claim.token)), from: 2, into: &turn)
    }

    private mutating func change(of held: Held) -> Action {
        let seen = random.chance(90) ? desk.tickets[held.ticket]?.lastMessage ?? 0 : 0
        let (ticket, token) = (held.ticket, held.token)
        switch Int.random(in: 0..<13, using: &random) {
        case 0...2: return .resolve(ticket, token, seen: seen, text: random.chance(80) ? text : nil)
        case 3: return .reply(ticket, token, seen: seen, text: text)
        case 4, 5:
            let budget = random.chance(30) ? Int64.random(in: 1...9_000, using: &random) : nil
            return .escalate(ticket, token, to: nil, note: text, budget: budget)
        case 6, 7: return .handBack(ticket, token, note: text)
        case 8: return .note(ticket, token, text: text)
        case 9:
            let until = random.chance(50) ? now.advanced(byMilliseconds: 9_000) : nil
            return .pend(ticket, token, onHold: random.chance(50), until: until, reason: "")
        case 10: return .release(ticket, token, reason: "", failed: random.chance(70))
        case 11: return .decline(ticket, token, reason: "")
        default: return .resolve(ticket, Token(token.rawValue - 1), seen: seen, text: "stale")
        }
    }

    private mutating func restart(into turn: inout Turn) {
        guard let index = nodes.indices.randomElement(using: &random) else { return }
        var presence = nodes.remove(at: index).presence
        presence.incarnation += 1
        connect(presence, into: &turn)
    }

    private mutating func leave(into turn: inout Turn) {
        guard let index = nodes.indices.randomElement(using: &random) else { return }
        exchange.handle(.goodbye(nodes[index].id), at: now, into: &turn)
        let presence = nodes.remove(at: index).presence
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
        (desk.holdings[node.presence.name] ?? []).compactMap { number in
            desk.claims[number].map { Held(ticket: number, token: $0.token) }
        }
    }
}
