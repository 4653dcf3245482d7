import Client
import Node
import Testing
import Tickets

/// A handler that cannot start work is the node's trouble: no ticket fails by it, and none is taken while it lasts.
@Suite struct NodeLogicOutageTests {
    @Test func `what cannot be started goes back as it came, and nothing more is taken`() throws {
        var story = Story()
        story.hear(.grant(5, 1), .grant(6, 1))
        story.cannotStart(5, 1)
        #expect(story.logged().contains(.outOfOrder(reason: "no program", pauseMilliseconds: 5_000)))
        story.cannotStart(6, 1)
        #expect(story.logged() == [], "it is said once")
        #expect(story.said() == ["seats 0", "release 5/1: no program", "release 6/1: no program"])
        try story.confirm()
        #expect(story.logic.isOutOfOrder)
        #expect(story.logic.account.handlerFailures == 2)

        // One that was on its way when the seats were taken back.
        story.hear(.grant(7, 1))
        #expect(story.wanted() == [])
        #expect(story.said() == ["release 7/1: the node cannot start work"])
    }

    @Test func `it looks again after its pause, and takes tickets once nothing is in the way`() throws {
        var story = Story()
        story.hear(.grant(5, 1))
        story.cannotStart(5, 1)
        #expect(story.said() == ["seats 0", "release 5/1: no program"])
        try story.confirm()
        #expect(story.logic.nextDeadline == 5_000_000)
        #expect(!story.logic.looksAtHandler(now: 4_999_999))
        story.now = 5_000_000
        #expect(story.logic.looksAtHandler(now: story.now))
        story.look("still none")
        #expect(story.logic.isOutOfOrder && !story.logic.looksAtHandler(now: 9_999_999))
        story.now = 10_000_000
        #expect(story.logic.looksAtHandler(now: story.now))
        story.look(nil)
        #expect(story.logged().contains(.inOrder))
        story.hear(.aPong)
        #expect(story.said() == ["ping holding []", "seats 4"])
        #expect(!story.logic.isOutOfOrder && story.logic.nextDeadline == nil)
        story.hear(.grant(5, 2))
        #expect(story.wanted() == ["start 5/2"])
    }

    @Test func `one that only looks as if it could start is tried less and less, until it did some work`() {
        var story = Story()
        var pauses: [Int64] = []
        for token in 1...6 as ClosedRange<UInt64> {
            story.hear(.grant(5, token))
            story.cannotStart(5, token)
            pauses.append((story.logic.nextDeadline ?? 0) - story.now)
            story.now = story.logic.nextDeadline ?? 0
            story.look(nil)
        }
        #expect(pauses == [5, 10, 20, 40, 60, 60].map { $0 * 1_000_000 })
        story.hear(.grant(5, 7))
        story.decide(5, 7, Decision(.resolve(reply: "done")))
        story.hear(.grant(6, 1))
        story.cannotStart(6, 1)
        #expect(story.logic.nextDeadline == story.now + 5_000_000)
    }

    @Test func `somebody who is back has it looked at now`() {
        var story = Story()
        story.logic.lookAtHandlerSoon()
        #expect(!story.logic.looksAtHandler(now: 0), "nothing is wrong")
        story.hear(.grant(5, 1))
        story.cannotStart(5, 1)
        story.logic.lookAtHandlerSoon()
        #expect(story.logic.looksAtHandler(now: 0))
    }

    @Test func `a node that drains leaves, whether it could start work or not`() throws {
        var story = Story()
        story.hear(.grant(5, 1))
        story.cannotStart(5, 1)
        #expect(story.said() == ["seats 0", "release 5/1: no program"])
        story.drain()
        #expect(!story.logic.looksAtHandler(now: 60_000_000))
        try story.confirm()
        #expect(story.said() == ["goodbye"])
    }

    @Test func `what was decided, or is another's, cannot fail to start`() {
        var story = Story()
        story.hear(.grant(5, 2))
        story.decide(5, 2, Decision(.resolve(reply: "x")))
        #expect(story.said() == ["resolve 5/2 to 1: x"])
        story.cannotStart(5, 2)
        story.cannotStart(5, 1)
        #expect(story.said() == [] && !story.logic.isOutOfOrder)
    }
}

extension Story {
    fileprivate mutating func cannotStart(_ ticket: UInt64, _ token: UInt64) {
        logic.cannotStart(
            HeldClaim(ticket, token), reason: "no program", &session, now: now, into: &directives)
    }

    fileprivate mutating func look(_ obstacle: String?) {
        logic.lookedAtHandler(obstacle: obstacle, &session, now: now, into: &directives)
    }
}
