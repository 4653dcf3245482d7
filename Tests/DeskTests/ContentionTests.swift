import Desk
import Randomness
import Testing
import Tickets

@Suite struct ContentionTests {
    /// A day that a real desk had: 160 agents, one line, self-assignment by number, 878 assignments of 799
    /// tickets, 58 of them within 10 s of somebody else's (fazer-ai/chatwoot #359).
    @Test(arguments: [1] as [UInt64])
    func
        `160 agents take 800 tickets by number in a day; none is held twice and every loser learns who has it`(
            _ seed: UInt64
        ) throws
    {
        var random = SplitMix64(seed: seed)
        var bench = Bench(
            .sample {
                $0.limits.solvedKept = 40
                $0.limits.closedPerEvent = 10
            })
        let agents = (0..<160).map { bench.person(Name("agent-\($0)") ?? "agent") }
        var tickets: [TicketNumber] = []
        var working: [(agent: Int, ticket: TicketNumber, token: Token, until: Moment)] = []
        var losers = 0
        var assignments = 0
        // 800 tickets in 8 hours: one every 36 s, and each time the four newest are pounced on in one turn.
        for _ in 0..<800 {
            tickets.append(try bench.submit(.sample(customer: "customer-\(random.below(300))")))
            bench.now = bench.now.advanced(byMilliseconds: Int64(20_000 + random.below(32_000)))
            let done = working.filter { $0.until <= bench.now }
            working.removeAll { $0.until <= bench.now }
            for work in done {
                let answer = bench.send(
                    .resolve(work.ticket, work.token, seen: 1, text: "done"), from: agents[work.agent])
                guard case .answered = answer else { throw Bench.Unexpected(outcome: answer) }
            }
            let crowd = (0..<8).map { _ in
                (random.below(160), tickets.suffix(4).randomElement(using: &random))
            }
            var inputs: [Input] = []
            var asked: [(agent: Int, ticket: TicketNumber, command: CommandID)] = []
            for (agent, ticket) in crowd {
                guard let ticket, !asked.contains(where: { $0.agent == agent }) else { continue }
                let command = bench.newCommand()
                asked.append((agent, ticket, command))
                inputs.append(.hello(agents[agent], .person(Name("agent-\(agent)") ?? "agent"), nil))
                inputs.append(
                    .command(
                        agents[agent],
                        Command(id: command, action: .claim(ticket, leaseMilliseconds: 3_600_000))))
            }
            bench.turn(inputs)
            for (agent, ticket, command) in asked {
                switch bench.outcome(of: command, for: agents[agent]) {
                case .answered(let answer):
                    let isNew = bench.last.records.contains { $0.command?.id == command }
                    guard isNew else { continue }
                    assignments += 1
                    let minutes = Int64(1 + random.below(10))
                    working.append(
                        (agent, ticket, answer.token, bench.now.advanced(byMilliseconds: minutes * 60_000)))
                case .refused(let refusal) where refusal.code == .heldByAnother:
                    losers += 1
                    let holder = try #require(bench.desk.claims[ticket]?.holder)
                    #expect(refusal.holder == holder)
                    #expect(refusal.reason.contains(holder.displayName.text))
                case .refused(let refusal): #expect(refusal.code == .notOpen)
                case .none: Issue.record("agent \(agent) got no answer")
                }
            }
        }
        #expect(losers > 100, "not enough contention: \(losers)")
        #expect(assignments > 500)
        #expect(bench.desk.census.claims == UInt64(assignments))
        #expect(bench.witness.findings.checked["C1 one live claim"] == assignments)
    }
}
