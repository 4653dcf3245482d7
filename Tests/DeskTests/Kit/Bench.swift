import Desk
import Testing
import Tickets

/// A desk under test: an exchange, a clock that is moved by hand, and a witness who checks every turn.
struct Bench {
    let settings: DeskSettings
    var exchange: Exchange
    var now: Moment
    var records: [Record] = []
    var last = Turn()
    var witness: Witness
    /// False for long runs of which only the end matters; records are not kept either.
    var isWitnessed = true
    /// Whether no turn broke an invariant.
    private(set) var isSound = true
    private var people: [SessionID: Author] = [:]
    private var lastSession: UInt64 = 0
    private var lastCommand: UInt64 = 0

    init(_ settings: DeskSettings = .sample(), at now: Moment = Moment(milliseconds: 1_000_000)) {
        self.settings = settings
        self.now = now
        exchange = Exchange(desk: Desk(settings: settings), now: now)
        witness = Witness(settings: settings)
    }

    var desk: Desk { exchange.desk }

    func ticket(_ number: TicketNumber) -> Ticket? { exchange.desk.tickets[number] }

    // MARK: - Turns and time

    @discardableResult
    mutating func turn(
        _ inputs: [Input] = [], judges: Bool = true, sourceLocation: SourceLocation = #_sourceLocation
    ) -> Turn {
        var turn = Turn()
        for input in inputs { exchange.handle(input, at: now, into: &turn) }
        exchange.endTurn(at: now, judges: judges, into: &turn)
        last = turn
        guard isWitnessed else { return turn }
        records += turn.records
        witness.see(turn, of: exchange)
        for violation in witness.takeViolations() {
            isSound = false
            Issue.record("\(violation)", sourceLocation: sourceLocation)
        }
        return turn
    }

    /// Lets time pass, with a turn at every deadline on the way; afterwards `last` is all that happened.
    mutating func pass(_ milliseconds: Int64) {
        let end = now.advanced(byMilliseconds: milliseconds)
        var whole = Turn()
        while let deadline = exchange.nextDeadline, deadline <= end {
            now = max(now, deadline)
            turn()
            whole.records += last.records
            whole.directives += last.directives
            if let next = exchange.nextDeadline, next <= now {
                Issue.record("the deadline \(deadline) was not met by a turn at it; next is \(next)")
                break
            }
        }
        now = end
        turn()
        last.records = whole.records + last.records
        last.directives = whole.directives + last.directives
    }

    /// Lets time pass while the given nodes ping every heartbeat, naming what they hold.
    mutating func pass(_ milliseconds: Int64, pinging nodes: [SessionID: [Held]]) {
        let end = now.advanced(byMilliseconds: milliseconds)
        while now < end {
            pass(min(settings.heartbeatMilliseconds, end.milliseconds(since: now)))
            let inputs = nodes.keys.sorted().map { Input.ping($0, nodes[$0] ?? []) }
            turn(inputs)
        }
    }

    /// The broker dies and comes back: a new exchange over a desk folded from the log.
    mutating func restart(downMilliseconds: Int64 = 0) {
        now = now.advanced(byMilliseconds: downMilliseconds)
        exchange = Exchange(desk: folded(), now: now)
        witness.restarted(at: now)
    }

    /// The desk as its own log gives it.
    func folded() -> Desk {
        var desk = Desk(settings: settings)
        for record in records { desk.evolve(record) }
        return desk
    }

    // MARK: - Peers

    mutating func newSession() -> SessionID {
        lastSession += 1
        return SessionID(lastSession)
    }

    mutating func newCommand() -> CommandID {
        lastCommand += 1
        return .number(lastCommand)
    }

    @discardableResult
    mutating func node(
        _ name: Name, on line: Name = "line-one", seats: Int = 1, incarnation: UInt64 = 1, held: [Held] = []
    ) -> SessionID {
        let id = newSession()
        turn([hello(id, name, on: line, seats: seats, incarnation: incarnation, held: held)])
        return id
    }

