import Desk
import Promises
import Tickets

extension Swarm {
    static let efforts = [
        KindSettings(name: "quick", effortMilliseconds: 500),
        KindSettings(name: "long", effortMilliseconds: 9_000),
    ]

    /// Of every three tickets one is quick, one is long, and of one nobody knows.
    func kind(of command: CommandID) -> String? {
        if heights.hasChecklists, command.low % 5 < 2 { return Self.faulty.name }
        return hasKinds ? ["quick", "long", nil][Int(command.low % 3)] : nil
    }

    /// Every other ticket is of one customer, whose name is written now so and now so.
    func customer(of command: CommandID) -> String {
        guard fairness != nil, command.low % 2 == 0 else { return "customer-\(command.low % 7)@example.org" }
        return command.low % 4 == 0 ? "flood@example.org" : "Flood@Example.org"
    }

    func order(_ settings: inout DeskSettings) {
        if hasKinds { settings.life.kinds = Self.efforts }
        for (index, policy) in policies.enumerated() {
            settings.lines[index].policy = policy
            settings.lines[index].ageingMilliseconds = ageingMilliseconds
            settings.lines[index].effortFactor = 4
        }
    }
}

/// N4: the order of a line, worked out from the log alone.
extension Witness {
    func spot(_ number: TicketNumber, _ ticket: Case) -> Spot { spot(number, ticket, ticket.wait) }

    func spot(_ number: TicketNumber, _ ticket: Case, _ wait: UInt32) -> Spot {
        Spot(key: withUnsafePointer(to: ticket) { key($0) }, number: number.rawValue, revision: wait)
    }

    /// The key of a case's spot, worked out where the case is: this is asked for each ticket that may come before one
    /// that is claimed, and a copy counts a dozen references up and down.
    func key(at index: Int) -> Int64 {
        cases.withUnsafeBufferPointer { cases in cases.baseAddress.map { key($0 + index) } ?? 0 }
    }

    private func key(_ ticket: UnsafePointer<Case>) -> Int64 {
        let key = keyByPolicy(ticket)
        let others = ticket.pointee.others
        guard let fairness = settings.fairness, Int(others) >= fairness.free else { return key }
        let over = Int64(others) - Int64(fairness.free) + 1
        let lag = min(over * fairness.stepMilliseconds, fairness.mostMilliseconds)
        // By deadline what was promised nothing comes last.
        return key.addingReportingOverflow(lag).overflow ? .max : key + lag
    }

    /// G4: a ticket says how many others of its customer are open.
    mutating func checkOthers(_ number: TicketNumber, _ submission: Submission) {
        guard settings.fairness != nil else {
            return _ = findings.expect(.g4, submission.others == 0, "\(number) counts its customer's others")
        }
        let open = openOf[submission.customer.lowercased()] ?? 0
        findings.expect(
            .g4, Int(submission.others) == open,
            "\(number) says \(submission.others) others are open, not \(open)")
        if open > 3 { markers.reach(.customerWithMany) }
    }

    /// G5: a ticket says who solved its customer's last one.
    mutating func checkFamiliar(_ number: TicketNumber, _ submission: Submission, _ moment: Moment) {
        var solver: Name?
        if let memory = settings.stickyMilliseconds,
            let last = solvers[submission.customer.lowercased()],
            moment.milliseconds(since: last.at) <= memory
        {
            solver = last.agent
        }
        findings.expect(
            .g5, submission.familiar == solver,
            "\(number) is for \(submission.familiar as Any), its customer's last was solved by \(solver as Any)"
        )
    }

    private func keyByPolicy(_ ticket: UnsafePointer<Case>) -> Int64 {
        let (line, since) = (ticket.pointee.line, ticket.pointee.since.milliseconds)
        let most = settings.lines[line].ageingMilliseconds
        switch settings.lines[line].policy {
        case .fifo: return since
        case .priority:
            let heads = settings.lines[line].headStartMilliseconds
            let (own, best) = (heads[Int(ticket.pointee.priority.rawValue) - 1], heads.max() ?? 0)
            return since - best + min(best - own, most ?? .max)
        case .shortestFirst:
            let efforts = settings.life.kinds.compactMap(\.effortMilliseconds)
            let own = settings.life.kinds.first { $0.name == ticket.pointee.kind }?.effortMilliseconds
            return since
                + min((own ?? efforts.max() ?? 0) * settings.lines[line].effortFactor, most ?? .max)
        case .deadline:
            guard let due = due(ticket) else { return most.map { since + $0 } ?? .max }
            let wait = max(due.milliseconds(since: ticket.pointee.since), 0)
            return since + min(wait, most ?? .max)
        }
    }

    /// When the earliest of the running clocks of a ticket has run for as long as was promised.
    private func due(_ ticket: UnsafePointer<Case>) -> Moment? {
        let place = promise(ticket.pointee.priority, ticket.pointee.customer)
        let line = settings.lines[ticket.pointee.line].name
        return ticket.pointee.watches?.all(line).compactMap { kind, watch in
            guard let place else { return nil }
            let promised = settings.promises.rules[place].targets.milliseconds(kind)
            return ticket.pointee.watches?.target(kind, promised).flatMap { watch.moment(after: $0) }
        }.min()
    }
}
