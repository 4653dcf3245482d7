import Client
import Node
import Testing
import Tickets
import Wire

/// Claims that are lost, refusals, brokers that restart, and draining.
@Suite struct NodeLogicLossTests {
    private let stale = Refusal(
        .staleToken, "not current", holder: Holder(node: "n2", incarnation: 1), token: Token(7))

    @Test func `a revoked claim stops the work, and nothing is sent under its token`() {
        var story = Story()
        story.hear(.grant(5, 2), .revoked(5, 2))
        #expect(story.wanted() == ["start 5/2", "cancel 5/2"])
        story.decide(5, 2, Decision(.resolve(reply: "late")))
        story.fail(5, 2, "cancelled")
        #expect(story.said() == [])
        #expect(story.logic.heldCount == 0)
        #expect(story.logic.account.leasesLost == 1)
        #expect(story.logic.account.handlerFailures == 0)
    }

    @Test func `a command that waits to be sent is taken back when its claim is revoked`() {
        var story = Story()
        story.hear(.grant(5, 2))
        story.hear(.refusal(Refusal(.unknownSession, "")))
        story.decide(5, 2, Decision(.resolve(reply: "x")))
        #expect(story.said() == ["hello holding [5]"])
        story.hear(.welcome(broker: 2), .revoked(5, 2))
        #expect(story.said() == [])
        #expect(story.logged().contains(.leaseLost(HeldClaim(5, 2), reason: "over", holder: nil, token: nil)))
        #expect(story.session.unansweredCount == 0)
    }

    @Test func `another claim of the ticket is not revoked with it`() {
        var story = Story()
        story.hear(.grant(5, 4), .revoked(5, 2), .revoked(6, 4))
        #expect(story.wanted() == ["start 5/4"])
        #expect(story.logic.held == [HeldClaim(5, 4)])
    }

    // Node                                     Broker
    // resolve, received and committed
    //                                          dies before it answers; another one starts
    // hello, holding 5
    //                                          welcome; the claim is over (it was resolved)
    // resolve, the same id
    //                                          the answer that is kept with the change
    @Test func `what was carried out by a broker that died is counted when it is asked again`() throws {
        var story = Story()
        story.hear(.grant(5, 2))
        story.decide(5, 2, Decision(.resolve(reply: "x")))
        #expect(story.said() == ["resolve 5/2 to 1: x"])
        story.hear(.refusal(Refusal(.unknownSession, "")))
        #expect(story.said() == ["hello holding [5]"])
        story.directives = []
        story.hear(.welcome(broker: 2), .revoked(5, 2))
        #expect(story.logged().contains(.endedOnTheWay(HeldClaim(5, 2))))
        #expect(story.said() == ["resolve 5/2 to 1: x"])
        #expect(Set(story.ids).count == 1)
        try story.confirm()
        #expect(story.logic.account.resolved == 1)
        #expect(story.logic.account.leasesLost == 0)
    }

