import Desk
import Randomness
import Testing
import Tickets

/// Random peers around one desk. Each believes what it was told, works, errs, dies and comes back; what it says
/// may be stale, repeated or somebody else's.
struct Walk {
    struct Node {
        var name: Name
        var line: Name
        var incarnation: UInt64 = 1
        var seats: Int
        var session: SessionID?
        var held: [Held] = []
    }

    let seed: UInt64
    var random: SplitMix64
    var bench: Bench
    var nodes: [Node]
    var people: [SessionID] = []
    var peopleHold: [SessionID: [Held]] = [:]
    /// Commands that may be sent again, with who sent them.
    var sent: [(SessionID, Command)] = []
    var steps = 0
    var isBroken = false

    /// Customers who write; one of them, unless the walk is told otherwise.
    var customers = ["ann@example.org"]

    /// With settings that a desk of its own configures.
    init(seed: UInt64, customers: [String], _ change: (inout DeskSettings) -> Void) {
        self.init(seed: seed)
        self.customers = customers
        let settings = bench.settings
        let boss = bench.connect(.person("boss", role: .admin))
        var changed = settings
        change(&changed)
        bench.turn([command(boss, .configure(.sample(basis: 0, changed)))])
    }

    init(seed: UInt64) {
        self.seed = seed
        random = SplitMix64(seed: seed)
        let lines: [Name] = ["line-one", "line-one", "line-one", "line-two", "line-two", "line-three"]
        nodes = lines.enumerated().map { Node(name: Name("n\($0)") ?? "n", line: $1, seats: 1 + $0 % 3) }
        var generator = random
        bench = Bench(
            .sample {
                $0.lines[1].answersEscalated = generator.chance(50)
                $0.lines[0].ownerWaitMilliseconds = 20_000
                $0.lines[1].ownerWaitMilliseconds = 20_000
                $0.limits.solvedKept = 6
                $0.limits.closedPerEvent = 3
                $0.limits.escalationsMax = 9
                $0.limits.answersKept = 64
            })
        random = generator
        people = ["ann", "ben", "n1"].map { bench.person($0, role: .lead) }
    }

    /// One turn of a few random inputs, and some time.
    mutating func step() {
        steps += 1
        let count = 1 + random.below(5)
        var inputs: [Input] = []
        for _ in 0..<count { inputs += input() }
        bench.turn(inputs, judges: !random.chance(5))
        listen()
        if !bench.isSound { isBroken = true }
        switch random.below(40) {
        case 0: restart()
        case 1: pass(Int64(random.below(40_000)))
        case 2:
            let stall = Int64(5_000 + random.below(60_000))
            bench.now = bench.now.advanced(byMilliseconds: stall)
            bench.turn([.stalled(milliseconds: stall)])
            listen()
        default: pass(Int64(random.below(2_000)))
        }
    }

    /// Faults stop: everybody connects with enough seats, works what they get, until all is done.
    mutating func heal() {
        bench.turn([.intake(.open)])
        let lines: [Name] = ["line-one", "line-one", "line-one", "line-two", "line-two", "line-three"]
        for index in nodes.indices {
            // Every line is served again; whoever changes its line restarts.
            if nodes[index].line != lines[index] {
                nodes[index].line = lines[index]
                nodes[index].incarnation += 1
                nodes[index].held = []
                nodes[index].session = nil
            }
            nodes[index].seats = 3
            if let session = nodes[index].session { bench.turn([.seats(session, 3)]) }
            listen()
        }
        freeParts()
        for _ in 0..<600 {
            for index in nodes.indices where nodes[index].session == nil { connect(index) }
            var inputs: [Input] = []
            for node in nodes {
                guard let session = node.session else { continue }
                inputs.append(.ping(session, node.held))
                for held in node.held { inputs.append(finish(held, at: session)) }
            }
            bench.turn(inputs)
            listen()
            wakePending()
            pass(5_000)
            let census = bench.desk.census
            if census.open == census.parked { break }
        }
        if bench.folded().position != bench.desk.position { isBroken = true }
        compareWithFold()
    }

    /// A ticket is solved after its parts, and those that are parked never are: nothing is a part any more.
    private mutating func freeParts() {
        let lead = people[0]
        let parts = bench.desk.dossiers.keys.sorted().filter { bench.desk.dossiers[$0]?.parent != nil }
        bench.turn(bench.exchange.isConnected(lead) ? [] : [.hello(lead, .person("ann", role: .lead), nil)])
        for part in parts { bench.turn([command(lead, .amend(part, nil, .parent(nil)))]) }
    }

    // MARK: - Inputs

    private mutating func input() -> [Input] {
        switch random.below(100) {
        case 0..<22: return [channel(.submit(submission()))]
        case 22..<30: return someTicket().map { [channel(.followUp($0, body: "b"))] } ?? []
        case 30..<66: return work()
        case 66..<78: return pings()
        case 78..<86: return change()
        case 86..<92: return person()
        case 92..<96: return again()
        default: return intake()
        }
    }