    func hello(
        _ id: SessionID, _ name: Name, on line: Name = "line-one", seats: Int = 1, incarnation: UInt64 = 1,
        held: [Held] = []
    ) -> Input {
        let presence = Presence(name: name, incarnation: incarnation, line: line, seats: seats)
        return .hello(id, .nodeKey, Hello(presence: presence, held: held))
    }

    /// Other settings, by an admin.
    mutating func configure(_ change: (inout DeskSettings) -> Void) throws {
        let boss = connect(.person(Name("boss-\(desk.version)") ?? "boss", role: .admin))
        try ask(.configure(.sample(basis: desk.version, .sample(change))), from: boss)
    }

    mutating func person(_ name: Name, role: Role = .agent) -> SessionID {
        connect(.person(name, role: role))
    }

    mutating func connect(_ author: Author) -> SessionID {
        let id = newSession()
        people[id] = author
        turn([.hello(id, author, nil)])
        return id
    }

    // MARK: - Commands

    enum Outcome: Hashable {
        case answered(Answer)
        case refused(Refusal)
        case none
    }

    /// Sends one command in a turn of its own. A person whose session went silent says hello again first.
    mutating func send(
        _ action: Action, from id: SessionID, as command: CommandID? = nil,
        sourceLocation: SourceLocation = #_sourceLocation
    ) -> Outcome {
        let command = command ?? newCommand()
        turn([.command(id, Command(id: command, action: action))], sourceLocation: sourceLocation)
        if last.directives.contains(.unknownSession(id)), let author = people[id] {
            turn(
                [.hello(id, author, nil), .command(id, Command(id: command, action: action))],
                sourceLocation: sourceLocation)
        }
        return outcome(of: command, for: id)
    }

    func outcome(of command: CommandID, for id: SessionID) -> Outcome {
        for directive in last.directives {
            if case .answer(id, command, let answer) = directive { return .answered(answer) }
            if case .refuse(id, command, let refusal) = directive { return .refused(refusal) }
        }
        return .none
    }

    /// Sends a command that must be carried out.
    @discardableResult
    mutating func ask(
        _ action: Action, from id: SessionID, as command: CommandID? = nil,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> Answer {
        switch send(action, from: id, as: command, sourceLocation: sourceLocation) {
        case .answered(let answer): return answer
        case .refused(let refusal): throw refusal
        case .none: throw Refusal(.unknownSession, "no answer to \(action)")
        }
    }

    /// Sends a command that must be refused, and gives the reason.
    mutating func refusal(
        _ action: Action, from id: SessionID, as command: CommandID? = nil,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> Refusal {
        let outcome = send(action, from: id, as: command, sourceLocation: sourceLocation)
        guard case .refused(let refusal) = outcome else {
            throw Unexpected(outcome: outcome)
        }
        return refusal
    }

    struct Unexpected: Error { var outcome: Outcome }

    @discardableResult
    mutating func submit(_ submission: Submission = .sample()) throws -> TicketNumber {
        let channel = people.keys.sorted().first { people[$0] == .channel } ?? connect(.channel)
        return try ask(.submit(submission), from: channel).ticket
    }

    mutating func followUp(_ ticket: TicketNumber, _ body: String = "And another thing.") throws {
        let channel = people.keys.sorted().first { people[$0] == .channel } ?? connect(.channel)
        try ask(.followUp(ticket, body: body), from: channel)
    }

    // MARK: - What the last turn said

    /// Grants of the last turn to a session, in order.
    func grants(to id: SessionID) -> [Held] {
        last.directives.compactMap { directive in
            guard case .grant(id, let grant) = directive else { return nil }
            return Held(ticket: grant.ticket.number, token: grant.ticket.token)
        }
    }

    func revokes(to id: SessionID) -> [Held] {
        last.directives.compactMap { directive in
            guard case .revoke(id, let ticket, let token, _, _) = directive else { return nil }
            return Held(ticket: ticket, token: token)
        }
    }

    /// What a node holds according to the desk, in order of granting.
    func held(by node: Name) -> [Held] {
        (desk.holdings[node] ?? []).compactMap { number in
            desk.claims[number].map { Held(ticket: number, token: $0.token) }
        }
    }
}
