import Client
import Node
import SwiftProtobuf
import Testing
import Tickets
import Wire

/// Grants become work, decisions become commands, answers are counted.
@Suite struct NodeLogicTests {
    @Test func `a grant starts work, its decision is carried out, the answer ends it`() throws {
        var story = Story()
        story.hear(.grant(5, 2, lastMessage: 3))
        #expect(story.wanted() == ["start 5/2"])
        #expect(story.said() == [])
        story.now = 250_000
        story.decide(5, 2, Decision(.resolve(reply: "done")))
        #expect(story.said() == ["resolve 5/2 to 3: done"])
        #expect(story.logic.held == [HeldClaim(5, 2)])
        #expect(story.logic.account.resolved == 0)
        story.now = 260_000
        try story.confirm()
        #expect(story.logic.held == [])
        #expect(story.logic.account.claims == 1)
        #expect(story.logic.account.resolved == 1)
        #expect(story.logic.account.replies == 1)
        let metrics = story.logic.metrics(story.session, wall: .zero).metrics
        let done = try #require(metrics.histograms.first { $0.name == "grant_to_done" })
        #expect(done.count == [1])
        #expect((259_000...261_000).contains(try #require(done.valueUs.first)))
        let answers = try #require(metrics.histograms.first { $0.name == "command_to_answer" })
        #expect((9_900...10_100).contains(try #require(answers.valueUs.first)))
    }

    @Test func `what is offered is accepted at once, and beside the work`() throws {
        var story = Story()
        story.hear(.grant(5, 2, offer: 30_000))
        #expect(story.wanted() == ["start 5/2"])
        story.decide(5, 2, Decision(.resolve(reply: "done"), notes: ["n"]))
        #expect(story.said() == ["accepted 5/2", "note 5/2: n"])
        // The answer to the acceptance is no reason to go on to the next step.
        story.hear(.answer(story.ids[0], ticket: 5))
        #expect(story.said() == [])
        story.hear(.answer(story.ids[1], ticket: 5))
        #expect(story.said() == ["resolve 5/2 to 1: done"])
    }

    @Test func `where somebody is asked first, an offer is accepted when they say so`() {
        var story = Story(acceptsAtOnce: false)
        story.hear(.grant(5, 2, offer: 30_000), .grant(6, 1))
        #expect(story.wanted() == ["start 5/2", "start 6/1"])
        #expect(story.said() == [])
        for claim in [HeldClaim(5, 2), HeldClaim(6, 1), HeldClaim(5, 2), HeldClaim(5, 1)] {
            story.logic.accept(claim, &story.session, now: 0, into: &story.directives)
        }
        #expect(story.said() == ["accepted 5/2"])
    }

    @Test func `an acceptance of what is the node's already changes nothing`() {
        var story = Story()
        story.hear(.grant(5, 2, offer: 30_000))
        _ = story.said()
        story.hear(.refusal(Refusal(.notHeld, "it is no offer"), of: story.ids[0]))
        #expect(story.logic.held == [HeldClaim(5, 2)])
        #expect(story.said() == [])
    }

    @Test func `who missed an offer says again how many tickets they take`() {
        var story = Story()
        story.logic.comeBack(&story.session)
        #expect(story.said() == ["seats 4"])
    }

    @Test func `who accepts or decides too late is there, and says so`() throws {
        var asked = Story(acceptsAtOnce: false)
        asked.hear(.grant(5, 2, offer: 30_000), .revoked(5, 2))
        #expect(asked.said() == [], "nobody was there")

        asked.hear(.grant(6, 2, offer: 30_000))
        asked.logic.accept(HeldClaim(6, 2), &asked.session, now: 0, into: &asked.directives)
        #expect(asked.said() == ["accepted 6/2"])
        asked.hear(.revoked(6, 2))
        #expect(asked.said() == ["seats 4"])

        asked.hear(.grant(7, 2, offer: 30_000))
        asked.decide(7, 2, Decision(.resolve(reply: "x")))
        #expect(asked.said() == ["resolve 7/2 to 1: x"])
        try asked.refuse(Refusal(.staleToken, "it is over"))
        #expect(asked.said() == ["seats 4"])

        asked.hear(.grant(8, 2), .revoked(8, 2))
        #expect(asked.said() == [], "it was no offer")
    }