    @Test(arguments: [ErrorCode.staleToken, .heldByAnother, .unknownTicket, .closed])
    func `a refusal that says the claim is over is final`(_ code: ErrorCode) throws {
        var story = Story()
        story.hear(.grant(5, 2))
        story.decide(5, 2, Decision(.resolve(reply: "x"), notes: ["n"]))
        _ = story.said()
        story.directives = []
        try story.refuse(Refusal(code, "gone", holder: Holder(node: "n2", incarnation: 1), token: Token(7)))
        #expect(story.said() == [])
        #expect(story.logic.heldCount == 0)
        #expect(story.logic.account.refused == 1)
        #expect(story.logic.account.leasesLost == 1)
        #expect(
            story.logged() == [.leaseLost(HeldClaim(5, 2), reason: "gone", holder: "n2", token: Token(7))])
    }

    // Node                                     Broker
    // ping, holding 5                          pong
    // stopped                                  the lease ends, n2 has it under token 7
    // reads the pong; its clock says that the lease may be over
    // hello, holding 5
    //                                          welcome; the claim under token 2 is over
    @Test func `a node that was stopped past its lease drops the work before it sends anything`() {
        var story = Story()
        story.hear(.grant(5, 2))
        story.now = 1_000_000
        #expect(story.said() == ["ping holding [5]"])
        story.now = 200_000_000
        story.hear(.aPong)
        story.decide(5, 2, Decision(.resolve(reply: "late")))
        #expect(story.said() == ["hello holding [5]"])
        story.hear(.welcome(), .revoked(5, 2))
        #expect(story.said() == [])
        #expect(story.session.unansweredCount == 0)
    }

    @Test func `when the customer wrote again the ticket goes back, to be granted with everything`() throws {
        var story = Story()
        story.hear(.grant(5, 2))
        story.decide(5, 2, Decision(.pend(reply: "q", onHold: false, wakeAfterMilliseconds: nil, reason: "")))
        #expect(story.said() == ["reply 5/2 to 1: q"])
        try story.refuse(Refusal(.newerMessage, "read it", entry: 4))
        #expect(story.said() == ["release 5/2: the customer wrote again"])
        try story.confirm()
        #expect(story.logic.account.released == 1)
        #expect(story.logic.account.refused == 1)
        story.hear(.grant(5, 3, lastMessage: 4))
        #expect(story.wanted().last == "start 5/3")
    }

    @Test(arguments: [
        ErrorCode.handBackFirst, .noFurtherLine, .textRequired, .textTooLong, .conversationFull,
    ])
    func `a decision that the desk refuses puts the ticket back as failed`(_ code: ErrorCode) throws {
        var story = Story()
        story.hear(.grant(5, 2))
        story.decide(5, 2, Decision(.resolve(reply: "x")))
        _ = story.said()
        try story.refuse(Refusal(code, "because"))
        #expect(story.said() == ["release 5/2 as failed: the resolve was refused: \(code.word): because"])
    }

    @Test func `a release that is refused is not tried for ever`() throws {
        var story = Story()
        story.hear(.grant(5, 2))
        story.fail(5, 2, "it broke")
        _ = story.said()
        try story.refuse(Refusal(.textTooLong, "because"))
        #expect(story.said() == [])
        #expect(story.logic.heldCount == 0)
    }

    @Test func `a text that fits into no frame puts the ticket back without being sent`() {
        var story = Story()
        story.hear(.grant(5, 2))
        story.decide(5, 2, Decision(.resolve(reply: String(repeating: "x", count: 1_100_000))))
        let said = story.said()
        #expect(said.count == 1)
        #expect(
            said.first?.hasPrefix("release 5/2 as failed: the resolve was refused: text-too-long") == true)
    }

    @Test func `a broker that has no room for now gets the command again`() throws {
        var story = Story()
        story.hear(.grant(5, 2))
        story.decide(5, 2, Decision(.resolve(reply: "x")))
        _ = story.said()
        try story.refuse(Refusal(.diskNearlyFull, "wait", retryAfterMilliseconds: 400))
        #expect(story.said() == [])
        story.now = 600_000
        #expect(story.said() == ["resolve 5/2 to 1: x"])
        #expect(Set(story.ids).count == 1)
    }

    @Test func `a node works on while the broker is away, and sends afterwards`() throws {
        var story = Story()
        story.hear(.grant(5, 2))
        story.now = 3_000_000
        _ = story.said()
        #expect(story.said() == [])
        #expect(story.logged().contains(.connectionLost(held: 1)))
        story.decide(5, 2, Decision(.resolve(reply: "x")))
        story.now = 5_500_000
        #expect(story.said() == ["hello holding [5]"])
        story.hear(.welcome(broker: 2))
        #expect(story.said() == ["resolve 5/2 to 1: x"])
    }

    // MARK: - Draining

    @Test func `a node that drains takes nothing new, finishes what it holds, and leaves`() throws {
        var story = Story()
        story.hear(.grant(5, 2))
        story.drain()
        #expect(story.said() == ["seats 0"])
        story.hear(.grant(6, 1))
        #expect(story.said() == ["release 6/1: the node is draining"])
        try story.confirm()
        #expect(story.wanted() == ["start 5/2"])
        story.decide(5, 2, Decision(.resolve(reply: "x")))
        #expect(story.said() == ["resolve 5/2 to 1: x"])
        try story.confirm()
        #expect(story.said() == ["goodbye"])
        #expect(story.session.isOver)
        #expect(story.logic.account.claims == 2)
        #expect(story.logic.account.released == 1)
    }

    @Test func `a node without work leaves at once`() {
        var story = Story()
        story.drain()
        #expect(story.said() == ["goodbye"])
    }

    @Test func `what is not finished within the grace is stopped and put back`() throws {
        var story = Story(grace: 10_000)
        story.hear(.grant(5, 2), .grant(6, 1))
        story.drain()
        _ = story.said()
        story.hear(.aPong)
        story.decide(6, 1, Decision(.resolve(reply: "x")))
        _ = story.said()
        let resolve = try #require(story.ids.last)
        #expect(story.logic.nextDeadline == 10_000_000)
        _ = story.wanted()
        for second in 1...10 as ClosedRange<Int64> {
            story.now = second * 1_000_000
            story.hear(.aPong)
            let said = story.said().filter { !$0.hasPrefix("ping") }
            #expect(said == (second == 10 ? ["release 5/2: the node is shutting down"] : []))
        }
        #expect(story.wanted() == ["cancel 5/2"])
        try story.confirm()
        #expect(story.said() == [])
        // The other one's answer is still waited for.
        story.hear(.answer(resolve))
        #expect(story.said() == ["goodbye"])
    }

    @Test func `asked again, a node no longer waits for handlers`() throws {
        var story = Story()
        story.hear(.grant(5, 2))
        story.drain()
        _ = story.said()
        story.drain()
        #expect(story.said() == ["release 5/2: the node is shutting down"])
        try story.confirm()
        #expect(story.said() == ["goodbye"])
    }

    @Test func `a broker that is away does not keep a node from leaving`() {
        var story = Story(grace: 1_000)
        story.hear(.grant(5, 2))
        story.now = 3_000_000
        _ = story.said()
        #expect(!story.session.isWelcomed)
        story.drain()
        story.now = 4_000_000
        _ = story.said()
        #expect(!story.session.isOver)
        story.now = 9_000_000
        _ = story.said()
        #expect(story.session.isOver)
        #expect(story.logged().contains(.left(abandoned: 1)))
    }
}
