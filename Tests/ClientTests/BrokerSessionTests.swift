import Client
import SwiftProtobuf
import Testing
import Tickets
import Wire

/// Hello, commands and their answers.
@Suite struct BrokerSessionTests {
    // Client                                   Broker
    // hello
    //                                          welcome
    // commands 1, 2
    //                                          answers 1, 2
    @Test func `commands wait for the welcome and go out in order`() throws {
        var settings = SessionSettings(agent: "ann")
        settings.software = "tests 1"
        var talk = Talk(settings)
        for number in 1...2 as ClosedRange<UInt64> { try talk.session.enqueue(.sample(number)) }
        guard case .hello(let hello) = talk.next()?.body else {
            Issue.record("the first frame is no hello")
            return
        }
        #expect(hello.agent == "ann")
        #expect(hello.software == "tests 1")
        #expect(!hello.hasNode)
        #expect(talk.said().isEmpty)
        talk.hear(.welcome(broker: 7))
        #expect(talk.outcomes() == ["welcomed by 7"])
        #expect(talk.commandsSaid() == [[1, 2]])
        talk.hear(.answer(1), .answer(2, ticket: 20))
        #expect(talk.outcomes() == ["1: ticket 1", "2: ticket 20"])
        #expect(talk.session.unansweredCount == 0)
    }

    @Test func `every frame says its version`() throws {
        var talk = Talk()
        #expect(talk.next()?.version == wireVersion)
    }

    @Test func `a hello without its welcome is said again, not sooner`() {
        var talk = Talk()
        #expect(talk.said().map(\.word) == ["hello"])
        #expect(talk.session.nextDeadline == 2_000)
        talk.now = 1_999
        #expect(talk.said().isEmpty)
        talk.now = 2_000
        #expect(talk.said().map(\.word) == ["hello"])
    }

    // The broker restarts: what it had received and not committed is gone, what it had committed it knows.
    // Client                                   Broker
    // commands 1, 2, 3
    //                                          answer 1; dies
    //                                          unknown session
    // hello
    //                                          welcome (another run)
    // commands 2, 3, the same ids
    @Test func `what has no answer is sent again, under the same ids, to a broker that restarted`() throws {
        var talk = Talk.welcomed()
        for number in 1...3 as ClosedRange<UInt64> { try talk.session.enqueue(.sample(number)) }
        #expect(talk.commandsSaid() == [[1, 2, 3]])
        talk.hear(.answer(1))
        talk.hear(.refusal(.unknownSession))
        #expect(talk.said().map(\.word) == ["hello"])
        #expect(talk.said().isEmpty)
        talk.hear(.welcome(broker: 2))
        #expect(talk.commandsSaid() == [[2, 3]])
        talk.hear(.answer(2), .answer(3))
        #expect(talk.outcomes() == ["1: ticket 1", "welcomed by 2", "2: ticket 2", "3: ticket 3"])
        #expect(talk.session.lossCount == 1)
    }

    @Test func `several unknown sessions ask for one hello`() throws {
        var talk = Talk.welcomed()
        talk.hear(.refusal(.unknownSession), .refusal(.unknownSession))
        #expect(talk.said().map(\.word) == ["hello"])
        talk.hear(.refusal(.unknownSession))
        #expect(talk.said().isEmpty)
    }

    @Test func `an unknown session beside the welcome is of an older frame`() {
        var talk = Talk.welcomed()
        talk.hear(.refusal(.unknownSession))
        _ = talk.said()
        talk.hear(.welcome(broker: 2), .refusal(.unknownSession))
        #expect(talk.session.isWelcomed)
        #expect(talk.said().isEmpty)
    }

    @Test func `a second answer is ignored, and so is one to a question nobody asked`() throws {
        var talk = Talk.welcomed()
        try talk.session.enqueue(.sample(1))
        _ = talk.said()
        talk.hear(.answer(1))
        talk.hear(.answer(1), .answer(99), .refusal(.staleToken, of: 1))
        talk.hear(.with { $0.answer.ticket = 5 }, ProtoItem())
        #expect(talk.outcomes() == ["1: ticket 1"])
    }