    @Test func `that nobody took an offer is told to the next broker too, until somebody is back`() {
        var story = Story(acceptsAtOnce: false)
        story.hear(.grant(5, 2, offer: 30_000), .revoked(5, 2, isMissed: true))
        story.hear(.refusal(Refusal(.unknownSession, "")))
        #expect(story.said() == ["hello holding [], away"])
        story.hear(.welcome(broker: 2))
        story.logic.comeBack(&story.session)
        #expect(story.said() == ["seats 4"])
        story.hear(.refusal(Refusal(.unknownSession, "")))
        #expect(story.said() == ["hello holding []"])
    }

    @Test func `who took an offer too late is not away for the next broker`() {
        var story = Story(acceptsAtOnce: false)
        story.hear(.grant(6, 2, offer: 30_000))
        story.logic.accept(HeldClaim(6, 2), &story.session, now: 0, into: &story.directives)
        story.hear(.revoked(6, 2, isMissed: true), .refusal(Refusal(.unknownSession, "")))
        #expect(story.said() == ["hello holding []"])
    }

    @Test func `an offer that a node never heard of makes nobody away`() {
        var story = Story(acceptsAtOnce: false)
        story.hear(.revoked(6, 2, isMissed: true))
        #expect(story.said() == ["seats 4"])
        story.hear(.refusal(Refusal(.unknownSession, "")))
        #expect(story.said() == ["hello holding []"])
    }

    @Test func `readiness is announced once`() {
        var story = Story()
        story.hear(.welcome(broker: 2), .welcome(broker: 3))
        #expect(story.wanted() == [])
        var fresh = NodeLogic(
            .init(
                identity: NodeIdentity(name: "n", incarnation: 1, line: "l", seats: 1), commandSeed: 1))
        var session = BrokerSession(now: 0)
        var directives: [NodeDirective] = []
        var events: [SessionEvent] = []
        let frame = ProtoFromBroker.with { ($0.version, $0.items) = (wireVersion, [.welcome(), .welcome()]) }
        session.receive(FrameFromBroker(frame), now: 0, into: &events)
        for event in events { fresh.take(event, &session, now: 0, into: &directives) }
        #expect(directives.filter { if case .announceReady = $0 { true } else { false } }.count == 1)
    }

    @Test(arguments: [
        (Decision(.resolve(reply: nil)), ["resolve 1/1 to 1: -"]),
        (Decision(.escalate(note: "n", to: nil)), ["escalate 1/1 to next: n"]),
        (Decision(.escalate(note: "n", to: "line-three")), ["escalate 1/1 to line-three: n"]),
        (Decision(.handBack(note: "n")), ["hand-back 1/1: n"]),
        (Decision(.release(reason: "r", failed: false)), ["release 1/1: r"]),
        (Decision(.release(reason: "r", failed: true)), ["release 1/1 as failed: r"]),
        (Decision(.decline(reason: "r")), ["decline 1/1: r"]),
        (
            Decision(.escalate(note: "n", to: nil), fields: [Field(name: "device", value: "phone")]),
            ["field-set 1/1", "escalate 1/1 to next: n"]
        ),
        (
            Decision(
                .pend(reply: "q", onHold: false, wakeAfterMilliseconds: 500, reason: "r"), notes: ["a", "b"]),
            ["note 1/1: a", "note 1/1: b", "reply 1/1 to 1: q", "pend 1/1 for the customer until 1000500: r"]
        ),
        (
            Decision(.pend(reply: nil, onHold: true, wakeAfterMilliseconds: nil, reason: "r")),
            ["pend 1/1 on hold until -: r"]
        ),
    ])
    func `each decision is carried out step by step`(_ decision: Decision, _ steps: [String]) throws {
        var story = Story()
        story.hear(.grant(1, 1))
        story.decide(1, 1, decision)
        for step in steps {
            #expect(story.said() == [step])
            #expect(story.logic.heldCount == 1)
            try story.confirm()
        }
        #expect(story.said() == [])
        #expect(story.logic.heldCount == 0)
    }

    @Test func `everything is counted when its answer comes`() throws {
        var story = Story(seats: 10)
        let decisions: [Decision] = [
            Decision(.resolve(reply: "x"), notes: ["n", "m"]), Decision(.resolve(reply: nil)),
            Decision(.escalate(note: "n", to: nil)), Decision(.handBack(note: "n")),
            Decision(.pend(reply: "q", onHold: false, wakeAfterMilliseconds: nil, reason: "")),
            Decision(.release(reason: "r", failed: true)), Decision(.decline(reason: "r")),
        ]
        for (index, decision) in decisions.enumerated() {
            let number = UInt64(index + 1)
            story.hear(.grant(number, 1))
            story.decide(number, 1, decision)
            while !story.said().isEmpty { try story.confirm() }
        }
        let metrics = story.logic.metrics(story.session, wall: Moment(milliseconds: 5)).metrics
        let tally = metrics.tally
        #expect(tally.node == "n1")
        #expect(tally.incarnation == 9)
        #expect(tally.claims == 7)
        #expect(tally.notes == 2)
        #expect(tally.replies == 2)
        #expect(tally.escalated == 1)
        #expect(tally.handedBack == 1)
        #expect(tally.resolved == 2)
        #expect(tally.pended == 1)
        #expect(tally.released == 2)
        #expect(metrics.source == "node")
        #expect(metrics.line == "line-one")
        #expect(metrics.sequence == 1)
        #expect(metrics.atMs == 5)
        #expect(story.logic.metrics(story.session, wall: .zero).metrics.sequence == 2)
    }

