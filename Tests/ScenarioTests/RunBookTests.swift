import Scenarios
import Testing
import Tickets

@Suite struct RunBookTests {
    @Test func `latencies count from the moment at which the customer wrote`() {
        var book = RunBook()
        let request = book.offer(at: 1_000)
        book.accepted(request, as: TicketNumber(1), at: 6_000)
        book.granted(TicketNumber(1), Token(1), to: 0, at: 9_000)
        #expect(Percentiles(book.submit.whole).max == 5)
        #expect(Percentiles(book.grant.whole).max == 8)
    }

    @Test func `a node may have the ticket before its customer has the answer`() {
        var book = RunBook()
        let request = book.offer(at: 1_000)
        book.granted(TicketNumber(1), Token(1), to: 0, at: 3_000)
        let claim = EndedClaim(
            ticket: TicketNumber(1), token: Token(1), deed: .resolve, latestWhenSent: Token(1))
        book.ended(claim, at: 4_000)
        #expect(Percentiles(book.grant.whole).count == 0)
        book.accepted(request, as: TicketNumber(1), at: 5_000)
        #expect(Percentiles(book.grant.whole).max == 2)
        #expect(Percentiles(book.solve.whole).max == 3)
    }

    @Test func `only the first grant is the customer's wait`() {
        var book = RunBook()
        let request = book.offer(at: 0)
        book.accepted(request, as: TicketNumber(1), at: 1_000)
        book.granted(TicketNumber(1), Token(1), to: 0, at: 2_000)
        book.granted(TicketNumber(1), Token(2), to: 1, at: 9_000_000)
        #expect(Percentiles(book.grant.whole).count == 1)
        #expect(book.counts.granted == 2)
    }

    @Test func `refusals are counted by their word, with the longest time to try again`() {
        var book = RunBook()
        for retry in [nil, 500, 900] as [Int64?] {
            _ = book.offer(at: 0)
            book.refused(Refusal(.deskFull, "the desk is full", retryAfterMilliseconds: retry))
        }
        #expect(book.refusals["desk-full"]?.count == 3)
        #expect(book.refusals["desk-full"]?.withTime == 2)
        #expect(book.refusals["desk-full"]?.retryAfterMsMax == 900)
    }

    @Test func `the view's lag is the age of the first event that it has not`() {
        var lag = ViewLag()
        #expect(lag.behind(view: 0, at: 0) == 0)
        lag.logReached(10, at: 1_000)
        lag.logReached(20, at: 5_000)
        #expect(lag.behind(view: 0, at: 8_000) == 7_000)
        #expect(lag.behind(view: 10, at: 8_000) == 3_000)
        #expect(lag.behind(view: 20, at: 9_000) == 0)
    }
}
