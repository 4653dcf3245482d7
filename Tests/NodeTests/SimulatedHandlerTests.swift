import Node
import Randomness
import Testing
import Tickets

@Suite struct SimulatedHandlerTests {
    @Test func `without a service time it decides at once`() {
        let handler = SimulatedHandler()
        guard case .resolve(let reply?)? = handler.decideAtOnce(.sample())?.outcome else {
            Issue.record("no reply")
            return
        }
        #expect(reply.contains("delivery"))
        #expect(SimulatedHandler(serviceTime: .constant(milliseconds: 1)).decideAtOnce(.sample()) == nil)
    }

    @Test func `the same seed gives the same decisions, another one other ones`() {
        func outcomes(seed: UInt64) -> [Bool] {
            let handler = SimulatedHandler(escalationShare: 0.5, seed: seed)
            return (1...200 as ClosedRange<UInt64>).map { isEscalated(handler.decideAtOnce(.sample($0))) }
        }
        #expect(outcomes(seed: 7) == outcomes(seed: 7))
        #expect(outcomes(seed: 7) != outcomes(seed: 8))
    }

    @Test func `what it does with a ticket does not depend on what came before`() {
        let handler = SimulatedHandler(escalationShare: 0.5)
        let alone = isEscalated(handler.decideAtOnce(.sample(42)))
        for number in 1...41 as ClosedRange<UInt64> { _ = handler.decideAtOnce(.sample(number)) }
        #expect(isEscalated(handler.decideAtOnce(.sample(42))) == alone)
    }

    @Test func `a ticket that comes back meets a new draw`() {
        var handler = SimulatedHandler()
        handler.pendingShare = 0.5
        let outcomes = Set(
            (1...40 as ClosedRange<UInt64>).map { handler.decideAtOnce(.sample(1, token: $0)) })
        #expect(outcomes.count == 2)
    }

    @Test func `shares come out as asked for`() {
        var handler = SimulatedHandler(escalationShare: 0.3, seed: 5)
        (handler.failureShare, handler.declineShare, handler.pendingShare) = (0.05, 0.1, 0.2)
        var counts: [String: Int] = [:]
        let total = 20_000
        for number in 1...UInt64(total) {
            let word =
                switch handler.decideAtOnce(.sample(number))?.outcome {
                case .resolve: "resolve"
                case .pend: "pend"
                case .escalate: "escalate"
                case .handBack: "hand-back"
                case .release(_, failed: true): "fail"
                case .release(_, failed: false): "release"
                case .decline: "decline"
                case nil: "nothing"
                }
            counts[word, default: 0] += 1
        }
        let wanted = ["fail": 0.05, "decline": 0.1, "escalate": 0.3, "pend": 0.2, "resolve": 0.35]
        #expect(Set(counts.keys) == Set(wanted.keys))
        for (word, share) in wanted {
            // Four standard deviations at most.
            #expect(abs(Double(counts[word] ?? 0) / Double(total) - share) < 0.014, "\(word)")
        }
    }

    @Test func `line two hands back, and line one tells the customer what line two found`() throws {
        let handler = SimulatedHandler(escalationShare: 1)
        var assignment = Assignment.sample(line: "line-two")
        assignment.frames = ["line-one"]
        assignment.escalations = 1
        guard case .handBack(let note)? = handler.decideAtOnce(assignment)?.outcome else {
            Issue.record("line two does not hand back")
            return
        }
        assignment.frames = []
        assignment.line = "line-one"
        assignment.entries.append(entry(2, "secret of line one"))
        assignment.entries.append(entry(3, note))
        guard case .resolve(let reply?)? = handler.decideAtOnce(assignment)?.outcome else {
            Issue.record("line one does not answer")
            return
        }
        #expect(reply == "Our specialists have looked into your delivery and it is settled now.")
    }

    @Test func `no part of a note that is not meant for the customer is in a reply`() {
        var assignment = Assignment.sample()
        assignment.escalations = 1
        assignment.entries.append(entry(2, "CANARY"))
        assignment.entries.append(entry(3, "CANARY \(SimulatedHandler.answerMark)"))
        guard case .resolve(let reply?)? = SimulatedHandler().decideAtOnce(assignment)?.outcome else {
            Issue.record("no reply")
            return
        }
        #expect(!reply.contains("CANARY"))
    }

    @Test(arguments: [
        (ServiceTime.constant(milliseconds: 30), 0.001),
        (.exponential(meanMilliseconds: 200), 0.02),
        (.lognormal(meanMilliseconds: 200, sigma: 0.8), 0.03),
    ])
    func `service times have the mean that was asked for`(_ time: ServiceTime, _ error: Double) {
        var random = SplitMix64(seed: 3)
        let count = 100_000
        let times = (0..<count).map { _ in time.draw(from: &random) }
        let mean = times.reduce(0, +) / Double(count)
        let wanted =
            switch time {
            case .constant(let mean), .exponential(let mean), .lognormal(let mean, _): mean
            }
        #expect(abs(mean / wanted - 1) < error)
        #expect(times.allSatisfy { $0 >= 0 && $0 <= 3_600_000 })
    }

    @Test func `the generator gives the numbers of its reference`() {
        // splitmix64.c with the seed 1234567.
        var random = SplitMix64(seed: 1_234_567)
        #expect(
            (0..<3).map { _ in random.next() } == [
                6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423,
            ])
    }

    private func isEscalated(_ decision: Decision?) -> Bool {
        if case .escalate? = decision?.outcome { true } else { false }
    }

    private func entry(_ number: UInt32, _ text: String) -> Assignment.Entry {
        .init(number: number, kind: .note, author: "n", at: .zero, text: text)
    }
}
