import Desk
import Scenarios
import Testing
import Tickets

@Suite struct LossCheckTests {
    private let run: UInt64 = 9

    private func check(_ write: (inout SmallLog) -> Void) -> LossCheck {
        var log = SmallLog()
        write(&log)
        var check = LossCheck(run: run)
        for record in log.records { check.follow(record) }
        return check
    }

    private func id(_ request: UInt64) -> CommandID { CommandID(high: run, low: request) }

    @Test func `what was acknowledged and is there is clean`() {
        var check = check { log in
            log.submit(1, command: id(1))
            log.claim(1)
            log.resolve(1)
        }
        check.acknowledge(request: 1, as: TicketNumber(1))
        check.acknowledgeResolution(of: TicketNumber(1))
        check.expectCompletion()
        #expect(check.acknowledged.holds)
        #expect(check.resolutions.holds)
        #expect(check.completion.holds)
        #expect(check.solvedCount == 1)
    }

    @Test func `an acknowledged request that the log does not have is lost`() {
        var check = check { $0.submit(1, command: id(1)) }
        check.acknowledge(request: 2, as: TicketNumber(2))
        #expect(
            check.acknowledged.details == ["request 2 was acknowledged as ticket 2; in the log it is missing"]
        )
    }

    @Test func `a request acknowledged under another number is a violation`() {
        var check = check { log in
            log.submit(1, command: id(1))
            log.submit(2, command: id(2))
        }
        check.acknowledge(request: 1, as: TicketNumber(2))
        #expect(check.acknowledged.violations == 1)
    }

    @Test func `a request that became two tickets is a violation`() {
        let check = check { log in
            log.submit(1, command: id(1))
            log.submit(2, command: id(1))
        }
        #expect(check.acknowledged.details == ["request 1 became tickets 1 and 2"])
    }

    @Test func `an acknowledged resolution that the log does not have is a violation`() {
        var check = check { $0.submit(1, command: id(1)) }
        check.acknowledgeResolution(of: TicketNumber(1))
        #expect(check.resolutions.violations == 1)
    }

    @Test func `what still waits at the end is a violation, what is parked is not`() {
        var check = check { log in
            log.submit(1, command: id(1))
            log.submit(2, command: id(2))
            log.claim(1)
            log.add(.released(TicketNumber(1), Token(1), .failed, reason: "", failures: 3, parks: true))
        }
        check.expectCompletion()
        #expect(check.completion.details == ["ticket 2 is not solved"])
        #expect(check.parkedCount == 1)
    }

    @Test func `one planted fault makes the whole report fail`() {
        var report = RunReport.sample
        report.take(check { $0.submit(1, command: id(1)) }, OrderCheck(lines: []), RunBook())
        report.judge()
        #expect(report.ok)
        var loss = check { $0.submit(1, command: id(1)) }
        loss.acknowledge(request: 5, as: TicketNumber(5))
        report.take(loss, OrderCheck(lines: []), RunBook())
        report.judge()
        #expect(!report.ok)
        #expect(report.lost == 1)
    }
}
