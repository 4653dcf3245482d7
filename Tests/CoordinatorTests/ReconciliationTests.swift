import Coordinator
import Testing
import Tickets

/// Times are milliseconds; the log is read every second, and the view has always caught up unless said otherwise.
@Suite struct ReconciliationTests {
    private let run = NodeRun("a", 1)

    @Test func `accounts that are the same agree`() {
        var reconciliation = Reconciliation()
        reconciliation.reported(run, claims(5), at: 0)
        read(&reconciliation, claims(5), askedAt: 1, at: 2)
        #expect(verdict(reconciliation) == .agrees)
        #expect(reconciliation.isOK)
    }

    @Test func `an account above the log is a mismatch at the first reading that must contain it`() {
        var reconciliation = Reconciliation()
        reconciliation.reported(run, claims(6), at: 0)
        read(&reconciliation, claims(5), askedAt: 1, at: 2)
        #expect(verdict(reconciliation) == .mismatch)
        #expect(!reconciliation.isOK)
        #expect(reconciliation.mismatchesSeen == 1)
    }

    // node                      coordinator                       broker
    //                           asks (at 10)
    //                                                             answers: 5 claims
    // claims the 6th, reports 6
    //                           takes the report (at 11)
    //                           takes the answer (at 12): no mismatch, the question was older
    @Test func `a reading that was asked for before the account came proves nothing`() {
        var reconciliation = Reconciliation()
        reconciliation.reported(run, claims(6), at: 11)
        read(&reconciliation, claims(5), askedAt: 10, at: 12)
        #expect(verdict(reconciliation) == .lagging)
        read(&reconciliation, claims(5), askedAt: 11, at: 13)
        #expect(reconciliation.isOK)
        read(&reconciliation, claims(6), askedAt: 12, at: 14)
        #expect(verdict(reconciliation) == .agrees)
    }

    @Test func `a view that is behind proves nothing until it is as far as the log was`() {
        var reconciliation = Reconciliation()
        reconciliation.reported(run, claims(6), at: 0)
        read(&reconciliation, claims(2), askedAt: 1, at: 2, foldedTo: 10, position: 40)
        read(&reconciliation, claims(4), askedAt: 3, at: 4, foldedTo: 39, position: 60)
        #expect(reconciliation.isOK)
        read(&reconciliation, claims(5), askedAt: 5, at: 6, foldedTo: 40, position: 60)
        #expect(verdict(reconciliation) == .mismatch)
    }

    @Test func `a run that the log does not know did nothing`() {
        var reconciliation = Reconciliation()
        reconciliation.reported(run, claims(1), at: 0)
        reconciliation.counted([:], foldedTo: 1, logPosition: 1, askedAt: 1, at: 2)
        #expect(verdict(reconciliation) == .mismatch)
    }

    @Test func `an account that is behind has ten seconds`() {
        var reconciliation = Reconciliation()
        for second in 0...10 as ClosedRange<Int64> { tick(&reconciliation, second, own: 4, log: 5) }
        #expect(verdict(reconciliation) == .lagging)
        #expect(reconciliation.isOK)
        tick(&reconciliation, 11, own: 4, log: 5)
        #expect(verdict(reconciliation) == .mismatch)
        // The answer came after all.
        tick(&reconciliation, 12, own: 5, log: 5)
        #expect(verdict(reconciliation) == .agrees)
        #expect(reconciliation.mismatchesSeen == 1)
    }

    @Test func `an account that is behind and moves is only late`() {
        var reconciliation = Reconciliation()
        for second in 0...300 as ClosedRange<Int64> {
            tick(&reconciliation, second, own: UInt64(second) * 10, log: UInt64(second) * 10 + 7)
            #expect(reconciliation.isOK)
        }
    }

    @Test func `a count that a node forgot shows although the others move`() {
        var reconciliation = Reconciliation()
        for second in 0...20 as ClosedRange<Int64> {
            let moving = UInt64(second) * 10
            var log = claims(moving)
            log.replies = 3
            reconciliation.reported(run, claims(moving), at: second * 1_000)
            read(&reconciliation, log, askedAt: second * 1_000 + 1, at: second * 1_000 + 2)
        }
        #expect(verdict(reconciliation) == .mismatch)
    }

    @Test func `a count too many shows although the others agree`() {
        var reconciliation = Reconciliation()
        var own = claims(3)
        own.notes = 1
        reconciliation.reported(run, own, at: 0)
        read(&reconciliation, claims(3), askedAt: 1, at: 2)
        #expect(verdict(reconciliation) == .mismatch)
    }

    @Test func `a run that was killed is short of what it had no time to report`() {
        var reconciliation = Reconciliation()
        tick(&reconciliation, 0, own: 4, log: 4)
        reconciliation.connected([run: 0])
        for second in 1...60 as ClosedRange<Int64> {
            read(&reconciliation, claims(9), askedAt: second * 1_000, at: second * 1_000 + 1)
            if second == 20 { reconciliation.connected([:]) }
            #expect(reconciliation.isOK)
        }
        #expect(verdict(reconciliation) == .unreported)
        #expect(reconciliation.runs[run]?.own == claims(4))
        #expect(reconciliation.runs[run]?.log == claims(9))
    }