    @Test func `ids of commands differ, and hold the run's seed`() throws {
        var story = Story()
        for number in 1...3 as ClosedRange<UInt64> {
            story.hear(.grant(number, 1))
            story.decide(number, 1, Decision(.resolve(reply: nil)))
        }
        _ = story.said()
        #expect(Set(story.ids).count == 3)
        #expect(story.ids.allSatisfy { $0.high == 77 })
    }

    @Test func `a second grant of the same claim is ignored`() {
        var story = Story()
        story.hear(.grant(5, 2), .grant(5, 2))
        #expect(story.wanted() == ["start 5/2"])
        #expect(story.logic.account.claims == 1)
        #expect(story.logic.account.duplicateGrants == 1)
    }

    @Test func `a grant under a newer token replaces the work, one under an older is ignored`() throws {
        var story = Story()
        story.hear(.grant(5, 2))
        story.hear(.grant(5, 4))
        #expect(story.wanted() == ["start 5/2", "cancel 5/2", "start 5/4"])
        story.hear(.grant(5, 3))
        #expect(story.wanted() == [])
        // What the handler of the old claim still says is dropped.
        story.decide(5, 2, Decision(.resolve(reply: "old")))
        #expect(story.said() == [])
        story.decide(5, 4, Decision(.resolve(reply: "new")))
        #expect(story.said() == ["resolve 5/4 to 1: new"])
    }

    @Test func `a handler decides once`() throws {
        var story = Story()
        story.hear(.grant(5, 2))
        story.decide(5, 2, Decision(.resolve(reply: "one")))
        story.decide(5, 2, Decision(.resolve(reply: "two")))
        story.fail(5, 2, "too late")
        #expect(story.said() == ["resolve 5/2 to 1: one"])
        try story.confirm()
        story.decide(5, 2, Decision(.resolve(reply: "three")))
        #expect(story.said() == [])
    }

    @Test func `a handler that fails releases its ticket as failed`() throws {
        var story = Story()
        story.hear(.grant(5, 2))
        story.fail(5, 2, "it broke")
        #expect(story.said() == ["release 5/2 as failed: it broke"])
        #expect(story.logged().contains(.handlerFailed(HeldClaim(5, 2), reason: "it broke")))
        try story.confirm()
        #expect(story.logic.account.handlerFailures == 1)
        #expect(story.logic.account.released == 1)
    }

    @Test func `a reason that is too long for the desk is cut at a character`() {
        var story = Story()
        story.hear(.grant(5, 2))
        story.fail(5, 2, String(repeating: "ж", count: 5_000))
        let said = story.said()
        #expect(said.first.map { $0.utf8.count < 1_060 } == true)
        #expect(said.first?.hasSuffix("ж…") == true)
    }

    @Test func `pings name what is held until its answer has come`() throws {
        var story = Story()
        story.hear(.grant(8, 1), .grant(5, 2))
        story.now = 1_000_000
        #expect(story.said() == ["ping holding [5, 8]"])
        story.decide(5, 2, Decision(.resolve(reply: nil)))
        _ = story.said()
        story.now = 2_000_000
        story.hear(.aPong)
        #expect(story.said() == ["ping holding [5, 8]"])
        try story.confirm()
        story.now = 3_000_000
        story.hear(.aPong)
        #expect(story.said() == ["ping holding [8]"])
    }

    @Test func `a node that was dismissed stops all work and says why`() {
        var story = Story()
        story.hear(.grant(5, 2))
        _ = story.wanted()
        let refusal = Refusal(.superseded, "a newer incarnation")
        story.hear(.refusal(refusal))
        #expect(story.logic.dismissal?.code == .superseded)
        #expect(story.wanted() == ["cancel 5/2"])
        #expect(story.said() == [])
        #expect(story.session.isOver)
    }
}
