import Faults
import Testing

/// Histories with one thing wrong each: a checker that says nothing about them sees nothing.
@Suite struct HistoryCheckerTests {
    @Test func `a desk that kept its word is not blamed`() {
        let story = Story.good
        let results = HistoryChecker.check(story.history, against: story.facts)
        #expect(results.filter { $0.violations > 0 }.isEmpty, "\(results)")
        // Each check but that of refusals had something to look at.
        #expect(results.filter { $0.checked == 0 }.map(\.check) == [.refusedLeavesNoTrace])
    }

    @Test(arguments: Planted.all) func `each lie is seen by the check that is there for it`(
        _ planted: Planted
    ) {
        var story = Story.good
        planted.spoil(&story)
        let results = HistoryChecker.check(story.history, against: story.facts)
        let blamed = results.filter { $0.violations > 0 }.map(\.check)
        #expect(blamed.contains(planted.check), "\(planted.name): \(blamed)")
        #expect(results.first { $0.check == planted.check }?.details.isEmpty == false)
    }

    @Test func `a call without an answer may have taken effect or not`() {
        var story = Story.good
        story.history.calls[0].outcome = .unknown
        #expect(story.violations.isEmpty)
        story.facts = story.facts.filter { $0.ticket != 1 }
        story.history.calls = story.history.calls.filter { $0.deed != .followUp(ticket: 1) }
        story.history.grants = story.history.grants.filter { $0.ticket != 1 }
        story.history.endings = story.history.endings.filter { $0.ticket != 1 }
        #expect(story.violations.isEmpty)
    }

    @Test func `a lease that ended unseen explains another claim`() {
        var story = Story()
        story.submit(1, at: 10)
        story.claim(1, token: 1, by: "one-1", heard: 30)
        story.fact(1, .lapsed(token: 1))
        story.claim(1, token: 2, by: "one-2", heard: 60)
        story.end(1, .resolved, token: 2, by: "one-2", from: 60, to: 70)
        #expect(story.violations.isEmpty)
    }

    @Test func `results of several histories add up`() {
        let story = Story.good
        var sum = HistoryChecker.check(story.history, against: story.facts)
        let once = sum[0].checked
        for index in sum.indices { sum[index].add(sum[index]) }
        #expect(sum[0].checked == 2 * once)
        #expect(once > 0)
    }
}

/// A lie, and the check that must see it.
struct Planted: CustomTestStringConvertible, Sendable {
    var name: String
    var check: Check
    var spoil: @Sendable (inout Story) -> Void

    var testDescription: String { name }

    static let all = [
        Planted(name: "an acknowledged ticket is gone", check: .nothingLost) { story in
            story.facts.removeAll { $0.kind == .submitted(digest: 100) }
        },
        Planted(name: "an acknowledged ticket stands elsewhere", check: .nothingLost) { story in
            story.history.calls[0].outcome = .done(ticket: 1, position: 99, at: 20)
        },
        Planted(name: "what a node was told is not in the log", check: .nothingLost) { story in
            story.facts.removeAll { $0.kind == .ended(.resolved, token: 2) }
        },
        Planted(name: "what a node was told is in the log as something else", check: .nothingLost) { story in
            story.history.endings[0].ending = .pended
        },
        Planted(name: "a ticket that nobody wrote", check: .nothingUnexpected) { story in
            story.fact(9, .submitted(digest: 1), id: CallID(high: 7, low: 7))
        },
        Planted(name: "a refused ticket is there", check: .refusedLeavesNoTrace) { story in
            story.history.calls[0].outcome = .refused("disk-full", at: 20)
        },
        Planted(name: "another text came out", check: .textUnchanged) { story in
            story.history.calls[0].digest = 1
        },
        Planted(name: "a command took effect twice", check: .oneResultPerID) { story in
            let first = story.facts[0]
            story.fact(5, first.kind, id: first.id)
        },
        Planted(name: "a follow-up went to another ticket", check: .oneResultPerID) { story in
            guard let index = story.facts.firstIndex(where: { $0.kind == .followedUp(digest: 200) }) else {
                return
            }
            story.facts[index].ticket = 2
        },
        Planted(name: "two nodes held a ticket under one token", check: .oneHolder) { story in
            story.history.grants.append(NodeGrant(node: "two-1", ticket: 1, token: 1, heard: 35))
        },
        Planted(name: "a grant that the log does not have", check: .oneHolder) { story in
            story.history.grants.append(NodeGrant(node: "two-1", ticket: 2, token: 8, heard: 35))
        },
        Planted(name: "a token that did not grow", check: .tokensGrow) { story in
            story.fact(1, .claimed(token: 2, node: "one-3"))
        },
        Planted(name: "a change under a token that was over", check: .noStaleEffect) { story in
            story.fact(1, .ended(.resolved, token: 1))
        },
        Planted(name: "a change although nobody held the ticket", check: .noStaleEffect) { story in
            story.fact(1, .under(token: 2))
        },
        Planted(name: "an answer under a token after another claim was heard", check: .oneTicketOneHistory) {
            story in
            story.history.grants.append(NodeGrant(node: "one-2", ticket: 2, token: 2, heard: 40))
            story.history.endings.append(
                NodeEnding(node: "one-1", ticket: 2, token: 1, ending: .escalated, invoked: 50, answered: 60))
        },
        Planted(name: "a solved ticket is granted again", check: .oneTicketOneHistory) { story in
            story.history.grants.append(NodeGrant(node: "one-2", ticket: 1, token: 3, heard: 300))
        },
        Planted(name: "a ticket is granted before anybody wrote it", check: .oneTicketOneHistory) { story in
            story.history.grants[0].heard = 5
        },
        Planted(name: "what began later stands before", check: .realTimeOrder) { story in
            story.history.calls[1].invoked = 400
        },
        Planted(name: "a term that fell", check: .epochsGrow) { story in
            story.facts[story.facts.count - 1].epoch = 0
        },
    ]
}

