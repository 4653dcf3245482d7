import Desk
import Testing
import Tickets

@Suite struct ConfigureTests {
    @Test func `an admin gives the desk other settings, and the log says who, why and what`() throws {
        var bench = Bench()
        let boss = bench.person("boss", role: .admin)
        #expect(bench.desk.version == 0)
        let wanted = DeskSettings.sample { $0.lines[0].leaseMilliseconds = 77_000 }
        let answer = try bench.ask(
            .configure(.sample(basis: 0, wanted, source: "text", reason: "why")), from: boss)
        #expect(bench.desk.version == 1)
        #expect(bench.desk.settings.line("line-one")?.leaseMilliseconds == 77_000)
        let record = try #require(bench.records.last)
        #expect(answer == Answer(ticket: 0, token: 0, position: record.position))
        #expect(record.author.agent == "boss")
        guard case .configured(let configuration) = record.event else {
            return #expect(Bool(false), "\(record.event)")
        }
        #expect(configuration.version == 1 && configuration.source == "text" && configuration.reason == "why")
        #expect(bench.desk.configurations == [record.position])
    }

    @Test func `what is the process's stays as it was started`() throws {
        var bench = Bench(
            .sample {
                $0.heartbeatMilliseconds = 1_234
                $0.limits.failuresMax = 7
            })
        let boss = bench.person("boss", role: .admin)
        try bench.ask(.configure(.sample(basis: 0)), from: boss)
        #expect(bench.desk.settings.heartbeatMilliseconds == 1_234)
        #expect(bench.desk.settings.limits.failuresMax == 7)
    }