    // Rewound, and answered by what was sent before: the count of what is on its way must not go below zero.
    @Test func `an answer that comes between the loss and the welcome counts`() throws {
        var settings = SessionSettings()
        settings.window = 2
        var talk = Talk.welcomed(settings)
        for number in 1...4 as ClosedRange<UInt64> { try talk.session.enqueue(.sample(number)) }
        #expect(talk.commandsSaid() == [[1, 2]])
        talk.hear(.refusal(.unknownSession))
        _ = talk.said()
        talk.hear(.answer(1))
        talk.hear(.welcome(broker: 2), .answer(2))
        #expect(talk.session.inFlightCount == 0)
        #expect(talk.commandsSaid() == [[3, 4]])
        #expect(talk.session.inFlightCount == 2)
    }

    @Test func `no more than a window of commands is without an answer`() throws {
        var settings = SessionSettings()
        settings.window = 3
        var talk = Talk.welcomed(settings)
        for number in 1...10 as ClosedRange<UInt64> { try talk.session.enqueue(.sample(number)) }
        #expect(talk.commandsSaid() == [[1, 2, 3]])
        #expect(talk.commandsSaid() == [])
        talk.hear(.answer(2))
        #expect(talk.commandsSaid() == [[4]])
        talk.hear(.answer(1), .answer(3), .answer(4))
        #expect(talk.commandsSaid() == [[5, 6, 7]])
    }

    @Test func `commands share frames, bounded by count`() throws {
        var settings = SessionSettings()
        settings.batchCommandsMax = 4
        var talk = Talk.welcomed(settings)
        for number in 1...10 as ClosedRange<UInt64> { try talk.session.enqueue(.sample(number)) }
        #expect(talk.commandsSaid() == [[1, 2, 3, 4], [5, 6, 7, 8], [9, 10]])
    }

    @Test func `commands share frames, bounded by the bytes that the broker takes`() throws {
        var talk = Talk()
        _ = talk.said()
        talk.hear(.welcome(frameBytesMax: 10_000))
        let body = String(repeating: "ж", count: 2_000)
        for number in 1...5 as ClosedRange<UInt64> { try talk.session.enqueue(.sample(number, body: body)) }
        var counts: [Int] = []
        while let frame = talk.next() {
            #expect(frame.encoded().count <= 10_000)
            if case .commands(let commands) = frame.body { counts.append(commands.commands.count) }
        }
        #expect(counts == [2, 2, 1])
    }

    @Test func `a command that fits into no frame is refused at once`() throws {
        var talk = Talk.welcomed()
        let body = String(repeating: "x", count: wireFrameBytesMax)
        let error = #expect(throws: Refusal.self) { try talk.session.enqueue(.sample(1, body: body)) }
        #expect(error?.code == .textTooLong)
        #expect(talk.said().isEmpty)
    }

    @Test func `the same command twice is one, another one under its id is refused`() throws {
        var talk = Talk.welcomed()
        try talk.session.enqueue(.sample(1))
        try talk.session.enqueue(.sample(1))
        let error = #expect(throws: Refusal.self) { try talk.session.enqueue(.sample(1, body: "other")) }
        #expect(error?.code == .conflictingCommand)
        #expect(talk.commandsSaid() == [[1]])
    }

    @Test func `a refusal is told once and not retried`() throws {
        var talk = Talk.welcomed()
        try talk.session.enqueue(.sample(1))
        _ = talk.said()
        talk.hear(.refusal(.deskFull, of: 1, retryAfter: 60_000))
        #expect(talk.outcomes() == ["1: desk-full"])
        #expect(talk.session.unansweredCount == 0)
    }

    @Test func `what was refused for now is sent again after the time asked for, if wanted`() throws {
        var settings = SessionSettings()
        settings.retriesRefusals = true
        var talk = Talk.welcomed(settings)
        try talk.session.enqueue(.sample(1))
        _ = talk.said()
        talk.hear(.refusal(.deskFull, of: 1, retryAfter: 400))
        #expect(talk.outcomes() == [])
        talk.now = 399
        #expect(talk.commandsSaid() == [])
        // A quarter more at most.
        #expect(try #require(talk.session.nextDeadline) <= 501)
        talk.now = 501
        #expect(talk.commandsSaid() == [[1]])
        talk.hear(.answer(1))
        #expect(talk.outcomes() == ["1: ticket 1"])
    }

