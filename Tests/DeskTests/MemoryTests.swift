import DequeModule
import HeapModule
import Testing
import Tickets

@testable import Desk

/// What is kept beside the desk must not grow with what has passed.
@Suite struct MemoryTests {
    @Test func `a line from which people take by number keeps no trace of those taken`() throws {
        var bench = quiet()
        let ann = bench.connect(.person("ann"))
        for _ in 0..<6_000 {
            let ticket = try bench.submit()
            try bench.ask(.claim(ticket, leaseMilliseconds: 60_000), from: ann)
            try bench.ask(.resolve(ticket, 1, seen: 1, text: nil), from: ann)
        }
        #expect(bench.exchange.floor.rooms["line-one"]?.count ?? 0 < 2_000)
        #expect(bench.desk.solved.count < 2_000)
    }

    @Test(arguments: [LinePolicy.priority, .shortestFirst])
    func `a ticket that is set back and forth leaves no trace of where it was`(_ policy: LinePolicy) throws {
        var bench = quiet { $0.lines[0].policy = policy }
        let ann = bench.connect(.person("ann", role: .lead))
        for _ in 0..<3 { try bench.submit() }
        for round in 0..<8_000 {
            let number = TicketNumber(UInt64(round / 2 % 2) + 1)
            let priority = round % 2 == 0 ? Priority.high : .normal
            try bench.ask(.amend(number, nil, .priority(priority)), from: ann)
        }
        #expect(bench.exchange.floor.rooms["line-one"]?.count ?? 0 < 1_100)
        #expect(bench.exchange.standing(of: 3)?.ahead == 2)
    }

    @Test func `tickets that wait for a person who never comes leave nothing behind`() throws {
        var bench = quiet()
        let ann = bench.connect(.person("ann"))
        let until = Moment(milliseconds: 0)
        for _ in 0..<200 {
            let ticket = try bench.submit()
            try bench.ask(.claim(ticket, leaseMilliseconds: 60_000), from: ann)
            try bench.ask(.pend(ticket, 1, onHold: true, until: until, reason: ""), from: ann)
            #expect(bench.exchange.floor.reserved["ann"]?.isEmpty == false)
            bench.pass(121_000)
            try bench.ask(.claim(ticket, leaseMilliseconds: 60_000), from: ann)
            try bench.ask(.resolve(ticket, 2, seen: 1, text: nil), from: ann)
        }
        #expect(bench.exchange.floor.reserved.isEmpty)
    }

    @Test func `timers of waits that ended are swept, however far away their time is`() throws {
        var bench = quiet()
        let ann = bench.connect(.person("ann"))
        let ticket = try bench.submit()
        for round in 1...5_000 as ClosedRange<UInt64> {
            try bench.ask(.claim(ticket, leaseMilliseconds: 60_000), from: ann)
            let until = Moment(milliseconds: .max - Int64(round))
            try bench.ask(.pend(ticket, Token(round), onHold: true, until: until, reason: ""), from: ann)
        }
        #expect(bench.exchange.floor.timers.count <= 1_025)
        for _ in 0..<100 { try bench.ask(.note(ticket, nil, text: "n"), from: ann) }
        #expect(bench.exchange.floor.timers.count <= 1_025)
    }

    @Test func `hellos and goodbyes leave one timer a session and nobody in the queue twice`() {
        var bench = quiet()
        let id = bench.newSession()
        for _ in 0..<5_000 { bench.turn([bench.hello(id, "n1", seats: 2)]) }
        #expect(bench.exchange.floor.ready["line-one"]?.count == 1)
        for _ in 0..<5_000 {
            bench.now = bench.now.advanced(byMilliseconds: 1)
            bench.turn([.goodbye(id), bench.hello(id, "n1", seats: 2)])
        }
        #expect(bench.exchange.floor.ready["line-one"]?.count == 1)
        #expect(bench.exchange.floor.servingTimers.count <= 1_025)
        for number in 0..<2_000 as Range<UInt64> {
            bench.turn([bench.hello(SessionID(10_000 + number), "n1", seats: 2)])
        }
        #expect(bench.exchange.floor.ready["line-one"]?.count == 1)
        #expect(bench.exchange.floor.sessions.count == 1)
        bench.pass(60_000)
        #expect(bench.exchange.floor.sessions.isEmpty)
        #expect(bench.exchange.floor.nodes.isEmpty)
        #expect(bench.exchange.floor.ready["line-one"]?.isEmpty != false)
        #expect(bench.exchange.floor.servingTimers.isEmpty)
    }

    @Test func `when everything is done, no lease, reservation or timer is left`() throws {
        var bench = quiet()
        let one = bench.node("n1", seats: 5)
        for _ in 0..<5 { try bench.submit() }
        for ticket in 1...5 as ClosedRange<UInt64> {
            try bench.ask(.resolve(TicketNumber(ticket), 1, seen: 1, text: "done"), from: one)
        }
        bench.turn([.goodbye(one)])
        bench.pass(600_000)
        let floor = bench.exchange.floor
        #expect(floor.leaseEnds.isEmpty)
        #expect(floor.leaseTimers.isEmpty)
        // One for all solved tickets: when the first of them closes.
        #expect(floor.timers.unordered.map(\.subject) == [.closing])
        #expect(floor.servingTimers.isEmpty)
        #expect(floor.touched.isEmpty)
    }

    @Test func `a ticket that many nodes decline does not make each grant slower`() throws {
        // n1 declines everything while n2 is there and busy: the groups of declined tickets stay few.
        var bench = quiet()
        let first = bench.node("n1")
        bench.node("n2", seats: 0)
        for _ in 0..<300 {
            let ticket = try bench.submit()
            try bench.ask(.decline(ticket, 1, reason: "no"), from: first)
        }
        #expect(bench.exchange.floor.rooms["line-one"]?.apartCount == 1)
        #expect(bench.desk.census.waiting == 300)
    }

    /// A bench whose witness looks at nothing, for long runs.
    private func quiet(_ change: (inout DeskSettings) -> Void = { _ in }) -> Bench {
        var bench = Bench(
            .sample {
                $0.limits.solvedKept = 100; $0.limits.closedPerEvent = 10
                change(&$0)
            })
        bench.isWitnessed = false
        return bench
    }
}