    private mutating func submission() -> Submission {
        var submission = Submission.sample(
            customer: customers.count == 1 ? customers[0] : random.pick(customers) ?? "ann",
            priority: random.pick([.low, .normal, .normal, .high, .urgent]) ?? .normal)
        if random.chance(10), let old = someTicket() {
            submission.origin = Origin(ticket: old, cause: .follows)
        }
        return submission
    }

    /// What a lead does to tickets besides working on them.
    private mutating func lifeDeed(_ ticket: TicketNumber) -> Action? {
        if bench.ticket(ticket)?.place == .spam { return .amend(ticket, nil, .spam(false, reason: "")) }
        switch random.below(12) {
        case 0: return .takeOver(ticket, leaseMilliseconds: 30_000, reason: "it takes too long")
        case 1: return .merge(ticket, nil, into: TicketNumber(ticket.rawValue ^ 1))
        case 2: return .amend(ticket, nil, .priority(random.pick(Priority.allCases) ?? .normal))
        case 3: return .amend(ticket, nil, .owner("n1", reason: "by hand"))
        case 4: return .amend(ticket, nil, .draft(random.chance(50) ? "Dear" : ""))
        case 5: return .amend(ticket, nil, .parent(TicketNumber(ticket.rawValue ^ 1)))
        case 6: return .amend(ticket, nil, .spam(true, reason: ""))
        default: return nil
        }
    }

    private mutating func someTicket() -> TicketNumber? {
        let last = Int(bench.desk.lastTicket.rawValue)
        return last == 0 ? nil : TicketNumber(UInt64(1 + random.below(last)))
    }

    private mutating func command(_ id: SessionID, _ action: Action) -> Input {
        let command = Command(id: bench.newCommand(), action: action)
        sent.append((id, command))
        if sent.count > 40 { sent.removeFirst() }
        return .command(id, command)
    }

    private mutating func channel(_ action: Action) -> Input {
        let id = SessionID(70_000)
        if !bench.exchange.isConnected(id) { bench.turn([.hello(id, .channel, nil)]) }
        return command(id, action)
    }

    private mutating func work() -> [Input] {
        let index = random.below(nodes.count)
        guard let session = nodes[index].session else {
            connect(index)
            return []
        }
        guard var held = random.pick(nodes[index].held) else { return [.ping(session, [])] }
        if random.chance(8) { held.token = Token(held.token.rawValue &- 1 &+ UInt64(random.below(3))) }
        if random.chance(5), let other = someTicket() { held.ticket = other }
        return [command(session, action(held))]
    }

    private mutating func action(_ held: Held) -> Action {
        let seen = random.chance(90) ? bench.ticket(held.ticket)?.lastMessage ?? 1 : 1
        let (ticket, token) = (held.ticket, held.token)
        switch random.below(14) {
        case 0, 1, 2, 3: return .resolve(ticket, token, seen: seen, text: random.chance(80) ? "done" : nil)
        case 4: return .note(ticket, token, text: "n")
        case 5: return .reply(ticket, token, seen: seen, text: "r")
        case 6, 7: return .escalate(ticket, token, to: random.chance(80) ? nil : "line-three", note: "hard")
        case 8, 9: return .handBack(ticket, token, note: "easy")
        case 10:
            let until =
                random.chance(80) ? bench.now.advanced(byMilliseconds: Int64(random.below(30_000))) : nil
            return .pend(ticket, token, onHold: random.chance(50), until: until, reason: "")
        case 11: return .release(ticket, token, reason: "", failed: random.chance(60))
        default: return .decline(ticket, token, reason: "")
        }
    }

    private mutating func pings() -> [Input] {
        nodes.compactMap { node in
            node.session.map { .ping($0, random.chance(90) ? node.held : []) }
        }
    }

    private mutating func change() -> [Input] {
        let index = random.below(nodes.count)
        guard let session = nodes[index].session else {
            connect(index)
            return []
        }
        switch random.below(6) {
        case 0:
            // The process dies: all it knew is gone, and it comes back as another incarnation.
            nodes[index].session = nil
            nodes[index].held = []
            nodes[index].incarnation += 1
            if random.chance(20) { nodes[index].line = random.pick(["line-one", "line-two"]) ?? "line-one" }
            return []
        case 1:
            // The connection breaks; what was on its way is lost.
            nodes[index].session = nil
            if random.chance(50) { _ = nodes[index].held.popLast() }
            return []
        case 2:
            nodes[index].session = nil
            nodes[index].held = []
            nodes[index].incarnation += 1
            return [.goodbye(session)]
        default:
            nodes[index].seats = random.below(4)
            return [.seats(session, nodes[index].seats)]
        }
    }