    @Test func `what waits to be retried takes room in the window`() throws {
        var settings = SessionSettings()
        settings.retriesRefusals = true
        settings.window = 2
        var talk = Talk.welcomed(settings)
        for number in 1...4 as ClosedRange<UInt64> { try talk.session.enqueue(.sample(number)) }
        #expect(talk.commandsSaid() == [[1, 2]])
        talk.hear(
            .refusal(.diskNearlyFull, of: 1, retryAfter: 500),
            .refusal(.diskNearlyFull, of: 2, retryAfter: 500))
        #expect(talk.commandsSaid() == [])
        talk.now = 700
        #expect(talk.commandsSaid() == [[3, 4]])
    }

    @Test func `a refusal that is final is told although retries are wanted`() throws {
        var settings = SessionSettings()
        settings.retriesRefusals = true
        var talk = Talk.welcomed(settings)
        try talk.session.enqueue(.sample(1))
        _ = talk.said()
        talk.hear(.refusal(.textTooLong, of: 1))
        #expect(talk.outcomes() == ["1: text-too-long"])
    }

    @Test(arguments: [
        ErrorCode.superseded, .notAuthorised, .noSuchLine, .unsupportedVersion, .malformedFrame, .invalidName,
    ])
    func `a session that is dismissed is over for good`(_ code: ErrorCode) throws {
        var talk = Talk.welcomed()
        try talk.session.enqueue(.sample(1))
        talk.hear(.refusal(code), .welcome(broker: 2))
        #expect(talk.outcomes() == ["dismissed: \(code.word)"])
        talk.now = 1_000_000
        #expect(talk.said().isEmpty)
        #expect(talk.session.nextDeadline == nil)
        #expect(talk.session.isOver)
        talk.hear(.answer(1))
        #expect(talk.outcomes() == [])
    }

    @Test func `a broker that is busy for now is greeted again after the time asked for`() {
        var talk = Talk()
        _ = talk.said()
        talk.hear(.refusal(.draining, retryAfter: 5_000))
        #expect(!talk.session.isOver)
        talk.now = 4_999
        #expect(talk.said().isEmpty)
        talk.now = 5_000
        #expect(talk.said().map(\.word) == ["hello"])
    }

    @Test func `questions are asked, asked again after a loss, and answered once`() {
        var talk = Talk.welcomed()
        let id = talk.session.ask(.nodes(ProtoNodesQuery()), atLeast: Position(5))
        guard case .query(let query) = talk.next()?.body else {
            Issue.record("no question was asked")
            return
        }
        #expect(query.id == id)
        #expect(query.position == 5)
        #expect(talk.said().isEmpty)
        talk.hear(.refusal(.unknownSession))
        _ = talk.said()
        talk.hear(.welcome(broker: 2))
        #expect(talk.said().map(\.word) == ["query"])
        talk.events = []
        talk.hear(.with { $0.queryResult.id = id })
        talk.hear(.with { $0.queryResult.id = id })
        #expect(talk.outcomes() == ["query \(id): result"])
        let other = talk.session.ask(.stats(ProtoStatsQuery()))
        _ = talk.said()
        talk.hear(.refusal(.notAuthorised, query: other))
        #expect(talk.outcomes() == ["query \(other): not-authorised"])
        #expect(!talk.session.isOver)
    }

    @Test func `goodbye is the last word`() throws {
        var talk = Talk.welcomed()
        try talk.session.enqueue(.sample(1))
        talk.session.leave()
        #expect(talk.said().map(\.word) == ["goodbye"])
        #expect(talk.session.isOver)
        #expect(talk.session.nextDeadline == nil)
    }

    @Test func `who was never let in leaves without a word`() {
        var talk = Talk()
        talk.session.leave()
        #expect(talk.said().isEmpty)
        #expect(talk.session.isOver)
    }
}