/// A desk's history and its log, written down side by side.
struct Story: Sendable {
    var history = History()
    var facts: [StoreFact] = []
    private var position: UInt64 = 0

    /// Two tickets: the first is escalated, the customer writes again, and it is solved; the second is claimed.
    static var good: Story {
        var story = Story()
        story.submit(1, at: 10)
        story.submit(2, at: 15)
        story.claim(1, token: 1, by: "one-1", heard: 30)
        story.claim(2, token: 1, by: "one-1", heard: 31)
        story.end(1, .escalated, token: 1, by: "one-1", from: 30, to: 50)
        story.followUp(1, at: 60)
        story.claim(1, token: 2, by: "two-1", heard: 90)
        story.fact(1, .under(token: 2))
        story.end(1, .resolved, token: 2, by: "two-1", from: 90, to: 120)
        return story
    }

    var violations: [CheckResult] {
        HistoryChecker.check(history, against: facts).filter { $0.violations > 0 }
    }

    mutating func fact(_ ticket: UInt64, _ kind: StoreFact.Kind, id: CallID? = nil) {
        position += 1
        facts.append(StoreFact(position: position, epoch: 3, ticket: ticket, id: id, kind: kind))
    }

    /// Calls last 5 microseconds.
    mutating func submit(_ ticket: UInt64, at time: Int64) {
        let id = CallID(high: 1, low: ticket)
        fact(ticket, .submitted(digest: 99 + ticket), id: id)
        history.calls.append(
            ClientCall(
                id: id, deed: .submit, digest: 99 + ticket, invoked: time,
                outcome: .done(ticket: ticket, position: position, at: time + 5)))
    }

    mutating func followUp(_ ticket: UInt64, at time: Int64) {
        let id = CallID(high: 2, low: ticket)
        fact(ticket, .followedUp(digest: 199 + ticket), id: id)
        history.calls.append(
            ClientCall(
                id: id, deed: .followUp(ticket: ticket), digest: 199 + ticket, invoked: time,
                outcome: .done(ticket: ticket, position: position, at: time + 5)))
    }

    mutating func claim(_ ticket: UInt64, token: UInt64, by node: String, heard: Int64) {
        fact(ticket, .claimed(token: token, node: node))
        history.grants.append(NodeGrant(node: node, ticket: ticket, token: token, heard: heard))
    }

    mutating func end(
        _ ticket: UInt64, _ ending: Ending, token: UInt64, by node: String, from: Int64, to: Int64
    ) {
        fact(ticket, .ended(ending, token: token))
        history.endings.append(
            NodeEnding(node: node, ticket: ticket, token: token, ending: ending, invoked: from, answered: to))
    }
}
