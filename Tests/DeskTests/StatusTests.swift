import Desk
import Testing
import Tickets

@Suite struct StatusTests {
    @Test func `the table of statuses, written out`() {
        let table: [Status: Set<Status>] = [
            .new: [.open, .pending, .onHold, .solved, .closed], .open: [.pending, .onHold, .solved, .closed],
            .pending: [.open, .closed],
            .onHold: [.open, .closed], .solved: [.open, .closed], .closed: [],
        ]
        for status in Status.allCases {
            let after = Set(Status.allCases.filter { $0 != status && status.allows($0) })
            #expect(after == table[status])
            #expect(status.allows(status))
        }
    }

    @Test func `a solved ticket closes by itself after its time, and not before`() throws {
        var bench = Bench(.sample { $0.life.closesAfterMilliseconds = 600_000 })
        try solve(&bench)
        bench.pass(599_999)
        #expect(bench.ticket(1)?.status == .solved)
        bench.pass(1)
        #expect(bench.records.last?.event == .closed([1]))
        #expect(bench.ticket(1) == nil)
    }

    @Test func `by default that is after four days`() throws {
        var bench = Bench()
        try solve(&bench)
        bench.pass(4 * 86_400_000 - 1)
        #expect(bench.ticket(1)?.status == .solved)
        bench.pass(1)
        #expect(bench.ticket(1) == nil)
    }

    @Test func `another time holds for what is solved already, shorter or longer`() throws {
        var bench = Bench(.sample { $0.life.closesAfterMilliseconds = 600_000 })
        try solve(&bench)
        let boss = bench.person("boss", role: .admin)
        for (version, time) in [900_000, 60_000, 90_000].enumerated() {
            let wanted = DeskSettings.sample { $0.life.closesAfterMilliseconds = Int64(time) }
            try bench.ask(.configure(.sample(basis: UInt64(version), wanted)), from: boss)
        }
        bench.pass(89_999)
        #expect(bench.ticket(1)?.status == .solved)
        bench.pass(1)
        #expect(bench.ticket(1) == nil)
    }

    @Test func `it closes also if the broker was away when its time came`() throws {
        var bench = Bench(.sample { $0.life.closesAfterMilliseconds = 600_000 })
        try solve(&bench)
        bench.restart(downMilliseconds: 700_000)
        bench.pass(0)
        #expect(bench.ticket(1) == nil)
    }

    @Test func `a message within the time reopens it, and begins the time anew when it is solved again`()
        throws
    {
        var bench = Bench(.sample { $0.life.closesAfterMilliseconds = 600_000 })
        let node = try solve(&bench)
        bench.pass(500_000)
        bench.turn([bench.hello(node, "n1")])
        try bench.followUp(1)
        #expect(bench.ticket(1)?.status == .open)
        let held = try #require(bench.held(by: "n1").first)
        try bench.ask(.resolve(1, held.token, seen: 3, text: "now it does"), from: node)
        bench.pass(599_000)
        #expect(bench.ticket(1)?.status == .solved)
        bench.pass(1_000)
        #expect(bench.ticket(1) == nil)
    }

    @Test func `a later message makes a new ticket that is linked, and the answer says which`() throws {
        var bench = Bench(.sample { $0.life.closesAfterMilliseconds = 600_000 })
        try solve(&bench)
        bench.pass(600_000)
        let channel = bench.connect(.channel)
        #expect(try bench.refusal(.followUp(1, body: "again"), from: channel).code == .closed)
        var late = Submission.sample(body: "It is broken again.")
        late.origin = Origin(ticket: 1, cause: .follows)
        let answer = try bench.ask(.submit(late), from: channel)
        #expect(answer.ticket == 2)
        #expect(bench.records.last?.event == .submitted(2, line: "line-one", late))
        // While the new one is there, it is a message of it, wherever the customer looks it up.
        var later = late
        later.origin = Origin(ticket: 2, cause: .follows)
        #expect(try bench.ask(.submit(later), from: channel).ticket == 2)
        #expect(bench.ticket(2)?.entries == 2)
    }

    @Test func `a pending ticket wakes at its time, at a message, or at whichever is first`() throws {
        for (hasTime, writes) in [(true, false), (false, true), (true, true)] {
            var bench = Bench()
            let ann = bench.person("ann")
            try bench.submit()
            let token = try bench.ask(.claim(1, leaseMilliseconds: 3_600_000), from: ann).token
            let until = hasTime ? bench.now.advanced(byMilliseconds: 60_000) : nil
            try bench.ask(
                .pend(1, token, onHold: false, until: until, reason: "I call you at ten"), from: ann)
            bench.pass(30_000)
            #expect(bench.ticket(1)?.status == .pending)
            if writes {
                try bench.followUp(1)
            } else {
                bench.pass(30_000)
            }
            #expect(bench.ticket(1)?.status == .open)
            #expect(bench.ticket(1)?.place == .waiting)
            bench.pass(60_000)
            #expect(bench.records.filter { $0.event == .woke(1) }.count == (writes ? 0 : 1))
        }
    }

    @Test func `a million solved tickets that come due at once are closed a few at a time`() throws {
        var bench = Bench(
            .sample {
                $0.life.closesAfterMilliseconds = 600_000
                $0.limits.closedPerEvent = 10
            })
        for _ in 0..<25 { try solve(&bench) }
        bench.pass(600_000)
        let sizes = bench.records.compactMap { record in
            if case .closed(let numbers) = record.event { numbers.count } else { nil }
        }
        bench.pass(10)
        #expect(sizes.allSatisfy { $0 <= 10 })
        #expect(bench.desk.census.closed == 25)
    }

    @discardableResult
    private func solve(_ bench: inout Bench) throws -> SessionID {
        let ticket = try bench.submit()
        let node = bench.node("n1")
        let held = try #require(bench.held(by: "n1").first { $0.ticket == ticket })
        try bench.ask(.resolve(ticket, held.token, seen: 1, text: "done"), from: node)
        return node
    }
}