    @Test func `the same command again changes nothing, and its id with other settings is refused`() throws {
        var bench = Bench()
        let boss = bench.person("boss", role: .admin)
        let wish = Reconfiguration.sample(basis: 0)
        let answer = try bench.ask(.configure(wish), from: boss, as: .number(900))
        #expect(try bench.ask(.configure(wish), from: boss, as: .number(900)) == answer)
        #expect(bench.desk.version == 1)
        var other = wish
        other.reason = "another"
        #expect(
            try bench.refusal(.configure(other), from: boss, as: .number(900)).code == .conflictingCommand)
    }

    @Test func `of two admins who changed the same version, the second is told`() throws {
        var bench = Bench()
        let (ann, ben) = (bench.person("ann", role: .admin), bench.person("ben", role: .admin))
        try bench.ask(.configure(.sample(basis: 0)), from: ann)
        let refusal = try bench.refusal(.configure(.sample(basis: 0)), from: ben)
        #expect(refusal.code == .otherVersion)
        try bench.ask(.configure(.sample(basis: 1)), from: ben)
        #expect(bench.desk.version == 2)
    }

    @Test func `settings that are none are refused`() throws {
        var bench = Bench()
        let boss = bench.person("boss", role: .admin)
        let circle = DeskSettings(lines: [
            LineSettings(name: "line-one", next: "line-two"),
            LineSettings(name: "line-two", next: "line-one"),
        ])
        #expect(try bench.refusal(.configure(.sample(basis: 0, circle)), from: boss).code == .invalidSettings)
        for bytes in [[], [0xff], [0x0a, 0x00], [0x0a, 0x03, 0x0a, 0x01, 0x21]] as [[UInt8]] {
            let wish = Reconfiguration(basis: 0, settings: bytes, source: "", reason: "r")
            #expect(try bench.refusal(.configure(wish), from: boss).code == .invalidSettings)
        }
        #expect(
            try bench.refusal(.configure(.sample(basis: 0, reason: " ")), from: boss).code == .textRequired)
        #expect(bench.desk.version == 0)
    }

    @Test func `a line that tickets need stays, wherever the tickets are`() throws {
        var bench = Bench()
        let boss = bench.person("boss", role: .admin)
        let without = { (line: Name) in
            Action.configure(
                .sample(
                    basis: 0,
                    .sample {
                        $0.lines.removeAll { $0.name == line }
                        for index in $0.lines.indices where $0.lines[index].next == line {
                            $0.lines[index].next = nil
                        }
                    }))
        }
        try bench.submit()
        var refusal = try bench.refusal(without("line-one"), from: boss)
        #expect(refusal.code == .lineInUse)
        #expect(refusal.reason.contains("1 are on it"))
        // Escalated: it is on line two, and goes back to line one.
        let ann = bench.person("ann")
        let token = try bench.ask(.claim(1, leaseMilliseconds: 60_000), from: ann).token
        try bench.ask(.escalate(1, token, to: nil, note: "hard"), from: ann)
        refusal = try bench.refusal(without("line-one"), from: boss)
        #expect(refusal.code == .lineInUse)
        #expect(refusal.reason.contains("1 go back to it"))
        #expect(try bench.refusal(without("line-two"), from: boss).code == .lineInUse)
        // Set aside, then solved: its customer may bring it back.
        let second = try bench.ask(.claim(1, leaseMilliseconds: 60_000), from: ann).token
        try bench.ask(.handBack(1, second, note: "so"), from: ann)
        let third = try bench.ask(.claim(1, leaseMilliseconds: 60_000), from: ann).token
        try bench.ask(.pend(1, third, onHold: false, until: nil, reason: "waits"), from: ann)
        #expect(try bench.refusal(without("line-one"), from: boss).code == .lineInUse)
        let fourth = try bench.ask(.claim(1, leaseMilliseconds: 60_000), from: ann).token
        try bench.ask(.resolve(1, fourth, seen: 1, text: nil), from: ann)
        refusal = try bench.refusal(without("line-one"), from: boss)
        #expect(refusal.reason.contains("1 are solved and may come back to it"))
        try bench.ask(without("line-two"), from: boss)
        #expect(bench.desk.settings.lines.map(\.name) == ["line-one", "line-three"])
    }

    @Test func `a node whose line is gone is told so, and others go on`() throws {
        var bench = Bench()
        let boss = bench.person("boss", role: .admin)
        let (one, two) = (bench.node("n1"), bench.node("n2", on: "line-three"))
        let wanted = DeskSettings.sample {
            $0.lines.removeLast()
            $0.lines[1].next = nil
        }
        try bench.ask(.configure(.sample(basis: 0, wanted)), from: boss)
        let dismissed = bench.last.directives.compactMap { directive -> SessionID? in
            guard case .dismiss(let id, let refusal) = directive, refusal.code == .noSuchLine else {
                return nil
            }
            return id
        }
        #expect(dismissed == [two])
        try bench.submit()
        #expect(bench.grants(to: one).map(\.ticket) == [1])
    }

    @Test func `a new line takes tickets at once`() throws {
        var bench = Bench()
        let boss = bench.person("boss", role: .admin)
        let wanted = DeskSettings.sample { $0.lines.append(LineSettings(name: "claims")) }
        try bench.ask(.configure(.sample(basis: 0, wanted)), from: boss)
        let ann = bench.person("ann")
        try bench.submit()
        let token = try bench.ask(.claim(1, leaseMilliseconds: 60_000), from: ann).token
        try bench.ask(.escalate(1, token, to: "claims", note: "a dispute"), from: ann)
        let node = bench.node("c1", on: "claims")
        #expect(bench.grants(to: node).map(\.ticket) == [1])
    }

    @Test func `other head starts put the line in another order`() throws {
        var bench = Bench()
        let boss = bench.person("boss", role: .admin)
        for priority in [Priority.low, .normal, .urgent] {
            try bench.submit(.sample(priority: priority))
            bench.pass(1_000)
        }
        let flat = DeskSettings.sample { $0.lines[0].headStartMilliseconds = [0, 0, 0, 0] }
        try bench.ask(.configure(.sample(basis: 0, flat)), from: boss)
        let node = bench.node("n1", seats: 3)
        #expect(bench.grants(to: node).map(\.ticket) == [1, 2, 3])
    }

    @Test func `claims keep the lease that they were granted with, new ones have the new one`() throws {
        var bench = Bench()
        let boss = bench.person("boss", role: .admin)
        let node = bench.node("n1", seats: 2)
        try bench.submit()
        let wanted = DeskSettings.sample { $0.lines[0].leaseMilliseconds = 44_000 }
        try bench.ask(.configure(.sample(basis: 0, wanted)), from: boss)
        try bench.submit()
        #expect(bench.grants(to: node).map(\.ticket) == [2])
        #expect([1, 2].map { bench.desk.claims[$0]?.leaseMilliseconds } == [30_000, 44_000])
    }

    @Test func `a ticket that waits for its owner still does under other settings`() throws {
        var bench = Bench()
        let boss = bench.person("boss", role: .admin)
        let one = bench.node("n1")
        try bench.submit()
        try bench.ask(.escalate(1, 1, to: nil, note: "hard"), from: one)
        let two = bench.node("t1", on: "line-two")
        try bench.ask(.handBack(1, 2, note: "so"), from: two)
        try bench.submit()
        bench.node("n2")
        try bench.ask(.configure(.sample(basis: 0)), from: boss)
        #expect(bench.desk.claims[1]?.holder.node == "n1")
        #expect(bench.desk.claims[2]?.holder.node == "n2")
    }

    /// The timer from before ended it early (the simulator's F4: seeds 26, 44, 57 and 59).
    @Test func `other settings give an owner all of their time anew`() throws {
        var bench = Bench(.sample { $0.lines[0].ownerWaitMilliseconds = 6_000 })
        let boss = bench.person("boss", role: .admin)
        let one = bench.node("n1")
        try bench.submit()
        try bench.ask(.escalate(1, 1, to: nil, note: "hard"), from: one)
        let two = bench.node("t1", on: "line-two")
        // Its owner has no seat free when it comes back.
        try bench.submit()
        let other = bench.node("n2")
        try bench.ask(.handBack(1, 2, note: "so"), from: two)
        bench.pass(4_000)
        let wanted = DeskSettings.sample { $0.lines[0].ownerWaitMilliseconds = 6_000 }
        try bench.ask(.configure(.sample(basis: 0, wanted)), from: boss)
        bench.pass(5_999)
        #expect(bench.grants(to: other).isEmpty)
        bench.pass(1)
        #expect(bench.grants(to: other) == [Held(ticket: 1, token: 3)])
    }

    @Test func `after a restart the desk is what its log says, whatever it is started with`() throws {
        var bench = Bench()
        let boss = bench.person("boss", role: .admin)
        let wanted = DeskSettings.sample { $0.lines.append(LineSettings(name: "claims")) }
        try bench.ask(.configure(.sample(basis: 0, wanted)), from: boss)
        bench.restart()
        #expect(bench.desk.settings.lines.map(\.name) == wanted.lines.map(\.name))
        #expect(bench.desk.version == 1)
        let restored = try #require(Desk(restoring: bench.desk.parts, settings: .sample()))
        #expect(DeskImage(restored) == DeskImage(bench.desk))
        var contradicting = bench.desk.parts
        contradicting.configurations = []
        #expect(Desk(restoring: contradicting, settings: .sample()) == nil)
    }

    @Test func `what the process was started with becomes version 1 of a desk that has none`() throws {
        var exchange = Exchange(desk: Desk(settings: .sample()), now: .zero)
        var turn = Turn()
        try exchange.begin(.sample(), source: "lines: …", into: &turn)
        #expect(exchange.desk.version == 1)
        #expect(turn.records.map(\.author) == [.desk])
        let broken = DeskSettings(lines: [LineSettings(name: "a", next: "b")])
        #expect(throws: Refusal.self) { try exchange.begin(broken, source: "", into: &turn) }
    }
}
