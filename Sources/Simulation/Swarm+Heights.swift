import Desk
import Tickets

extension Swarm {
    /// How far up tickets go, what must be filled in before, and who answers for those who are away.
    struct Heights {
        /// How many nodes each line above the second has; none when the desk has two lines.
        var nodes: [Int] = []
        var answers = false
        /// How many lines a ticket may be escalated from at a time.
        var framesMax = 2
        /// Whether there is a kind with a checklist.
        var hasChecklists = false
        /// Whether nodes have deputies, and shifts that end; and for how long who has left stays away.
        var hasDeputies = false
        var awayMicroseconds: Int64 = 2_000_000

        init() {}

        /// A stream of its own: what was drawn before there were these stays as it was.
        init(seed: UInt64) {
            var chance = Chance(seed: seed, .swarm, 18)
            let third = chance.within(1...2)
            if chance.happens(perMille: 300) { nodes.append(third) }
            answers = chance.happens(perMille: 300)
            hasChecklists = chance.happens(perMille: 250)
            let away = chance.magnitude(2_000_000...60_000_000)
            hasDeputies = chance.happens(perMille: 300)
            if hasDeputies { awayMicroseconds = away }
            guard !nodes.isEmpty, chance.happens(perMille: 500) else { return }
            for _ in 0..<chance.within(1...2) { nodes.append(1) }
            framesMax = chance.within(1...nodes.count + 1)
        }

        /// The names of the lines above the second.
        var names: ArraySlice<Name> { ["line-three", "line-four", "line-five"].prefix(nodes.count) }
    }

    /// What is to be found out of a faulty thing before line two sees it. Its number is the customer's to give.
    static let faulty = KindSettings(name: "faulty", fields: ["number"], checklist: ["device", "log"])

    /// What a request came with; of some the device is said, of some it is left empty.
    func fields(of command: CommandID) -> [Field] {
        guard heights.hasChecklists else { return [] }
        switch command.low % 5 {
        case 0: return [Field(name: "device", value: "telephone"), Field(name: "number", value: "7")]
        case 1: return [Field(name: "device", value: "")]
        default: return []
        }
    }

    /// Adds the lines above the second, and what must be filled in before a ticket goes there.
    func raise(_ settings: inout DeskSettings) {
        if heights.hasChecklists { settings.life.kinds.append(Self.faulty) }
        settings.limits.framesMax = min(heights.framesMax, escalationsMax)
        let second = settings.lines[1]
        for name in heights.names {
            var line = second
            line.name = name
            line.answersEscalated = heights.answers
            settings.lines[settings.lines.count - 1].next = name
            settings.lines.append(line)
        }
    }
}

extension Plan {
    /// Each node of a line stands in for the one before it, and the first for the last.
    var deputies: [Deputy] {
        guard swarm.heights.hasDeputies else { return [] }
        var lines: [Int: [Name]] = [:]
        for (index, member) in members.enumerated() {
            if case .node(let line, _) = member {
                lines[line, default: []].append(Cluster.name(of: member, index))
            }
        }
        return lines.keys.sorted().flatMap { line in
            let names = lines[line] ?? []
            guard names.count > 1 else { return [Deputy]() }
            return names.indices.map { place in
                Deputy(owner: names[place], deputy: names[(place + 1) % names.count])
            }
        }
    }
}

extension Cluster {
    /// Where there are deputies, nodes come and go by themselves.
    mutating func beginShift(_ index: Int) {
        let name = workers[index].name
        guard phase == .safety, settings.life.deputy(of: name) != nil else { return }
        let length = workers[index].chance.magnitude(10_000_000...200_000_000)
        let run = peers[workers[index].peer].run
        queue.insert(.shiftEnds(worker: index, run: run), at: time + length)
    }

    mutating func endShift(_ index: Int, _ run: Int) {
        let peer = workers[index].peer
        guard phase == .safety, peers[peer].isRunning, peers[peer].run == run else { return }
        workers[index].isAskedToDrain = true
        wake(peer, at: time)
    }

    /// Where a line sends a ticket on to: most often to the next one, sometimes past it, or from the last one to one that
    /// was passed.
    func target(above line: Int, _ draw: Int) -> (isSent: Bool, to: Name?) {
        let last = settings.lines.count - 1
        guard last > 1 else { return (line == 0, nil) }
        if line == last {
            return (phase == .safety && draw % 4 == 0, settings.lines[1 + draw % (last - 1)].name)
        }
        let passes = draw % 3 == 0 && line + 1 < last
        return (true, passes ? settings.lines[line + 2 + draw / 3 % (last - line - 1)].name : nil)
    }

    /// What a handler fills in before it sends a ticket on: nothing, some of it, or all that can be asked.
    func checklist(of work: TicketNumber, _ draw: Int) -> [Field] {
        guard plan.swarm.heights.hasChecklists else { return [] }
        let all = Swarm.faulty.checklist.map { Field(name: $0, value: "\(work)") }
        guard phase == .safety else { return all }
        return Array(all.prefix([0, 1, 2, 2, 2][draw % 5]))
    }

    /// How long whoever sends a ticket on gives that line for it: mostly what is promised, and nothing where no clock runs.
    func budget(of work: TicketNumber, _ draw: Int) -> Int64? {
        guard settings.keepsPromises, draw % 4 == 0, witness.isKnown(work) else { return nil }
        let ticket = witness.cases[Int(work.rawValue) - 1]
        guard ticket.watches != nil, witness.promise(ticket.priority, ticket.customer) != nil else {
            return nil
        }
        return 1 + Int64(draw % 20_000)
    }

    /// What a lead does to what a ticket's kind asks for; nil when nothing.
    mutating func checklistDeed(_ index: Int, _ ticket: TicketNumber) -> Action? {
        guard plan.swarm.heights.hasChecklists, senders[index].chance.happens(perMille: 200) else {
            return nil
        }
        switch senders[index].chance.below(4) {
        case 0: return .amend(ticket, nil, .kind("faulty"))
        case 1: return .amend(ticket, nil, .kind(nil))
        case 2: return .amend(ticket, nil, .field(Field(name: "log", value: "")))
        default: return .amend(ticket, nil, .field(Field(name: "log", value: "read")))
        }
    }
}
