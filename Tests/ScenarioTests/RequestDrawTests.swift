import Scenarios
import Testing
import Tickets

@Suite struct RequestDrawTests {
    private let requests = ["track_order", "refund", "refund"].map { kind in
        Submission(channel: "web", customer: "c", subject: "s", body: "b", kind: kind)
    }

    private func share(of kind: String, _ mix: RequestMix) throws -> Double {
        var draw = try RequestDraw(mix, from: requests, file: "r.jsonl", random: SeededGenerator(seed: 4))
        let hits = (0..<10_000).count { _ in draw.next().kind == kind }
        return Double(hits) / 10_000
    }

    @Test func `a repeated kind has its share, and what the rest has of it`() throws {
        var mix = RequestMix()
        mix.repeated = RequestMix.Repeated(kind: "track_order", share: 0.6)
        // 0.6, and a third of the other 0.4.
        #expect(abs(try share(of: "track_order", mix) - 0.733) < 0.02)
    }

    @Test func `kinds are drawn by their shares`() throws {
        var mix = RequestMix()
        mix.kinds = Weighted([("track_order", 1), ("refund", 3)])
        #expect(abs(try share(of: "refund", mix) - 0.75) < 0.02)
    }

    @Test func `priorities and channels are drawn, texts stay as they are`() throws {
        var mix = RequestMix()
        mix.priorities = Weighted([(.urgent, 1)])
        mix.channels = Weighted([("mail", 1)])
        var draw = try RequestDraw(mix, from: requests, file: "r.jsonl", random: SeededGenerator(seed: 4))
        let submission = draw.next()
        #expect(submission.priority == .urgent)
        #expect(submission.channel == "mail")
        #expect(submission.body == "b")
    }

    @Test func `a kind that no request has is an error with a suggestion`() {
        var mix = RequestMix()
        mix.repeated = RequestMix.Repeated(kind: "track_ordr", share: 1)
        let error = #expect(throws: ScenarioError.self) {
            try RequestDraw(mix, from: requests, file: "r.jsonl", random: SeededGenerator(seed: 1))
        }
        #expect(
            error?.description
                == "r.jsonl: no request is of the kind `track_ordr`; did you mean `track_order`?")
    }
}
