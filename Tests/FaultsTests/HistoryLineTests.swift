import Faults
import Testing

@Suite struct HistoryLineTests {
    static let calls = [
        ClientCall(id: CallID(high: 1, low: .max), deed: .submit, digest: 5, invoked: 12),
        ClientCall(id: CallID(high: 0, low: 2), deed: .followUp(ticket: 7), digest: .max, invoked: -3),
    ]

    @Test(arguments: calls) func `an invocation reads back`(_ call: ClientCall) {
        #expect(HistoryLine(HistoryLine.invoked(call).text) == .invoked(call))
    }

    @Test(arguments: [
        ClientCall.Outcome.done(ticket: 3, position: 9, at: 100), .refused("desk-full", at: 5),
    ])
    func `an answer reads back`(_ outcome: ClientCall.Outcome) {
        let id = CallID(high: 10, low: 11)
        #expect(HistoryLine(HistoryLine.answered(id, outcome).text) == .answered(id, outcome))
    }

    @Test(arguments: [
        "", "submit", "submit x 1.2 3", "done 5 1.2 3", "follow-up 5 1.2 3", "submit 1 1.2 3 4", "1 2 3 4",
    ])
    func `anything else is no line`(_ text: String) {
        #expect(HistoryLine(text) == nil)
    }

    @Test func `a recorder that was killed leaves a shorter history`() {
        let call = Self.calls[0]
        let whole = HistoryLine.invoked(call).text + "\n"
        let answer = HistoryLine.answered(call.id, .done(ticket: 3, position: 9, at: 100)).text
        var history = History()
        #expect(history.take(recorder: whole + answer).isEmpty)
        #expect(history.calls == [call])
        var complete = History()
        #expect(complete.take(recorder: whole + answer + "\n").isEmpty)
        #expect(complete.calls.first?.outcome == .done(ticket: 3, position: 9, at: 100))
    }

    @Test func `whole lines that make no sense are handed back`() {
        let call = Self.calls[0]
        let line = HistoryLine.invoked(call).text
        let answer = HistoryLine.answered(call.id, .done(ticket: 3, position: 9, at: 100)).text
        var history = History()
        let strange = history.take(
            recorder: [line, line, answer, answer, "rubbish", ""].joined(separator: "\n"))
        #expect(strange == [line, answer, "rubbish"])
    }

    @Test func `a node's log says what it held and did`() {
        let text = """
            2026-11-22T04:05:06.123Z debug node: took a ticket ticket=5 token=1
            2026-11-22T04:05:06.140Z info node: connected broker=7 held=0 heartbeatMs=250 leaseMs=1200
            2026-11-22T04:05:06.151Z debug node: settled: hand-back ms=28 ticket=5 token=1
            2026-11-22T04:05:07.000Z warning node: lease lost: ticket 6 held by one-1 under token 3, ours was 2; dropped (x) ticket=6 token=2
            2026-11-22T04:05:07.001Z debug node: settled: release ms=28 ticket=8 token=4
            2026-11-22T04:05:07.0
            """
        let log = NodeLog(of: "two-1", text: text, offset: -1_795_320_306_000_000)
        #expect(log.grants == [NodeGrant(node: "two-1", ticket: 5, token: 1, heard: 124_000)])
        #expect(log.leasesLost == 1)
        #expect(
            log.endings == [
                NodeEnding(
                    node: "two-1", ticket: 5, token: 1, ending: .handedBack, invoked: 123_000,
                    answered: 152_000),
                NodeEnding(
                    node: "two-1", ticket: 8, token: 4, ending: .putBack, invoked: .min, answered: 1_002_000),
            ])
    }
}