    private mutating func person() -> [Input] {
        let id = people[random.below(people.count)]
        let author = Author.person(["ann", "ben", "n1"][people.firstIndex(of: id) ?? 0], role: .lead)
        var inputs: [Input] = bench.exchange.isConnected(id) ? [] : [.hello(id, author, nil)]
        guard let ticket = someTicket() else { return inputs }
        if let held = random.pick(peopleHold[id] ?? []), random.chance(60) {
            inputs.append(command(id, action(held)))
        } else if let deed = lifeDeed(ticket) {
            inputs.append(command(id, deed))
        } else if random.chance(20) {
            inputs.append(command(id, .note(ticket, nil, text: "n")))
        } else {
            let lease = Int64(1_000 + random.below(60_000))
            inputs.append(command(id, .claim(ticket, leaseMilliseconds: lease)))
        }
        return inputs
    }

    private mutating func again() -> [Input] {
        guard let (id, command) = random.pick(sent), bench.exchange.isConnected(id) else { return [] }
        return [.command(id, command)]
    }

    private mutating func intake() -> [Input] {
        [.intake(random.pick([.open, .open, .open, .draining, .diskNearlyFull]) ?? .open)]
    }

    // MARK: - Peers

    private mutating func connect(_ index: Int) {
        let id = bench.newSession()
        let node = nodes[index]
        nodes[index].session = id
        bench.turn([
            bench.hello(
                id, node.name, on: node.line, seats: node.seats, incarnation: node.incarnation,
                held: node.held)
        ])
        listen()
    }

    /// Everybody hears what the last turn told them.
    private mutating func listen() {
        for directive in bench.last.directives {
            switch directive {
            case .grant(let id, let grant):
                guard let index = nodes.firstIndex(where: { $0.session == id }) else { continue }
                let held = Held(ticket: grant.ticket.number, token: grant.ticket.token)
                if !nodes[index].held.contains(held) { nodes[index].held.append(held) }
            case .revoke(let id, let ticket, let token, _, _):
                guard let index = nodes.firstIndex(where: { $0.session == id }) else { continue }
                nodes[index].held.removeAll { $0 == Held(ticket: ticket, token: token) }
            case .unknownSession(let id), .dismiss(let id, _):
                guard let index = nodes.firstIndex(where: { $0.session == id }) else { continue }
                nodes[index].session = nil
            case .answer(let id, let command, let answer):
                settle(id, command, answer)
            case .welcome, .refuse, .pong: break
            }
        }
    }

    /// After an answer the peer knows whether it still holds the ticket.
    private mutating func settle(_ id: SessionID, _ command: CommandID, _ answer: Answer) {
        let held = Held(ticket: answer.ticket, token: answer.token)
        let isHeld = bench.desk.claims[answer.ticket]?.token == answer.token
        if people.contains(id) {
            peopleHold[id, default: []].removeAll { $0.ticket == held.ticket }
            if isHeld { peopleHold[id, default: []].append(held) }
        } else if let index = nodes.firstIndex(where: { $0.session == id }), !isHeld {
            nodes[index].held.removeAll { $0 == held }
        }
    }

    private mutating func pass(_ milliseconds: Int64) {
        bench.pass(milliseconds)
        listen()
    }

    private mutating func restart() {
        compareWithFold()
        bench.restart(downMilliseconds: Int64(random.below(100_000)))
        for index in nodes.indices { nodes[index].session = nil }
        bench.turn()
    }

    /// The desk must be the fold of its own log, field by field.
    private mutating func compareWithFold() {
        let differences = DeskImage(bench.desk).differences(from: DeskImage(bench.folded()))
        if differences != [] {
            isBroken = true
            Issue.record("seed \(seed), step \(steps): the log folds to other \(differences)")
        }
    }

    private mutating func finish(_ held: Held, at session: SessionID) -> Input {
        let ticket = bench.ticket(held.ticket)
        let line = bench.settings.line(ticket?.line ?? "line-one")
        if ticket?.frames.isEmpty == false, line?.answersEscalated != true {
            return command(session, .handBack(held.ticket, held.token, note: "easy"))
        }
        let seen = ticket?.lastMessage ?? 1
        return command(session, .resolve(held.ticket, held.token, seen: seen, text: "done"))
    }

    /// Customers answer what waits for them.
    private mutating func wakePending() {
        var inputs: [Input] = []
        for number in bench.desk.tickets.keys.sorted() {
            guard let ticket = bench.ticket(number), ticket.isOpen, ticket.place == .aside else { continue }
            inputs.append(channel(.followUp(number, body: "b")))
        }
        bench.turn(inputs)
        listen()
    }
}

extension Exchange {
    /// Whether a session said hello and is still here.
    func isConnected(_ id: SessionID) -> Bool { author(of: id) != nil }
}
