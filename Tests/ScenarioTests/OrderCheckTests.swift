import Desk
import Scenarios
import Testing
import Tickets

@Suite struct OrderCheckTests {
    /// What the check says about a log; an urgent ticket is worth twelve hours of waiting, a high one four.
    private func report(_ write: (inout SmallLog) -> Void) -> CheckReport {
        var log = SmallLog()
        write(&log)
        var check = OrderCheck(lines: DeskSettings().lines)
        for record in log.records { check.follow(record) }
        return check.report
    }

    @Test func `claims in the order of waiting are clean`() {
        let report = report { log in
            log.submit(1)
            log.submit(2)
            log.claim(1)
            log.claim(2)
        }
        #expect(report.holds)
        #expect(report.checked == 2)
    }

    @Test func `a younger ticket of equal priority that goes first is a violation`() {
        let report = report { log in
            log.submit(1)
            log.submit(2)
            log.claim(2)
        }
        #expect(report.details == ["ticket 2 was granted on line-one while 1 came first"])
    }

    @Test func `an urgent ticket goes first, and must`() {
        func log(_ first: UInt64, _ second: UInt64) -> CheckReport {
            report { log in
                log.submit(1)
                log.submit(2, .urgent)
                log.claim(first)
                log.claim(second)
            }
        }
        #expect(log(2, 1).holds)
        #expect(log(1, 2).violations == 1)
    }

    @Test func `whoever has waited longer than the head start goes before an urgent one`() {
        let report = report { log in
            log.submit(1)
            log.submit(2, .urgent, after: 12 * 3_600 + 1)
            log.claim(2)
        }
        #expect(report.violations == 1)
    }

    @Test func `a ticket that comes back keeps its place`() {
        let report = report { log in
            log.submit(1)
            log.submit(2)
            log.claim(1)
            log.add(
                .released(
                    TicketNumber(1), Token(1), .expired, reason: "", failures: 1, parks: false))
            log.claim(2)
        }
        #expect(report.details == ["ticket 2 was granted on line-one while 1 came first"])
    }

    @Test func `what waits on another line, is parked or is solved is not overtaken`() {
        let report = report { log in
            for number in 1...4 { log.submit(UInt64(number)) }
            log.claim(1)
            log.add(.escalated(TicketNumber(1), Token(1), to: "line-two", entry: 2, note: "n"))
            log.claim(2)
            log.add(.released(TicketNumber(2), Token(1), .failed, reason: "", failures: 3, parks: true))
            log.claim(3)
            log.resolve(3)
            log.claim(4)
        }
        #expect(report.holds)
    }

    @Test func `what waits for its owner is passed by others, and its owner may have it at once`() {
        let report = report { log in
            log.submit(1)
            log.submit(2)
            log.claim(1)
            log.add(.escalated(TicketNumber(1), Token(1), to: "line-two", entry: 2, note: "n"))
            log.claim(1, 2, by: "b")
            log.add(.handedBack(TicketNumber(1), Token(2), to: "line-one", entry: 3, note: "n"))
            log.claim(2, by: "c")
            log.claim(1, 3)
        }
        #expect(report.holds)
    }

    @Test func `a person may take any ticket by its number`() {
        let report = report { log in
            log.submit(1)
            log.submit(2)
            log.claim(2, command: CommandID(high: 1, low: 1))
        }
        #expect(report.holds)
    }
}