    @Test func `a run that was killed and had counted too much is still a mismatch`() {
        var reconciliation = Reconciliation()
        tick(&reconciliation, 0, own: 7, log: 6)
        for second in 1...60 as ClosedRange<Int64> {
            read(&reconciliation, claims(6), askedAt: second * 1_000, at: second * 1_000 + 1)
        }
        #expect(verdict(reconciliation) == .mismatch)
    }

    @Test func `a node that does not report is not accused`() {
        var reconciliation = Reconciliation()
        for second in 0...60 as ClosedRange<Int64> {
            reconciliation.connected([run: 0])
            read(&reconciliation, claims(9), askedAt: second * 1_000, at: second * 1_000 + 1)
        }
        #expect(verdict(reconciliation) == .silent)
        #expect(reconciliation.isOK)
    }

    @Test func `time without readings of the log does not count against the nodes`() {
        var reconciliation = Reconciliation()
        for second in 0...5 as ClosedRange<Int64> { tick(&reconciliation, second, own: 4, log: 5) }
        // The broker is away for half a minute; the node goes on reporting.
        for second in 6...35 as ClosedRange<Int64> {
            reconciliation.reported(run, claims(4), at: second * 1_000)
        }
        tick(&reconciliation, 36, own: 4, log: 5)
        #expect(verdict(reconciliation) == .lagging)
        tick(&reconciliation, 37, own: 5, log: 5)
        #expect(verdict(reconciliation) == .agrees)
        #expect(reconciliation.mismatchesSeen == 0)
    }

    @Test func `claims may have been lost with a connection, and nothing else`() {
        let started: Int64 = 1_700_000_000_000
        let node = NodeRun("a", UInt64(started) * 1_000)
        var reconciliation = Reconciliation()
        for second in 0...60 as ClosedRange<Int64> {
            // The node came back with another session after ten seconds.
            reconciliation.connected([node: started + (second < 10 ? 100 : 10_000)])
            reconciliation.reported(node, claims(4), at: second * 1_000)
            reconciliation.counted(
                [node: claims(5)], foldedTo: 1, logPosition: 1, askedAt: second * 1_000 + 1,
                at: second * 1_000 + 2)
        }
        #expect(reconciliation.runs[node]?.verdict == .unreported)
        for second in 61...90 as ClosedRange<Int64> {
            var log = claims(5)
            log.resolved = 1
            reconciliation.reported(node, claims(4), at: second * 1_000)
            reconciliation.counted(
                [node: log], foldedTo: 1, logPosition: 1, askedAt: second * 1_000 + 1, at: second * 1_000 + 2)
        }
        #expect(reconciliation.runs[node]?.verdict == .mismatch)
    }

    @Test func `two runs of one node are two accounts`() {
        var reconciliation = Reconciliation()
        let second = NodeRun("a", 2)
        reconciliation.reported(run, claims(3), at: 0)
        reconciliation.reported(second, claims(2), at: 0)
        reconciliation.counted(
            [run: claims(3), second: claims(2)], foldedTo: 1, logPosition: 1, askedAt: 1, at: 2)
        #expect(reconciliation.runs.values.map(\.verdict) == [.agrees, .agrees])
        reconciliation.reported(second, claims(5), at: 3)
        reconciliation.counted(
            [run: claims(3), second: claims(2)], foldedTo: 1, logPosition: 1, askedAt: 4, at: 5)
        #expect(reconciliation.runs[run]?.verdict == .agrees)
        #expect(reconciliation.runs[second]?.verdict == .mismatch)
    }

    @Test func `runs are bounded, and what does not agree is not forgotten`() {
        var reconciliation = Reconciliation()
        let wrong = NodeRun("a", 1)
        reconciliation.reported(wrong, claims(9), at: 0)
        var tallies: [NodeRun: Tally] = [:]
        for incarnation in 2...UInt64(Reconciliation.runsMax + 100) {
            tallies[NodeRun("a", incarnation)] = claims(0)
        }
        reconciliation.counted(tallies, foldedTo: 1, logPosition: 1, askedAt: 1, at: 2)
        #expect(reconciliation.runs.count == Reconciliation.runsMax)
        #expect(reconciliation.runs[wrong]?.verdict == .mismatch)
    }

    private func verdict(_ reconciliation: Reconciliation) -> Reconciliation.Verdict? {
        reconciliation.runs[run]?.verdict
    }

    private func claims(_ count: UInt64) -> Tally {
        var tally = Tally()
        tally.claims = count
        return tally
    }

    /// The node reports, then the log is read.
    private func tick(_ reconciliation: inout Reconciliation, _ second: Int64, own: UInt64, log: UInt64) {
        reconciliation.reported(run, claims(own), at: second * 1_000)
        read(&reconciliation, claims(log), askedAt: second * 1_000 + 1, at: second * 1_000 + 2)
    }

    private func read(
        _ reconciliation: inout Reconciliation, _ log: Tally, askedAt: Int64, at now: Int64,
        foldedTo: UInt64 = 1, position: UInt64 = 1
    ) {
        reconciliation.counted(
            [run: log], foldedTo: foldedTo, logPosition: position, askedAt: askedAt, at: now)
    }
}
